/* The grammar of the eras before version 3: one frame after another through a state machine, as grammar.c. The
 * whole-message decoder runs its frames through here, too.
 *
 * Invariant: state_ names the frame that comes next, frame_ is its index, and all frames before it were
 * right; but in C and D a container's frames 1 and 2 are judged together, when it is known what they are. */
#include "era.h"

/* Which frame comes next. */
enum era_state {
    ERA_AT_DELIMITER,
    ERA_AT_MESSAGE_TYPE,
    ERA_AT_HEARTBEAT_TYPE,
    ERA_AT_NAME,
    ERA_AT_MODEL_VERSION,
    ERA_AT_INPUT_TYPE,
    ERA_AT_NAME_OR_ID,         /* C and D, outbound */
    ERA_AT_VERSION_OR_CONTENT, /* C and D, outbound */
    ERA_AT_ID,
    ERA_AT_REQUEST_TYPE,
    ERA_AT_HEADER_LENGTH,
    ERA_AT_HEADER,
    ERA_AT_CONTENT_LENGTH,
    ERA_AT_CONTENT,
    ERA_AT_FEEDBACK,
    ERA_AT_END,
    ERA_FAILED
};

/* The field that a state's frame holds. */
static const uint8_t era_field_at[] = {
    CLIPPER_FIELD_DELIMITER,      CLIPPER_FIELD_MESSAGE_TYPE,    CLIPPER_FIELD_HEARTBEAT_TYPE,
    CLIPPER_FIELD_NAME,           CLIPPER_FIELD_MODEL_VERSION,   CLIPPER_FIELD_INPUT_TYPE,
    CLIPPER_FIELD_NAME,           CLIPPER_FIELD_MODEL_VERSION,   CLIPPER_FIELD_ID,
    CLIPPER_FIELD_REQUEST_TYPE,   CLIPPER_FIELD_METADATA_LENGTH, CLIPPER_FIELD_METADATA,
    CLIPPER_FIELD_CONTENT_LENGTH, CLIPPER_FIELD_CONTENT,         CLIPPER_FIELD_FEEDBACK,
};

/* ---- Outcomes ------------------------------------------------------------------------------------------ */

/* The diagnosis is filled: the decoder fails, and so does every later frame. */
static clipper_event era_stay_failed(clipper_era_decoder *d) {
    clear_message(&d->message);
    d->state_ = ERA_FAILED;
    return CLIPPER_EVENT_ERROR;
}

static clipper_event era_fail_at(clipper_era_decoder *d, clipper_error error, clipper_field field,
                                 size_t frame, uint64_t expected, uint64_t actual) {
    era_diagnose(d, error, field, frame, expected, actual);
    return era_stay_failed(d);
}

/* The current frame is wrong. */
static clipper_event era_fail(clipper_era_decoder *d, clipper_error error, uint64_t expected,
                              uint64_t actual) {
    return era_fail_at(d, error, (clipper_field)era_field_at[d->state_], d->frame_, expected, actual);
}

/* The current frame is right and NEXT comes after it, or ERA_AT_END. Does MORE agree? */
static clipper_event era_go_on(clipper_era_decoder *d, int next, int more) {
    size_t taken = d->frame_ + 1;
    if (next == ERA_AT_END && more)
        return era_fail_at(d, CLIPPER_EXTRA_FRAME, CLIPPER_FIELD_NONE, taken, taken, taken + 1);
    if (next != ERA_AT_END && !more)
        return era_fail_at(d, CLIPPER_TRUNCATED, (clipper_field)era_field_at[next], taken, taken + 1, taken);
    d->frame_ = taken;
    d->state_ = next;
    return next == ERA_AT_END ? CLIPPER_EVENT_DONE : CLIPPER_EVENT_MORE;
}

/* ---- Fields of fixed width ----------------------------------------------------------------------------- */

