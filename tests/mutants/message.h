/* Multipart messages that can be changed, and the places of their frames. */
#ifndef MUTANTS_MESSAGE_H
#define MUTANTS_MESSAGE_H

#include "clipper/codec.h"

#include <stdbool.h>

/* Where the frames of a correct message are. */
enum {
    MESSAGE_TYPE = 1, /* outbound */

    NEW_NAME = 2,
    NEW_MODEL_VERSION = 3,
    NEW_INPUT_TYPE = 4,
    NEW_RPC_VERSION = 5, /* release wire only */

    OUT_ID = 2,
    OUT_LENGTH = 3,
    OUT_METADATA = 4,
    OUT_ITEMS = 5,

    IN_VERSION = 1,
    IN_MESSAGE_TYPE = 2,
    IN_HEARTBEAT_TYPE = 3,
    IN_ID = 3,
    IN_REQUEST_TYPE = 4,
    IN_LENGTH = 5,
    IN_METADATA = 6,
    IN_ITEMS = 7
};

/* Frames with bytes of their own. Zeroed: no frames. */
typedef struct message {
    clipper_frame *frames;
    size_t count;
    size_t capacity;
} message;

void message_clear(message *m);
/* Replaces what was there by a copy of FRAMES. */
void message_copy(message *m, const clipper_frame *frames, size_t count);
/* Moves all frames from FROM, which has none then, to TO's end. */
void message_append(message *to, message *from);

/* Frame INDEX becomes a copy of LEN bytes. BYTES may be NULL: zeros. */
void message_set(message *m, size_t index, const void *bytes, size_t len);
void message_set_u32(message *m, size_t index, uint32_t value);
void message_set_u64(message *m, size_t index, uint64_t value);
/* The same in a new frame before INDEX (or at the end). */
void message_insert(message *m, size_t index, const void *bytes, size_t len);
void message_insert_u32(message *m, size_t index, uint32_t value);
void message_remove(message *m, size_t index);
/* Cuts the frame to LEN bytes, or adds zeros to it. */
void message_resize(message *m, size_t index, size_t len);
/* Cuts the message to its first COUNT frames. */
void message_truncate(message *m, size_t count);

/* The frame's bytes, to be changed. */
unsigned char *message_bytes(message *m, size_t index);
/* The frame as a u32; a number that is no type of anything when it is not there or not 4 bytes wide. */
uint32_t message_u32(const message *m, size_t index);
/* Word INDEX of frame FRAME, 64 bits; UINT64_MAX when it is not there. */
uint64_t message_word(const message *m, size_t frame, size_t index);
bool message_same(const message *m, size_t a, size_t b);

#endif
