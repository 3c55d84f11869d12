/* The content of the requests of a benchmark, generated beforehand, and the judgement of the outputs.
 *
 * A few different requests are sent in turn, so that an answer to another one is seen as wrong. They are made
 * once: while the load is on, nothing is allocated and no random number drawn. An output is
 * compared with the one accepted before for the same item, byte by byte; only one that differs is judged anew. */
#ifndef MOCKCLIPPER_BENCH_REQUESTS_H
#define MOCKCLIPPER_BENCH_REQUESTS_H

#include "engine/feed.h"
#include "engine/oracle.h"

typedef struct bench_requests bench_requests;

/* Requests of COUNT items (at least 1) from FED; where it leaves their length open, of BYTES bytes each, a multiple of
 * TYPE's width. SEED: for random contents. */
bench_requests *bench_requests_new(const feed *fed, clipper_data_type type, size_t count, size_t bytes,
                                   uint64_t seed, oracle computes);

/* Only when no message that borrows from it can be under way in a socket any more. */
void bench_requests_destroy(bench_requests **self_p);

/* How many different ones there are, and the bytes of the items of all. */
size_t bench_requests_count(const bench_requests *self);
uint64_t bench_requests_bytes(const bench_requests *self);

/* The request of that number, all but its id. It borrows from SELF. */
const clipper_message *bench_requests_at(const bench_requests *self, size_t number);

/* How many of OUTPUTS, as many as the request has items, are not what the model answers. *FIRST becomes the
 * index of the first of them. */
size_t bench_requests_wrong(bench_requests *self, size_t number, const clipper_frame *outputs, size_t *first);

#endif