static clipper_event take_era_delimiter(clipper_era_decoder *d, clipper_frame frame, int more) {
    int inbound = d->direction_ == CLIPPER_TO_CONTAINER;
    if (!era_is_one(d->options_.era))
        return era_fail_at(d, CLIPPER_BAD_ERA, CLIPPER_FIELD_NONE, 0, 0, 0);
    if (frame.len != 0)
        return era_fail(d, CLIPPER_NO_DELIMITER, 0, frame.len);
    d->message.direction = d->direction_;
    return era_go_on(d,
                     era_is_typed(d->options_.era) ? ERA_AT_MESSAGE_TYPE
                     : inbound                     ? ERA_AT_ID
                                                   : ERA_AT_NAME_OR_ID,
                     more);
}

static clipper_event take_era_message_type(clipper_era_decoder *d, uint32_t value, int more) {
    int inbound = d->direction_ == CLIPPER_TO_CONTAINER;
    if (value > WIRE_MESSAGE_TYPE_MAX)
        return era_fail(d, CLIPPER_UNKNOWN_MESSAGE_TYPE, WIRE_MESSAGE_TYPE_MAX, value);
    if (value == WIRE_HEARTBEAT) {
        d->message.kind = CLIPPER_HEARTBEAT;
        return era_go_on(d, inbound ? ERA_AT_HEARTBEAT_TYPE : ERA_AT_END, more);
    }
    if (value == WIRE_CONTENT)
        return era_go_on(d, ERA_AT_ID, more);
    if (inbound)
        return era_fail(d, CLIPPER_ILLEGAL_NEW_CONTAINER, 0, 0);
    return era_go_on(d, ERA_AT_NAME, more);
}

static clipper_event take_era_heartbeat_type(clipper_era_decoder *d, uint32_t value, int more) {
    if (value > CLIPPER_SEND_METADATA)
        return era_fail(d, CLIPPER_UNKNOWN_HEARTBEAT_TYPE, CLIPPER_SEND_METADATA, value);
    d->message.as.heartbeat.type = (clipper_heartbeat_type)value;
    return era_go_on(d, ERA_AT_END, more);
}

static clipper_event take_era_request_type(clipper_era_decoder *d, uint32_t value, int more) {
    uint32_t id = d->message.as.request.id;
    if (value > WIRE_REQUEST_TYPE_MAX)
        return era_fail(d, CLIPPER_UNKNOWN_REQUEST_TYPE, WIRE_REQUEST_TYPE_MAX, value);
    if (value == WIRE_PREDICTION) {
        d->message.kind = CLIPPER_PREDICTION_REQUEST;
        return era_go_on(d, era_has_lengths(d->options_.era) ? ERA_AT_HEADER_LENGTH : ERA_AT_HEADER, more);
    }
    d->message.kind = CLIPPER_FEEDBACK_REQUEST;
    d->message.as.feedback.id = id;
    return era_go_on(d, more ? ERA_AT_FEEDBACK : ERA_AT_END, more); /* feedback may be empty */
}

/* A field of 4 bytes. */
static clipper_event take_era_u32(clipper_era_decoder *d, clipper_frame frame, int more) {
    uint32_t value;
    if (frame.len != 4)
        return era_fail(d, CLIPPER_WRONG_WIDTH, 4, frame.len);
    value = clipper_load_u32(frame.base);
    switch (d->state_) {
    case ERA_AT_MESSAGE_TYPE:
        return take_era_message_type(d, value, more);
    case ERA_AT_HEARTBEAT_TYPE:
        return take_era_heartbeat_type(d, value, more);
    default: /* ERA_AT_REQUEST_TYPE */
        return take_era_request_type(d, value, more);
    }
}

/* A length of 8 bytes before the next frame. */
static clipper_event take_era_length(clipper_era_decoder *d, clipper_frame frame, int more) {
    if (frame.len != 8)
        return era_fail(d, CLIPPER_WRONG_WIDTH, 8, frame.len);
    d->declared_ = clipper_load_u64(frame.base);
    return era_go_on(d, d->state_ + 1, more);
}

/* ---- Ids ----------------------------------------------------------------------------------------------- */

/* Is an id of LEN bytes one? The Java containers, which came with D, send responses with 8. */
static int era_id_fits(const clipper_era_decoder *d, size_t len) {
    int wide = d->direction_ == CLIPPER_TO_CLIPPER && era_has_lengths(d->options_.era) && !d->options_.strict;
    return len == 4 || (len == 8 && wide);
}

