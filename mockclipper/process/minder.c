#include "process/minder.h"

#include "base/heap.h"
#include "process/order.h"
#include "process/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long the container's children may outlive it and its group. */
#define AFTERLIFE (250 * MILLISECOND)

/* How long to wait for what was killed: what hangs in the system must not hold the kit. */
#define PATIENCE (10 * SECOND)

typedef struct minder {
    int link;  /* to the kit; -1 when that is gone */
    int child; /* readable when a child has ended */
    duration grace;
    char **command, **environment, **after; /* each ended with NULL */
    pid_t leader;                           /* the command's process */
    bool ended;                             /* it has */
    pid_t *killed;                          /* by SIGKILL */
    size_t killed_count;
    unsigned left_behind; /* of those, all but the leader */
} minder;

static void report(const minder *self, report_kind kind, int value, unsigned running) {
    minder_report what = {.kind = kind, .value = value, .running = running, .at = clock_now()};
    if (self->link >= 0)
        (void)order_write(self->link, &what, sizeof what);
}

/* ---- The start -------------------------------------------------------------------------------------- */

/* The next COUNT strings from *AT on, which moves behind them. */
static char **take_strings(char **at, uint32_t count) {
    char **list = heap_array((size_t)count + 1, sizeof *list);
    for (uint32_t i = 0; i < count; i++) {
        list[i] = *at;
        *at += strlen(*at) + 1;
    }
    return list;
}

static bool read_order(minder *self) {
    start_order order;
    char *strings, *at;
    if (!order_read(self->link, &order, sizeof order))
        return false;
    at = strings = heap_new((size_t)order.len + 1);
    if (!order_read(self->link, strings, order.len))
        return false;
    self->grace = order.grace;
    self->command = take_strings(&at, order.words);
    self->environment = take_strings(&at, order.variables);
    self->after = take_strings(&at, order.after);
    return true;
}

/* In the new process: executes COMMAND. FAILURE takes the errno if that cannot be done, and is closed if it can. */
__attribute__((noreturn)) static void become(char *const command[], char *const environment[],
                                             const int outputs[2], int failure, pid_t parent) {
    static const int reset[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGTSTP, SIGCHLD};
    sigset_t none;
    int problem;
    setpgid(0, 0);
    /* The last line of defence: the minder itself was killed. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
    for (size_t i = 0; i < sizeof reset / sizeof *reset; i++)
        signal(reset[i], SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* Standard input is /dev/null, as the warden's. */
    dup2(outputs[0], STDOUT_FILENO);
    dup2(outputs[1], STDERR_FILENO);
    close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    execvpe(command[0], command, environment);
    problem = errno;
    (void)!write(failure, &problem, sizeof problem);
    _exit(127);
}

/* Starts COMMAND. Returns 0, or the errno of why it could not be done. */
static int start(char *const command[], char *const environment[], const int outputs[2], pid_t *started) {
    int failure[2], problem = 0;
    pid_t self = getpid();
    if (pipe2(failure, O_CLOEXEC) != 0)
        return errno;
    *started = fork();
    if (*started == 0)
        become(command, environment, outputs, failure[1], self);
    problem = *started < 0 ? errno : 0;
    close(failure[1]);
    while (*started > 0 && read(failure[0], &problem, sizeof problem) < 0 && errno == EINTR)
        ;
    close(failure[0]);
    if (*started > 0 && problem != 0)
        waitpid(*started, NULL, 0);
    return problem;
}

/* ---- Children --------------------------------------------------------------------------------------- */

/* Whether a child is left, be it one that has ended. */
static bool has_children(void) {
    siginfo_t unused;
    return waitid(P_ALL, 0, &unused, WEXITED | WNOHANG | WNOWAIT) == 0;
}

/* Takes notice of children that have ended. Returns whether others are left. */
static bool reap(minder *self) {
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid == self->leader) {
            size_t running = 0;
            /* Orphans are ours by now. Without any, /proc need not be read through. */
            if (has_children())
                free(proc_descendants(getpid(), &running));
            self->ended = true;
            report(self, REPORT_ENDED, status, (unsigned)running);
        }
    }
    return pid == 0;
}

