#include "process/process.h"

#include "base/heap.h"
#include "process/proc.h"
#include "process/tail.h"
#include "process/warden.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

typedef struct output {
    int pipe; /* -1 once it has ended */
    tail tail;
} output;

struct process {
    pid_t pid;
    int pidfd;
    bool ended;
    instant ended_at;
    int status; /* of waitpid */
    output outputs[2];
};

/* ---- Starting --------------------------------------------------------------------------------------- */

/* Whether the variable ENTRY ("NAME=VALUE") is the one that CHANGE ("NAME" or "NAME=VALUE") is about. */
static bool same_variable(const char *entry, const char *change) {
    size_t len = strcspn(change, "=");
    return strncmp(entry, change, len) == 0 && entry[len] == '=';
}

static bool is_changed(const char *entry, const char *const changes[]) {
    for (; *changes != NULL; changes++) {
        if (same_variable(entry, *changes))
            return true;
    }
    return false;
}

/* The environment of the new process: an array, which borrows its strings. */
static char **new_environment(const char *const changes[]) {
    size_t most = 2, count = 0;
    char **result;
    for (char **each = environ; *each != NULL; each++)
        most++;
    for (const char *const *each = changes; *each != NULL; each++)
        most++;
    result = heap_array(most, sizeof *result);
    for (char **each = environ; *each != NULL; each++) {
        if (!is_changed(*each, changes))
            result[count++] = *each;
    }
    for (; *changes != NULL; changes++) {
        if (strchr(*changes, '=') != NULL && !is_changed(*changes, changes + 1))
            memcpy(&result[count++], changes, sizeof *changes);
    }
    if (warden_mark() != NULL) {
        const char *mark = warden_mark();
        memcpy(&result[count], &mark, sizeof mark);
    }
    return result;
}

typedef struct plumbing {
    int outputs[2][2]; /* pipes: stdout, stderr */
    int failure[2];    /* errno of a failed exec; closed by a good one */
} plumbing;

/* Between fork and exec, where only what is safe in a signal handler may be called. */
__attribute__((noreturn)) static void become(char *const argv[], char *const environment[],
                                             const plumbing *pipes, pid_t parent) {
    static const int reset[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGCHLD};
    sigset_t none;
    int null, problem;
    setpgid(0, 0);
    /* The last line of defence beside the warden. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
    for (size_t i = 0; i < sizeof reset / sizeof *reset; i++)
        signal(reset[i], SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(null, STDIN_FILENO);
    dup2(pipes->outputs[0][1], STDOUT_FILENO);
    dup2(pipes->outputs[1][1], STDERR_FILENO);
    close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    execvpe(argv[0], argv, environment);
    problem = errno;
    (void)!write(pipes->failure[1], &problem, sizeof problem);
    _exit(127);
}

static void close_pipe(int ends[2]) {
    close(ends[0]);
    close(ends[1]);
}

static bool make_pipes(plumbing *pipes) {
    if (pipe2(pipes->failure, O_CLOEXEC) != 0)
        return false;
    for (int i = 0; i < 2; i++) {
        if (pipe2(pipes->outputs[i], O_CLOEXEC) != 0) {
            close_pipe(pipes->failure);
            if (i == 1)
                close_pipe(pipes->outputs[0]);
            return false;
        }
        fcntl(pipes->outputs[i][0], F_SETFL, O_NONBLOCK);
    }
    return true;
}

/* Waits until exec has succeeded or failed. Returns 0, or the errno of the failure. */
static int wait_for_exec(int from) {
    int problem = 0;
    ssize_t got;
    do
        got = read(from, &problem, sizeof problem);
    while (got < 0 && errno == EINTR);
    return got == sizeof problem ? problem : 0;
}

static process *adopt(pid_t pid, const plumbing *pipes) {
    process *self = heap_new(sizeof *self);
    self->pid = pid;
    self->pidfd = pidfd_open(pid, 0);
    for (int i = 0; i < 2; i++) {
        self->outputs[i].pipe = pipes->outputs[i][0];
        tail_init(&self->outputs[i].tail, PROCESS_TAIL);
    }
    return self;
}

static process *cannot_start(const char *command, int number, char **problem) {
    *problem = heap_format("cannot start %s: %s", command, strerror(number));
    return NULL;
}

/* Held from the making of the pipes until exec has closed their ends in the child. Without it, a child of another thread
 * that has forked meanwhile keeps those ends open until its own exec: on a busy machine that is late, and this process,
 * which runs already, would go unattended until then. */
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

static process *start(char *const argv[], const char *const changes[], char **problem) {
    plumbing pipes;
    char **environment;
    pid_t pid, parent = getpid();
    int number;
    if (!make_pipes(&pipes))
        return cannot_start(argv[0], errno, problem);
    environment = new_environment(changes);
    pid = fork();
    if (pid == 0)
        become(argv, environment, &pipes, parent);
    number = errno;
    free(environment);
    close(pipes.outputs[0][1]);
    close(pipes.outputs[1][1]);
    close(pipes.failure[1]);
    if (pid > 0) {
        number = wait_for_exec(pipes.failure[0]);
        if (number == 0)
            warden_watch(pid);
        else
            waitpid(pid, NULL, 0);
    }
    close(pipes.failure[0]);
    if (number == 0)
        return adopt(pid, &pipes);
    close(pipes.outputs[0][0]);
    close(pipes.outputs[1][0]);
    return cannot_start(argv[0], number, problem);
}

process *process_start(char *const argv[], const char *const changes[], char **problem) {
    process *started;
    pthread_mutex_lock(&one_at_a_time);
    started = start(argv, changes, problem);
    pthread_mutex_unlock(&one_at_a_time);
    return started;
}

/* ---- While it runs ---------------------------------------------------------------------------------- */

pid_t process_pid(const process *self) {
    return self->pid;
}

int process_poll_items(process *self, zmq_pollitem_t items[PROCESS_ITEMS]) {
    int count = 0;
    for (int i = 0; i < 2; i++) {
        if (self->outputs[i].pipe >= 0)
            items[count++] = (zmq_pollitem_t){.fd = self->outputs[i].pipe, .events = ZMQ_POLLIN};
    }
    if (!self->ended)
        items[count++] = (zmq_pollitem_t){.fd = self->pidfd, .events = ZMQ_POLLIN};
    return count;
}

/* Reads at most 64 KiB, so that a flood cannot hold the reader. */
static void drain(output *from) {
    char buffer[16 * 1024];
    for (int i = 0; from->pipe >= 0 && i < 4; i++) {
        ssize_t got = read(from->pipe, buffer, sizeof buffer);
        if (got > 0) {
            tail_add(&from->tail, buffer, (size_t)got);
        } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            close(from->pipe);
            from->pipe = -1;
        } else {
            return;
        }
    }
}

