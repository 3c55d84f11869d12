/* pacing.h: how long to wait before connecting again, so that a fleet of containers does not reconnect all at once. */
#ifndef CLIPPER_CONTAINER_PACING_H
#define CLIPPER_CONTAINER_PACING_H

#include <stdint.h>

typedef struct clipper_pacing {
    uint64_t poll_timeout_ms; /* D */
    uint64_t random;          /* state of the jitter */
    unsigned failures;        /* in a row */
} clipper_pacing;

void clipper_pacing_init(clipper_pacing *pacing, uint64_t poll_timeout_ms, uint64_t seed);

/* A session ended because nothing came. Milliseconds to wait before the next one: random, up to a tenth of D, as
 * all containers of the same Clipper lose it at the same time. */
uint64_t clipper_pacing_after_silence(clipper_pacing *pacing);

/* A connection could not be made, or was lost. Milliseconds to wait: random, from half a limit to the limit,
 * which doubles with each failure in a row, from 100 ms to D (at most 5 s). */
uint64_t clipper_pacing_after_failure(clipper_pacing *pacing);

/* Something was received: the next failure is the first again. */
void clipper_pacing_success(clipper_pacing *pacing);

#endif
