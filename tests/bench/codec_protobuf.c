/* codec_protobuf.c: the same content through protobuf-c. */
#include "codec_case.h"
#include "prediction.pb-c.h"

#include <stdlib.h>

/* A tag and a length come before each item, and a few before the first. */
enum {
    BUFFER_BYTES = 64 + MOST_ITEMS * (ITEM_BYTES + 2)
};

static uint8_t request_buffer[BUFFER_BYTES], response_buffer[BUFFER_BYTES];
static size_t request_bytes, response_bytes;
static ProtobufCBinaryData items[MOST_ITEMS];
static Request request;
static Response response;

static uint64_t encode_request(size_t times) {
    for (; times > 0; times--)
        request_bytes = request__pack(&request, request_buffer);
    return request_bytes;
}

static uint64_t encode_response(size_t times) {
    for (; times > 0; times--)
        response_bytes = response__pack(&response, response_buffer);
    return response_bytes;
}

static uint64_t decode_request(size_t times) {
    uint64_t sum = 0;
    for (; times > 0; times--) {
        Request *found = request__unpack(NULL, request_bytes, request_buffer);
        if (found == NULL || found->n_items == 0)
            abort();
        sum = sum_of(found->id, found->n_items, found->items[found->n_items - 1].len);
        request__free_unpacked(found, NULL);
    }
    return sum;
}

static uint64_t decode_response(size_t times) {
    uint64_t sum = 0;
    for (; times > 0; times--) {
        Response *found = response__unpack(NULL, response_bytes, response_buffer);
        if (found == NULL || found->n_items == 0)
            abort();
        sum = sum_of(found->id, found->n_items, found->items[found->n_items - 1].len);
        response__free_unpacked(found, NULL);
    }
    return sum;
}

static void prepare(size_t count) {
    for (size_t i = 0; i < count; i++) {
        items[i].data = (uint8_t *)(uintptr_t)(payload + ITEM_BYTES * i);
        items[i].len = ITEM_BYTES;
    }
    request__init(&request);
    request.version = 3;
    request.message_type = 1;
    request.id = PREDICTION_ID;
    request.data_type = DOUBLES;
    request.items = items;
    request.n_items = count;
    response__init(&response);
    response.message_type = 1;
    response.id = PREDICTION_ID;
    response.items = items;
    response.n_items = count;
    (void)encode_request(1);
    (void)encode_response(1);
}

const contender protobuf_contender = {
    "protobuf-c", prepare, {decode_request, decode_response, encode_request, encode_response}};
