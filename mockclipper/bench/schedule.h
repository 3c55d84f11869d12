/* When requests are due: the closed loop and the open one. Pure: time is an argument.
 *
 * Closed: a request is due as soon as fewer than IN_FLIGHT are under way. This measures how fast the container answers
 * clients that wait for it.
 *
 * Open: request k is due at k / rate, whether or not earlier ones were answered. This measures how long independent
 * clients wait. A request that cannot be sent when it is due (too many are under way, or the driver was late) is sent
 * later, and its latency still counts from when it was due: a stalled container cannot hide the requests that its stall
 * has kept from being sent ("coordinated omission"). */
#ifndef MOCKCLIPPER_BENCH_SCHEDULE_H
#define MOCKCLIPPER_BENCH_SCHEDULE_H

#include "base/clock.h"

#include <stdbool.h>

typedef struct schedule {
    double rate;      /* requests a second; 0: the closed loop */
    size_t in_flight; /* most requests under way */
    instant begun;
    uint64_t sent; /* requests so far; the owner counts them up */
} schedule;

/* When the next request is due by the rate; in the closed loop NOW. */
instant schedule_due_at(const schedule *self, instant now);

/* Whether a request is due NOW, while UNDER_WAY others are not answered. */
bool schedule_is_due(const schedule *self, instant now, size_t under_way);

/* When the next request is due without another answer; INT64_MAX: never. */
instant schedule_wake_at(const schedule *self, instant now, size_t under_way);

/* How many requests were due before NOW and have not been sent. */
uint64_t schedule_behind(const schedule *self, instant now);

#endif
