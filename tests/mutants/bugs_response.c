/* Bugs in responses: their layout, their ids, how many there are. */
#include "mutant.h"

#include <stdlib.h>

static fate length_in_words(mutant *m, message *out) {
    (void)m;
    if (is_response(out))
        message_set_u64(out, OUT_LENGTH, out->frames[OUT_METADATA].len / 8);
    return PASS;
}

static fate length_zero(mutant *m, message *out) {
    (void)m;
    if (is_response(out))
        message_set_u64(out, OUT_LENGTH, 0);
    return PASS;
}

static fate length_narrow(mutant *m, message *out) {
    (void)m;
    if (is_response(out))
        message_set_u32(out, OUT_LENGTH, (uint32_t)out->frames[OUT_METADATA].len);
    return PASS;
}

/* Sizes that count a NUL which is not sent. */
static fate sizes_with_nul(mutant *m, message *out) {
    unsigned char *metadata;
    size_t items;
    (void)m;
    if (!is_response(out))
        return PASS;
    items = out->count - OUT_ITEMS;
    metadata = message_bytes(out, OUT_METADATA) + out->frames[OUT_METADATA].len - 8 * items;
    for (size_t i = 0; i < items; i++)
        metadata[8 * i]++;
    return PASS;
}

static fate request_type(mutant *m, message *out) {
    (void)m;
    if (is_response(out))
        message_insert_u32(out, OUT_ID + 1, 0);
    return PASS;
}

/* The other wire's metadata. */
static fate other_layout(mutant *m, message *out) {
    mutant other = *m;
    if (!is_response(out))
        return PASS;
    other.config.wire = m->config.wire == CLIPPER_WIRE_RELEASE ? CLIPPER_WIRE_DOCUMENT : CLIPPER_WIRE_RELEASE;
    settle_response(&other, out);
    return PASS;
}

/* As the releases before version 3: {u32 count, u32 lengths, the bytes of all outputs} in one frame. */
static fate one_frame(mutant *m, message *out) {
    message all = {0};
    size_t len = 0, count, at;
    (void)m;
    if (!is_response(out))
        return PASS;
    count = out->count - OUT_ITEMS;
    for (size_t i = 0; i < count; i++)
        len += out->frames[OUT_ITEMS + i].len;
    message_insert(&all, 0, NULL, 4 + 4 * count + len);
    at = 4 + 4 * count;
    for (size_t i = 0; i <= count; i++) {
        const size_t number = i == 0 ? count : out->frames[OUT_ITEMS + i - 1].len;
        for (size_t b = 0; b < 4; b++)
            message_bytes(&all, 0)[4 * i + b] = (unsigned char)(number >> 8 * b);
        if (i == 0)
            continue;
        memcpy(message_bytes(&all, 0) + at, out->frames[OUT_ITEMS + i - 1].base, number);
        at += number;
    }
    message_truncate(out, OUT_LENGTH);
    message_append(out, &all);
    message_clear(&all);
    return PASS;
}

static fate id_31_bits(mutant *m, message *out) {
    (void)m;
    if (is_response(out))
        message_set_u32(out, OUT_ID, message_u32(out, OUT_ID) & 0x7fffffff);
    return PASS;
}

static fate id_16_bits(mutant *m, message *out) {
    (void)m;
    if (is_response(out))
        message_set_u32(out, OUT_ID, message_u32(out, OUT_ID) & 0xffff);
    return PASS;
}

static fate wide_id(mutant *m, message *out) {
    const uint32_t id = message_u32(out, OUT_ID);
    (void)m;
    if (is_response(out))
        message_set_u64(out, OUT_ID, id);
    return PASS;
}

static fate id_counted(mutant *m, message *out) {
    if (is_response(out))
        message_set_u32(out, OUT_ID, (uint32_t)m->number++);
    return PASS;
}

static fate id_zero_is_none(mutant *m, message *in) {
    (void)m;
    return is_request(in) && message_u32(in, IN_ID) == 0 ? DROP : PASS;
}

static fate id_all_ones_is_none(mutant *m, message *in) {
    (void)m;
    return is_request(in) && message_u32(in, IN_ID) == UINT32_MAX ? DROP : PASS;
}

/* An id that came before is taken for a repetition. M->KEPT has a frame for each. */
static fate id_once(mutant *m, message *in) {
    if (!is_request(in))
        return PASS;
    for (size_t i = 0; i < m->kept.count; i++) {
        if (message_u32(&m->kept, i) == message_u32(in, IN_ID))
            return DROP;
    }
    message_insert_u32(&m->kept, m->kept.count, message_u32(in, IN_ID));
    return PASS;
}

/* M->NUMBER is the id of the latest request. */
static fate note_id(mutant *m, message *in) {
    if (is_request(in))
        m->number = message_u32(in, IN_ID);
    return PASS;
}

static fate latest_id(mutant *m, message *out) {
    if (is_response(out))
        message_set_u32(out, OUT_ID, (uint32_t)m->number);
    return PASS;
}

