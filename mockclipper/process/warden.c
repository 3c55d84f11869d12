#include "process/warden.h"

#include "base/clock.h"
#include "base/heap.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* More groups than the kit ever runs at a time. */
#define GROUPS_MAX 4096

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

/* Whether the environment of process PID has the mark as one of its strings. */
static bool is_marked(const char *pid, const char *mark) {
    static char environment[1 << 20];
    char path[300];
    size_t len = 0, mark_len = strlen(mark) + 1;
    ssize_t got;
    int file;
    snprintf(path, sizeof path, "/proc/%s/environ", pid);
    file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    while (len < sizeof environment && (got = read(file, environment + len, sizeof environment - len)) > 0)
        len += (size_t)got;
    close(file);
    for (size_t at = 0; at < len; at += strnlen(environment + at, len - at) + 1) {
        if (len - at >= mark_len && memcmp(environment + at, mark, mark_len) == 0)
            return true;
    }
    return false;
}

/* Kills every process that has the mark, and returns how many there were. Those killed before, which may take
 * a moment to go, are in KILLED. */
static unsigned kill_marked(const char *mark, watch_list *killed) {
    unsigned found = 0;
    struct dirent *entry;
    DIR *processes = opendir("/proc");
    if (processes == NULL)
        return 0;
    while ((entry = readdir(processes)) != NULL) {
        pid_t pid = (pid_t)atoi(entry->d_name);
        if (isdigit((unsigned char)entry->d_name[0]) && !is_in(killed, pid) &&
            is_marked(entry->d_name, mark) && kill(pid, SIGKILL) == 0) {
            obey(killed, pid);
            found++;
        }
    }
    closedir(processes);
    return found;
}

__attribute__((noreturn)) static void watch_over(int orders, const char *mark) {
    static watch_list list, killed;
    unsigned found = 0, round = 0, more;
    pid_t order;
    while (read(orders, &order, sizeof order) == sizeof order)
        obey(&list, order);
    for (size_t i = 0; i < list.count; i++)
        found += kill(-list.groups[i], SIGKILL) == 0;
    /* A process may fork while it is looked for: until a look finds no other. */
    do {
        more = kill_marked(mark, &killed);
        found += more;
    } while (more != 0 && ++round < 100);
    _exit(found < 255 ? (int)found : 255);
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

bool warden_start(void) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
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
