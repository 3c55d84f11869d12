/* random.h: a small pseudo-random generator with its state in the caller's hands (splitmix64): for jitter,
 * not for secrets. The same seed gives the same numbers. */
#ifndef CLIPPER_CONTAINER_RANDOM_H
#define CLIPPER_CONTAINER_RANDOM_H

#include <stdint.h>

static inline uint64_t clipper_random_next(uint64_t *state) {
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* A number from LOW to HIGH, both possible. HIGH is at least LOW, and less than UINT64_MAX above it. */
static inline uint64_t clipper_random_between(uint64_t *state, uint64_t low, uint64_t high) {
    return low + clipper_random_next(state) % (high - low + 1);
}

#endif
