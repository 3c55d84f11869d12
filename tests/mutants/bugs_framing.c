/* Bugs in how messages are cut into frames and numbers into bytes. */
#include "mutant.h"

#include <zmq.h>

static fate no_delimiter(mutant *m, message *out) {
    (void)m;
    message_remove(out, 0);
    return PASS;
}

static fate two_delimiters(mutant *m, message *out) {
    (void)m;
    message_insert(out, 0, NULL, 0);
    return PASS;
}

static fate big_endian(mutant *m, message *out) {
    const uint32_t type = message_u32(out, MESSAGE_TYPE);
    (void)m;
    message_set_u32(out, MESSAGE_TYPE, type << 24);
    return PASS;
}

static fate wide_message_type(mutant *m, message *out) {
    const uint32_t type = message_u32(out, MESSAGE_TYPE);
    (void)m;
    message_set_u64(out, MESSAGE_TYPE, type);
    return PASS;
}

static fate heartbeat_as_type_3(mutant *m, message *out) {
    (void)m;
    if (is_heartbeat(out))
        message_set_u32(out, MESSAGE_TYPE, 3);
    return PASS;
}

static fate outbound_version_tag(mutant *m, message *out) {
    (void)m;
    message_insert_u32(out, 1, 3);
    return PASS;
}

static fate trailing_frame(mutant *m, message *out) {
    (void)m;
    if (is_response(out))
        message_insert(out, out->count, NULL, 0);
    return PASS;
}

/* Each frame of a response as a message of its own. */
static fate frames_apart(mutant *m, message *out) {
    if (!is_response(out))
        return PASS;
    for (size_t i = 0; i < out->count; i++) {
        message one = {0};
        message_copy(&one, &out->frames[i], 1);
        edge_send(m, &one);
        message_clear(&one);
    }
    return DROP;
}

/* How many frames a reader takes that believes what the first ones say; 0 while they do not say it yet. */
static size_t frames_wanted(const message *frames) {
    uint64_t items;
    if (message_u32(frames, IN_MESSAGE_TYPE) == 2)
        return IN_HEARTBEAT_TYPE + 1;
    if (frames->count <= IN_METADATA)
        return 0;
    items = message_word(frames, IN_METADATA, 1);
    return items < 100000 ? IN_ITEMS + (size_t)items : IN_ITEMS;
}

/* Released containers receive frame after frame: they block on a message that is too short, and what a
 * message has too many is the beginning of the next one. */
static fate frame_by_frame(mutant *m, message *in) {
    size_t wanted;
    message rest = {0};
    message_append(&m->kept, in);
    wanted = frames_wanted(&m->kept);
    if (wanted == 0 || m->kept.count < wanted)
        return DROP;
    message_copy(&rest, &m->kept.frames[wanted], m->kept.count - wanted);
    message_truncate(&m->kept, wanted);
    message_append(in, &m->kept);
    message_clear(&m->kept);
    m->kept = rest;
    return PASS;
}

static void set_identity(void *socket) {
    zmq_setsockopt(socket, ZMQ_ROUTING_ID, "container", 9);
}

static void fixed_identity(mutant *m) {
    (void)m;
    before_connect = set_identity;
}

static const bug bugs[] = {
    {"no-delimiter", "messages begin with the message type, without the empty frame before it", "FRM-1",
     .sending = no_delimiter},
    {"two-delimiters", "messages begin with two empty frames, as through a REQ socket", "FRM-1 FRM-2",
     .sending = two_delimiters},
    {"big-endian", "the message type is written in big-endian order", "FRM-4 FRM-5", .sending = big_endian},
    {"wide-message-type", "the message type has 8 bytes", "FRM-4 FRM-5", .sending = wide_message_type},
    {"heartbeat-as-type-3", "heartbeats have the message type 3", "FRM-5 HB-1",
     .sending = heartbeat_as_type_3},
    {"outbound-version-tag", "outbound messages carry the version tag, as inbound ones do", "FRM-6 HB-1",
     .sending = outbound_version_tag},
    {"trailing-frame", "responses end with one more frame, an empty one", "FRM-8 PRED-4 PRED-5",
     .sending = trailing_frame},
    {"frames-apart", "each frame of a response is sent as a message of its own", "FRM-1 FRM-8 PRED-5",
     .sending = frames_apart},
    {"frame-by-frame",
     "receives frame after frame: blocks on a short message, takes what is too much for the next one "
     "(released)",
     "FRM-9 MAL-1 MAL-2 MAL-3", .received = frame_by_frame},
    {"fixed-identity", "every socket has the same routing identity", "FRM-10 REG-20 TMO-1 TMO-7",
     .ready = fixed_identity},
};

const bug_group framing_bugs = {bugs, COUNT(bugs)};
