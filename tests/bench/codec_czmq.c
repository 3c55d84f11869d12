/* codec_czmq.c: czmq's zmsg instead of frame arrays. Encoding builds a zmsg; decoding walks one, gathers its
 * frames, and checks by hand what a careful container would. */
#include "codec_case.h"
#include "clipper/codec.h"

#include <czmq.h>

static zmsg_t *request, *response;
static size_t item_count;
static uint64_t words[2 + MOST_ITEMS];

/* ---- Building ----------------------------------------------------------------------------------------- */

static void add_u32(zmsg_t *message, uint32_t value) {
    zmsg_addmem(message, &value, sizeof value);
}

/* The metadata's length, the metadata with HEAD words before the sizes, and the items. */
static void add_items(zmsg_t *message, size_t head) {
    const uint64_t bytes = 8 * (head + item_count);
    words[0] = DOUBLES;
    words[head - 1] = item_count;
    for (size_t i = 0; i < item_count; i++)
        words[head + i] = ITEM_BYTES;
    zmsg_addmem(message, &bytes, sizeof bytes);
    zmsg_addmem(message, words, bytes);
    for (size_t i = 0; i < item_count; i++)
        zmsg_addmem(message, payload + ITEM_BYTES * i, ITEM_BYTES);
}

static uint64_t encode_request(size_t times) {
    for (; times > 0; times--) {
        zmsg_destroy(&request);
        request = zmsg_new();
        zmsg_addmem(request, NULL, 0);
        add_u32(request, 3);
        add_u32(request, 1);
        add_u32(request, PREDICTION_ID);
        add_u32(request, 0);
        add_items(request, 2);
    }
    return zmsg_size(request);
}

static uint64_t encode_response(size_t times) {
    for (; times > 0; times--) {
        zmsg_destroy(&response);
        response = zmsg_new();
        zmsg_addmem(response, NULL, 0);
        add_u32(response, 1);
        add_u32(response, PREDICTION_ID);
        add_items(response, 1);
    }
    return zmsg_size(response);
}

/* ---- Walking ------------------------------------------------------------------------------------------ */

/* The next frame's bytes; aborts unless there is one of SIZE bytes. */
static const uint8_t *next_frame(zmsg_t *message, size_t size) {
    zframe_t *frame = zmsg_next(message);
    if (frame == NULL || zframe_size(frame) != size)
        abort();
    return zframe_data(frame);
}

static void expect_u32(zmsg_t *message, uint32_t value) {
    if (clipper_load_u32(next_frame(message, 4)) != value)
        abort();
}

/* The metadata of HEAD words and COUNT sizes, and as many items. Returns the last one's size. */
static uint64_t walk_items(zmsg_t *message, size_t head, size_t count) {
    const uint64_t bytes = clipper_load_u64(next_frame(message, 8));
    const uint8_t *metadata = next_frame(message, bytes);
    uint64_t size = 0;
    if (bytes != 8 * (head + count) || clipper_load_u64(metadata + 8 * (head - 1)) != count)
        abort();
    for (size_t i = 0; i < count; i++) {
        size = clipper_load_u64(metadata + 8 * (head + i));
        if (size % 8 != 0 || size > 1 << 30 || zframe_size(zmsg_next(message)) != size)
            abort();
    }
    return size;
}

static uint64_t decode_request(size_t times) {
    uint64_t sum = 0;
    for (; times > 0; times--) {
        const size_t count = zmsg_size(request) - 7;
        uint32_t id;
        if (zframe_size(zmsg_first(request)) != 0)
            abort();
        expect_u32(request, 3);
        expect_u32(request, 1);
        id = clipper_load_u32(next_frame(request, 4));
        expect_u32(request, 0);
        sum = sum_of(id, count, walk_items(request, 2, count));
    }
    return sum;
}

static uint64_t decode_response(size_t times) {
    uint64_t sum = 0;
    for (; times > 0; times--) {
        const size_t count = zmsg_size(response) - 5;
        uint32_t id;
        if (zframe_size(zmsg_first(response)) != 0)
            abort();
        expect_u32(response, 1);
        id = clipper_load_u32(next_frame(response, 4));
        sum = sum_of(id, count, walk_items(response, 1, count));
    }
    return sum;
}

static void prepare(size_t count) {
    item_count = count;
    (void)encode_request(1);
    (void)encode_response(1);
}

const contender czmq_contender = {
    "czmq zmsg", prepare, {decode_request, decode_response, encode_request, encode_response}};
