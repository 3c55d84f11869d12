/* Time: a monotonic clock in nanoseconds. Wall clocks jump; no limit depends on one. */
#ifndef MOCKCLIPPER_BASE_CLOCK_H
#define MOCKCLIPPER_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

typedef int64_t instant;  /* nanoseconds since some fixed moment */
typedef int64_t duration; /* nanoseconds */

#define MICROSECOND ((duration)1000)
#define MILLISECOND ((duration)1000000)
#define SECOND      ((duration)1000000000)

instant clock_now(void);

/* A wait until DEADLINE as a poll timeout: whole milliseconds, rounded up, 0 when it has passed. */
int clock_poll_timeout(instant deadline);

static inline duration duration_max(duration a, duration b) {
    return a > b ? a : b;
}

/* D as text, such as "35 ms" or "30.00 s", in BUFFER, which is returned. */
#define DURATION_TEXT 24
char *duration_text(duration d, char buffer[DURATION_TEXT]);

#endif
