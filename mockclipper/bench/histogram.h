/* A distribution of durations in buckets that grow with the value: log-linear, as HdrHistogram's.
 *
 * Durations below 256 ns are kept exactly. Above, each octave from 2^k to 2^(k+1) is divided into 128 buckets
 * of equal width, so that a bucket is at most 1/128 as wide as any value in it. A quantile is reported as the
 * upper end of its bucket: never too small, and too large by less than 1/128 of itself (0.8 %). Count, sum,
 * least and most are exact. Durations beyond 73 minutes share the last bucket. */
#ifndef MOCKCLIPPER_BENCH_HISTOGRAM_H
#define MOCKCLIPPER_BENCH_HISTOGRAM_H

#include "base/clock.h"

#include <stdbool.h>

#define HISTOGRAM_OCTAVE 128u /* buckets */
#define HISTOGRAM_ERROR  (1.0 / HISTOGRAM_OCTAVE)

#define HISTOGRAM_MOST    (((duration)1 << 42) - 1)            /* beyond that, one bucket: 73 minutes */
#define HISTOGRAM_BUCKETS ((42u - 8u + 2u) * HISTOGRAM_OCTAVE) /* 42 bits; 8 of them without halving */

typedef struct histogram {
    uint64_t count;
    uint64_t sum;   /* ns */
    duration least; /* of nothing: 0 */
    duration most;
    uint64_t buckets[HISTOGRAM_BUCKETS];
} histogram;

/* A zeroed histogram is an empty one. */
void histogram_clear(histogram *self);

/* Adds a duration; one below 0 counts as 0. */
void histogram_add(histogram *self, duration value);

/* Adds all of OTHER. */
void histogram_merge(histogram *self, const histogram *other);

/* The quantile Q (0 to 1), as described above; 0 of nothing. */
duration histogram_quantile(const histogram *self, double q);

/* Whether at least one value lies beyond the quantile Q; otherwise that is just the most. */
bool histogram_has_quantile(const histogram *self, double q);

double histogram_mean(const histogram *self); /* 0 of nothing */

/* A part of the range, for a picture. */
typedef struct histogram_bar {
    duration from; /* included */
    duration to;   /* not included */
    uint64_t count;
} histogram_bar;

/* Fills BARS with adjoining parts of the range, from the least to the most, empty ones between included: each
 * octave in 8, 4, 2 or 1 of them, or several octaves in one, so that there are at most MOST (at least 1).
 * Returns how many; 0 of nothing. */
size_t histogram_bars(const histogram *self, histogram_bar *bars, size_t most);

#endif
