/* signals.c: a thread that waits for signals, and ends the process where a request to stop is not enough. */
#include "signals.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

enum {
    AT_ONCE_MS = 100,    /* left to a container that was told to end at once, */
    CLOSE_DOWN_MS = 1000 /* and, after the grace period, to its last messages and its model's close */
};

static struct {
    uint64_t grace_ms;
    void (*leave)(void *context);
    void *context;
    pthread_t thread;

    pthread_mutex_t mutex; /* guards the rest */
    int is_over;
    clipper_container *container;
    int had_container;
    int status;
} state = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static void fill(sigset_t *signals) {
    sigemptyset(signals);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGUSR1);
}

static uint64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* The next of SIGNALS; 0 when DEADLINE_MS has come (UINT64_MAX: never). */
static int next_signal(const sigset_t *signals, uint64_t deadline_ms) {
    for (;;) {
        const uint64_t now = now_ms(), left = deadline_ms > now ? deadline_ms - now : 0;
        const struct timespec wait = {(time_t)(left / 1000), (long)(left % 1000) * 1000000};
        const int number =
            deadline_ms == UINT64_MAX ? sigwaitinfo(signals, NULL) : sigtimedwait(signals, NULL, &wait);
        if (number > 0)
            return number;
        if (errno != EINTR && left == 0)
            return 0;
    }
}

static void end_process(void) {
    int status;
    pthread_mutex_lock(&state.mutex);
    status = state.status;
    pthread_mutex_unlock(&state.mutex);
    state.leave(state.context);
    _exit(status);
}

/* A request to stop. Returns when the process is to end, whatever the container does by then. */
static uint64_t request_stop(unsigned stops) {
    int had_container;
    pthread_mutex_lock(&state.mutex);
    had_container = state.had_container;
    if (state.container != NULL)
        clipper_container_stop(state.container);
    pthread_mutex_unlock(&state.mutex);
    if (!had_container || stops > 2)
        end_process();
    return now_ms() + (stops > 1 ? AT_ONCE_MS : state.grace_ms + CLOSE_DOWN_MS);
}

static void request_report(void) {
    pthread_mutex_lock(&state.mutex);
    if (state.container != NULL)
        clipper_container_report(state.container);
    pthread_mutex_unlock(&state.mutex);
}

static int is_over(void) {
    int over;
    pthread_mutex_lock(&state.mutex);
    over = state.is_over;
    pthread_mutex_unlock(&state.mutex);
    return over;
}

static void *take_signals(void *nothing) {
    uint64_t deadline_ms = UINT64_MAX;
    unsigned stops = 0;
    sigset_t signals;
    (void)nothing;
    fill(&signals);
    for (;;) {
        const int number = next_signal(&signals, deadline_ms);
        if (is_over())
            return NULL;
        if (number == SIGUSR1)
            request_report();
        else if (number != 0)
            deadline_ms = request_stop(++stops);
        else
            end_process();
    }
}

static void do_nothing(int number) {
    (void)number;
}

/* The handlers are never called, as the signals are blocked; but the kernel drops a signal without one where this is
 * process 1 of a container, and others can see in /proc that the signals are not ignored. */
static void block(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = do_nothing;
    fill(&action.sa_mask);
    sigprocmask(SIG_BLOCK, &action.sa_mask, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

int signals_begin(uint64_t grace_ms, void (*leave)(void *context), void *context) {
    state.grace_ms = grace_ms;
    state.leave = leave;
    state.context = context;
    block();
    return pthread_create(&state.thread, NULL, take_signals, NULL) == 0 ? 0 : -1;
}

void signals_serve(clipper_container *container, int status) {
    pthread_mutex_lock(&state.mutex);
    state.container = container;
    state.had_container = 1;
    state.status = status;
    pthread_mutex_unlock(&state.mutex);
}

void signals_end(void) {
    pthread_mutex_lock(&state.mutex);
    state.is_over = 1;
    pthread_mutex_unlock(&state.mutex);
    pthread_kill(state.thread, SIGUSR1);
    pthread_join(state.thread, NULL);
}
