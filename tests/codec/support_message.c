#include "support.h"

block block_of(const clipper_frame *frames, size_t count, size_t last) {
    block b;
    size_t i;
    b.count = count;
    b.frames = malloc(count * sizeof *b.frames + (count == 0));
    for (i = 0; i < count; i++) {
        size_t len = i + 1 == count && last < frames[i].len ? last : frames[i].len;
        void *copy = malloc(len);
        if (len)
            memcpy(copy, frames[i].base, len);
        b.frames[i].base = copy;
        b.frames[i].len = len;
    }
    return b;
}

void block_free(block *b) {
    size_t i;
    for (i = 0; i < b->count; i++)
        free((void *)(uintptr_t)b->frames[i].base);
    free(b->frames);
}

size_t head_frames(const clipper_message *message, size_t count) {
    switch (message->kind) {
    case CLIPPER_PREDICTION_REQUEST:
        return 7;
    case CLIPPER_PREDICTION_RESPONSE:
    case CLIPPER_FEEDBACK_REQUEST:
        return 5;
    default:
        return count;
    }
}

void assert_same_frames(const clipper_frame *a, const clipper_frame *b, size_t count) {
    size_t i;
    for (i = 0; i < count; i++) {
        assert_int_equal(a[i].len, b[i].len);
        if (a[i].len)
            assert_memory_equal(a[i].base, b[i].base, a[i].len);
    }
}

void assert_same_message(const clipper_message *a, const clipper_message *b) {
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->direction, b->direction);
    assert_int_equal(a->wire, b->wire);
    assert_int_equal(a->leniencies, b->leniencies);
    assert_int_equal(a->rpc_version, b->rpc_version);
    switch (a->kind) {
    case CLIPPER_HEARTBEAT:
        assert_int_equal(a->as.heartbeat.type, b->as.heartbeat.type);
        break;
    case CLIPPER_NEW_CONTAINER:
        assert_same_frames(&a->as.new_container.name, &b->as.new_container.name, 1);
        assert_same_frames(&a->as.new_container.model_version, &b->as.new_container.model_version, 1);
        assert_int_equal(a->as.new_container.input_type, b->as.new_container.input_type);
        break;
    case CLIPPER_PREDICTION_REQUEST:
    case CLIPPER_PREDICTION_RESPONSE:
        assert_int_equal(a->as.request.id, b->as.request.id);
        assert_int_equal(a->as.request.data_type, b->as.request.data_type);
        assert_int_equal(a->as.request.item_count, b->as.request.item_count);
        if (a->as.request.items && b->as.request.items)
            assert_same_frames(a->as.request.items, b->as.request.items, a->as.request.item_count);
        break;
    case CLIPPER_FEEDBACK_REQUEST:
        assert_int_equal(a->as.feedback.id, b->as.feedback.id);
        assert_int_equal(a->as.feedback.frame_count, b->as.feedback.frame_count);
        if (a->as.feedback.frames && b->as.feedback.frames)
            assert_same_frames(a->as.feedback.frames, b->as.feedback.frames, a->as.feedback.frame_count);
        break;
    default:
        break;
    }
}

void assert_same_diagnosis(const clipper_diagnosis *a, const clipper_diagnosis *b) {
    assert_string_equal(clipper_error_name(a->error), clipper_error_name(b->error));
    assert_string_equal(clipper_field_name(a->field), clipper_field_name(b->field));
    assert_int_equal(a->frame, b->frame);
    assert_int_equal(a->item, b->item);
    assert_int_equal(a->offset, b->offset);
    assert_true(a->expected == b->expected);
    assert_true(a->actual == b->actual);
}

/* One frame at a time; also checks the order of the events and the sizes that the header promises. */
static clipper_error decode_frames(clipper_direction direction, const block *b,
                                   const clipper_options *options, clipper_message *message,
                                   clipper_diagnosis *diagnosis) {
    static const clipper_frame none;
    clipper_decoder decoder;
    clipper_event event = CLIPPER_EVENT_MORE;
    size_t i, first_item = 0;
    clipper_decoder_init(&decoder, direction, options);
    for (i = 0; i < b->count; i++) {
        clipper_event before = event;
        uint64_t promised = first_item ? clipper_decoder_item_size(&decoder, i - first_item) : 0;
        event = clipper_decoder_push(&decoder, b->frames[i], i + 1 < b->count);
        if (event == CLIPPER_EVENT_ERROR)
            break;
        if (i + 1 == b->count)
            assert_int_equal(event, CLIPPER_EVENT_DONE);
        else if (before == CLIPPER_EVENT_MORE)
            assert_true(event == CLIPPER_EVENT_MORE || event == CLIPPER_EVENT_HEADER);
        else
            assert_int_equal(event, CLIPPER_EVENT_ITEM);
        if (event == CLIPPER_EVENT_HEADER)
            first_item = i + 1;
        if (first_item && i >= first_item && decoder.message.kind != CLIPPER_FEEDBACK_REQUEST)
            assert_true(promised >= b->frames[i].len);
    }
    *message = decoder.message;
    *diagnosis = decoder.diagnosis;
    if (event == CLIPPER_EVENT_ERROR) { /* and it stays so */
        assert_int_equal(clipper_decoder_push(&decoder, none, 1), CLIPPER_EVENT_ERROR);
        assert_same_diagnosis(diagnosis, &decoder.diagnosis);
    }
    return decoder.diagnosis.error;
}

