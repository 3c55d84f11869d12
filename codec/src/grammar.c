/* The grammar of version 3: one frame after another through a state machine. The whole-message decoder
 * (decode.c) gives every verdict but "plainly correct" by running its frames through here: what is wrong, and
 * where, is decided in this file alone.
 *
 * Invariant: state_ names the frame that comes next, frame_ is its index, and all frames before it were
 * right (grammar.h has it in full).
 *
 * A response's metadata may fit two readings (the document's layout and the release's). Both are then carried
 * in readings_, and each item frame strikes out those that it does not fit. The number of item frames differs
 * by one between them, so at most one is left when the message ends. */
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

/*@ requires reading \in {TYPED, UNTYPED};
    assigns \nothing;
    ensures \result == head_of(reading); */
static size_t head_words(unsigned reading) {
    return reading == TYPED ? TYPED_WORDS : UNTYPED_WORDS;
}

/*@ requires \valid_read(d) && reads(d, reading);
    assigns \nothing;
    ensures \result == d->word_count_ - head_of(reading); */
static size_t items_of(const clipper_decoder *d, unsigned reading) {
    return d->word_count_ - head_words(reading);
}

/*@ requires \valid_read(d) && reads(d, reading) && item < d->word_count_ - head_of(reading);
    assigns \nothing; */
static uint64_t size_of_item(const clipper_decoder *d, unsigned reading, size_t item) {
    return load_word(d->words_, head_words(reading) + item);
}

/*@ requires readings \in {0, TYPED, UNTYPED, TYPED + UNTYPED} && reading \in {TYPED, UNTYPED};
    assigns \nothing;
    ensures \result != 0 <==> in_set(readings, reading); */
static inline int may_be(unsigned readings, unsigned reading) {
    //@ admit (readings & reading) != 0 <==> in_set(readings, reading);
    return (readings & reading) != 0;
}

/* ---- Outcomes ------------------------------------------------------------------------------------------ */

/* The diagnosis is there: every later frame fails, too. */
/*@ requires \valid(d) && d->diagnosis.error != CLIPPER_OK;
    assigns d->message, d->state_;
    ensures \result == CLIPPER_EVENT_ERROR && has_failed(d); */
static clipper_event stay_failed(clipper_decoder *d) {
    clear_message(&d->message);
    d->state_ = FAILED;
    return CLIPPER_EVENT_ERROR;
}

/*@ requires \valid(d) && error != CLIPPER_OK;
    assigns d->message, d->state_, d->diagnosis;
    ensures \result == CLIPPER_EVENT_ERROR && has_failed(d); */
static clipper_event fail_at(clipper_decoder *d, clipper_error error, clipper_field field, size_t frame,
                             uint64_t expected, uint64_t actual) {
    (void)clipper_diagnose_(&d->diagnosis, error, field, frame, expected, actual);
    return stay_failed(d);
}

/* The current frame is wrong. */
/*@ requires \valid(d) && error != CLIPPER_OK && 0 <= d->state_ <= AT_FEEDBACK;
    assigns d->message, d->state_, d->diagnosis;
    ensures \result == CLIPPER_EVENT_ERROR && has_failed(d); */
static clipper_event fail(clipper_decoder *d, clipper_error error, uint64_t expected, uint64_t actual) {
    return fail_at(d, error, (clipper_field)field_at[d->state_], d->frame_, expected, actual);
}

/* Word WORD_INDEX of the current frame, the metadata, is wrong. */
/*@ requires \valid(d) && error != CLIPPER_OK && word_index <= 1;
    assigns d->message, d->state_, d->diagnosis;
    ensures \result == CLIPPER_EVENT_ERROR && has_failed(d); */
static clipper_event fail_word(clipper_decoder *d, clipper_error error, clipper_field field,
                               size_t word_index, uint64_t expected, uint64_t actual) {
    (void)fail_at(d, error, field, d->frame_, expected, actual);
    d->diagnosis.offset = WORD * word_index;
    return CLIPPER_EVENT_ERROR;
}