/* Could FRAME be an id? */
static int era_is_id(const clipper_era_decoder *d, clipper_frame frame) {
    return era_id_fits(d, frame.len) && (frame.len == 4 || clipper_load_u64(frame.base) <= UINT32_MAX);
}

/* The id in FRAME, at index AT. False when it is none. */
static int take_id(clipper_era_decoder *d, clipper_frame frame, size_t at) {
    if (!era_id_fits(d, frame.len)) {
        (void)era_fail_at(d, CLIPPER_WRONG_WIDTH, CLIPPER_FIELD_ID, at, 4, frame.len);
        return 0;
    }
    if (frame.len == 8) {
        uint64_t wide = clipper_load_u64(frame.base);
        if (wide > UINT32_MAX) {
            (void)era_fail_at(d, CLIPPER_ID_TOO_LARGE, CLIPPER_FIELD_ID, at, UINT32_MAX, wide);
            return 0;
        }
        d->message.leniencies |= CLIPPER_LENIENCY_WIDE_ID;
    }
    d->message.as.request.id = clipper_load_u32(frame.base);
    return 1;
}

static clipper_event take_era_id(clipper_era_decoder *d, clipper_frame frame, int more) {
    if (!take_id(d, frame, d->frame_))
        return CLIPPER_EVENT_ERROR;
    if (d->direction_ == CLIPPER_TO_CONTAINER)
        return era_go_on(d, ERA_AT_REQUEST_TYPE, more);
    d->message.kind = CLIPPER_PREDICTION_RESPONSE;
    return era_go_on(d, ERA_AT_CONTENT, more);
}

/* ---- New containers ------------------------------------------------------------------------------------ */

/* The text in FRAME, at index AT. False when it is too long. */
static int era_text_fits(clipper_era_decoder *d, clipper_frame frame, clipper_field field, size_t at) {
    uint64_t most = d->options_.limits.text_bytes;
    if (frame.len <= most)
        return 1;
    (void)era_fail_at(d, CLIPPER_TEXT_TOO_LONG, field, at, most, frame.len);
    return 0;
}

static clipper_event take_era_text(clipper_era_decoder *d, clipper_frame frame, int more,
                                   clipper_frame *text) {
    if (!era_text_fits(d, frame, (clipper_field)era_field_at[d->state_], d->frame_))
        return CLIPPER_EVENT_ERROR;
    *text = frame;
    return era_go_on(d, d->state_ + 1, more);
}

/* "0" to "4"; leniently, in F, followed by anything but a digit first. [release: C++ and R came with F] */
static clipper_event take_era_input_type(clipper_era_decoder *d, clipper_frame frame, int more) {
    const uint8_t *text = (const uint8_t *)frame.base;
    int tails = d->options_.era == CLIPPER_ERA_F && !d->options_.strict;
    if (!era_text_fits(d, frame, CLIPPER_FIELD_INPUT_TYPE, d->frame_))
        return CLIPPER_EVENT_ERROR;
    if (frame.len == 0 || text[0] < '0' || text[0] > '0' + CLIPPER_TYPE_STRINGS)
        return era_fail(d, CLIPPER_BAD_INPUT_TYPE, 0, 0);
    if (frame.len > 1) {
        if (!tails || (text[1] >= '0' && text[1] <= '9')) {
            (void)era_fail(d, CLIPPER_BAD_INPUT_TYPE, 0, 0);
            d->diagnosis.offset = 1;
            return CLIPPER_EVENT_ERROR;
        }
        d->message.leniencies |= CLIPPER_LENIENCY_INPUT_TYPE_TAIL;
    }
    d->message.kind = CLIPPER_NEW_CONTAINER;
    d->message.as.new_container.input_type = (clipper_data_type)(text[0] - '0');
    return era_go_on(d, ERA_AT_END, more);
}

/* ---- Predictions --------------------------------------------------------------------------------------- */