/* M->NUMBER counts unanswered requests. */
static fate one_at_a_time(mutant *m, message *in) {
    if (!is_request(in))
        return PASS;
    if (m->number > 0)
        return DROP;
    m->number++;
    return PASS;
}

static fate count_answer(mutant *m, message *out) {
    if (is_response(out) && m->number > 0)
        m->number--;
    return PASS;
}

static fate answers_twice(mutant *m, message *out) {
    if (is_response(out))
        edge_send(m, out);
    return PASS;
}

static fate every_third_lost(mutant *m, message *out) {
    return is_response(out) && ++m->number % 3 == 0 ? DROP : PASS;
}

static fate answers_keep_alive_with_latest(mutant *m, message *in) {
    if (is_keep_alive(in) && m->kept.count > 0)
        edge_send(m, &m->kept);
    return PASS;
}

static fate keep_latest(mutant *m, message *out) {
    if (is_response(out))
        message_copy(&m->kept, out->frames, out->count);
    return PASS;
}

/* Text of Latin-1. */
static fate latin1(mutant *m, message *out) {
    if (!is_response(out))
        return PASS;
    for (size_t i = OUT_ITEMS; i < out->count; i++) {
        const size_t len = out->frames[i].len;
        message_resize(out, i, len + 1);
        message_bytes(out, i)[len] = 0xe9;
    }
    settle_response(m, out);
    return PASS;
}

static void set_response_type(const mutant *m, message *out, unsigned char type) {
    if (is_response(out) && m->config.wire == CLIPPER_WIRE_DOCUMENT)
        message_bytes(out, OUT_METADATA)[0] = type;
}

static fate type_9(mutant *m, message *out) {
    set_response_type(m, out, 9);
    return PASS;
}

static fate type_of_input(mutant *m, message *out) {
    set_response_type(m, out, (unsigned char)m->config.input_type);
    return PASS;
}

static const bug bugs[] = {
    {"length-in-words", "the metadata length of a response counts words, not bytes", "PRED-3",
     .sending = length_in_words},
    {"length-zero", "the metadata length of a response is always 0", "PRED-3", .sending = length_zero},
    {"length-narrow", "the metadata length of a response has 4 bytes", "PRED-5 FRM-4",
     .sending = length_narrow},
    {"sizes-with-nul", "the sizes in a response count a NUL that is not sent", "PRED-4",
     .sending = sizes_with_nul},
    {"response-with-request-type", "responses have a request type, as requests do", "PRED-5",
     .sending = request_type},
    {"other-wire-header",
     "the metadata of a response is the other wire's: with a data type on the release wire, without on the "
     "document's",
     "PRED-8 PRED-9 PRED-33 PRED-5", .sending = other_layout},
    {"outputs-in-one-frame",
     "all outputs are in one frame, without metadata, as in releases before version 3", "PRED-5 PRED-4 FRM-8",
     .sending = one_frame},
    {"id-31-bits", "the highest bit of message ids is lost", "PRED-6 PRED-7", .sending = id_31_bits},
    {"id-16-bits", "the upper half of message ids is lost", "PRED-6 PRED-7", .sending = id_16_bits},
    {"wide-id", "the message id of a response has 8 bytes (released JVM before version 3)",
     "PRED-5 PRED-6 FRM-4", .sending = wide_id},
    {"id-counted", "responses are numbered from 0, whatever id their request had", "PRED-6",
     .sending = id_counted},
    {"id-0-is-none", "a request with the id 0 is not answered", "PRED-7 PRED-13",
     .received = id_zero_is_none},
    {"id-all-ones-is-none", "a request with the id 0xffffffff is not answered", "PRED-7 PRED-13",
     .received = id_all_ones_is_none},
    {"id-once", "a request with an id that came before is not answered", "PRED-7 PRED-13",
     .received = id_once},
    {"latest-id", "a response has the id of the request that came last", "PRED-15 PRED-6",
     .received = note_id, .sending = latest_id},
    {"one-at-a-time", "drops requests that come while another one is unanswered",
     "PRED-15 PRED-13 LOAD-1 LOAD-2", .received = one_at_a_time, .sending = count_answer},
    {"answers-twice", "sends each response twice", "PRED-13 LOAD-1", .sending = answers_twice},
    {"every-third-lost", "every third request is not answered", "PRED-13 LOAD-1",
     .sending = every_third_lost},
    {"answers-again-on-keep-alive", "sends its latest response again on a keep-alive", "PRED-13 HB-5",
     .received = answers_keep_alive_with_latest, .sending = keep_latest},
    {"latin-1-outputs", "outputs end with a letter in Latin-1", "PRED-16", .sending = latin1},
    {"response-type-9", "the data type of a response is 9 (document wire)", "PRED-17 PRED-8",
     .sending = type_9},
    {"response-type-of-input",
     "the data type of a response is that of its request, though the outputs are text (document wire)",
     "PRED-17", .sending = type_of_input},
};

const bug_group response_bugs = {bugs, COUNT(bugs)};
