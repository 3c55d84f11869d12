/* The grammar of version 3: one frame after another through a state machine. The whole-message decoder
 * (decode.c) gives every verdict but "plainly correct" by running its frames through here: what is wrong, and
 * where, is decided here and in readings.c alone.
 *
 * Invariant: state_ names the frame that comes next, frame_ is its index, and all frames before it were
 * right. */
#include "grammar.h"

/* The field that a state's frame holds. */
static const uint8_t field_at[] = {
    CLIPPER_FIELD_DELIMITER,
    CLIPPER_FIELD_VERSION,
    CLIPPER_FIELD_MESSAGE_TYPE,
    CLIPPER_FIELD_HEARTBEAT_TYPE,
    CLIPPER_FIELD_NAME,
    CLIPPER_FIELD_MODEL_VERSION,
    CLIPPER_FIELD_INPUT_TYPE,
    CLIPPER_FIELD_RPC_VERSION,
    CLIPPER_FIELD_ID,
    CLIPPER_FIELD_REQUEST_TYPE,
    CLIPPER_FIELD_METADATA_LENGTH,
    CLIPPER_FIELD_METADATA,
    CLIPPER_FIELD_ITEM,
    CLIPPER_FIELD_FEEDBACK,
};

/* ---- Outcomes ------------------------------------------------------------------------------------------ */

/* The current frame is wrong. */
static clipper_event fail(clipper_decoder *d, clipper_error error, uint64_t expected, uint64_t actual) {
    return fail_at(d, error, (clipper_field)field_at[d->state_], d->frame_, expected, actual);
}

/* The current frame is right and NEXT comes after it, or AT_END. Does MORE agree? */
static clipper_event go_on(clipper_decoder *d, int next, int more) {
    size_t taken = d->frame_ + 1;
    if (next == AT_END && more)
        return fail_at(d, CLIPPER_EXTRA_FRAME, CLIPPER_FIELD_NONE, taken, taken, taken + 1);
    if (next != AT_END && !more)
        return fail_at(d, CLIPPER_TRUNCATED, (clipper_field)field_at[next], taken, taken + 1, taken);
    d->frame_ = taken;
    d->state_ = next;
    return next == AT_END        ? CLIPPER_EVENT_DONE
           : next == AT_FEEDBACK ? CLIPPER_EVENT_HEADER
                                 : CLIPPER_EVENT_MORE;
}

/* ---- Fields of fixed width ----------------------------------------------------------------------------- */

/* The value is wrong. Steps return the next state, or FAILED with the diagnosis filled. */
static int failed(clipper_decoder *d, clipper_error error, uint64_t expected, uint64_t actual) {
    (void)fail(d, error, expected, actual);
    return FAILED;
}

static int on_version(clipper_decoder *d, uint32_t value) {
    if (value != CLIPPER_RPC_VERSION)
        return failed(d, CLIPPER_VERSION_MISMATCH, CLIPPER_RPC_VERSION, value);
    d->message.rpc_version = value;
    return AT_MESSAGE_TYPE;
}

static int on_message_type(clipper_decoder *d, uint32_t value) {
    int inbound = d->direction_ == CLIPPER_TO_CONTAINER;
    if (value > WIRE_MESSAGE_TYPE_MAX)
        return failed(d, CLIPPER_UNKNOWN_MESSAGE_TYPE, WIRE_MESSAGE_TYPE_MAX, value);
    if (value == WIRE_HEARTBEAT) {
        d->message.kind = CLIPPER_HEARTBEAT;
        return inbound ? AT_HEARTBEAT_TYPE : AT_END;
    }
    if (value == WIRE_CONTENT) {
        d->message.kind = CLIPPER_PREDICTION_RESPONSE; /* inbound: the request type decides */
        return AT_ID;
    }
    if (inbound)
        return failed(d, CLIPPER_ILLEGAL_NEW_CONTAINER, 0, 0);
    d->message.kind = CLIPPER_NEW_CONTAINER;
    return AT_NAME;
}

static int on_heartbeat_type(clipper_decoder *d, uint32_t value) {
    if (value > CLIPPER_SEND_METADATA)
        return failed(d, CLIPPER_UNKNOWN_HEARTBEAT_TYPE, CLIPPER_SEND_METADATA, value);
    d->message.as.heartbeat.type = (clipper_heartbeat_type)value;
    return AT_END;
}

