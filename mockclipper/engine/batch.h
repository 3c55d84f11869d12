/* A batch of items of one type, to be sent as a prediction request. */
#ifndef MOCKCLIPPER_ENGINE_BATCH_H
#define MOCKCLIPPER_ENGINE_BATCH_H

#include "base/random.h"

#include <clipper/codec.h>

typedef struct batch {
    clipper_data_type type;
    clipper_frame *items; /* their bytes are the batch's own */
    size_t count;
    uint64_t bytes; /* of all items */
} batch;

batch *batch_new(clipper_data_type type);
void batch_destroy(batch **self_p);

/* Adds an item of exactly these bytes. */
void batch_add_bytes(batch *self, const void *bytes, size_t len);

/* Adds an item of these numbers, little-endian. */
void batch_add_i32(batch *self, const int32_t *values, size_t count);
void batch_add_u32(batch *self, const uint32_t *values, size_t count);
void batch_add_u64(batch *self, const uint64_t *values, size_t count);

/* Adds an item of ELEMENTS elements (of bytes, for strings printable ones). Numbers are such that a sum of
 * them is exact in whatever order and precision it is formed. */
void batch_add_random(batch *self, random_source *source, size_t elements);

/* Adds an item equal to the last. */
void batch_repeat_last(batch *self);

#endif