static void note_end(process *self, int options) {
    pid_t reaped;
    if (self->ended)
        return;
    do
        reaped = waitpid(self->pid, &self->status, options);
    while (reaped < 0 && errno == EINTR);
    if (reaped == self->pid) {
        self->ended = true;
        self->ended_at = clock_now();
    }
}

void process_update(process *self) {
    note_end(self, WNOHANG);
    drain(&self->outputs[0]);
    drain(&self->outputs[1]);
}

void process_signal(process *self, int signal) {
    if (!self->ended)
        kill(self->pid, signal);
}

/* Whether a process of the group runs. */
static bool group_runs(pid_t group) {
    size_t count;
    if (kill(-group, 0) != 0 && errno == ESRCH)
        return false; /* nearly always; /proc need not be read through */
    free(proc_group(group, &count));
    return count != 0;
}

void process_kill(process *self) {
    struct pollfd end = {.fd = self->pidfd, .events = POLLIN};
    /* Bounded: a process that may not be killed by this user must not hold the kit. */
    instant give_up = clock_now() + 5 * SECOND;
    /* The group outlives its leader when the leader left children behind. */
    kill(-self->pid, SIGKILL);
    if (!self->ended)
        (void)poll(&end, 1, clock_poll_timeout(give_up));
    note_end(self, WNOHANG);
    while (group_runs(self->pid) && clock_now() < give_up)
        (void)poll(NULL, 0, 1);
    drain(&self->outputs[0]);
    drain(&self->outputs[1]);
}

void process_destroy(process **self_p) {
    process *self = *self_p;
    if (self == NULL)
        return;
    process_kill(self);
    warden_release(self->pid);
    for (int i = 0; i < 2; i++) {
        if (self->outputs[i].pipe >= 0)
            close(self->outputs[i].pipe);
        tail_free(&self->outputs[i].tail);
    }
    close(self->pidfd);
    free(self);
    *self_p = NULL;
}

/* ---- Its end ---------------------------------------------------------------------------------------- */

bool process_ended(const process *self) {
    return self->ended;
}

instant process_ended_at(const process *self) {
    return self->ended_at;
}

int process_exit_status(const process *self) {
    return self->ended && WIFEXITED(self->status) ? WEXITSTATUS(self->status) : -1;
}

int process_end_signal(const process *self) {
    return self->ended && WIFSIGNALED(self->status) ? WTERMSIG(self->status) : 0;
}

char *process_end_text(const process *self) {
    int signal = process_end_signal(self);
    if (!self->ended)
        return heap_text("running");
    if (signal != 0)
        return heap_format("killed by signal %d (%s)", signal, strsignal(signal));
    return heap_format("exited with status %d", process_exit_status(self));
}

char *process_tail(const process *self, int stream, size_t *len, size_t *total) {
    const tail *kept = &self->outputs[stream == STDERR_FILENO].tail;
    *total = (size_t)kept->total;
    return tail_copy(kept, len);
}
