#include "support_eras.h"

/* One frame at a time into room for CAPACITY items, which is given only when it is asked for. */
static clipper_error push_era(clipper_direction direction, const block *b, const clipper_options *options,
                              clipper_item_room room, clipper_message *message,
                              clipper_diagnosis *diagnosis) {
    static const clipper_frame none;
    clipper_era_decoder decoder;
    clipper_event event = CLIPPER_EVENT_MORE;
    size_t i;
    clipper_era_decoder_init(&decoder, direction, options);
    for (i = 0; i < b->count && event != CLIPPER_EVENT_ERROR; i++) {
        clipper_item_room little = {room.items, 0, 0};
        int more = i + 1 < b->count;
        event = clipper_era_decoder_push(&decoder, b->frames[i], more, &little);
        if (event == CLIPPER_EVENT_ERROR && decoder.diagnosis.error == CLIPPER_NO_SPACE) {
            assert_int_equal(decoder.diagnosis.frame, i);
            assert_true(decoder.diagnosis.expected == little.needed);
            event = clipper_era_decoder_push(&decoder, b->frames[i], more, &room);
        }
        if (event != CLIPPER_EVENT_ERROR && !more)
            assert_int_equal(event, CLIPPER_EVENT_DONE);
        else if (event != CLIPPER_EVENT_ERROR)
            assert_true(event == CLIPPER_EVENT_MORE || event == CLIPPER_EVENT_ITEM);
    }
    *message = decoder.message;
    *diagnosis = decoder.diagnosis;
    if (event == CLIPPER_EVENT_ERROR) { /* and it stays so */
        assert_int_equal(clipper_era_decoder_push(&decoder, none, 1, &room), CLIPPER_EVENT_ERROR);
        assert_same_diagnosis(diagnosis, &decoder.diagnosis);
    }
    return decoder.diagnosis.error;
}

/* Whether the SIZE bytes at BASE are zero. */
static int is_zero(const void *base, size_t size) {
    const uint8_t *bytes = base;
    size_t i;
    for (i = 0; i < size; i++)
        if (bytes[i] != 0)
            return 0;
    return 1;
}

static void assert_view_within(const clipper_frame *view, const block *b) {
    const clipper_frame *content = &b->frames[b->count - 1];
    uintptr_t begin = (uintptr_t)content->base, at = (uintptr_t)view->base;
    assert_true(at >= begin && at - begin <= content->len && view->len <= content->len - (at - begin));
}

clipper_error decode_era(clipper_direction direction, const block *b, const clipper_options *options,
                         clipper_frame **items, clipper_message *message, clipper_diagnosis *diagnosis) {
    clipper_item_room room = {NULL, 0, 7};
    clipper_message by_frame;
    clipper_diagnosis frame_diagnosis;
    size_t needed, i;
    clipper_error error =
        clipper_era_decode(direction, b->frames, b->count, options, &room, message, diagnosis);
    assert_int_equal(error, diagnosis->error);
    needed = room.needed;
    *items = malloc(needed * sizeof **items + (needed == 0));
    if (error == CLIPPER_NO_SPACE) {
        assert_true(is_zero(message, sizeof *message));
        assert_int_equal(diagnosis->frame, b->count - 1);
        assert_true(diagnosis->expected == needed && diagnosis->actual == 0);
        if (needed > 1) {
            room = (clipper_item_room){*items, needed - 1, 0};
            assert_int_equal(
                clipper_era_decode(direction, b->frames, b->count, options, &room, message, NULL),
                CLIPPER_NO_SPACE);
            assert_int_equal(room.needed, needed);
        }
        room = (clipper_item_room){*items, needed, 0};
        error = clipper_era_decode(direction, b->frames, b->count, options, &room, message, diagnosis);
        assert_int_equal(error, CLIPPER_OK);
        assert_ptr_equal(message->as.request.items, *items);
        assert_int_equal(message->as.request.item_count, needed);
        for (i = 0; i < needed; i++)
            assert_view_within(&(*items)[i], b);
    }
    assert_true(error == CLIPPER_OK ? is_zero(diagnosis, sizeof *diagnosis)
                                    : is_zero(message, sizeof *message));
    if (b->count > 0) {
        clipper_item_room again = {malloc(needed * sizeof **items + (needed == 0)), needed, 0};
        assert_int_equal(push_era(direction, b, options, again, &by_frame, &frame_diagnosis), error);
        assert_same_message(message, &by_frame);
        assert_same_diagnosis(diagnosis, &frame_diagnosis);
        free(again.items);
    }
    return error;
}

static clipper_error encode_into(const clipper_message *message, clipper_era era, size_t frames,
                                 size_t scratch, clipper_storage *storage, clipper_encoded *encoded) {
    clipper_diagnosis diagnosis;
    clipper_error error;
    storage->frames = malloc(frames * sizeof *storage->frames + (frames == 0));
    storage->frame_capacity = frames;
    storage->scratch = malloc(scratch + (scratch == 0));
    storage->scratch_capacity = scratch;
    error = clipper_era_encode(message, era, storage, encoded, &diagnosis);
    assert_int_equal(error, diagnosis.error);
    return error;
}

static void storage_free(clipper_storage *storage) {
    free(storage->frames);
    free(storage->scratch);
}

void assert_era_encodes_to(const clipper_message *message, clipper_era era, const clipper_frame *frames,
                           size_t count) {
    clipper_storage storage;
    clipper_encoded need, used;
    assert_int_equal(encode_into(message, era, 0, 0, &storage, &need), CLIPPER_NO_SPACE);
    storage_free(&storage);
    assert_int_equal(need.frames, count);
    assert_int_equal(encode_into(message, era, need.frames, need.scratch, &storage, &used), CLIPPER_OK);
    assert_int_equal(used.frames, count);
    assert_int_equal(used.scratch, need.scratch);
    assert_same_frames(storage.frames, frames, count);
    storage_free(&storage);
    assert_int_equal(encode_into(message, era, need.frames - 1, need.scratch, &storage, &used),
                     CLIPPER_NO_SPACE);
    assert_int_equal(used.frames, need.frames);
    storage_free(&storage);
    if (need.scratch > 0) {
        assert_int_equal(encode_into(message, era, need.frames, need.scratch - 1, &storage, &used),
                         CLIPPER_NO_SPACE);
        assert_int_equal(used.scratch, need.scratch);
        storage_free(&storage);
    }
}
