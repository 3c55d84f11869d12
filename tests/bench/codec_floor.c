/* codec_floor.c: the least that any codec must do. Decoding: read each header word and each frame's length
 * once. Encoding: write each header word and each frame's view once. Nothing is checked. Like a codec's, the
 * four functions are called, and are told where everything is. */
#include "codec_case.h"
#include "clipper/codec.h"

enum {
    REQUEST_HEAD = 7,
    RESPONSE_HEAD = 5
};

#define CALLED __attribute__((noinline))

static clipper_frame request[REQUEST_HEAD + MOST_ITEMS], response[RESPONSE_HEAD + MOST_ITEMS];
static uint64_t request_scratch[3 + 2 + MOST_ITEMS], response_scratch[2 + 1 + MOST_ITEMS];
static size_t item_count;
static clipper_frame item = {payload, ITEM_BYTES};

/* ---- Encoding ----------------------------------------------------------------------------------------- */

static inline void write_u32(clipper_frame *frame, uint8_t *at, uint32_t value) {
    memcpy(at, &value, sizeof value);
    frame->base = at;
    frame->len = sizeof value;
}

static inline void write_u64(clipper_frame *frame, uint8_t *at, uint64_t value) {
    memcpy(at, &value, sizeof value);
    frame->base = at;
    frame->len = sizeof value;
}

/* A view is twice as large as a word, so that one offset serves both, and a view is moved as a whole: five
 * instructions an item. */
_Static_assert(sizeof(clipper_frame) == 2 * sizeof(uint64_t), "a host of 64 bits");
static inline void write_items(clipper_frame *frames, uint64_t *words, size_t count) {
    const uint64_t size = ITEM_BYTES;
    const clipper_frame view = item;
    for (size_t at = 0; at < count * sizeof size; at += sizeof size) {
        memcpy((uint8_t *)words + at, &size, sizeof size);
        memcpy((uint8_t *)frames + 2 * at, &view, sizeof view);
    }
}

static CALLED void write_request(clipper_frame *f, uint64_t *scratch, uint32_t id, size_t count) {
    uint8_t *s = (uint8_t *)scratch;
    uint64_t *words = scratch + 3;
    f[0].base = s;
    f[0].len = 0;
    write_u32(f + 1, s, CLIPPER_RPC_VERSION);
    write_u32(f + 2, s + 4, 1);
    write_u32(f + 3, s + 8, id);
    write_u32(f + 4, s + 12, 0);
    write_u64(f + 5, s + 16, 8 * (2 + count));
    words[0] = DOUBLES;
    words[1] = count;
    f[6].base = words;
    f[6].len = 8 * (2 + count);
    write_items(f + REQUEST_HEAD, words + 2, count);
}

static CALLED void write_response(clipper_frame *f, uint64_t *scratch, uint32_t id, size_t count) {
    uint8_t *s = (uint8_t *)scratch;
    uint64_t *words = scratch + 2;
    f[0].base = s;
    f[0].len = 0;
    write_u32(f + 1, s, 1);
    write_u32(f + 2, s + 4, id);
    write_u64(f + 3, s + 8, 8 * (1 + count));
    words[0] = count;
    f[4].base = words;
    f[4].len = 8 * (1 + count);
    write_items(f + RESPONSE_HEAD, words + 1, count);
}

static uint64_t encode_request(size_t times) {
    for (; times > 0; times--) {
        write_request(request, request_scratch, PREDICTION_ID, item_count);
        touch_memory();
    }
    return REQUEST_HEAD + item_count;
}

static uint64_t encode_response(size_t times) {
    for (; times > 0; times--) {
        write_response(response, response_scratch, PREDICTION_ID, item_count);
        touch_memory();
    }
    return RESPONSE_HEAD + item_count;
}

/* ---- Decoding ----------------------------------------------------------------------------------------- */

/* COUNT sizes, each as the metadata has it and as the frame has it, all added up. */
static inline uint64_t add_items(const clipper_frame *frames, const uint8_t *words, size_t count) {
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += clipper_load_u64(words + 8 * i) + frames[i].len;
    return sum;
}

static CALLED uint64_t read_request(const clipper_frame *f, size_t count) {
    const uint8_t *words = f[6].base;
    return f[0].len + f[1].len + f[2].len + f[3].len + f[4].len + f[5].len + f[6].len +
           clipper_load_u32(f[1].base) + clipper_load_u32(f[2].base) + clipper_load_u32(f[3].base) +
           clipper_load_u32(f[4].base) + clipper_load_u64(f[5].base) + clipper_load_u64(words) +
           clipper_load_u64(words + 8) + add_items(f + REQUEST_HEAD, words + 16, count);
}

static CALLED uint64_t read_response(const clipper_frame *f, size_t count) {
    const uint8_t *words = f[4].base;
    return f[0].len + f[1].len + f[2].len + f[3].len + f[4].len + clipper_load_u32(f[1].base) +
           clipper_load_u32(f[2].base) + clipper_load_u64(f[3].base) + clipper_load_u64(words) +
           add_items(f + RESPONSE_HEAD, words + 8, count);
}

static volatile uint64_t read_sum;

static uint64_t decode_request(size_t times) {
    for (; times > 0; times--) {
        read_sum = read_request(request, item_count);
        touch_memory();
    }
    return sum_of(clipper_load_u32(request[3].base), clipper_load_u64((const uint8_t *)request[6].base + 8),
                  request[REQUEST_HEAD + item_count - 1].len);
}

static uint64_t decode_response(size_t times) {
    for (; times > 0; times--) {
        read_sum = read_response(response, item_count);
        touch_memory();
    }
    return sum_of(clipper_load_u32(response[2].base), clipper_load_u64(response[4].base),
                  response[RESPONSE_HEAD + item_count - 1].len);
}

static void prepare(size_t count) {
    item_count = count;
    (void)encode_request(1);
    (void)encode_response(1);
}

const contender floor_contender = {
    "floor", prepare, {decode_request, decode_response, encode_request, encode_response}};