/* The current frame is right and NEXT comes after it, or AT_END. Does MORE agree? */
/*@ requires \valid(d) && d->frame_ < 6 && d->readings_ == 0 && no_diagnosis(&d->diagnosis);
    requires d->item_ == 0 && d->feedback_bytes_ == 0 && 0 <= d->state_ <= AT_FEEDBACK;
    requires next == AT_END || 0 <= next <= AT_FEEDBACK && next != AT_ITEM &&
        place(d->direction_, next) == d->frame_ + 1;
    assigns d->message, d->state_, d->diagnosis, d->frame_;
    ensures sound(d);
    ensures taken(\result, d->state_, more);
    ensures d->state_ != FAILED ==> d->frame_ == \old(d->frame_) + 1;
    ensures d->state_ \in {next, FAILED}; */
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

/*@ predicate at(clipper_decoder *d, integer state) =
        \valid(d) && d->state_ == state && in_place(d, state);
    // After a step: failed, or NEXT may follow the frame.
    predicate stepped(clipper_decoder *d, integer next) =
        next == FAILED ? has_failed(d) :
            no_diagnosis(&d->diagnosis) && 0 <= d->state_ <= AT_FEEDBACK && 0 <= next <= AT_END &&
            next != AT_ITEM && (next == AT_END || place(d->direction_, next) == d->frame_ + 1); */

/* Steps return the state that comes next, or FAILED with the diagnosis set. */
/*@ requires \valid(d) && error != CLIPPER_OK && 0 <= d->state_ <= AT_FEEDBACK;
    assigns d->message, d->state_, d->diagnosis;
    ensures \result == FAILED && has_failed(d); */
static int failed(clipper_decoder *d, clipper_error error, uint64_t expected, uint64_t actual) {
    (void)fail(d, error, expected, actual);
    return FAILED;
}

/*@ requires at(d, AT_VERSION);
    assigns d->message, d->state_, d->diagnosis;
    ensures stepped(d, \result);
    ensures \result \in {AT_MESSAGE_TYPE, FAILED}; */
static int on_version(clipper_decoder *d, uint32_t value) {
    if (value != CLIPPER_RPC_VERSION)
        return failed(d, CLIPPER_VERSION_MISMATCH, CLIPPER_RPC_VERSION, value);
    d->message.rpc_version = value;
    return AT_MESSAGE_TYPE;
}

/*@ requires at(d, AT_MESSAGE_TYPE);
    assigns d->message, d->state_, d->diagnosis;
    ensures stepped(d, \result);
    ensures \result == AT_NAME ==> value == WIRE_NEW_CONTAINER;
    ensures \result \in {AT_HEARTBEAT_TYPE, AT_END, AT_ID, AT_NAME, FAILED}; */
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

/*@ requires at(d, AT_HEARTBEAT_TYPE);
    assigns d->message, d->state_, d->diagnosis;
    ensures stepped(d, \result);
    ensures \result \in {AT_END, FAILED}; */
static int on_heartbeat_type(clipper_decoder *d, uint32_t value) {
    if (value > CLIPPER_SEND_METADATA)
        return failed(d, CLIPPER_UNKNOWN_HEARTBEAT_TYPE, CLIPPER_SEND_METADATA, value);
    d->message.as.heartbeat.type = (clipper_heartbeat_type)value;
    return AT_END;
}

/*@ requires at(d, AT_ID);
    assigns d->message, d->state_, d->diagnosis;
    ensures stepped(d, \result);
    ensures \result != FAILED;
    ensures \result == (d->direction_ == CLIPPER_TO_CONTAINER ? AT_REQUEST_TYPE : AT_METADATA_LENGTH); */
static int on_id(clipper_decoder *d, uint32_t value) {
    d->message.as.response.id = value;
    return d->direction_ == CLIPPER_TO_CONTAINER ? AT_REQUEST_TYPE : AT_METADATA_LENGTH;
}

/*@ requires at(d, AT_REQUEST_TYPE);
    assigns d->message, d->state_, d->diagnosis;
    ensures stepped(d, \result);
    ensures \result == AT_METADATA_LENGTH ==> value == WIRE_PREDICTION;
    ensures \result \in {AT_FEEDBACK, AT_METADATA_LENGTH, FAILED}; */
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

/* A field of 4 bytes; STEP judges its value. */
/*@ requires at(d, d->state_) && bytes_at(frame);
    requires d->state_ == AT_VERSION && step == on_version ||
        d->state_ == AT_MESSAGE_TYPE && step == on_message_type ||
        d->state_ == AT_HEARTBEAT_TYPE && step == on_heartbeat_type || d->state_ == AT_ID && step == on_id ||
        d->state_ == AT_REQUEST_TYPE && step == on_request_type;
    assigns d->message, d->state_, d->diagnosis, d->frame_;
    ensures sound(d);
    ensures taken(\result, d->state_, more);
    ensures d->state_ != FAILED ==> d->frame_ == \old(d->frame_) + 1;
    ensures leads(d->direction_, \old(d->state_), frame, d->state_); */
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

