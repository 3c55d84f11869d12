/* Whether successive windows of a measurement agree. Pure.
 *
 * Stable: over the last STABILITY_WINDOWS windows, throughput and median latency each lie within
 * ALLOWED percent of each other: (most - least) / mean. */
#ifndef MOCKCLIPPER_BENCH_STABILITY_H
#define MOCKCLIPPER_BENCH_STABILITY_H

#include <stdbool.h>
#include <stddef.h>

#define STABILITY_WINDOWS 5

typedef struct stability {
    double allowed;                  /* percent; 0: nothing is ever stable */
    size_t seen;                     /* windows */
    double rates[STABILITY_WINDOWS]; /* of the last windows, in a ring */
    double medians[STABILITY_WINDOWS];
} stability;

/* Adds a window: answers a second, and the median latency. */
void stability_add(stability *self, double rate, double median);

/* Windows that are judged: the last ones, at most STABILITY_WINDOWS. */
size_t stability_judged(const stability *self);

/* How far the judged windows are apart, in percent of their mean. 0 of fewer than two. */
double stability_rate_spread(const stability *self);
double stability_median_spread(const stability *self);

/* The mean throughput of the judged windows; 0 of none. */
double stability_rate(const stability *self);

/* Whether there are enough windows, and they agree. */
bool stability_is_reached(const stability *self);

#endif
