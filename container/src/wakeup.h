/* wakeup.h: how any thread or signal handler ends a poll(2) of the polling thread, and its clock. */
#ifndef CLIPPER_CONTAINER_WAKEUP_H
#define CLIPPER_CONTAINER_WAKEUP_H

#include <stdint.h>

typedef struct clipper_wakeup {
    int readable; /* the descriptor to poll: readable after a signal */
    int writable; /* the same one, or the other end of a pipe */
} clipper_wakeup;

/* Returns 0, or -1 when no descriptors are left. */
int clipper_wakeup_open(clipper_wakeup *wakeup);
void clipper_wakeup_close(const clipper_wakeup *wakeup);
/* Makes it readable. Safe in signal handlers; keeps errno. */
void clipper_wakeup_signal(const clipper_wakeup *wakeup);
/* Takes back all signals given so far. */
void clipper_wakeup_clear(const clipper_wakeup *wakeup);

/* Has DESCRIPTOR never block, and close on exec. Returns 0, or -1 with errno set. */
int clipper_descriptor_prepare(int descriptor);

/* The milliseconds to hand to poll(2) in order to wait from NOW_US until DEADLINE_US, rounded up: -1 for no
 * deadline, 0 for one that has passed. */
int clipper_wakeup_poll_timeout(uint64_t now_us, uint64_t deadline_us);

/* Microseconds of the monotonic clock. */
uint64_t clipper_monotonic_us(void);

#endif
