/* histogram.c: latencies in buckets. */
#include "histogram.h"

const uint64_t clipper_latency_bounds_us[CLIPPER_LATENCY_BUCKETS] = {
    10,      20,      50,       100,      200,      500,       1000,       2000,
    5000,    10000,   20000,    50000,    100000,   200000,    500000,     1000000,
    2000000, 5000000, 10000000, 20000000, 50000000, 100000000, UINT64_MAX,
};

void clipper_histogram_add(clipper_histogram *histogram, uint64_t us) {
    size_t bucket = 0;
    while (us > clipper_latency_bounds_us[bucket])
        bucket++;
    clipper_counter_add(&histogram->buckets[bucket], 1);
    clipper_counter_add(&histogram->sum_us, us);
    if (us > clipper_counter_read(&histogram->max_us))
        clipper_counter_set(&histogram->max_us, us);
}

clipper_latency clipper_histogram_read(const clipper_histogram *histogram) {
    clipper_latency latency;
    latency.count = 0;
    for (size_t i = 0; i < CLIPPER_LATENCY_BUCKETS; i++) {
        latency.buckets[i] = clipper_counter_read(&histogram->buckets[i]);
        latency.count += latency.buckets[i];
    }
    latency.sum_us = clipper_counter_read(&histogram->sum_us);
    latency.max_us = clipper_counter_read(&histogram->max_us);
    return latency;
}

uint64_t clipper_latency_quantile(const clipper_latency *latency, unsigned percent) {
    const uint64_t rank = latency->count / 100 * percent + (latency->count % 100 * percent + 99) / 100;
    uint64_t seen = 0;
    for (size_t i = 0; i < CLIPPER_LATENCY_BUCKETS; i++) {
        seen += latency->buckets[i];
        if (seen >= rank && seen > 0)
            return clipper_latency_bounds_us[i] < latency->max_us ? clipper_latency_bounds_us[i]
                                                                  : latency->max_us;
    }
    return 0;
}
