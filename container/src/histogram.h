/* histogram.h: how long things took, counted. One thread adds, any number of threads read. */
#ifndef CLIPPER_CONTAINER_HISTOGRAM_H
#define CLIPPER_CONTAINER_HISTOGRAM_H

#include <stdatomic.h>

#include "clipper/container.h"

/* Zeroed: empty. */
typedef struct clipper_histogram {
    _Atomic uint64_t buckets[CLIPPER_LATENCY_BUCKETS];
    _Atomic uint64_t sum_us;
    _Atomic uint64_t max_us;
} clipper_histogram;

void clipper_histogram_add(clipper_histogram *histogram, uint64_t us);
/* What was added so far; while another thread adds, some of it may be missing from one member and not from
 * another. */
clipper_latency clipper_histogram_read(const clipper_histogram *histogram);

#endif
