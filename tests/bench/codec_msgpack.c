/* codec_msgpack.c: the same content through msgpack-c, as one array: the fields, then the items. */
#include "codec_case.h"

#include <msgpack.h>
#include <stdlib.h>

enum {
    REQUEST_FIELDS = 5, /* version, message type, id, request type, data type */
    RESPONSE_FIELDS = 2 /* message type, id */
};

static msgpack_sbuffer request_buffer, response_buffer;
static size_t item_count;

static void pack_items(msgpack_packer *packer) {
    for (size_t i = 0; i < item_count; i++) {
        msgpack_pack_bin(packer, ITEM_BYTES);
        msgpack_pack_bin_body(packer, payload + ITEM_BYTES * i, ITEM_BYTES);
    }
}

static uint64_t encode_request(size_t times) {
    for (; times > 0; times--) {
        msgpack_packer packer;
        msgpack_sbuffer_clear(&request_buffer);
        msgpack_packer_init(&packer, &request_buffer, msgpack_sbuffer_write);
        msgpack_pack_array(&packer, REQUEST_FIELDS + item_count);
        msgpack_pack_uint32(&packer, 3);
        msgpack_pack_uint32(&packer, 1);
        msgpack_pack_uint32(&packer, PREDICTION_ID);
        msgpack_pack_uint32(&packer, 0);
        msgpack_pack_uint32(&packer, DOUBLES);
        pack_items(&packer);
    }
    return request_buffer.size;
}

static uint64_t encode_response(size_t times) {
    for (; times > 0; times--) {
        msgpack_packer packer;
        msgpack_sbuffer_clear(&response_buffer);
        msgpack_packer_init(&packer, &response_buffer, msgpack_sbuffer_write);
        msgpack_pack_array(&packer, RESPONSE_FIELDS + item_count);
        msgpack_pack_uint32(&packer, 1);
        msgpack_pack_uint32(&packer, PREDICTION_ID);
        pack_items(&packer);
    }
    return response_buffer.size;
}

/* One message from BUFFER: an array of FIELDS fields, the id at ID_AT, and items. */
static uint64_t decode(const msgpack_sbuffer *buffer, size_t fields, size_t id_at) {
    msgpack_unpacked found;
    const msgpack_object *parts;
    size_t count;
    uint64_t sum;
    msgpack_unpacked_init(&found);
    if (msgpack_unpack_next(&found, buffer->data, buffer->size, NULL) != MSGPACK_UNPACK_SUCCESS ||
        found.data.type != MSGPACK_OBJECT_ARRAY || found.data.via.array.size <= fields)
        abort();
    parts = found.data.via.array.ptr;
    count = found.data.via.array.size;
    sum = sum_of(parts[id_at].via.u64, count - fields, parts[count - 1].via.bin.size);
    msgpack_unpacked_destroy(&found);
    return sum;
}

static uint64_t decode_request(size_t times) {
    uint64_t sum = 0;
    for (; times > 0; times--)
        sum = decode(&request_buffer, REQUEST_FIELDS, 2);
    return sum;
}

static uint64_t decode_response(size_t times) {
    uint64_t sum = 0;
    for (; times > 0; times--)
        sum = decode(&response_buffer, RESPONSE_FIELDS, 1);
    return sum;
}

static void prepare(size_t count) {
    item_count = count;
    (void)encode_request(1); /* the buffers keep their memory: encoding allocates nothing after this */
    (void)encode_response(1);
}

const contender msgpack_contender = {
    "msgpack-c", prepare, {decode_request, decode_response, encode_request, encode_response}};
