/* Decoding a whole message. Predictions are nearly all the traffic, so there is a recogniser for them: it
 * accepts only what is plainly correct and leaves all the rest, also what it merely doubts, to the grammar
 * (grammar.c).
 *
 * Invariant: what a recogniser accepts, the grammar accepts with the same meaning. The two are held equal by
 * tests and by a fuzz target; an acceptance needs no diagnosis, so the recogniser need not know why it
 * refuses. */
#include "grammar.h"

/* The COUNT size words at SIZES agree with ITEMS and are within the limits, each a multiple of WIDTH (a power
 * of two).
 *
 * One pass without an early exit, judged once at its end. SEEN, all sizes OR-ed, is not less than any of
 * them: when it is within the item limit, so is each; when COUNT times SEEN is within the total limit, so is
 * the sum (below 2^32 each, the product cannot wrap). What is refused for being near a limit, the grammar
 * counts exactly. */
/*@ requires frames_at(items, count) && \valid_read(sizes + (0 .. WORD * count - 1));
    requires width >= 1 && \valid_read(limits);
    assigns \nothing;
    ensures \result != 0 ==> count <= limits->items; */
static inline int items_agree(const uint8_t *sizes, const clipper_frame *items, size_t count, size_t width,
                              const clipper_limits *limits) {
    uint64_t wrong = 0, seen = 0;
    size_t left = count;
    /*@ loop invariant 0 <= left <= count;
        loop invariant items == \at(items, Pre) + (count - left);
        loop invariant sizes == \at(sizes, Pre) + WORD * (count - left);
        loop assigns left, items, sizes, seen, wrong;
        loop variant left; */
    for (; left >= 4; left -= 4, items += 4, sizes += 4 * WORD) {
        uint64_t a = load_word(sizes, 0), b = load_word(sizes, 1), c = load_word(sizes, 2),
                 d = load_word(sizes, 3);
        seen |= a | b | c | d;
        wrong |= (a ^ items[0].len) | (b ^ items[1].len) | (c ^ items[2].len) | (d ^ items[3].len);
    }
    /*@ loop invariant 0 <= left <= count;
        loop invariant items == \at(items, Pre) + (count - left);
        loop invariant sizes == \at(sizes, Pre) + WORD * (count - left);
        loop assigns left, items, sizes, seen, wrong;
        loop variant left; */
    for (; left > 0; left--, items++, sizes += WORD) {
        uint64_t a = load_word(sizes, 0);
        seen |= a;
        wrong |= a ^ items->len;
    }
    //@ admit ((seen | count) >> 32) == 0 ==> seen < 0x100000000 && count < 0x100000000;
    //@ assert seen < 0x100000000 && count < 0x100000000 ==> seen * count < 0x10000000000000000;
    return wrong == 0 && (seen & (width - 1)) == 0 && ((seen | count) >> 32) == 0 &&
           seen <= limits->item_bytes && seen * count <= limits->total_bytes && count <= limits->items;
}

/* "", u32 version, u32 1, u32 id, u32 0, u64 metadata length, {type, n, sizes}, items */
/*@ requires frames_at(f, count) && headers_at(CLIPPER_TO_CONTAINER, f, count);
    requires \valid_read(limits) && \valid(m) && \separated(m, f + (0 .. count - 1), limits);
    assigns *m;
    ensures \result == 0 ==> *m == \old(*m);
    ensures \result != 0 ==> m->as.request.item_count == count - REQUEST_HEAD; */
static int recognise_request(const clipper_frame *f, size_t count, const clipper_limits *limits,
                             clipper_message *m) {
    const uint8_t *words;
    uint64_t type;
    size_t n;
    if (count < REQUEST_HEAD)
        return 0;
    n = count - REQUEST_HEAD;
    if ((f[0].len | (f[1].len ^ 4) | (f[2].len ^ 4) | (f[3].len ^ 4) | (f[4].len ^ 4) | (f[5].len ^ WORD)) !=
        0)
        return 0;
    if (((clipper_load_u32(f[1].base) ^ CLIPPER_RPC_VERSION) | (clipper_load_u32(f[2].base) ^ WIRE_CONTENT) |
         (clipper_load_u32(f[4].base) ^ WIRE_PREDICTION)) != 0)
        return 0;
    if (f[6].len != clipper_load_u64(f[5].base) || f[6].len % WORD != 0 || f[6].len / WORD < TYPED_WORDS ||
        f[6].len / WORD - TYPED_WORDS != n)
        return 0;
    words = (const uint8_t *)f[6].base;
    type = load_word(words, 0);
    if (type > CLIPPER_TYPE_STRINGS || load_word(words, 1) != n ||
        !items_agree(words + WORD * TYPED_WORDS, f + REQUEST_HEAD, n,
                     clipper_data_width((clipper_data_type)type), limits))
        return 0;
    m->kind = CLIPPER_PREDICTION_REQUEST;
    m->direction = CLIPPER_TO_CONTAINER;
    m->rpc_version = CLIPPER_RPC_VERSION;
    m->as.request.id = clipper_load_u32(f[3].base);
    m->as.request.data_type = (clipper_data_type)type;
    m->as.request.items = f + REQUEST_HEAD;
    m->as.request.item_count = n;
    return 1;
}

