/* codec_clipper.c: our own codec, with diagnoses and the default limits, as any caller uses it. */
#include "codec_case.h"
#include "clipper/codec.h"

#include <stdlib.h>

static clipper_frame items[MOST_ITEMS];
static clipper_frame request_frames[CLIPPER_FRAMES_MAX(MOST_ITEMS)];
static clipper_frame response_frames[CLIPPER_FRAMES_MAX(MOST_ITEMS)];
static uint8_t request_scratch[CLIPPER_SCRATCH_MAX(MOST_ITEMS)];
static uint8_t response_scratch[CLIPPER_SCRATCH_MAX(MOST_ITEMS)];
static const clipper_storage request_storage = {request_frames, CLIPPER_FRAMES_MAX(MOST_ITEMS),
                                                request_scratch, CLIPPER_SCRATCH_MAX(MOST_ITEMS)};
static const clipper_storage response_storage = {response_frames, CLIPPER_FRAMES_MAX(MOST_ITEMS),
                                                 response_scratch, CLIPPER_SCRATCH_MAX(MOST_ITEMS)};
static clipper_message request, response;
static clipper_encoded request_encoded, response_encoded;

static uint64_t encode_request(size_t times) {
    for (; times > 0; times--) {
        clipper_diagnosis diagnosis;
        if (clipper_encode(&request, CLIPPER_WIRE_ANY, &request_storage, &request_encoded, &diagnosis) !=
            CLIPPER_OK)
            abort();
    }
    return request_encoded.frames;
}

static uint64_t encode_response(size_t times) {
    for (; times > 0; times--) {
        clipper_diagnosis diagnosis;
        if (clipper_encode(&response, CLIPPER_WIRE_RELEASE, &response_storage, &response_encoded,
                           &diagnosis) != CLIPPER_OK)
            abort();
    }
    return response_encoded.frames;
}

static uint64_t decode_request(size_t times) {
    clipper_message found;
    clipper_diagnosis diagnosis;
    for (; times > 0; times--)
        if (clipper_decode(CLIPPER_TO_CONTAINER, request_frames, request_encoded.frames, NULL, &found,
                           &diagnosis) != CLIPPER_OK)
            abort();
    return sum_of(found.as.request.id, found.as.request.item_count,
                  found.as.request.items[found.as.request.item_count - 1].len);
}

static uint64_t decode_response(size_t times) {
    clipper_message found;
    clipper_diagnosis diagnosis;
    for (; times > 0; times--)
        if (clipper_decode(CLIPPER_TO_CLIPPER, response_frames, response_encoded.frames, NULL, &found,
                           &diagnosis) != CLIPPER_OK)
            abort();
    return sum_of(found.as.response.id, found.as.response.item_count,
                  found.as.response.items[found.as.response.item_count - 1].len);
}

static void prepare(size_t count) {
    for (size_t i = 0; i < count; i++) {
        items[i].base = payload + ITEM_BYTES * i;
        items[i].len = ITEM_BYTES;
    }
    memset(&request, 0, sizeof request);
    request.kind = CLIPPER_PREDICTION_REQUEST;
    request.direction = CLIPPER_TO_CONTAINER;
    request.as.request.id = PREDICTION_ID;
    request.as.request.data_type = CLIPPER_TYPE_DOUBLES;
    request.as.request.items = items;
    request.as.request.item_count = count;
    response = request;
    response.kind = CLIPPER_PREDICTION_RESPONSE;
    response.direction = CLIPPER_TO_CLIPPER;
    response.as.response.data_type = CLIPPER_TYPE_STRINGS;
    (void)encode_request(1);
    (void)encode_response(1);
}

const contender clipper_contender = {
    "clipper", prepare, {decode_request, decode_response, encode_request, encode_response}};
