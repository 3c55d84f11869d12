/* Encoding for the eras before version 3: for each kind of message, first what is refused, then the space, then
 * its frames in their order, one behind another in the scratch. Invariant: nothing is written before the space
 * is known to be enough. */
#include "era.h"

/* What is encoded, and where the next frame goes. */
typedef struct era_task {
    clipper_era era;
    const clipper_storage *storage;
    clipper_encoded *encoded;
    clipper_diagnosis *wrong;
    clipper_frame *frame;
    uint8_t *at;
} era_task;

/* ---- Writing ------------------------------------------------------------------------------------------- */

/* Is there room for FRAMES frames and SCRATCH bytes? Then writes the delimiter. */
static clipper_error begin_era(era_task *t, size_t frames, uint64_t scratch) {
    if (scratch > SIZE_MAX)
        return clipper_diagnose_(t->wrong, CLIPPER_MESSAGE_TOO_LARGE, CLIPPER_FIELD_CONTENT, frames - 1,
                                 SIZE_MAX, scratch);
    t->encoded->frames = frames;
    t->encoded->scratch = (size_t)scratch;
    if (frames > t->storage->frame_capacity || scratch > t->storage->scratch_capacity)
        return t->wrong->error = CLIPPER_NO_SPACE;
    t->frame = t->storage->frames;
    t->at = (uint8_t *)t->storage->scratch;
    t->frame->base = t->at;
    t->frame->len = 0;
    t->frame++;
    return CLIPPER_OK;
}

/* WIDTH bytes of VALUE, in no frame yet. */
static void put_bytes_of(era_task *t, uint64_t value, size_t width) {
    for (; width > 0; width--, value >>= 8)
        *t->at++ = (uint8_t)value;
}

/* The last LEN bytes of the scratch that were written are a frame. */
static void close_frame(era_task *t, size_t len) {
    t->frame->base = t->at - len;
    t->frame->len = len;
    t->frame++;
}

static void put_integer(era_task *t, uint64_t value, size_t width) {
    put_bytes_of(t, value, width);
    close_frame(t, width);
}

/* All items of BATCH one behind another, each with ENDING NULs (0 or 1). */
static void put_content(era_task *t, const clipper_prediction *batch, size_t ending) {
    size_t i;
    for (i = 0; i < batch->item_count; i++) {
        const clipper_frame *item = &batch->items[i];
        if (item->len != 0)
            memcpy(t->at, item->base, item->len);
        t->at += item->len;
        put_bytes_of(t, 0, ending);
    }
}

/* ---- What can be said ---------------------------------------------------------------------------------- */

/* Frames before the content. */
static size_t request_head(clipper_era era) {
    return era == CLIPPER_ERA_C ? 4 : era == CLIPPER_ERA_D ? 6 : 7;
}

static size_t response_head(clipper_era era) {
    return era_is_typed(era) ? 3 : 2;
}

static clipper_error refuse_item(clipper_diagnosis *wrong, clipper_error error, size_t frame, size_t item,
                                 uint64_t expected, uint64_t actual) {
    (void)clipper_diagnose_(wrong, error, CLIPPER_FIELD_ITEM, frame, expected, actual);
    wrong->item = item;
    return error;
}

/* The place of the first NUL in ITEM, or its length. */
static size_t place_of_nul(const clipper_frame *item) {
    const uint8_t *bytes = (const uint8_t *)item->base;
    size_t i = 0;
    while (i < item->len && bytes[i] != 0)
        i++;
    return i;
}

/* Is TYPE one that the batch may have? */
static int may_have_type(clipper_era era, int request, clipper_data_type type) {
    if (request)
        return (unsigned)type <= CLIPPER_TYPE_STRINGS;
    if (era == CLIPPER_ERA_F)
        return type == CLIPPER_TYPE_STRINGS || type == CLIPPER_TYPE_UNSTATED;
    return type == CLIPPER_TYPE_FLOATS;
}

/* One item of the batch, whose content is frame FRAME. */
static clipper_error check_item(const clipper_prediction *batch, size_t i, clipper_era era, int request,
                                size_t frame, clipper_diagnosis *wrong) {
    const clipper_frame *item = &batch->items[i];
    size_t width = clipper_data_width(batch->data_type);
    if (!request && era != CLIPPER_ERA_F && item->len != width)
        return refuse_item(wrong, CLIPPER_ITEM_SIZE, frame, i, width, item->len);
    if (item->len % width != 0)
        return refuse_item(wrong, CLIPPER_ITEM_WIDTH, frame, i, width, item->len);
    if (request && batch->data_type == CLIPPER_TYPE_STRINGS && place_of_nul(item) < item->len) {
        (void)refuse_item(wrong, CLIPPER_NUL_IN_STRING, frame, i, 0, 0);
        wrong->offset = place_of_nul(item);
        return CLIPPER_NUL_IN_STRING;
    }
    return CLIPPER_OK;
}