/* "", u32 1, u32 id, u64 metadata length, [type,] n, sizes, items: the number of words tells the wire. */
/*@ requires frames_at(f, count) && headers_at(CLIPPER_TO_CLIPPER, f, count);
    requires \valid_read(limits) && \valid(m) && \separated(m, f + (0 .. count - 1), limits);
    assigns *m;
    ensures \result == 0 ==> *m == \old(*m);
    ensures \result != 0 ==> m->as.response.item_count == count - RESPONSE_HEAD; */
static int recognise_response(const clipper_frame *f, size_t count, const clipper_limits *limits,
                              clipper_message *m) {
    size_t n, head, width = 1;
    const uint8_t *words;
    uint64_t type = CLIPPER_TYPE_UNSTATED;
    if (count < RESPONSE_HEAD)
        return 0;
    n = count - RESPONSE_HEAD;
    if ((f[0].len | (f[1].len ^ 4) | (f[2].len ^ 4) | (f[3].len ^ WORD)) != 0)
        return 0;
    if (clipper_load_u32(f[1].base) != WIRE_CONTENT || f[4].len != clipper_load_u64(f[3].base) ||
        f[4].len % WORD != 0 || f[4].len / WORD < n)
        return 0;
    head = f[4].len / WORD - n;
    if (head != UNTYPED_WORDS && head != TYPED_WORDS)
        return 0;
    words = (const uint8_t *)f[4].base;
    if (load_word(words, head - 1) != n)
        return 0;
    if (head == TYPED_WORDS) {
        type = load_word(words, 0);
        if (type > CLIPPER_TYPE_STRINGS)
            return 0;
        width = clipper_data_width((clipper_data_type)type);
    }
    if (!items_agree(words + WORD * head, f + RESPONSE_HEAD, n, width, limits))
        return 0;
    m->kind = CLIPPER_PREDICTION_RESPONSE;
    m->direction = CLIPPER_TO_CLIPPER;
    m->wire = head == TYPED_WORDS ? CLIPPER_WIRE_DOCUMENT : CLIPPER_WIRE_RELEASE;
    m->as.response.id = clipper_load_u32(f[2].base);
    m->as.response.data_type = (clipper_data_type)type;
    m->as.response.items = f + RESPONSE_HEAD;
    m->as.response.item_count = n;
    return 1;
}

/* One frame after another through the grammar. */
/*@ requires frames_at(frames, count) && headers_at(d->direction_, frames, count) && count > 0;
    requires \valid(d) && sound(d) && d->state_ == AT_DELIMITER && d->frame_ == 0;
    requires \separated(d, frames + (0 .. count - 1));
    assigns *d;
    ensures d->state_ == FAILED ? has_failed(d) : no_diagnosis(&d->diagnosis); */
static void push_all(clipper_decoder *d, const clipper_frame *frames, size_t count) {
    size_t i;
    /*@ loop invariant 0 <= i <= count;
        loop invariant sound(d) && d->direction_ == \at(d->direction_, Pre);
        loop invariant d->state_ != FAILED;
        loop invariant d->frame_ == i;
        loop invariant d->state_ == AT_END <==> i == count;
        loop invariant kept{Pre, Here}(frames, count);
        loop invariant d->direction_ == CLIPPER_TO_CONTAINER &&
            d->state_ \in {AT_METADATA_LENGTH, AT_METADATA} ==> says(\at(frames[4], Pre), WIRE_PREDICTION);
        loop invariant AT_NAME <= d->state_ <= AT_RPC_VERSION ==>
            says(\at(frames[1], Pre), WIRE_NEW_CONTAINER);
        loop assigns i, *d;
        loop variant count - i; */
    for (i = 0; i < count; i++) {
        //@ assert d->state_ != AT_ITEM && d->state_ != AT_FEEDBACK ==> i == place(d->direction_, d->state_);
        /*@ assert d->state_ != AT_ITEM && d->state_ != AT_FEEDBACK ==>
                bytes_at(\at(frames[\at(i, Here)], Pre)); */
        if (clipper_decoder_push(d, frames[i], i + 1 < count) == CLIPPER_EVENT_ERROR)
            return;
        //@ assert d->direction_ == CLIPPER_TO_CONTAINER && d->state_ == AT_METADATA_LENGTH ==> i == 4;
    }
}