static clipper_event take_era_header(clipper_era_decoder *d, clipper_frame frame, int more) {
    if (era_has_lengths(d->options_.era) && frame.len != d->declared_)
        return era_fail(d, CLIPPER_METADATA_LENGTH, d->declared_, frame.len);
    if (clipper_era_check_header_(d, frame) != CLIPPER_OK)
        return era_stay_failed(d);
    d->held_ = frame;
    return era_go_on(d, era_has_lengths(d->options_.era) ? ERA_AT_CONTENT_LENGTH : ERA_AT_CONTENT, more);
}

/* Where there is too little room, the frame is not taken. */
static clipper_event take_era_content(clipper_era_decoder *d, clipper_frame frame, int more,
                                      clipper_item_room *room) {
    int request = d->message.kind == CLIPPER_PREDICTION_REQUEST;
    clipper_error error;
    room->needed = 0;
    if (request && era_has_lengths(d->options_.era) && frame.len != d->declared_)
        return era_fail(d, CLIPPER_METADATA_LENGTH, d->declared_, frame.len);
    if (request)
        error = clipper_era_split_request_(d, frame, room);
    else
        error = clipper_era_split_response_(d, frame, room);
    if (error == CLIPPER_NO_SPACE && !more)
        return CLIPPER_EVENT_ERROR;
    if (error != CLIPPER_OK && error != CLIPPER_NO_SPACE)
        return era_stay_failed(d);
    return era_go_on(d, ERA_AT_END, more);
}

/* Frame 2 of C and D, outbound: the last one of a response, or a new container's model version. */
static clipper_event take_version_or_content(clipper_era_decoder *d, clipper_frame frame, int more,
                                             clipper_item_room *room) {
    if (more) {
        if (!era_text_fits(d, d->held_, CLIPPER_FIELD_NAME, 1))
            return CLIPPER_EVENT_ERROR;
        d->message.as.new_container.name = d->held_;
        d->state_ = ERA_AT_MODEL_VERSION;
        return take_era_text(d, frame, more, &d->message.as.new_container.model_version);
    }
    /* Nearer to a new container without its input type than to a response? */
    if (!era_is_id(d, d->held_) && (frame.len == 0 || frame.len % ERA_WORD != 0))
        return era_fail_at(d, CLIPPER_TRUNCATED, CLIPPER_FIELD_INPUT_TYPE, 3, 4, 3);
    if (!take_id(d, d->held_, 1))
        return CLIPPER_EVENT_ERROR;
    d->message.kind = CLIPPER_PREDICTION_RESPONSE;
    return take_era_content(d, frame, more, room);
}

/* ---- Feedback ------------------------------------------------------------------------------------------ */

static clipper_event take_era_feedback(clipper_era_decoder *d, clipper_frame frame, int more) {
    const clipper_limits *limits = &d->options_.limits;
    size_t item = d->message.as.feedback.frame_count;
    uint64_t before = d->feedback_bytes_;
    clipper_error error = CLIPPER_OK;
    if (item >= limits->items)
        error = era_diagnose_item(d, CLIPPER_TOO_MANY_ITEMS, CLIPPER_FIELD_FEEDBACK, item, 0, limits->items,
                                  (uint64_t)item + 1);
    else if (frame.len > limits->item_bytes)
        error = era_diagnose_item(d, CLIPPER_ITEM_TOO_LARGE, CLIPPER_FIELD_FEEDBACK, item, 0,
                                  limits->item_bytes, frame.len);
    else if (frame.len > limits->total_bytes - before)
        error = era_diagnose_item(d, CLIPPER_MESSAGE_TOO_LARGE, CLIPPER_FIELD_FEEDBACK, item, 0,
                                  limits->total_bytes,
                                  frame.len > UINT64_MAX - before ? UINT64_MAX : before + frame.len);
    if (error != CLIPPER_OK)
        return era_stay_failed(d);
    d->feedback_bytes_ += frame.len;
    d->message.as.feedback.frame_count++;
    d->frame_++;
    d->state_ = more ? ERA_AT_FEEDBACK : ERA_AT_END;
    return more ? CLIPPER_EVENT_ITEM : CLIPPER_EVENT_DONE;
}