clipper_error clipper_era_check_batch_(const clipper_prediction *batch, clipper_era era, int request,
                                       clipper_diagnosis *wrong, uint64_t *bytes) {
    size_t frame = request ? request_head(era) : response_head(era), i;
    int strings = request && batch->data_type == CLIPPER_TYPE_STRINGS;
    /* F's outputs have their count and lengths in the same frame. */
    uint64_t total = !request && era == CLIPPER_ERA_F ? ERA_WORD * ((uint64_t)batch->item_count + 1) : 0;
    if (!may_have_type(era, request, batch->data_type))
        return clipper_diagnose_(wrong, CLIPPER_UNKNOWN_DATA_TYPE, CLIPPER_FIELD_DATA_TYPE, frame,
                                 request || era == CLIPPER_ERA_F ? CLIPPER_TYPE_STRINGS : CLIPPER_TYPE_FLOATS,
                                 (unsigned)batch->data_type);
    if (batch->item_count > CLIPPER_ERA_MOST)
        return clipper_diagnose_(wrong, CLIPPER_TOO_MANY_ITEMS, CLIPPER_FIELD_ITEM_COUNT, frame,
                                 CLIPPER_ERA_MOST, batch->item_count);
    for (i = 0; i < batch->item_count; i++) {
        uint64_t len = (uint64_t)batch->items[i].len + (strings ? 1 : 0);
        clipper_error error = CLIPPER_OK;
        if (len > CLIPPER_ERA_MOST - total)
            return refuse_item(wrong, CLIPPER_MESSAGE_TOO_LARGE, frame, i, CLIPPER_ERA_MOST, total + len);
        error = check_item(batch, i, era, request, frame, wrong);
        if (error != CLIPPER_OK)
            return error;
        total += len;
    }
    if (batch->item_count == 0 || total == 0)
        return clipper_diagnose_(wrong, CLIPPER_NO_ITEMS, CLIPPER_FIELD_CONTENT, frame, 0, 0);
    *bytes = total;
    return CLIPPER_OK;
}

/* ---- Predictions --------------------------------------------------------------------------------------- */

/* {type, n, e(1) .. e(n-1)} */
static void put_input_header(era_task *t, const clipper_prediction *p) {
    size_t width = clipper_data_width(p->data_type), end = 0, i;
    put_bytes_of(t, p->data_type, ERA_WORD);
    put_bytes_of(t, p->item_count, ERA_WORD);
    for (i = 0; i + 1 < p->item_count; i++) {
        end += p->data_type == CLIPPER_TYPE_STRINGS ? 1 : p->items[i].len / width;
        put_bytes_of(t, end, ERA_WORD);
    }
    close_frame(t, ERA_WORD * (p->item_count + 1));
}

static clipper_error encode_era_request(era_task *t, const clipper_prediction *p) {
    size_t fields = era_is_typed(t->era) ? 3 : 2, lengths = era_has_lengths(t->era) ? 2 : 0;
    uint64_t header = ERA_WORD * ((uint64_t)p->item_count + 1), content = 0;
    clipper_error error = clipper_era_check_batch_(p, t->era, 1, t->wrong, &content);
    if (error == CLIPPER_OK)
        error = begin_era(t, request_head(t->era) + 1, 4 * fields + 8 * lengths + header + content);
    if (error != CLIPPER_OK)
        return error;
    if (era_is_typed(t->era))
        put_integer(t, WIRE_CONTENT, 4);
    put_integer(t, p->id, 4);
    put_integer(t, WIRE_PREDICTION, 4);
    if (lengths)
        put_integer(t, header, 8);
    put_input_header(t, p);
    if (lengths)
        put_integer(t, content, 8);
    put_content(t, p, p->data_type == CLIPPER_TYPE_STRINGS);
    close_frame(t, (size_t)content);
    return CLIPPER_OK;
}

static clipper_error encode_era_response(era_task *t, const clipper_prediction *p, uint32_t leniencies) {
    size_t id_width = era_has_lengths(t->era) && (leniencies & CLIPPER_LENIENCY_WIDE_ID) != 0 ? 8 : 4;
    size_t fields = era_is_typed(t->era) ? 4 : 0, i;
    uint64_t content = 0;
    clipper_error error = clipper_era_check_batch_(p, t->era, 0, t->wrong, &content);
    if (error == CLIPPER_OK)
        error = begin_era(t, response_head(t->era) + 1, fields + id_width + content);
    if (error != CLIPPER_OK)
        return error;
    if (era_is_typed(t->era))
        put_integer(t, WIRE_CONTENT, 4);
    put_integer(t, p->id, id_width);
    if (t->era == CLIPPER_ERA_F) {
        put_bytes_of(t, p->item_count, ERA_WORD);
        for (i = 0; i < p->item_count; i++)
            put_bytes_of(t, p->items[i].len, ERA_WORD);
    }
    put_content(t, p, 0);
    close_frame(t, (size_t)content);
    return CLIPPER_OK;
}

/* ---- The other messages -------------------------------------------------------------------------------- */