/*@ requires at(d, AT_DELIMITER);
    assigns d->message, d->state_, d->diagnosis, d->frame_;
    ensures sound(d);
    ensures taken(\result, d->state_, more);
    ensures d->state_ != FAILED ==> d->frame_ == \old(d->frame_) + 1;
    ensures d->state_ \in {AT_VERSION, AT_MESSAGE_TYPE, FAILED}; */
static clipper_event take_delimiter(clipper_decoder *d, clipper_frame frame, int more) {
    if (d->options_.era != CLIPPER_ERA_V3)
        return fail_at(d, CLIPPER_BAD_ERA, CLIPPER_FIELD_NONE, 0, 0, 0);
    if (frame.len != 0)
        return fail(d, CLIPPER_NO_DELIMITER, 0, frame.len);
    d->message.direction = d->direction_;
    return go_on(d, d->direction_ == CLIPPER_TO_CONTAINER ? AT_VERSION : AT_MESSAGE_TYPE, more);
}

/*@ requires at(d, AT_METADATA_LENGTH) && bytes_at(frame);
    assigns d->message, d->state_, d->diagnosis, d->frame_, d->declared_;
    ensures sound(d);
    ensures taken(\result, d->state_, more);
    ensures d->state_ != FAILED ==> d->frame_ == \old(d->frame_) + 1;
    ensures d->state_ \in {AT_METADATA, FAILED}; */
static clipper_event take_metadata_length(clipper_decoder *d, clipper_frame frame, int more) {
    if (frame.len != WORD)
        return fail(d, CLIPPER_WRONG_WIDTH, WORD, frame.len);
    d->declared_ = clipper_load_u64(frame.base);
    return go_on(d, AT_METADATA, more);
}

/* ---- The new container's texts ------------------------------------------------------------------------- */

/*@ requires at(d, d->state_) && d->state_ \in {AT_NAME, AT_MODEL_VERSION};
    requires text == &d->message.as.new_container.name || text == &d->message.as.new_container.model_version;
    assigns d->message, d->state_, d->diagnosis, d->frame_;
    ensures sound(d);
    ensures taken(\result, d->state_, more);
    ensures d->state_ != FAILED ==> d->frame_ == \old(d->frame_) + 1;
    ensures d->state_ \in {\old(d->state_) + 1, FAILED}; */
static clipper_event take_text(clipper_decoder *d, clipper_frame frame, int more, clipper_frame *text) {
    if (frame.len > d->options_.limits.text_bytes)
        return fail(d, CLIPPER_TEXT_TOO_LONG, d->options_.limits.text_bytes, frame.len);
    *text = frame;
    return go_on(d, d->state_ + 1, more);
}

//@ assigns \nothing;
static int is_digit(uint8_t byte) {
    return byte >= '0' && byte <= '9';
}

/*@ requires at(d, AT_INPUT_TYPE) && bytes_at(frame);
    assigns d->message, d->state_, d->diagnosis, d->frame_;
    ensures sound(d);
    ensures taken(\result, d->state_, more);
    ensures d->state_ != FAILED ==> d->frame_ == \old(d->frame_) + 1;
    ensures d->state_ \in {AT_RPC_VERSION, AT_END, FAILED}; */
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

/*@ requires at(d, AT_RPC_VERSION) && bytes_at(frame);
    assigns d->message, d->state_, d->diagnosis, d->frame_;
    ensures sound(d);
    ensures taken(\result, d->state_, more);
    ensures d->state_ != FAILED ==> d->frame_ == \old(d->frame_) + 1;
    ensures d->state_ \in {AT_END, FAILED}; */
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

/* ---- Metadata and items -------------------------------------------------------------------------------- */

/* Are the count and all sizes of READING within the limits, and the sizes whole elements? If not, fills the
 * diagnosis (the decoder goes on: the other reading may do). Nothing is added up before it is known to fit.
 */
/*@ requires \valid(d) && reads(d, reading);
    assigns d->diagnosis;
    ensures \result != CLIPPER_OK ==> d->diagnosis.error == \result; */
