/* A message that may be edited before it is sent: well-formed at first. */
#ifndef MOCKCLIPPER_ENGINE_DRAFT_H
#define MOCKCLIPPER_ENGINE_DRAFT_H

#include "engine/batch.h"

#include <clipper/codec.h>

/* Frames by index, in the messages to containers. */
enum {
    FRAME_DELIMITER = 0,
    FRAME_VERSION = 1,
    FRAME_MESSAGE_TYPE = 2,
    FRAME_HEARTBEAT_TYPE = 3, /* of a heartbeat */
    FRAME_ID = 3,             /* of a request, and so on */
    FRAME_REQUEST_TYPE = 4,
    FRAME_METADATA_LENGTH = 5,
    FRAME_METADATA = 6,
    FRAME_ITEMS = 7
};

/* Words of a request's metadata. */
enum {
    WORD_DATA_TYPE = 0,
    WORD_ITEM_COUNT = 1,
    WORD_ITEM_SIZES = 2
};

typedef struct draft {
    clipper_frame *frames; /* their bytes are the draft's own */
    size_t count;
} draft;

draft *draft_new(void);
draft *draft_copy(const clipper_frame *frames, size_t count);
draft *draft_heartbeat(clipper_heartbeat_type type);
draft *draft_request(uint32_t id, const batch *items);
void draft_destroy(draft **self_p);

/* Frames. INDEX must be that of a frame there is; for insertion, at most the count. */
void draft_insert(draft *self, size_t index, const void *bytes, size_t len);
void draft_append(draft *self, const void *bytes, size_t len);
void draft_remove(draft *self, size_t index);
void draft_cut(draft *self, size_t count); /* keeps the first COUNT */
void draft_replace(draft *self, size_t index, const void *bytes, size_t len);

/* Makes a frame longer by zero bytes, or shorter. */
void draft_resize(draft *self, size_t index, size_t len);

/* Puts a little-endian integer in the place of a frame. */
void draft_set_u32(draft *self, size_t index, uint32_t value);
void draft_set_u64(draft *self, size_t index, uint64_t value);

/* Changes one word of the metadata. */
void draft_set_word(draft *self, size_t word, uint64_t value);

#endif
