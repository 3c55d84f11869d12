/* pacing.c: waits before connecting again. Pure. */
#include "pacing.h"

#include "random.h"

enum {
    FIRST_LIMIT_MS = 100,
    LAST_LIMIT_MS = 5000,
    MOST_DOUBLINGS = 10
};

void clipper_pacing_init(clipper_pacing *pacing, uint64_t poll_timeout_ms, uint64_t seed) {
    pacing->poll_timeout_ms = poll_timeout_ms;
    pacing->random = seed;
    pacing->failures = 0;
}

uint64_t clipper_pacing_after_silence(clipper_pacing *pacing) {
    return clipper_random_between(&pacing->random, 0, pacing->poll_timeout_ms / 10);
}

uint64_t clipper_pacing_after_failure(clipper_pacing *pacing) {
    const uint64_t last = pacing->poll_timeout_ms < LAST_LIMIT_MS ? pacing->poll_timeout_ms : LAST_LIMIT_MS;
    uint64_t limit = (uint64_t)FIRST_LIMIT_MS << pacing->failures;
    if (pacing->failures < MOST_DOUBLINGS)
        pacing->failures++;
    if (limit > last)
        limit = last;
    return clipper_random_between(&pacing->random, (limit + 1) / 2, limit);
}

void clipper_pacing_success(clipper_pacing *pacing) {
    pacing->failures = 0;
}