static bool was_killed(const minder *self, pid_t pid) {
    for (size_t i = 0; i < self->killed_count; i++) {
        if (self->killed[i] == pid)
            return true;
    }
    return false;
}

/* Kills all that runs and was not killed yet: what was killed takes a moment to end, and may have forked before. */
static void kill_rest(minder *self) {
    size_t count;
    pid_t *rest = proc_descendants(getpid(), &count);
    for (size_t i = 0; i < count; i++) {
        if (was_killed(self, rest[i]) || kill(rest[i], SIGKILL) != 0)
            continue;
        self->killed = heap_grow(self->killed, self->killed_count + 1, sizeof *self->killed);
        self->killed[self->killed_count++] = rest[i];
        self->left_behind += rest[i] != self->leader && *self->after == NULL;
    }
    free(rest);
}

/* Waits for the end of a child, until UNTIL at most. */
static void wait_for_child(const minder *self, instant until) {
    struct pollfd item = {.fd = self->child, .events = POLLIN};
    struct signalfd_siginfo unused;
    if (poll(&item, 1, clock_poll_timeout(until)) > 0)
        (void)!read(self->child, &unused, sizeof unused);
}

/* Ends all that is left. */
static void end_all(minder *self) {
    instant kill_at = clock_now() + self->grace;
    if (kill(-self->leader, SIGTERM) == 0)
        kill(-self->leader, SIGCONT);
    while (reap(self)) {
        instant now = clock_now();
        bool group_is_gone = self->ended && kill(-self->leader, 0) != 0 && errno == ESRCH;
        if (now >= kill_at + PATIENCE)
            return;
        /* What is run for a client that has ended, such as conmon of podman, has something to do still. */
        if (group_is_gone && now + AFTERLIFE < kill_at && *self->after == NULL)
            kill_at = now + AFTERLIFE;
        if (now >= kill_at)
            kill_rest(self);
        /* Who is not our child ends without a signal to us. */
        wait_for_child(self, now >= kill_at ? now + MILLISECOND
                             : self->ended  ? now + 10 * MILLISECOND
                                            : kill_at);
    }
}

/* ---- Its life --------------------------------------------------------------------------------------- */

/* Follows the kit's orders, until it wants the end or is gone. */
static void obey(minder *self) {
    struct pollfd items[2] = {{.fd = self->link, .events = POLLIN}, {.fd = self->child, .events = POLLIN}};
    for (;;) {
        int number;
        reap(self);
        (void)poll(items, 2, -1);
        if (items[1].revents != 0)
            wait_for_child(self, 0);
        if (items[0].revents == 0)
            continue;
        if (!order_read(self->link, &number, sizeof number)) {
            self->link = -1;
            return;
        }
        if (number == ORDER_END)
            return;
        /* As long as it was not waited for, its id is its own. */
        if (!self->ended)
            kill(self->leader, number);
    }
}

/* Runs the command for afterwards. */
static void clean_up(const minder *self) {
    static const int nowhere[2] = {STDOUT_FILENO, STDERR_FILENO};
    instant give_up = clock_now() + PATIENCE;
    pid_t pid = -1;
    if (*self->after == NULL || start(self->after, self->environment, nowhere, &pid) != 0)
        return;
    while (waitpid(pid, NULL, WNOHANG) == 0 && clock_now() < give_up)
        wait_for_child(self, clock_now() + 100 * MILLISECOND);
}

void minder_run(int link, const int outputs[2]) {
    minder self = {.link = link};
    sigset_t child;
    int problem;
    prctl(PR_SET_CHILD_SUBREAPER, 1UL, 0UL, 0UL, 0UL);
    signal(SIGCHLD, SIG_DFL);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    self.child = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    if (self.child < 0 || !read_order(&self))
        _exit(1);
    problem = start(self.command, self.environment, outputs, &self.leader);
    close(outputs[0]);
    close(outputs[1]);
    report(&self, problem == 0 ? REPORT_STARTED : REPORT_NOT_STARTED, problem == 0 ? self.leader : problem,
           0);
    if (problem != 0)
        _exit(0);
    obey(&self);
    end_all(&self);
    clean_up(&self);
    report(&self, REPORT_GONE, (int)self.left_behind, 0);
    _exit(0);
}
