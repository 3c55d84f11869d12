#include "process/warden.h"

#include "base/clock.h"
#include "base/heap.h"
#include "process/minder.h"
#include "process/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DESCRIPTORS 3 /* of a minder: link, stdout, stderr */

/* How long the warden waits for minders that have to end what hangs in the system. */
#define PATIENCE (60 * SECOND)

static struct {
    pid_t pid;  /* of the warden; 0 without one */
    int orders; /* the socket to it; its end is the end of the kit */
} warden = {.orders = -1};

/* A message of one byte, with room for descriptors. */
typedef struct letter {
    char byte;
    struct iovec content;
    alignas(struct cmsghdr) char control[CMSG_SPACE(DESCRIPTORS * sizeof(int))];
    struct msghdr header;
} letter;

static void letter_init(letter *self) {
    memset(self, 0, sizeof *self);
    self->content = (struct iovec){&self->byte, 1};
    self->header = (struct msghdr){.msg_iov = &self->content,
                                   .msg_iovlen = 1,
                                   .msg_control = self->control,
                                   .msg_controllen = sizeof self->control};
}

/* ---- In the warden's process ------------------------------------------------------------------------ */

/* Receives the descriptors of a minder. False when the kit is gone. */
static bool receive(int orders, int descriptors[DESCRIPTORS]) {
    letter came;
    ssize_t got;
    struct cmsghdr *carried;
    do {
        letter_init(&came);
        got = recvmsg(orders, &came.header, MSG_CMSG_CLOEXEC);
    } while (got < 0 && errno == EINTR);
    carried = CMSG_FIRSTHDR(&came.header);
    if (got <= 0 || carried == NULL || carried->cmsg_len != CMSG_LEN(DESCRIPTORS * sizeof(int)))
        return false;
    memcpy(descriptors, CMSG_DATA(carried), DESCRIPTORS * sizeof(int));
    return true;
}

/* Kills our children that are no minders: their minder was killed. */
static void kill_orphans(void) {
    size_t count;
    pid_t *all = proc_descendants(getpid(), &count);
    for (size_t i = 0; i < count; i++) {
        if (proc_parent(all[i]) == getpid() && proc_running_in(all[i]) != getpgrp())
            kill(all[i], SIGKILL);
    }
    free(all);
}

__attribute__((noreturn)) static void watch_over(int orders) {
    static const struct timespec moment = {0, MILLISECOND};
    int descriptors[DESCRIPTORS];
    instant give_up;
    while (receive(orders, descriptors)) {
        if (fork() == 0) {
            close(orders);
            minder_run(descriptors[0], descriptors + 1);
        }
        for (int i = 0; i < DESCRIPTORS; i++)
            close(descriptors[i]);
    }
    give_up = clock_now() + PATIENCE;
    /* Children are not waited for (SIGCHLD is ignored): none are left, or some run. */
    while (waitpid(-1, NULL, WNOHANG) == 0 && clock_now() < give_up) {
        kill_orphans();
        nanosleep(&moment, NULL);
    }
    _exit(0);
}

/* Nothing that is meant for the kit may end the warden, and it may keep nothing of the kit's open. */
static void live_apart(int *orders) {
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGTSTP, SIGCHLD};
    sigset_t none;
    int null = open("/dev/null", O_RDWR), apart = fcntl(*orders, F_DUPFD, 3);
    setsid();
    prctl(PR_SET_CHILD_SUBREAPER, 1UL, 0UL, 0UL, 0UL);
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int standard = 0; standard <= 2; standard++)
        dup2(null, standard);
    *orders = dup2(apart, 3);
    close_range(4, ~0U, 0);
}

/* ---- In the kit's process --------------------------------------------------------------------------- */

bool warden_start(char **problem) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        *problem = heap_format("cannot start a process: %s", strerror(errno));
        return false;
    }
    warden.pid = fork();
    if (warden.pid == 0) {
        live_apart(&ends[0]);
        watch_over(ends[0]);
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

int warden_want_minder(int link, const int outputs[2]) {
    const int descriptors[DESCRIPTORS] = {link, outputs[0], outputs[1]};
    letter want;
    struct cmsghdr *carried;
    ssize_t put;
    letter_init(&want);
    carried = CMSG_FIRSTHDR(&want.header);
    carried->cmsg_level = SOL_SOCKET;
    carried->cmsg_type = SCM_RIGHTS;
    carried->cmsg_len = CMSG_LEN(sizeof descriptors);
    memcpy(CMSG_DATA(carried), descriptors, sizeof descriptors);
    do
        put = sendmsg(warden.orders, &want.header, MSG_NOSIGNAL);
    while (put < 0 && errno == EINTR);
    return put < 0 ? errno : 0;
}

void warden_stop(void) {
    if (warden.pid == 0)
        return;
    close(warden.orders);
    while (waitpid(warden.pid, NULL, 0) < 0 && errno == EINTR)
        ;
    warden.pid = 0;
    warden.orders = -1;
}
