/* histogram.h: how long things took, counted in buckets. One thread adds, any thread reads. */
#ifndef CLIPPER_CONTAINER_HISTOGRAM_H
#define CLIPPER_CONTAINER_HISTOGRAM_H

#include "clipper/container.h"
#include "counter.h"

/* Zeroed: empty. */
typedef struct clipper_histogram {
    clipper_counter buckets[CLIPPER_LATENCY_BUCKETS];
    clipper_counter sum_us;
    clipper_counter max_us;
} clipper_histogram;

void clipper_histogram_add(clipper_histogram *histogram, uint64_t us);
/* What was added so far. While another thread adds, members may differ by the values added last. */
clipper_latency clipper_histogram_read(const clipper_histogram *histogram);

#endif
