/* What the codec's tests share: messages in blocks of exactly their size, and comparisons. */
#ifndef CODEC_TEST_SUPPORT_H
#define CODEC_TEST_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "clipper/flat.h"

/* Frames in one heap block each, of exactly their length: an overrun is seen by AddressSanitizer. */
typedef struct block {
    clipper_frame *frames;
    size_t count;
} block;

/* A copy of COUNT frames, the last one cut to LAST bytes (SIZE_MAX: not cut). */
block block_of(const clipper_frame *frames, size_t count, size_t last);
void block_free(block *b);

/* Number of header frames before the items of MESSAGE; all of them for other messages. */
size_t head_frames(const clipper_message *message, size_t count);

/* Fails the test unless both messages say the same (items by value, wherever they are). */
void assert_same_message(const clipper_message *a, const clipper_message *b);
void assert_same_diagnosis(const clipper_diagnosis *a, const clipper_diagnosis *b);
void assert_same_frames(const clipper_frame *a, const clipper_frame *b, size_t count);

/* Decodes B both as a whole and one frame at a time, checks that the two agree in every respect and that item
 * bytes are never touched, and gives the whole one's result. */
clipper_error decode_both(clipper_direction direction, const block *b, const clipper_options *options,
                          clipper_message *message, clipper_diagnosis *diagnosis);

/* Encodes MESSAGE on WIRE into exactly as much storage as it needs and checks that it gives FRAMES; that
 * every smaller storage is refused with the right need; and that the head alone is the beginning of it. */
void assert_encodes_to(const clipper_message *message, clipper_wire wire, const clipper_frame *frames,
                       size_t count);

/* A frame viewing a string literal, with its NULs but the last. */
#define LITERAL(s) ((clipper_frame){(s), sizeof(s) - 1})

/* A small fast generator of numbers, the same on every host. */
static inline uint32_t next_random(uint64_t *seed) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33);
}

#endif