static clipper_error check_sizes(clipper_decoder *d, unsigned reading) {
    const clipper_limits *limits = &d->options_.limits;
    size_t head = head_words(reading), count = items_of(d, reading), i;
    size_t width = reading == TYPED ? clipper_data_width((clipper_data_type)load_word(d->words_, 0)) : 1;
    uint64_t total = 0;
    if (count > limits->items) {
        (void)clipper_diagnose_(&d->diagnosis, CLIPPER_TOO_MANY_ITEMS, CLIPPER_FIELD_ITEM_COUNT, d->frame_,
                                limits->items, count);
        d->diagnosis.offset = WORD * (head - 1);
        return CLIPPER_TOO_MANY_ITEMS;
    }
    /*@ loop invariant 0 <= i <= count && total <= limits->total_bytes;
        loop assigns i, total, d->diagnosis;
        loop variant count - i; */
    for (i = 0; i < count; i++) {
        uint64_t size = load_word(d->words_, head + i), expected = 0, actual = size;
        clipper_error error = CLIPPER_OK;
        if (size > limits->item_bytes) {
            error = CLIPPER_ITEM_TOO_LARGE;
            expected = limits->item_bytes;
        } else if ((size & (width - 1)) != 0) {
            error = CLIPPER_ITEM_WIDTH;
            expected = width;
        } else if (size > limits->total_bytes - total) {
            error = CLIPPER_MESSAGE_TOO_LARGE;
            expected = limits->total_bytes;
            actual = size > UINT64_MAX - total ? UINT64_MAX : total + size;
        }
        if (error != CLIPPER_OK) {
            (void)clipper_diagnose_(&d->diagnosis, error, CLIPPER_FIELD_ITEM_SIZE, d->frame_, expected,
                                    actual);
            d->diagnosis.offset = WORD * (head + i);
            d->diagnosis.item = i;
            return error;
        }
        total += size;
    }
    return CLIPPER_OK;
}

/* What the head of the metadata allows, before the sizes are looked at. */
/*@ requires \valid_read(d) && words_at(d);
    assigns \nothing;
    ensures all_read(d, \result); */
static unsigned fitting_readings(const clipper_decoder *d) {
    size_t words = d->word_count_;
    uint64_t first = load_word(d->words_, 0);
    unsigned readings = 0;
    if (words >= TYPED_WORDS && load_word(d->words_, 1) == words - TYPED_WORDS &&
        first <= CLIPPER_TYPE_STRINGS)
        readings += TYPED;
    if (d->message.kind == CLIPPER_PREDICTION_RESPONSE && first == words - UNTYPED_WORDS)
        readings += UNTYPED;
    return readings;
}

/*@ requires at(d, AT_METADATA) && words_at(d);
    requires d->message.kind == CLIPPER_PREDICTION_REQUEST ==> d->word_count_ >= TYPED_WORDS;
    assigns d->message, d->state_, d->diagnosis;
    ensures \result == CLIPPER_EVENT_ERROR && has_failed(d); */
/* No reading fits: a response is judged as untyped, unless its second word is the typed reading's count. */
static clipper_event fail_metadata(clipper_decoder *d) {
    size_t words = d->word_count_;
    int request = d->message.kind == CLIPPER_PREDICTION_REQUEST;
    uint64_t first = load_word(d->words_, 0);
    uint64_t second = words >= TYPED_WORDS ? load_word(d->words_, 1) : 0;
    int counted = words >= TYPED_WORDS && second == words - TYPED_WORDS;
    if (first > CLIPPER_TYPE_STRINGS && (request || counted))
        return fail_word(d, CLIPPER_UNKNOWN_DATA_TYPE, CLIPPER_FIELD_DATA_TYPE, 0, CLIPPER_TYPE_STRINGS,
                         first);
    if (request)
        return fail_word(d, CLIPPER_ITEM_COUNT, CLIPPER_FIELD_ITEM_COUNT, 1, words - TYPED_WORDS, second);
    return fail_word(d, CLIPPER_ITEM_COUNT, CLIPPER_FIELD_ITEM_COUNT, 0, words - UNTYPED_WORDS, first);
}

/* Writes what the remaining readings say of the items into the message. With two of them, upper bounds: the
 * untyped one has one item more, and its sizes are the typed one's and another. */
/*@ requires \valid(d) && all_read(d, d->readings_) && d->readings_ != 0;
    assigns d->message; */
