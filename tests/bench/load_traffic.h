/* load_traffic.h: prediction requests to a peer, a number of them in flight, and its answers. */
#ifndef BENCH_LOAD_TRAFFIC_H
#define BENCH_LOAD_TRAFFIC_H

#include "load_peer.h"

#include <stddef.h>
#include <stdint.h>

enum {
    TRAFFIC_MOST_ITEMS = 1000,
    TRAFFIC_MOST_WINDOW = 256
};

typedef struct load_shape {
    const char *name;
    size_t items;
    size_t item_bytes;
} load_shape;

/* Sends COUNT requests of SHAPE, WINDOW of them in flight, and takes their answers. Ends the program when an
 * answer does not come, comes twice, or has not as many items as its request. LATENCIES, unless NULL, gets
 * COUNT round trips in ns.
 */
void load_traffic(load_peer *peer, const load_shape *shape, size_t count, size_t window, int64_t *latencies);

int64_t load_now_ns(void);

#endif
