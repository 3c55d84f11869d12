/* rate.h: how often an event may be logged that a peer can cause. Pure. */
#ifndef CLIPPER_CONTAINER_RATE_H
#define CLIPPER_CONTAINER_RATE_H

#include <stdint.h>

/* BURST in a row, then one per period. */
enum {
    CLIPPER_RATE_BURST = 10,
    CLIPPER_RATE_PERIOD_MS = 1000
};

/* Zeroed: a full burst. */
typedef struct clipper_rate {
    uint64_t spent;      /* of the burst */
    uint64_t since_ms;   /* when SPENT was last brought up to date */
    uint64_t suppressed; /* refused since one was last allowed */
} clipper_rate;

/* Not 0: an event may be logged at NOW_MS, and *SUPPRESSED were refused before it. */
static inline int clipper_rate_allow(clipper_rate *rate, uint64_t now_ms, uint64_t *suppressed) {
    const uint64_t periods = (now_ms - rate->since_ms) / CLIPPER_RATE_PERIOD_MS;
    rate->spent -= periods < rate->spent ? periods : rate->spent;
    rate->since_ms = rate->spent == 0 ? now_ms : rate->since_ms + periods * CLIPPER_RATE_PERIOD_MS;
    if (rate->spent >= CLIPPER_RATE_BURST) {
        rate->suppressed++;
        return 0;
    }
    rate->spent++;
    *suppressed = rate->suppressed;
    rate->suppressed = 0;
    return 1;
}

#endif
