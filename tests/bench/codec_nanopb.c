/* codec_nanopb.c: the same content through nanopb, with callbacks for the items: no allocation. */
#include "codec_case.h"

#include <pb_decode.h>
#include <pb_encode.h>
#include "prediction.pb.h"

#include <stdlib.h>

enum {
    BUFFER_BYTES = 64 + MOST_ITEMS * (ITEM_BYTES + 2)
};

typedef struct taken {
    uint8_t bytes[MOST_ITEMS][ITEM_BYTES];
    size_t sizes[MOST_ITEMS];
    size_t count;
} taken;

static uint8_t request_buffer[BUFFER_BYTES], response_buffer[BUFFER_BYTES];
static size_t request_bytes, response_bytes, item_count;
static Request request;
static Response response;
static taken items;

static bool put_items(pb_ostream_t *stream, const pb_field_t *field, void *const *argument) {
    (void)argument;
    for (size_t i = 0; i < item_count; i++)
        if (!pb_encode_tag_for_field(stream, field) ||
            !pb_encode_string(stream, payload + ITEM_BYTES * i, ITEM_BYTES))
            return false;
    return true;
}

static bool take_item(pb_istream_t *stream, const pb_field_t *field, void **argument) {
    taken *to = *argument;
    const size_t size = stream->bytes_left;
    (void)field;
    if (to->count == MOST_ITEMS || size > ITEM_BYTES || !pb_read(stream, to->bytes[to->count], size))
        return false;
    to->sizes[to->count++] = size;
    return true;
}

static uint64_t encode_request(size_t times) {
    for (; times > 0; times--) {
        pb_ostream_t stream = pb_ostream_from_buffer(request_buffer, sizeof request_buffer);
        if (!pb_encode(&stream, Request_fields, &request))
            abort();
        request_bytes = stream.bytes_written;
    }
    return request_bytes;
}

static uint64_t encode_response(size_t times) {
    for (; times > 0; times--) {
        pb_ostream_t stream = pb_ostream_from_buffer(response_buffer, sizeof response_buffer);
        if (!pb_encode(&stream, Response_fields, &response))
            abort();
        response_bytes = stream.bytes_written;
    }
    return response_bytes;
}

static uint64_t decode_request(size_t times) {
    Request found = Request_init_zero;
    for (; times > 0; times--) {
        pb_istream_t stream = pb_istream_from_buffer(request_buffer, request_bytes);
        items.count = 0;
        found.items.funcs.decode = take_item;
        found.items.arg = &items;
        if (!pb_decode(&stream, Request_fields, &found) || items.count == 0)
            abort();
    }
    return sum_of(found.id, items.count, items.sizes[items.count - 1]);
}

static uint64_t decode_response(size_t times) {
    Response found = Response_init_zero;
    for (; times > 0; times--) {
        pb_istream_t stream = pb_istream_from_buffer(response_buffer, response_bytes);
        items.count = 0;
        found.items.funcs.decode = take_item;
        found.items.arg = &items;
        if (!pb_decode(&stream, Response_fields, &found) || items.count == 0)
            abort();
    }
    return sum_of(found.id, items.count, items.sizes[items.count - 1]);
}

static void prepare(size_t count) {
    item_count = count;
    request = (Request)Request_init_zero;
    request.version = 3;
    request.message_type = 1;
    request.id = PREDICTION_ID;
    request.data_type = DOUBLES;
    request.items.funcs.encode = put_items;
    response = (Response)Response_init_zero;
    response.message_type = 1;
    response.id = PREDICTION_ID;
    response.items.funcs.encode = put_items;
    (void)encode_request(1);
    (void)encode_response(1);
}

const contender nanopb_contender = {
    "nanopb", prepare, {decode_request, decode_response, encode_request, encode_response}};
