/* outputs.h: the storage that a model's outputs go into, reused from batch to batch. */
#ifndef CLIPPER_CONTAINER_OUTPUTS_H
#define CLIPPER_CONTAINER_OUTPUTS_H

#include "clipper/model.h"
#include "clipper/transport.h"

/* A request's inputs, as the model sees them. */
struct clipper_batch {
    const clipper_prediction *request;
    const clipper_transport *transport;
    const clipper_received *received; /* what the request came in */
    size_t first;                     /* the frame that is item 0 */
};

/* Blocks never move, so that views of their bytes stay valid. */
typedef struct clipper_outputs_block {
    struct clipper_outputs_block *older;
    size_t capacity;
    size_t used;
    unsigned char bytes[];
} clipper_outputs_block;

struct clipper_outputs {
    clipper_frame *items;
    size_t *sources; /* see clipper_outgoing; NULL until an input was an output for the first time */
    size_t count;
    size_t capacity;              /* of items, and of sources where there are any */
    clipper_outputs_block *block; /* the one being filled; the older ones follow */
    size_t block_bytes;           /* the size of the next block */
    clipper_data_type type;
    int has_sources; /* not 0: SOURCES counts for this batch */
    int failed;      /* not 0: out of memory; nothing is to be sent */
};

void clipper_outputs_init(clipper_outputs *outputs);
/* Empties OUTPUTS for the next batch. Storage is kept, unless it is far larger than usual. */
void clipper_outputs_reset(clipper_outputs *outputs);
/* The bytes of the storage. */
uint64_t clipper_outputs_cost(const clipper_outputs *outputs);
void clipper_outputs_free(clipper_outputs *outputs);

#endif
