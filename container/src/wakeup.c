/* wakeup.c: a descriptor to wake by, and the clock to sleep by. */
#include "wakeup.h"

#include <errno.h>
#include <limits.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

int clipper_wakeup_open(int *descriptor) {
    *descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return *descriptor < 0 ? -1 : 0;
}

void clipper_wakeup_close(int descriptor) {
    close(descriptor);
}

void clipper_wakeup_signal(int descriptor) {
    const int saved = errno;
    const uint64_t one = 1;
    /* Fails only when the descriptor is as readable as can be. */
    if (write(descriptor, &one, sizeof one) < 0)
        errno = 0;
    errno = saved;
}

void clipper_wakeup_clear(int descriptor) {
    uint64_t count;
    if (read(descriptor, &count, sizeof count) < 0)
        errno = 0; /* nobody called */
}

int clipper_wakeup_poll_timeout(uint64_t now_us, uint64_t deadline_us) {
    uint64_t ms;
    if (deadline_us == UINT64_MAX)
        return -1;
    if (deadline_us <= now_us)
        return 0;
    ms = (deadline_us - now_us - 1) / 1000 + 1;
    return ms > INT_MAX ? INT_MAX : (int)ms;
}

uint64_t clipper_monotonic_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}
