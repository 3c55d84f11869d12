/* wakeup.c: a descriptor to wake by (Linux's eventfd, elsewhere a pipe), and the clock to sleep by. */
#include "wakeup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <time.h>
#include <unistd.h>

int clipper_descriptor_prepare(int descriptor) {
    const int flags = fcntl(descriptor, F_GETFL);
    return flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) < 0 ||
                   fcntl(descriptor, F_SETFD, FD_CLOEXEC) < 0
               ? -1
               : 0;
}

#if defined __linux__ && !defined CLIPPER_NO_EVENTFD
#include <sys/eventfd.h>

int clipper_wakeup_open(clipper_wakeup *wakeup) {
    wakeup->readable = wakeup->writable = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return wakeup->readable < 0 ? -1 : 0;
}

#else

int clipper_wakeup_open(clipper_wakeup *wakeup) {
    int ends[2];
    if (pipe(ends) != 0)
        return -1;
    wakeup->readable = ends[0];
    wakeup->writable = ends[1];
    if (clipper_descriptor_prepare(ends[0]) == 0 && clipper_descriptor_prepare(ends[1]) == 0)
        return 0;
    clipper_wakeup_close(wakeup);
    return -1;
}

#endif

void clipper_wakeup_close(const clipper_wakeup *wakeup) {
    close(wakeup->readable);
    if (wakeup->writable != wakeup->readable)
        close(wakeup->writable);
}

/* Eight bytes are what an eventfd takes, and a pipe takes them whole. */
void clipper_wakeup_signal(const clipper_wakeup *wakeup) {
    const int saved = errno;
    const uint64_t one = 1;
    (void)!write(wakeup->writable, &one, sizeof one); /* fails only when it is readable anyway */
    errno = saved;
}

/* An eventfd has one number to read, a pipe all bytes that were written. */
void clipper_wakeup_clear(const clipper_wakeup *wakeup) {
    uint64_t signals[64];
    ssize_t got;
    do
        got = read(wakeup->readable, signals, sizeof signals);
    while (got == (ssize_t)sizeof signals);
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