/* The whole message through the grammar. Out of line: it is the rare way, and its decoder is large. */
/*@ requires frames_at(frames, count) && headers_at(direction, frames, count);
    requires \valid_read(options) && \valid(message) && (diagnosis != \null ==> \valid(diagnosis));
    requires \separated(message, diagnosis, frames + (0 .. count - 1)) &&
        \separated(options, message, diagnosis);
    assigns *message, *diagnosis;
    ensures \result != CLIPPER_OK ==> no_message(message);
    ensures diagnosis != \null ==> diagnosis->error == \result;
    ensures diagnosis != \null && \result == CLIPPER_OK ==> no_diagnosis(diagnosis); */
static clipper_error decode_by_frame(clipper_direction direction, const clipper_frame *frames, size_t count,
                                     const clipper_options *options, clipper_message *message,
                                     clipper_diagnosis *diagnosis) {
    clipper_decoder decoder;
    //@ assert headers_at(direction, frames, count);
    clipper_decoder_init(&decoder, direction, options);
    //@ assert kept{Pre, Here}(frames, count);
    //@ assert headers_at(direction, frames, count);
    if (count == 0)
        decoder.diagnosis.error = CLIPPER_EMPTY_MESSAGE;
    else
        push_all(&decoder, frames, count);
    /*@ assert decoder.diagnosis.error == CLIPPER_OK ? no_diagnosis(&decoder.diagnosis)
                                                     : no_message(&decoder.message); */
    *message = decoder.message;
    /*@ assert decoder.diagnosis.error != CLIPPER_OK ==>
            no_message(message) && message->kind == CLIPPER_NO_MESSAGE; */
    if (message->kind == CLIPPER_PREDICTION_REQUEST)
        message->as.request.items = frames + REQUEST_HEAD;
    else if (message->kind == CLIPPER_PREDICTION_RESPONSE)
        message->as.response.items = frames + RESPONSE_HEAD;
    else if (message->kind == CLIPPER_FEEDBACK_REQUEST)
        message->as.feedback.frames = frames + FEEDBACK_HEAD;
    //@ assert decoder.diagnosis.error != CLIPPER_OK ==> no_message(message);
    if (diagnosis)
        *diagnosis = decoder.diagnosis;
    //@ assert diagnosis != \null && decoder.diagnosis.error == CLIPPER_OK ==> no_diagnosis(diagnosis);
    return decoder.diagnosis.error;
}

/*@ requires frames_at(frames, count) && headers_at(direction, frames, count);
    requires \valid_read(limits) && \valid(message) && \separated(message, frames + (0 .. count - 1), limits);
    assigns *message; */
static inline int recognise(clipper_direction direction, const clipper_frame *frames, size_t count,
                            const clipper_limits *limits, clipper_message *message) {
    return direction == CLIPPER_TO_CONTAINER ? recognise_request(frames, count, limits, message)
                                             : recognise_response(frames, count, limits, message);
}

/*@ requires frames_at(frames, count) && headers_at(direction, frames, count);
    requires options != \null ==> \valid_read(options);
    requires \valid(message) && (diagnosis != \null ==> \valid(diagnosis));
    requires \separated(message, diagnosis, frames + (0 .. count - 1)) &&
        \separated(options, message, diagnosis);
    assigns *message, *diagnosis;
    ensures \result != CLIPPER_OK ==> no_message(message);
    ensures diagnosis != \null ==> diagnosis->error == \result;
    ensures diagnosis != \null && \result == CLIPPER_OK ==> no_diagnosis(diagnosis); */
clipper_error clipper_decode(clipper_direction direction, const clipper_frame *frames, size_t count,
                             const clipper_options *options, clipper_message *message,
                             clipper_diagnosis *diagnosis) {
    clipper_options chosen = options ? *options : clipper_default_options();
    clear_message(message);
    //@ assert kept{Pre, Here}(frames, count);
    //@ assert headers_at(direction, frames, count);
    if (chosen.era == CLIPPER_ERA_V3 && recognise(direction, frames, count, &chosen.limits, message)) {
        if (diagnosis)
            clear_diagnosis(diagnosis);
        return CLIPPER_OK;
    }
    //@ assert kept{Pre, Here}(frames, count);
    //@ assert headers_at(direction, frames, count);
    return decode_by_frame(direction, frames, count, &chosen, message, diagnosis);
}