static int on_id(clipper_decoder *d, uint32_t value) {
    d->message.as.response.id = value;
    return d->direction_ == CLIPPER_TO_CONTAINER ? AT_REQUEST_TYPE : AT_METADATA_LENGTH;
}

static int on_request_type(clipper_decoder *d, uint32_t value) {
    uint32_t id = d->message.as.response.id;
    if (value > WIRE_REQUEST_TYPE_MAX)
        return failed(d, CLIPPER_UNKNOWN_REQUEST_TYPE, WIRE_REQUEST_TYPE_MAX, value);
    if (value == WIRE_FEEDBACK) {
        d->message.kind = CLIPPER_FEEDBACK_REQUEST;
        d->message.as.feedback.id = id;
        return AT_FEEDBACK;
    }
    d->message.kind = CLIPPER_PREDICTION_REQUEST;
    return AT_METADATA_LENGTH;
}

/* A field of 4 bytes; STEP checks its value. */
static clipper_event take_u32(clipper_decoder *d, clipper_frame frame, int more,
                              int (*step)(clipper_decoder *, uint32_t)) {
    int next;
    if (frame.len != 4)
        return fail(d, CLIPPER_WRONG_WIDTH, 4, frame.len);
    //@ calls on_version, on_message_type, on_heartbeat_type, on_id, on_request_type;
    next = step(d, clipper_load_u32(frame.base));
    if (next == FAILED)
        return CLIPPER_EVENT_ERROR;
    if (next == AT_FEEDBACK && !more)
        next = AT_END; /* feedback may be empty */
    return go_on(d, next, more);
}

static clipper_event take_delimiter(clipper_decoder *d, clipper_frame frame, int more) {
    if (d->options_.era != CLIPPER_ERA_V3)
        return fail_at(d, CLIPPER_BAD_ERA, CLIPPER_FIELD_NONE, 0, 0, 0);
    if (frame.len != 0)
        return fail(d, CLIPPER_NO_DELIMITER, 0, frame.len);
    d->message.direction = d->direction_;
    return go_on(d, d->direction_ == CLIPPER_TO_CONTAINER ? AT_VERSION : AT_MESSAGE_TYPE, more);
}

static clipper_event take_metadata_length(clipper_decoder *d, clipper_frame frame, int more) {
    if (frame.len != WORD)
        return fail(d, CLIPPER_WRONG_WIDTH, WORD, frame.len);
    d->declared_ = clipper_load_u64(frame.base);
    return go_on(d, AT_METADATA, more);
}

/* ---- The new container's texts ------------------------------------------------------------------------- */

static clipper_event take_text(clipper_decoder *d, clipper_frame frame, int more, clipper_frame *text) {
    if (frame.len > d->options_.limits.text_bytes)
        return fail(d, CLIPPER_TEXT_TOO_LONG, d->options_.limits.text_bytes, frame.len);
    *text = frame;
    return go_on(d, d->state_ + 1, more);
}

static int is_digit(uint8_t byte) {
    return byte >= '0' && byte <= '9';
}

/* "0" to "4"; leniently, followed by anything but a digit first. [release: stoi reads it so] */
static clipper_event take_input_type(clipper_decoder *d, clipper_frame frame, int more) {
    const uint8_t *text = (const uint8_t *)frame.base;
    if (frame.len > d->options_.limits.text_bytes)
        return fail(d, CLIPPER_TEXT_TOO_LONG, d->options_.limits.text_bytes, frame.len);
    if (frame.len == 0 || text[0] < '0' || text[0] > '0' + CLIPPER_TYPE_STRINGS)
        return fail(d, CLIPPER_BAD_INPUT_TYPE, 0, 0);
    if (frame.len > 1) {
        if (is_digit(text[1]) || d->options_.strict) {
            (void)fail(d, CLIPPER_BAD_INPUT_TYPE, 0, 0);
            d->diagnosis.offset = 1;
            return CLIPPER_EVENT_ERROR;
        }
        d->message.leniencies |= CLIPPER_LENIENCY_INPUT_TYPE_TAIL;
    }
    d->message.as.new_container.input_type = (clipper_data_type)(text[0] - '0');
    /* Only the release wire has a version frame. [doc; release] */
    d->message.wire = more ? CLIPPER_WIRE_RELEASE : CLIPPER_WIRE_DOCUMENT;
    return go_on(d, more ? AT_RPC_VERSION : AT_END, more);
}

