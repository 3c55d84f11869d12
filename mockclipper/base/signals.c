#include "base/signals.h"

#include "base/heap.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

static void fill(sigset_t *set) {
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGHUP);
}

int signals_open(char **problem) {
    sigset_t set;
    int descriptor;
    fill(&set);
    signal(SIGPIPE, SIG_IGN);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    descriptor = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (descriptor < 0)
        *problem = heap_format("cannot take signals: %s", strerror(errno));
    return descriptor;
}

int signals_take(int descriptor) {
    struct signalfd_siginfo came;
    return read(descriptor, &came, sizeof came) == sizeof came ? (int)came.ssi_signo : 0;
}

void signals_die_by(int number) {
    sigset_t set;
    fill(&set);
    signal(number, SIG_DFL);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    raise(number);
}