static void describe_items(clipper_decoder *d) {
    unsigned reading = may_be(d->readings_, UNTYPED) ? UNTYPED : TYPED;
    clipper_prediction *prediction = &d->message.as.response;
    prediction->item_count = items_of(d, reading);
    prediction->data_type =
        reading == TYPED ? (clipper_data_type)load_word(d->words_, 0) : CLIPPER_TYPE_UNSTATED;
    if (d->message.kind == CLIPPER_PREDICTION_RESPONSE)
        d->message.wire = d->readings_ == TYPED     ? CLIPPER_WIRE_DOCUMENT
                          : d->readings_ == UNTYPED ? CLIPPER_WIRE_RELEASE
                                                    : CLIPPER_WIRE_ANY;
}

/*@ predicate agreeable(clipper_decoder *d, integer reading, integer taken, clipper_frame *last) =
        \valid_read(d) && reads(d, reading) && (last == \null ? taken == 0 : \valid_read(last) &&
        1 <= taken <= d->word_count_ - head_of(reading));
    predicate settling(clipper_decoder *d, integer taken, clipper_frame *last) =
        \valid_read(d) && items_at(d, taken) &&
        (last == \null ? taken == 0 : \valid_read(last) && 1 <= taken); */

/* After TAKEN item frames, of which the last is LAST (NULL before the first): is it as READING has it? */
/*@ requires agreeable(d, reading, taken, last);
    assigns \nothing;
    ensures last == \null ==> \result == 1;
    ensures \result \in {0, 1}; */
static int size_agrees(const clipper_decoder *d, unsigned reading, size_t taken, const clipper_frame *last) {
    return !last || last->len == size_of_item(d, reading, taken - 1);
}

/* After TAKEN item frames: does READING have another one exactly when MORE says so? */
/*@ requires \valid_read(d) && reads(d, reading);
    assigns \nothing;
    ensures \result \in {0, 1};
    ensures \result != 0 && more != 0 ==> taken < d->word_count_ - head_of(reading); */
static int more_agrees(const clipper_decoder *d, unsigned reading, size_t taken, int more) {
    return (taken < items_of(d, reading)) == (more != 0);
}

/* How near READING is to being right: a size that agrees counts for more than the end of the message. */
/*@ requires settling(d, taken, last) && reading \in {TYPED, UNTYPED};
    assigns \nothing;
    ensures in_set(d->readings_, reading) ? 0 <= \result <= 3 : \result == -1; */
static int nearness(const clipper_decoder *d, unsigned reading, size_t taken, const clipper_frame *last,
                    int more) {
    if (!may_be(d->readings_, reading))
        return -1;
    return 2 * size_agrees(d, reading, taken, last) + more_agrees(d, reading, taken, more);
}

/* No reading is left: says why the nearest one fails, the untyped one if both are as near. So a message that
 * was cut before a frame fails at that frame, whichever wire it had. */
/*@ requires \valid(d) && settling(d, taken, last) && 0 <= d->state_ <= AT_FEEDBACK;
    requires taken <= d->frame_ + 1 <= taken + 7;
    assigns d->message, d->state_, d->diagnosis;
    ensures \result == CLIPPER_EVENT_ERROR && has_failed(d); */
static clipper_event fail_items(clipper_decoder *d, size_t taken, const clipper_frame *last, int more) {
    unsigned reading =
        nearness(d, TYPED, taken, last, more) > nearness(d, UNTYPED, taken, last, more) ? TYPED : UNTYPED;
    size_t next = d->frame_ + 1;
    size_t total = next - taken + items_of(d, reading);
    size_t item = taken;
    if (!size_agrees(d, reading, taken, last)) {
        item = taken - 1;
        (void)fail(d, CLIPPER_ITEM_SIZE, size_of_item(d, reading, item), last->len);
    } else if (more) {
        return fail_at(d, CLIPPER_EXTRA_FRAME, CLIPPER_FIELD_NONE, next, total, (uint64_t)next + 1);
    } else {
        (void)fail_at(d, CLIPPER_TRUNCATED, CLIPPER_FIELD_ITEM, next, total, next);
    }
    d->diagnosis.item = item;
    return CLIPPER_EVENT_ERROR;
}

