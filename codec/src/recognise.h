/* The recogniser of predictions, which are nearly all the traffic: a fast path for whole messages. It accepts
 * only what is plainly correct. Everything else it refuses, also what it cannot decide, and the grammar
 * (grammar.c) decodes it.
 *
 * Invariant: what the recogniser accepts, the grammar accepts with the same meaning, and a refusal leaves the
 * message as it was. The two are held equal by tests and by a fuzz target. An acceptance needs no diagnosis,
 * so the recogniser need not know why it refuses.
 *
 * A header, so that the decoder has it inline (a call would cost a fifth of the decoding of one item) and its
 * tests see it by itself. */
#ifndef CLIPPER_CODEC_RECOGNISE_H
#define CLIPPER_CODEC_RECOGNISE_H

#include "wire.h"

/* The COUNT size words at SIZES agree with ITEMS and are within the limits, each a multiple of WIDTH (a power
 * of two).
 *
 * One pass without an early exit, checked once at its end. SEEN, all sizes OR-ed, is not less than any of
 * them: when it is within the item limit, so is each; when COUNT times SEEN is within the total limit, so is
 * the sum (below 2^32 each, the product cannot wrap). Sizes that are refused for being near a limit, the
 * grammar adds up exactly. */
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
static inline int recognise_request(const clipper_frame *f, size_t count, const clipper_limits *limits,
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

/* "", u32 1, u32 id, u64 metadata length, [type,] n, sizes, items: the number of words shows the wire. */
static inline int recognise_response(const clipper_frame *f, size_t count, const clipper_limits *limits,
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

static inline int recognise(clipper_direction direction, const clipper_frame *frames, size_t count,
                            const clipper_limits *limits, clipper_message *message) {
    return direction == CLIPPER_TO_CONTAINER ? recognise_request(frames, count, limits, message)
                                             : recognise_response(frames, count, limits, message);
}

#endif