static clipper_error encode_era_heartbeat(era_task *t, unsigned type, int inbound) {
    clipper_error error;
    if (inbound && type > CLIPPER_SEND_METADATA)
        return clipper_diagnose_(t->wrong, CLIPPER_UNKNOWN_HEARTBEAT_TYPE, CLIPPER_FIELD_HEARTBEAT_TYPE, 2,
                                 CLIPPER_SEND_METADATA, type);
    error = begin_era(t, inbound ? 3 : 2, inbound ? 8 : 4);
    if (error != CLIPPER_OK)
        return error;
    put_integer(t, WIRE_HEARTBEAT, 4);
    if (inbound)
        put_integer(t, type, 4);
    return CLIPPER_OK;
}

static clipper_error encode_era_new_container(era_task *t, const clipper_new_container *c,
                                              uint32_t leniencies) {
    size_t typed = era_is_typed(t->era) ? 1 : 0;
    int tail = t->era == CLIPPER_ERA_F && (leniencies & CLIPPER_LENIENCY_INPUT_TYPE_TAIL) != 0;
    size_t type_len = tail && c->model_version.len > 1 ? c->model_version.len : 1;
    clipper_error error;
    if ((unsigned)c->input_type > CLIPPER_TYPE_STRINGS)
        return clipper_diagnose_(t->wrong, CLIPPER_BAD_INPUT_TYPE, CLIPPER_FIELD_INPUT_TYPE, 3 + typed, 0, 0);
    error = begin_era(t, 4 + typed, 4 * (uint64_t)typed + type_len);
    if (error != CLIPPER_OK)
        return error;
    if (typed)
        put_integer(t, WIRE_NEW_CONTAINER, 4);
    *t->frame++ = c->name;
    *t->frame++ = c->model_version;
    put_bytes_of(t, '0' + (unsigned)c->input_type, 1);
    memset(t->at, 0, type_len - 1);
    t->at += type_len - 1;
    close_frame(t, type_len);
    return CLIPPER_OK;
}

static clipper_error encode_era_feedback(era_task *t, const clipper_feedback *feedback) {
    size_t head = era_is_typed(t->era) ? 4 : 3;
    clipper_error error;
    if (feedback->frame_count > SIZE_MAX - head)
        return clipper_diagnose_(t->wrong, CLIPPER_TOO_MANY_FRAMES, CLIPPER_FIELD_FEEDBACK, head,
                                 SIZE_MAX - head, feedback->frame_count);
    error = begin_era(t, head + feedback->frame_count, 4 * (head - 1));
    if (error != CLIPPER_OK)
        return error;
    if (era_is_typed(t->era))
        put_integer(t, WIRE_CONTENT, 4);
    put_integer(t, feedback->id, 4);
    put_integer(t, WIRE_FEEDBACK, 4);
    if (feedback->frame_count != 0 && feedback->frames != t->frame)
        memcpy(t->frame, feedback->frames, feedback->frame_count * sizeof *t->frame);
    return CLIPPER_OK;
}

/* ---- Any message --------------------------------------------------------------------------------------- */

clipper_error clipper_era_encode(const clipper_message *message, clipper_era era,
                                 const clipper_storage *storage, clipper_encoded *encoded,
                                 clipper_diagnosis *diagnosis) {
    int inbound = message->direction == CLIPPER_TO_CONTAINER;
    clipper_diagnosis unwanted;
    era_task t;
    t.era = era;
    t.storage = storage;
    t.encoded = encoded;
    t.wrong = diagnosis ? diagnosis : &unwanted;
    t.frame = NULL;
    t.at = NULL;
    clear_diagnosis(t.wrong);
    memset(encoded, 0, sizeof *encoded);
    if (!era_is_one(era))
        return t.wrong->error = CLIPPER_BAD_ERA;
    if (message->rpc_version != 0)
        return clipper_diagnose_(t.wrong, CLIPPER_VERSION_MISMATCH,
                                 inbound ? CLIPPER_FIELD_VERSION : CLIPPER_FIELD_RPC_VERSION, 0, 0,
                                 message->rpc_version);
    if (message->kind == CLIPPER_PREDICTION_REQUEST && inbound)
        return encode_era_request(&t, &message->as.request);
    if (message->kind == CLIPPER_PREDICTION_RESPONSE && !inbound)
        return encode_era_response(&t, &message->as.response, message->leniencies);
    if (message->kind == CLIPPER_HEARTBEAT && era_is_typed(era))
        return encode_era_heartbeat(&t, (unsigned)message->as.heartbeat.type, inbound);
    if (message->kind == CLIPPER_NEW_CONTAINER && !inbound)
        return encode_era_new_container(&t, &message->as.new_container, message->leniencies);
    if (message->kind == CLIPPER_FEEDBACK_REQUEST && inbound)
        return encode_era_feedback(&t, &message->as.feedback);
    return clipper_diagnose_(t.wrong, CLIPPER_BAD_MESSAGE, CLIPPER_FIELD_MESSAGE_TYPE, 0, 0, 0);
}