/* READING if it is one of those left and agrees with what was taken, else 0. */
/*@ requires settling(d, taken, last) && reading \in {TYPED, UNTYPED};
    assigns \nothing;
    ensures \result \in {0, reading};
    ensures \result != 0 ==> in_set(d->readings_, reading);
    ensures \result != 0 && more != 0 ==> taken < d->word_count_ - head_of(reading); */
static unsigned still_fits(const clipper_decoder *d, unsigned reading, size_t taken,
                           const clipper_frame *last, int more) {
    return may_be(d->readings_, reading) && size_agrees(d, reading, taken, last) &&
                   more_agrees(d, reading, taken, more)
               ? reading
               : 0;
}

/* The metadata (LAST is NULL), or item frame LAST, was taken: strikes out the readings that do not fit. */
/*@ requires \valid(d) && no_diagnosis(&d->diagnosis) && d->frame_ <= SIZE_MAX - 2;
    requires d->state_ == (last == \null ? AT_METADATA : AT_ITEM) && d->feedback_bytes_ == 0;
    requires d->frame_ == place(d->direction_, d->state_) + d->item_ && (last == \null ==> d->item_ == 0);
    requires items_at(d, last == \null ? 0 : d->item_ + 1);
    requires last != \null ==> \valid_read(last) && \separated(d, last);
    assigns d->message, d->state_, d->diagnosis, d->frame_, d->item_, d->readings_;
    ensures sound(d);
    ensures taken(\result, d->state_, more);
    ensures d->state_ != FAILED ==> d->frame_ == \old(d->frame_) + 1;
    ensures d->state_ \in {AT_ITEM, AT_END, FAILED}; */
static clipper_event settle_readings(clipper_decoder *d, const clipper_frame *last, int more) {
    size_t taken = last ? d->item_ + 1 : 0;
    unsigned left = still_fits(d, TYPED, taken, last, more) + still_fits(d, UNTYPED, taken, last, more);
    if (left == 0)
        return fail_items(d, taken, last, more);
    if (left != d->readings_ || !last) {
        d->readings_ = left;
        describe_items(d);
    }
    //@ assert d->readings_ == left && items_at(d, taken) && (more != 0 ==> items_at(d, taken + 1));
    //@ assert no_diagnosis(&d->diagnosis);
    d->item_ = taken;
    d->frame_++;
    d->state_ = more ? AT_ITEM : AT_END;
    return !more ? CLIPPER_EVENT_DONE : last ? CLIPPER_EVENT_ITEM : CLIPPER_EVENT_HEADER;
}

/* READING if the head of the metadata allows it and its sizes are sound, else 0 with a diagnosis. */
/*@ requires \valid(d) && all_read(d, fitting) && reading \in {TYPED, UNTYPED};
    assigns d->diagnosis;
    ensures \result \in {0, reading};
    ensures \result != 0 ==> in_set(fitting, reading);
    ensures \result == 0 && in_set(fitting, reading) ==> d->diagnosis.error != CLIPPER_OK;
    ensures !in_set(fitting, reading) ==> d->diagnosis.error == \old(d->diagnosis.error); */
static unsigned sound_reading(clipper_decoder *d, unsigned fitting, unsigned reading) {
    return may_be(fitting, reading) && check_sizes(d, reading) == CLIPPER_OK ? reading : 0;
}

/*@ requires at(d, AT_METADATA) && bytes_at(frame);
    assigns d->message, d->state_, d->diagnosis, d->frame_, d->item_, d->readings_, d->words_, d->word_count_;
    ensures sound(d);
    ensures taken(\result, d->state_, more);
    ensures d->state_ != FAILED ==> d->frame_ == \old(d->frame_) + 1;
    ensures d->state_ \in {AT_ITEM, AT_END, FAILED}; */
static clipper_event take_metadata(clipper_decoder *d, clipper_frame frame, int more) {
    size_t least = d->message.kind == CLIPPER_PREDICTION_REQUEST ? TYPED_WORDS : UNTYPED_WORDS;
    unsigned fitting, sound;
    if (frame.len != d->declared_)
        return fail(d, CLIPPER_METADATA_LENGTH, d->declared_, frame.len);
    if (frame.len % WORD != 0 || frame.len / WORD < least)
        return fail(d, CLIPPER_METADATA_SIZE, WORD, frame.len);
    d->words_ = (const uint8_t *)frame.base;
    d->word_count_ = frame.len / WORD;
    fitting = fitting_readings(d);
    if (fitting == 0)
        return fail_metadata(d);
    /* The untyped reading last: its error stands when both have one. */
    sound = sound_reading(d, fitting, TYPED);
    sound += sound_reading(d, fitting, UNTYPED);
    if (sound == 0)
        return stay_failed(d);
    clear_diagnosis(&d->diagnosis);
    d->readings_ = sound;
    return settle_readings(d, NULL, more);
}

