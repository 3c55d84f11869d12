/* What a message is, and new ones. */
#include "mutant.h"

#include <stdlib.h>

/* ---- Outbound --------------------------------------------------------------------------------------- */

bool is_heartbeat(const message *out) {
    return out->count == 2 && message_u32(out, MESSAGE_TYPE) == 2;
}

bool is_new_container(const message *out) {
    return out->count > 2 && message_u32(out, MESSAGE_TYPE) == 0;
}

bool is_response(const message *out) {
    return out->count >= OUT_ITEMS && message_u32(out, MESSAGE_TYPE) == 1;
}

/* ---- Inbound ---------------------------------------------------------------------------------------- */

static clipper_kind kind_of(const message *in) {
    clipper_message decoded;
    clipper_decode(CLIPPER_TO_CONTAINER, in->frames, in->count, NULL, &decoded, NULL);
    return decoded.kind;
}

clipper_error judge(const message *in) {
    clipper_message decoded;
    return clipper_decode(CLIPPER_TO_CONTAINER, in->frames, in->count, NULL, &decoded, NULL);
}

bool is_inbound_heartbeat(const message *in) {
    return kind_of(in) == CLIPPER_HEARTBEAT;
}

bool is_keep_alive(const message *in) {
    return is_inbound_heartbeat(in) && message_u32(in, IN_HEARTBEAT_TYPE) == CLIPPER_KEEP_ALIVE;
}

bool is_metadata_request(const message *in) {
    return is_inbound_heartbeat(in) && message_u32(in, IN_HEARTBEAT_TYPE) == CLIPPER_SEND_METADATA;
}

bool is_request(const message *in) {
    return kind_of(in) == CLIPPER_PREDICTION_REQUEST;
}

bool is_feedback(const message *in) {
    return kind_of(in) == CLIPPER_FEEDBACK_REQUEST;
}

bool is_version_mismatch(const message *in) {
    return judge(in) == CLIPPER_VERSION_MISMATCH;
}

bool is_malformed(const message *in) {
    const clipper_error error = judge(in);
    return error != CLIPPER_OK && error != CLIPPER_VERSION_MISMATCH;
}

/* ---- Metadata --------------------------------------------------------------------------------------- */

/* Writes the length field at frame LENGTH, and after it the metadata: TYPE if it is TYPED, the count, the
 * sizes. */
static void settle(message *m, size_t length, bool typed, uint64_t type) {
    const size_t items = length + 2, count = m->count - items, words = (typed ? 2 : 1) + count;
    unsigned char *word;
    message_set(m, length + 1, NULL, 8 * words);
    message_set_u64(m, length, 8 * words);
    word = message_bytes(m, length + 1);
    if (typed) {
        word[0] = (unsigned char)type;
        word += 8;
    }
    for (size_t i = 0; i <= count; i++) {
        const uint64_t value = i == 0 ? count : m->frames[items + i - 1].len;
        for (size_t b = 0; b < 8; b++)
            word[8 * i + b] = (unsigned char)(value >> 8 * b);
    }
}

void settle_request(message *in) {
    settle(in, IN_LENGTH, true, message_word(in, IN_METADATA, 0));
}

void settle_response(mutant *m, message *out) {
    settle(out, OUT_LENGTH, m->config.wire == CLIPPER_WIRE_DOCUMENT, CLIPPER_TYPE_STRINGS);
}

/* ---- New messages ----------------------------------------------------------------------------------- */

void make_heartbeat(message *out) {
    message_truncate(out, 0);
    message_insert(out, 0, NULL, 0);
    message_insert_u32(out, MESSAGE_TYPE, 2);
}

void make_new_container(const mutant *m, message *out) {
    const char digit = (char)('0' + (int)m->config.input_type);
    message_truncate(out, 0);
    message_insert(out, 0, NULL, 0);
    message_insert_u32(out, MESSAGE_TYPE, 0);
    message_insert(out, NEW_NAME, m->config.model_name, strlen(m->config.model_name));
    message_insert(out, NEW_MODEL_VERSION, m->config.model_version, strlen(m->config.model_version));
    message_insert(out, NEW_INPUT_TYPE, &digit, 1);
    if (m->config.wire == CLIPPER_WIRE_RELEASE)
        message_insert_u32(out, NEW_RPC_VERSION, 3);
}

void make_keep_alive(message *in) {
    message_truncate(in, 0);
    message_insert(in, 0, NULL, 0);
    message_insert_u32(in, IN_VERSION, 3);
    message_insert_u32(in, IN_MESSAGE_TYPE, 2);
    message_insert_u32(in, IN_HEARTBEAT_TYPE, CLIPPER_KEEP_ALIVE);
}

void make_response(mutant *m, message *out, uint32_t id) {
    message_truncate(out, 0);
    message_insert(out, 0, NULL, 0);
    message_insert_u32(out, MESSAGE_TYPE, 1);
    message_insert_u32(out, OUT_ID, id);
    message_insert(out, OUT_LENGTH, NULL, 8);
    message_insert(out, OUT_METADATA, NULL, 8);
    message_insert(out, OUT_ITEMS, NULL, 0);
    settle_response(m, out);
}
