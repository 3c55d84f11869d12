#include "process/warden.h"

#include "base/clock.h"
#include "base/heap.h"
#include "process/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* More groups than the kit ever runs at a time. */
#define GROUPS_MAX 4096

/* How long the warden waits for what it has killed to be gone: what hangs in the system must not hold the kit. */
#define PATIENCE (10 * SECOND)

static struct {
    pid_t pid;  /* of the warden; 0 without one */
    int orders; /* the pipe to it: a group to watch, or minus one to release; its end is the end of the kit */
    char *mark;
} warden = {.orders = -1};

/* ---- In the warden's process ------------------------------------------------------------------------ */

typedef struct watch_list {
    pid_t groups[GROUPS_MAX];
    size_t count;
} watch_list;

static void obey(watch_list *list, pid_t order) {
    if (order > 0 && list->count < GROUPS_MAX)
        list->groups[list->count++] = order;
    for (size_t i = 0; order < 0 && i < list->count; i++) {
        if (list->groups[i] == -order)
            list->groups[i] = list->groups[--list->count];
    }
}

static bool is_in(const watch_list *list, pid_t pid) {
    for (size_t i = 0; i < list->count; i++) {
        if (list->groups[i] == pid)
            return true;
    }
    return false;
}

/* Kills PID if it runs and is in GROUPS or has the mark. Returns whether it does. */
static bool kill_if_ours(pid_t pid, const watch_list *groups, const char *mark) {
    pid_t group = proc_running_in(pid);
    return group != 0 && (is_in(groups, group) || proc_has_variable(pid, mark)) && kill(pid, SIGKILL) == 0;
}

/* Kills all that is ours and that was not killed yet, which goes to KILLED. Returns whether anything still runs: what
 * was killed takes a moment to end, and may have forked before. */
static bool kill_all(const watch_list *groups, const char *mark, watch_list *killed) {
    bool any = false;
    size_t count;
    pid_t *all = proc_all(&count);
    for (size_t i = 0; i < count; i++) {
        bool known = is_in(killed, all[i]), runs;
        runs = known ? proc_running_in(all[i]) != 0 : kill_if_ours(all[i], groups, mark);
        if (runs && !known)
            obey(killed, all[i]);
        any = any || runs;
    }
    free(all);
    return any;
}

__attribute__((noreturn)) static void watch_over(int orders, const char *mark) {
    static const struct timespec moment = {0, MILLISECOND};
    static watch_list groups, killed;
    instant give_up;
    pid_t order;
    while (read(orders, &order, sizeof order) == sizeof order)
        obey(&groups, order);
    give_up = clock_now() + PATIENCE;
    while (kill_all(&groups, mark, &killed) && clock_now() < give_up)
        nanosleep(&moment, NULL);
    _exit(killed.count < 255 ? (int)killed.count : 255);
}

/* Nothing that is meant for the kit may end the warden, and it may keep nothing of the kit's open. */
static void live_apart(int orders) {
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGTSTP};
    sigset_t none;
    int null = open("/dev/null", O_RDWR);
    setsid();
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int standard = 0; standard <= 2; standard++)
        dup2(null, standard);
    for (int other = 3; other < 256; other++) {
        if (other != orders)
            close(other);
    }
}

/* ---- In the kit's process --------------------------------------------------------------------------- */

bool warden_start(char **problem) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        *problem = heap_format("cannot start a process: %s", strerror(errno));
        return false;
    }
    warden.mark = heap_format("MOCKCLIPPER_RUN=%d-%jx", (int)getpid(),
                              (uintmax_t)(uintptr_t)&ends ^ (uintmax_t)clock_now());
    warden.pid = fork();
    if (warden.pid == 0) {
        live_apart(ends[0]);
        watch_over(ends[0], warden.mark);
    }
    close(ends[0]);
    warden.orders = ends[1];
    if (warden.pid > 0)
        return true;
    *problem = heap_format("cannot start a process: %s", strerror(errno));
    close(ends[1]);
    warden.pid = 0;
    return false;
}

const char *warden_mark(void) {
    return warden.pid != 0 ? warden.mark : NULL;
}

static void order(pid_t what) {
    ssize_t written;
    if (warden.pid == 0)
        return;
    do
        written = write(warden.orders, &what, sizeof what);
    while (written < 0 && errno == EINTR);
}

void warden_watch(pid_t group) {
    order(group);
}

void warden_release(pid_t group) {
    order(-group);
}

unsigned warden_stop(void) {
    int status = 0;
    if (warden.pid == 0)
        return 0;
    close(warden.orders);
    while (waitpid(warden.pid, &status, 0) < 0 && errno == EINTR)
        ;
    warden.pid = 0;
    free(warden.mark);
    warden.mark = NULL;
    return WIFEXITED(status) ? (unsigned)WEXITSTATUS(status) : 0;
}