/* ---- Feedback ------------------------------------------------------------------------------------------ */

/*@ requires at(d, AT_FEEDBACK) && feedback_left(d) && d->frame_ <= SIZE_MAX - 3;
    assigns d->message, d->state_, d->diagnosis, d->frame_, d->item_, d->feedback_bytes_;
    ensures sound(d);
    ensures taken(\result, d->state_, more);
    ensures d->state_ != FAILED ==> d->frame_ == \old(d->frame_) + 1;
    ensures d->state_ \in {AT_FEEDBACK, AT_END, FAILED}; */
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

/* ---- The front door ------------------------------------------------------------------------------------ */

/* All but the options: ready for the delimiter of a message. */
/*@ requires \valid(d);
    assigns d->message, d->diagnosis, d->state_, d->frame_, d->words_, d->word_count_, d->readings_, d->item_,
        d->feedback_bytes_;
    ensures at(d, AT_DELIMITER) && no_message(&d->message); */
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

/*@ requires \valid(decoder) && (options != \null ==> \valid_read(options) && \separated(decoder, options));
    assigns *decoder;
    ensures sound(decoder) && decoder->state_ == AT_DELIMITER && decoder->direction_ == direction;
    ensures no_message(&decoder->message); */
void clipper_decoder_init(clipper_decoder *decoder, clipper_direction direction,
                          const clipper_options *options) {
    decoder->options_ = options ? *options : clipper_default_options();
    decoder->direction_ = direction;
    decoder->declared_ = 0;
    begin_message(decoder);
}

/*@ requires \valid(d) && sound(d) && d->state_ != AT_END && d->frame_ <= SIZE_MAX - 3;
    requires d->state_ != AT_ITEM && d->state_ != AT_FEEDBACK ==> bytes_at(frame);
    assigns *d;
    ensures sound(d) && d->direction_ == \old(d->direction_);
    ensures taken(\result, d->state_, more);
    ensures d->state_ != FAILED ==> d->frame_ == \old(d->frame_) + 1;
    ensures leads(d->direction_, \old(d->state_), frame, d->state_); */
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
        return take_metadata(d, frame, more);
    case AT_ITEM:
        return settle_readings(d, &frame, more);
    case AT_FEEDBACK:
        return take_feedback(d, frame, more);
    default: /* FAILED */
        return CLIPPER_EVENT_ERROR;
    }
}

/*@ requires \valid(decoder) && sound(decoder) && decoder->frame_ <= SIZE_MAX - 3;
    requires decoder->state_ != AT_ITEM && decoder->state_ != AT_FEEDBACK ==> bytes_at(frame);
    assigns *decoder;
    ensures sound(decoder) && decoder->direction_ == \old(decoder->direction_);
    ensures taken(\result, decoder->state_, more);
    ensures decoder->state_ != FAILED ==>
        decoder->frame_ == (\old(decoder->state_) == AT_END ? 0 : \old(decoder->frame_)) + 1;
    ensures \old(decoder->state_) != AT_END ==>
        leads(decoder->direction_, \old(decoder->state_), frame, decoder->state_); */
clipper_event clipper_decoder_push(clipper_decoder *decoder, clipper_frame frame, int more) {
    if (decoder->state_ == AT_END)
        begin_message(decoder);
    return take_frame(decoder, frame, more);
}

/*@ requires \valid_read(d) && all_read(d, d->readings_);
    assigns \nothing; */
uint64_t clipper_decoder_item_size(const clipper_decoder *d, size_t index) {
    uint64_t largest = 0;
    unsigned reading;
    /*@ loop invariant reading \in {TYPED, UNTYPED, 2 * UNTYPED};
        loop assigns reading, largest;
        loop variant 2 * UNTYPED - reading; */
    for (reading = TYPED; reading <= UNTYPED; reading <<= 1)
        if (may_be(d->readings_, reading) && index < items_of(d, reading) &&
            size_of_item(d, reading, index) > largest)
            largest = size_of_item(d, reading, index);
    return largest;
}
