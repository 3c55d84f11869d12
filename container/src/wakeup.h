/* wakeup.h: how any thread or signal handler ends a poll(2) of the polling thread. */
#ifndef CLIPPER_CONTAINER_WAKEUP_H
#define CLIPPER_CONTAINER_WAKEUP_H

#include <stdint.h>

/* Both return 0, or -1 without descriptors. */
int clipper_wakeup_open(int *descriptor);
void clipper_wakeup_close(int descriptor);
/* Makes DESCRIPTOR readable. Safe in signal handlers; keeps errno. */
void clipper_wakeup_signal(int descriptor);
/* Takes back all signals that were given so far. */
void clipper_wakeup_clear(int descriptor);

/* The milliseconds to hand to poll(2) in order to wait from NOW_US until DEADLINE_US, rounded up: -1 for no
 * deadline, 0 for one that has passed. */
int clipper_wakeup_poll_timeout(uint64_t now_us, uint64_t deadline_us);

/* Microseconds of the monotonic clock. */
uint64_t clipper_monotonic_us(void);

#endif
