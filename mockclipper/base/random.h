/* Numbers that look random and are the same for the same seed, everywhere (splitmix64). */
#ifndef MOCKCLIPPER_BASE_RANDOM_H
#define MOCKCLIPPER_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

typedef struct random_source {
    uint64_t state;
} random_source;

static inline uint64_t random_next(random_source *source) {
    uint64_t z = source->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* From 0 to BELOW - 1. */
static inline uint64_t random_below(random_source *source, uint64_t below) {
    return random_next(source) % below;
}

#endif