/* 4 bytes; leniently 8. [release: the JVM container] */
static clipper_event take_rpc_version(clipper_decoder *d, clipper_frame frame, int more) {
    int wide = frame.len == 8 && !d->options_.strict;
    uint64_t value;
    if (frame.len != 4 && !wide)
        return fail(d, CLIPPER_WRONG_WIDTH, 4, frame.len);
    value = wide ? clipper_load_u64(frame.base) : clipper_load_u32(frame.base);
    if (value != CLIPPER_RPC_VERSION)
        return fail(d, CLIPPER_VERSION_MISMATCH, CLIPPER_RPC_VERSION, value);
    d->message.rpc_version = CLIPPER_RPC_VERSION;
    if (wide)
        d->message.leniencies |= CLIPPER_LENIENCY_WIDE_VERSION;
    return go_on(d, AT_END, more);
}

/* ---- Feedback ------------------------------------------------------------------------------------------ */

static clipper_event take_feedback(clipper_decoder *d, clipper_frame frame, int more) {
    const clipper_limits *limits = &d->options_.limits;
    uint64_t before = d->feedback_bytes_;
    clipper_event event = CLIPPER_EVENT_ITEM;
    if (d->item_ >= limits->items)
        event = fail(d, CLIPPER_TOO_MANY_ITEMS, limits->items, (uint64_t)d->item_ + 1);
    else if (frame.len > limits->item_bytes)
        event = fail(d, CLIPPER_ITEM_TOO_LARGE, limits->item_bytes, frame.len);
    else if (frame.len > limits->total_bytes - before)
        event = fail(d, CLIPPER_MESSAGE_TOO_LARGE, limits->total_bytes,
                     frame.len > UINT64_MAX - before ? UINT64_MAX : before + frame.len);
    if (event == CLIPPER_EVENT_ERROR) {
        d->diagnosis.item = d->item_;
        //@ assert has_failed(d);
        return event;
    }
    d->feedback_bytes_ += frame.len;
    d->item_++;
    d->message.as.feedback.frame_count = d->item_;
    d->frame_++;
    d->state_ = more ? AT_FEEDBACK : AT_END;
    return more ? CLIPPER_EVENT_ITEM : CLIPPER_EVENT_DONE;
}

/* ---- One frame at a time ------------------------------------------------------------------------------- */

/* All but the options: ready for the delimiter of a message. */
static void begin_message(clipper_decoder *d) {
    clear_message(&d->message);
    clear_diagnosis(&d->diagnosis);
    d->state_ = AT_DELIMITER;
    d->frame_ = 0;
    d->words_ = NULL;
    d->word_count_ = 0;
    d->readings_ = 0;
    d->item_ = 0;
    d->feedback_bytes_ = 0;
}

void clipper_decoder_init(clipper_decoder *decoder, clipper_direction direction,
                          const clipper_options *options) {
    decoder->options_ = options ? *options : clipper_default_options();
    decoder->direction_ = direction;
    decoder->declared_ = 0;
    begin_message(decoder);
}

static clipper_event take_frame(clipper_decoder *d, clipper_frame frame, int more) {
    switch (d->state_) {
    case AT_DELIMITER:
        return take_delimiter(d, frame, more);
    case AT_VERSION:
        return take_u32(d, frame, more, on_version);
    case AT_MESSAGE_TYPE:
        return take_u32(d, frame, more, on_message_type);
    case AT_HEARTBEAT_TYPE:
        return take_u32(d, frame, more, on_heartbeat_type);
    case AT_NAME:
        return take_text(d, frame, more, &d->message.as.new_container.name);
    case AT_MODEL_VERSION:
        return take_text(d, frame, more, &d->message.as.new_container.model_version);
    case AT_INPUT_TYPE:
        return take_input_type(d, frame, more);
    case AT_RPC_VERSION:
        return take_rpc_version(d, frame, more);
    case AT_ID:
        return take_u32(d, frame, more, on_id);
    case AT_REQUEST_TYPE:
        return take_u32(d, frame, more, on_request_type);
    case AT_METADATA_LENGTH:
        return take_metadata_length(d, frame, more);
    case AT_METADATA:
        return clipper_take_metadata_(d, frame, more);
    case AT_ITEM:
        return clipper_settle_readings_(d, &frame, more);
    case AT_FEEDBACK:
        return take_feedback(d, frame, more);
    default: /* FAILED */
        return CLIPPER_EVENT_ERROR;
    }
}

clipper_event clipper_decoder_push(clipper_decoder *decoder, clipper_frame frame, int more) {
    if (decoder->state_ == AT_END)
        begin_message(decoder);
    return take_frame(decoder, frame, more);
}
