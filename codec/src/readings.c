/* The two readings of the metadata, and the items that follow it. A response's metadata may have the
 * document's layout {type, n, sizes} or the release's {n, sizes}; a request's has the first. A metadata frame
 * may fit both, so a decoder carries the set of those that it still fits.
 *
 * Invariant: readings_ holds the readings with which every frame so far agrees. Each item frame strikes out
 * those that it does not fit. The number of item frames differs by one between the two, so at most one is
 * left when the message ends; when none is, the message has failed. */
#include "grammar.h"

static size_t head_words(unsigned reading) {
    return reading == TYPED ? TYPED_WORDS : UNTYPED_WORDS;
}

static size_t items_of(const clipper_decoder *d, unsigned reading) {
    return d->word_count_ - head_words(reading);
}

static uint64_t size_of_item(const clipper_decoder *d, unsigned reading, size_t item) {
    return load_word(d->words_, head_words(reading) + item);
}

static inline int may_be(unsigned readings, unsigned reading) {
    //@ admit (readings & reading) != 0 <==> in_set(readings, reading);
    return (readings & reading) != 0;
}

/* Word WORD_INDEX of the current frame, the metadata, is wrong. */
static clipper_event fail_word(clipper_decoder *d, clipper_error error, clipper_field field,
                               size_t word_index, uint64_t expected, uint64_t actual) {
    (void)fail_at(d, error, field, d->frame_, expected, actual);
    d->diagnosis.offset = WORD * word_index;
    return CLIPPER_EVENT_ERROR;
}

/* Are the count and all sizes of READING within the limits, and the sizes whole elements? If not, fills the
 * diagnosis (the decoder goes on: the other reading may do). Nothing is added up before it is known to fit.
 */
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

/* The readings that the head of the metadata allows; the sizes are not looked at. */
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

/* No reading fits: a response is reported as untyped, unless its second word is the typed reading's count. */
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

/* After TAKEN item frames, of which the last is LAST (NULL before the first): is it as READING has it? */
static int size_agrees(const clipper_decoder *d, unsigned reading, size_t taken, const clipper_frame *last) {
    return !last || last->len == size_of_item(d, reading, taken - 1);
}

/* After TAKEN item frames: does READING have another one exactly when MORE says so? */
static int more_agrees(const clipper_decoder *d, unsigned reading, size_t taken, int more) {
    return (taken < items_of(d, reading)) == (more != 0);
}

/* How near READING is to being right: a size that agrees counts for more than the end of the message. */
static int nearness(const clipper_decoder *d, unsigned reading, size_t taken, const clipper_frame *last,
                    int more) {
    if (!may_be(d->readings_, reading))
        return -1;
    return 2 * size_agrees(d, reading, taken, last) + more_agrees(d, reading, taken, more);
}

/* No reading is left: says why the nearest one fails, the untyped one if both are as near. So a message that
 * was cut before a frame fails at that frame, whichever wire it had. */
static clipper_event fail_items(clipper_decoder *d, size_t taken, const clipper_frame *last, int more) {
    unsigned reading =
        nearness(d, TYPED, taken, last, more) > nearness(d, UNTYPED, taken, last, more) ? TYPED : UNTYPED;
    size_t next = d->frame_ + 1;
    size_t total = next - taken + items_of(d, reading);
    size_t item = taken;
    if (!size_agrees(d, reading, taken, last)) {
        item = taken - 1;
        (void)fail_at(d, CLIPPER_ITEM_SIZE, CLIPPER_FIELD_ITEM, d->frame_, size_of_item(d, reading, item),
                      last->len);
    } else if (more) {
        return fail_at(d, CLIPPER_EXTRA_FRAME, CLIPPER_FIELD_NONE, next, total, (uint64_t)next + 1);
    } else {
        (void)fail_at(d, CLIPPER_TRUNCATED, CLIPPER_FIELD_ITEM, next, total, next);
    }
    d->diagnosis.item = item;
    return CLIPPER_EVENT_ERROR;
}

/* READING if it is one of those left and agrees with what was taken, else 0. */
static unsigned still_fits(const clipper_decoder *d, unsigned reading, size_t taken,
                           const clipper_frame *last, int more) {
    return may_be(d->readings_, reading) && size_agrees(d, reading, taken, last) &&
                   more_agrees(d, reading, taken, more)
               ? reading
               : 0;
}

clipper_event clipper_settle_readings_(clipper_decoder *d, const clipper_frame *last, int more) {
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
static unsigned sound_reading(clipper_decoder *d, unsigned fitting, unsigned reading) {
    return may_be(fitting, reading) && check_sizes(d, reading) == CLIPPER_OK ? reading : 0;
}

clipper_event clipper_take_metadata_(clipper_decoder *d, clipper_frame frame, int more) {
    size_t least = d->message.kind == CLIPPER_PREDICTION_REQUEST ? TYPED_WORDS : UNTYPED_WORDS;
    unsigned fitting, sound;
    if (frame.len != d->declared_)
        return fail_at(d, CLIPPER_METADATA_LENGTH, CLIPPER_FIELD_METADATA, d->frame_, d->declared_,
                       frame.len);
    if (frame.len % WORD != 0 || frame.len / WORD < least)
        return fail_at(d, CLIPPER_METADATA_SIZE, CLIPPER_FIELD_METADATA, d->frame_, WORD, frame.len);
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
    return clipper_settle_readings_(d, NULL, more);
}

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
