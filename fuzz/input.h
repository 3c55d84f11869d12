/* A fuzzer's bytes, read as something with structure. Whatever the bytes are, reading them succeeds: beyond
 * their end everything is 0.
 *
 *   number   1 octet: 0 to 247 for itself; 248 + n: the next octets as little-endian u16, u32, u64 (n = 0, 1,
 *            2); 251 to 255: 2^31, 2^32, 2^63, 2^64 - 8, 2^64 - 1
 *   options  1 octet of OPTION_* bits, then, if OPTION_LIMITS, 4 numbers: items, item bytes, total bytes,
 * text bytes frames   to the end of the input or an octet FRAMES_END: a frame each, 1 octet for its length
 * and then its bytes; FRAME_LONG: a u16 for its length; FRAME_CLAIM: a number for its length and no bytes at
 * all (a frame whose bytes nobody may read)
 *
 * fuzz/make_corpus.py writes the same forms. */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <clipper/codec.h>

typedef struct input {
    const uint8_t *at;
    size_t left;
} input;

uint8_t input_octet(input *in);
uint32_t input_u32(input *in);
uint64_t input_u64(input *in);
uint64_t input_number(input *in);

/* A view of the next LEN bytes, or of what is left. */
clipper_frame input_bytes(input *in, size_t len);

enum {
    OPTION_TO_CLIPPER = 1,    /* the direction */
    OPTION_STRICT = 2,        /* no leniencies */
    OPTION_LIMITS = 4,        /* limits of the input's own */
    OPTION_REPAIR_LENGTH = 8, /* the metadata length field is made right, */
    OPTION_REPAIR_COUNT = 16, /* the item count in the metadata is, */
    OPTION_REPAIR_SIZES = 32, /* the item sizes in it are */
    OPTION_NONE = 64,         /* no options: the defaults */
    OPTION_UNKNOWN_ERA = 128
};

/* Fills OPTIONS from the octet FLAGS and what follows it. Returns OPTIONS, or NULL where OPTION_NONE says so
 * (OPTIONS is the defaults then). */
const clipper_options *input_options(input *in, unsigned flags, clipper_options *options);

enum {
    FRAME_LONG = 251,
    FRAME_CLAIM = 252,
    FRAMES_END = 253 /* and all above */
};

/* A multipart message whose header frames are heap blocks of exactly their size: a read beyond one is seen by
 * AddressSanitizer. An empty frame has a base that must not be read at all. */
typedef struct frames {
    clipper_frame *list; /* a block of exactly COUNT frames */
    size_t count;
    size_t first_item; /* from here on there are items or feedback frames: nobody may read their bytes; COUNT
                          where there are none */
    uint8_t **blocks_;
    size_t capacity_;
} frames;

/* Reads frames of a message that goes in DIRECTION and repairs its metadata as FLAGS (OPTION_REPAIR_*) say. A
 * claim among the header frames is cut to the bytes that follow it. */
frames input_frames(input *in, clipper_direction direction, unsigned flags);
/* Reads frames that are all items: a claim may be anywhere, and the other ones can be read. */
frames input_items(input *in);
void frames_free(frames *all);

/* The base of a frame that nobody may read: unmapped. */
#define UNREADABLE ((const void *)(uintptr_t)1)

/* A copy of the frame array in an exact block of its own, in which items have unreadable bases. The caller's
 * to free. */
clipper_frame *frames_without_items(const frames *all);

/* A copy of LEN bytes in a heap block of exactly that size; the caller's to free. Never NULL. */
uint8_t *exact_copy(const void *bytes, size_t len);

/* LEN bytes of undefined content (filled with a pattern), in a heap block of exactly that size; the caller's
 * to free. Never NULL. */
void *exact_block(size_t len);

#endif
