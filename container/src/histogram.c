/* histogram.c: counted latencies. */
#include "histogram.h"

const uint64_t clipper_latency_bounds_us[CLIPPER_LATENCY_BUCKETS] = {
    10,      20,      50,       100,      200,      500,       1000,       2000,
    5000,    10000,   20000,    50000,    100000,   200000,    500000,     1000000,
    2000000, 5000000, 10000000, 20000000, 50000000, 100000000, UINT64_MAX,
};

/* There is one writer, so that no read-modify-write is needed. */
static void add_to(_Atomic uint64_t *number, uint64_t more) {
    atomic_store_explicit(number, atomic_load_explicit(number, memory_order_relaxed) + more,
                          memory_order_relaxed);
}

void clipper_histogram_add(clipper_histogram *histogram, uint64_t us) {
    size_t bucket = 0;
    while (us > clipper_latency_bounds_us[bucket])
        bucket++;
    add_to(&histogram->buckets[bucket], 1);
    add_to(&histogram->sum_us, us);
    if (us > atomic_load_explicit(&histogram->max_us, memory_order_relaxed))
        atomic_store_explicit(&histogram->max_us, us, memory_order_relaxed);
}

clipper_latency clipper_histogram_read(const clipper_histogram *histogram) {
    clipper_latency latency;
    latency.count = 0;
    for (size_t i = 0; i < CLIPPER_LATENCY_BUCKETS; i++) {
        latency.buckets[i] = atomic_load_explicit(&histogram->buckets[i], memory_order_relaxed);
        latency.count += latency.buckets[i];
    }
    latency.sum_us = atomic_load_explicit(&histogram->sum_us, memory_order_relaxed);
    latency.max_us = atomic_load_explicit(&histogram->max_us, memory_order_relaxed);
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
