/* codec_case.h: one way of decoding and encoding predictions, to be compared with others.
 *
 * All contenders handle the same content: a message id, a data type, and COUNT items of ITEM_BYTES bytes
 * each. What one of them decodes is what it has encoded itself, so that a wrong encoder shows. */
#ifndef BENCH_CODEC_CASE_H
#define BENCH_CODEC_CASE_H

#include <stddef.h>
#include <stdint.h>

enum {
    ITEM_BYTES = 8,
    MOST_ITEMS = 1000,
    PREDICTION_ID = 12345,
    DOUBLES = 3
};

enum operation {
    DECODE_REQUEST,
    DECODE_RESPONSE,
    ENCODE_REQUEST,
    ENCODE_RESPONSE,
    OPERATIONS
};

typedef struct contender {
    const char *name;
    /* From here on predictions have COUNT items. Encodes both kinds once, for the decoders. */
    void (*prepare)(size_t count);
    /* Do it TIMES times, and return a sum over what the last time found or made: for decoding, sum_of. */
    uint64_t (*run[OPERATIONS])(size_t times);
} contender;

extern const contender floor_contender, clipper_contender, msgpack_contender, protobuf_contender,
    nanopb_contender, czmq_contender;

/* The items' bytes. */
extern const uint8_t payload[MOST_ITEMS * ITEM_BYTES];

/* What every decoder must return: the id, the number of items, and the size of the last one. */
static inline uint64_t sum_of(uint64_t id, uint64_t count, uint64_t last_size) {
    return id * 1000003 + count * 31 + last_size;
}

/* Makes the compiler believe that all memory was read and may have changed. */
static inline void touch_memory(void) {
    __asm__ volatile("" ::: "memory");
}

#endif