/* ---- One frame at a time ------------------------------------------------------------------------------- */

static void begin_era_message(clipper_era_decoder *d) {
    clear_message(&d->message);
    clear_diagnosis(&d->diagnosis);
    d->state_ = ERA_AT_DELIMITER;
    d->frame_ = 0;
    d->held_.base = NULL;
    d->held_.len = 0;
    d->declared_ = 0;
    d->feedback_bytes_ = 0;
}

void clipper_era_decoder_init(clipper_era_decoder *decoder, clipper_direction direction,
                              const clipper_options *options) {
    decoder->options_ = options ? *options : clipper_default_options();
    decoder->direction_ = direction;
    begin_era_message(decoder);
}

static clipper_event take_era_frame(clipper_era_decoder *d, clipper_frame frame, int more,
                                    clipper_item_room *room) {
    switch (d->state_) {
    case ERA_AT_DELIMITER:
        return take_era_delimiter(d, frame, more);
    case ERA_AT_MESSAGE_TYPE:
    case ERA_AT_HEARTBEAT_TYPE:
    case ERA_AT_REQUEST_TYPE:
        return take_era_u32(d, frame, more);
    case ERA_AT_NAME:
        return take_era_text(d, frame, more, &d->message.as.new_container.name);
    case ERA_AT_MODEL_VERSION:
        return take_era_text(d, frame, more, &d->message.as.new_container.model_version);
    case ERA_AT_INPUT_TYPE:
        return take_era_input_type(d, frame, more);
    case ERA_AT_NAME_OR_ID:
        d->held_ = frame;
        return era_go_on(d, ERA_AT_VERSION_OR_CONTENT, more);
    case ERA_AT_VERSION_OR_CONTENT:
        return take_version_or_content(d, frame, more, room);
    case ERA_AT_ID:
        return take_era_id(d, frame, more);
    case ERA_AT_HEADER_LENGTH:
    case ERA_AT_CONTENT_LENGTH:
        return take_era_length(d, frame, more);
    case ERA_AT_HEADER:
        return take_era_header(d, frame, more);
    case ERA_AT_CONTENT:
        return take_era_content(d, frame, more, room);
    case ERA_AT_FEEDBACK:
        return take_era_feedback(d, frame, more);
    default: /* ERA_FAILED */
        return CLIPPER_EVENT_ERROR;
    }
}

clipper_event clipper_era_decoder_push(clipper_era_decoder *decoder, clipper_frame frame, int more,
                                       clipper_item_room *room) {
    if (decoder->state_ == ERA_AT_END)
        begin_era_message(decoder);
    else if (decoder->state_ != ERA_FAILED)
        clear_diagnosis(&decoder->diagnosis); /* after CLIPPER_NO_SPACE */
    return take_era_frame(decoder, frame, more, room);
}

/* ---- A whole message ----------------------------------------------------------------------------------- */

clipper_error clipper_era_decode(clipper_direction direction, const clipper_frame *frames, size_t count,
                                 const clipper_options *options, clipper_item_room *room,
                                 clipper_message *message, clipper_diagnosis *diagnosis) {
    clipper_era_decoder decoder;
    clipper_event event = CLIPPER_EVENT_MORE;
    size_t i;
    room->needed = 0;
    clipper_era_decoder_init(&decoder, direction, options);
    if (count == 0)
        decoder.diagnosis.error = CLIPPER_EMPTY_MESSAGE;
    for (i = 0; i < count && event != CLIPPER_EVENT_ERROR; i++)
        event = clipper_era_decoder_push(&decoder, frames[i], i + 1 < count, room);
    if (decoder.diagnosis.error != CLIPPER_OK)
        clear_message(&decoder.message);
    *message = decoder.message;
    if (message->kind == CLIPPER_FEEDBACK_REQUEST)
        message->as.feedback.frames = frames + (era_is_typed(decoder.options_.era) ? 4 : 3);
    if (diagnosis)
        *diagnosis = decoder.diagnosis;
    return decoder.diagnosis.error;
}