static void assert_zero(const void *base, size_t len) {
    const uint8_t *bytes = base;
    size_t i;
    for (i = 0; i < len; i++)
        assert_int_equal(bytes[i], 0);
}

clipper_error decode_both(clipper_direction direction, const block *b, const clipper_options *options,
                          clipper_message *message, clipper_diagnosis *diagnosis) {
    clipper_message by_frame;
    clipper_diagnosis frame_diagnosis;
    clipper_error error;
    memset(message, 0xa5, sizeof *message);
    memset(diagnosis, 0xa5, sizeof *diagnosis);
    error = clipper_decode(direction, b->frames, b->count, options, message, diagnosis);
    assert_int_equal(error, diagnosis->error);
    if (error == CLIPPER_OK)
        assert_zero(diagnosis, sizeof *diagnosis);
    else
        assert_zero(message, sizeof *message);
    if (b->count > 0) {
        assert_int_equal(decode_frames(direction, b, options, &by_frame, &frame_diagnosis), error);
        assert_same_message(message, &by_frame);
        assert_same_diagnosis(diagnosis, &frame_diagnosis);
    }
    if (error == CLIPPER_OK) { /* the items' addresses do not matter, and are kept */
        size_t head = head_frames(message, b->count), i;
        clipper_frame *frames = malloc(b->count * sizeof *frames);
        clipper_message again;
        memcpy(frames, b->frames, b->count * sizeof *frames);
        for (i = head; i < b->count; i++)
            frames[i].base = (const void *)(uintptr_t)1;
        assert_int_equal(clipper_decode(direction, frames, b->count, options, &again, NULL), CLIPPER_OK);
        assert_int_equal(again.kind, message->kind);
        if (message->kind == CLIPPER_PREDICTION_REQUEST || message->kind == CLIPPER_PREDICTION_RESPONSE)
            assert_ptr_equal(again.as.request.items, frames + head);
        if (message->kind == CLIPPER_FEEDBACK_REQUEST)
            assert_ptr_equal(again.as.feedback.frames, frames + head);
        free(frames);
    }
    return error;
}

/* Encodes into storage of exactly FRAMES frames and SCRATCH bytes. */
static clipper_error encode_into(const clipper_message *message, clipper_wire wire, int head, size_t frames,
                                 size_t scratch, clipper_storage *storage, clipper_encoded *encoded) {
    clipper_diagnosis diagnosis;
    clipper_error error;
    storage->frames = malloc(frames * sizeof *storage->frames + (frames == 0));
    storage->frame_capacity = frames;
    storage->scratch = malloc(scratch + (scratch == 0));
    storage->scratch_capacity = scratch;
    memset(encoded, 0xa5, sizeof *encoded);
    error = (head ? clipper_encode_head : clipper_encode)(message, wire, storage, encoded, &diagnosis);
    assert_int_equal(error, diagnosis.error);
    return error;
}

static void storage_free(clipper_storage *storage) {
    free(storage->frames);
    free(storage->scratch);
}

/* Bytes of the header FRAMES that the encoder has to write itself: all but the texts of a new container. */
static size_t written_bytes(const clipper_message *message, const clipper_frame *frames, size_t count) {
    size_t bytes = 0, i;
    for (i = 0; i < head_frames(message, count); i++)
        if (message->kind != CLIPPER_NEW_CONTAINER || (i != 2 && i != 3))
            bytes += frames[i].len;
    return bytes;
}

void assert_encodes_to(const clipper_message *message, clipper_wire wire, const clipper_frame *frames,
                       size_t count) {
    clipper_storage storage;
    clipper_encoded need, used;
    int head;
    for (head = 0; head <= 1; head++) {
        size_t expected = head ? head_frames(message, count) : count;
        assert_int_equal(encode_into(message, wire, head, 0, 0, &storage, &need), CLIPPER_NO_SPACE);
        storage_free(&storage);
        assert_int_equal(need.frames, expected);
        assert_int_equal(need.scratch, written_bytes(message, frames, count));
        assert_true(need.scratch <= CLIPPER_SCRATCH_MAX(count));
        assert_int_equal(encode_into(message, wire, head, need.frames, need.scratch, &storage, &used),
                         CLIPPER_OK);
        assert_int_equal(used.frames, expected);
        assert_int_equal(used.scratch, need.scratch);
        assert_same_frames(storage.frames, frames, expected);
        storage_free(&storage);
        assert_int_equal(encode_into(message, wire, head, need.frames - 1, need.scratch, &storage, &used),
                         CLIPPER_NO_SPACE);
        assert_int_equal(used.frames, need.frames);
        storage_free(&storage);
        assert_int_equal(encode_into(message, wire, head, need.frames, need.scratch - 1, &storage, &used),
                         CLIPPER_NO_SPACE);
        assert_int_equal(used.scratch, need.scratch);
        storage_free(&storage);
    }
}
