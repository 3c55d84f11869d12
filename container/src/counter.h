/* counter.h: a number that one thread changes and any thread reads. */
#ifndef CLIPPER_CONTAINER_COUNTER_H
#define CLIPPER_CONTAINER_COUNTER_H

#include <stdatomic.h>
#include <stdint.h>

typedef _Atomic uint64_t clipper_counter;

static inline uint64_t clipper_counter_read(const clipper_counter *counter) {
    return atomic_load_explicit(counter, memory_order_relaxed);
}

static inline void clipper_counter_set(clipper_counter *counter, uint64_t value) {
    atomic_store_explicit(counter, value, memory_order_relaxed);
}

/* There is one writer, so no read-modify-write is needed. */
static inline void clipper_counter_add(clipper_counter *counter, uint64_t more) {
    clipper_counter_set(counter, clipper_counter_read(counter) + more);
}

static inline void clipper_counter_subtract(clipper_counter *counter, uint64_t less) {
    clipper_counter_set(counter, clipper_counter_read(counter) - less);
}

#endif
