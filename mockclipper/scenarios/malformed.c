/* What a container does with messages that are none of the protocol's: it drops them whole and goes on. After
 * each comes a canary, which must be answered, and answered first. Metadata is malformed in
 * malformed_metadata.c. */
#include "scenarios/malformed.h"

/* ---- Too short, too long ---------------------------------------------------------------------------- */

/* A request of which only the first COUNT frames are sent. */
static void truncated_to(talk *t, size_t count) {
    draft *spoiled = request_to_spoil(t);
    talk_register(t);
    draft_cut(spoiled, count);
    send_malformed(t, spoiled);
}

static void ends_after_version(talk *t) {
    truncated_to(t, FRAME_VERSION + 1);
}

static void ends_after_type(talk *t) {
    truncated_to(t, FRAME_MESSAGE_TYPE + 1);
}

static void ends_after_id(talk *t) {
    truncated_to(t, FRAME_ID + 1);
}

static void ends_after_request_type(talk *t) {
    truncated_to(t, FRAME_REQUEST_TYPE + 1);
}

static void ends_after_length(talk *t) {
    truncated_to(t, FRAME_METADATA_LENGTH + 1);
}

static void ends_after_metadata(talk *t) {
    truncated_to(t, FRAME_METADATA + 1);
}

static void missing_item(talk *t) {
    truncated_to(t, FRAME_ITEMS + 2);
}

static void extra_item(talk *t) {
    draft *spoiled = request_to_spoil(t);
    talk_register(t);
    draft_append(spoiled, "12345678", 8);
    send_malformed(t, spoiled);
}

static void short_heartbeat(talk *t) {
    talk_register(t);
    for (size_t count = FRAME_VERSION + 1; count <= FRAME_MESSAGE_TYPE + 1; count++) {
        draft *spoiled = draft_heartbeat(CLIPPER_KEEP_ALIVE);
        draft_cut(spoiled, count);
        send_malformed(t, spoiled);
    }
}

static void long_heartbeat(talk *t) {
    draft *spoiled = draft_heartbeat(CLIPPER_SEND_METADATA);
    talk_register(t);
    draft_append(spoiled, "\0\0\0\0", 4);
    send_malformed(t, spoiled);
}

/* ---- Types ------------------------------------------------------------------------------------------ */

static void unknown_message_type(talk *t) {
    static const uint32_t types[] = {3, 0x01000000, 0xffffffff};
    talk_register(t);
    for (size_t i = 0; i < COUNT(types); i++) {
        draft *spoiled = request_to_spoil(t);
        draft_set_u32(spoiled, FRAME_MESSAGE_TYPE, types[i]);
        send_malformed(t, spoiled);
    }
}

static void unknown_request_type(talk *t) {
    static const uint32_t types[] = {2, 0xffffffff};
    talk_register(t);
    for (size_t i = 0; i < COUNT(types); i++) {
        draft *spoiled = request_to_spoil(t);
        draft_set_u32(spoiled, FRAME_REQUEST_TYPE, types[i]);
        send_malformed(t, spoiled);
    }
}

/* ---- Widths ----------------------------------------------------------------------------------------- */

/* Requests in which one field of fixed width is a byte too short, and a byte too long. */
static void of_wrong_width(talk *t, size_t frame) {
    talk_register(t);
    for (int by = -1; by <= 1; by += 2) {
        draft *spoiled = request_to_spoil(t);
        draft_resize(spoiled, frame, (size_t)((long)spoiled->frames[frame].len + by));
        send_malformed(t, spoiled);
    }
}

static void type_of_wrong_width(talk *t) {
    of_wrong_width(t, FRAME_MESSAGE_TYPE);
}

static void id_of_wrong_width(talk *t) {
    of_wrong_width(t, FRAME_ID);
}

static void request_type_of_wrong_width(talk *t) {
    of_wrong_width(t, FRAME_REQUEST_TYPE);
}

static void length_of_wrong_width(talk *t) {
    of_wrong_width(t, FRAME_METADATA_LENGTH);
}

static void heartbeat_type_of_wrong_width(talk *t) {
    talk_register(t);
    for (size_t len = 3; len <= 5; len += 2) {
        draft *spoiled = draft_heartbeat(CLIPPER_SEND_METADATA);
        draft_resize(spoiled, FRAME_HEARTBEAT_TYPE, len);
        send_malformed(t, spoiled);
    }
}

/* ---- Delimiters ------------------------------------------------------------------------------------- */

static void no_delimiter(talk *t) {
    draft *spoiled = request_to_spoil(t);
    talk_register(t);
    draft_remove(spoiled, FRAME_DELIMITER);
    send_malformed(t, spoiled);
}

static void two_delimiters(talk *t) {
    draft *spoiled = request_to_spoil(t);
    talk_register(t);
    draft_insert(spoiled, FRAME_DELIMITER, "", 0);
    send_malformed(t, spoiled);
}

static void only_a_delimiter(talk *t) {
    truncated_to(t, FRAME_DELIMITER + 1);
}

/* ---- Messages of other kinds ------------------------------------------------------------------------ */

static void inbound_new_container(talk *t) {
    draft *spoiled = draft_heartbeat(CLIPPER_KEEP_ALIVE);
    talk_register(t);
    draft_set_u32(spoiled, FRAME_MESSAGE_TYPE, 0);
    draft_replace(spoiled, FRAME_HEARTBEAT_TYPE, "model", 5);
    draft_append(spoiled, "1", 1);
    draft_append(spoiled, "3", 1);
    send_malformed(t, spoiled);
}

static void feedback(talk *t) {
    draft *spoiled = request_to_spoil(t);
    talk_register(t);
    draft_set_u32(spoiled, FRAME_REQUEST_TYPE, 1);
    send_malformed(t, spoiled);
    spoiled = request_to_spoil(t);
    draft_set_u32(spoiled, FRAME_REQUEST_TYPE, 1);
    draft_cut(spoiled, FRAME_REQUEST_TYPE + 1);
    send_malformed(t, spoiled);
}

/* ---- Floods ----------------------------------------------------------------------------------------- */

/* A message of random frames, or a request with a random flaw. Never one of another version. */
static draft *garbage(talk *t) {
    random_source *random = talk_random(t);
    uint8_t bytes[32];
    draft *spoiled =
        random_below(random, 2) == 0 ? request_to_spoil(t) : draft_heartbeat(CLIPPER_SEND_METADATA);
    switch (random_below(random, 4)) {
    case 0:
        draft_cut(spoiled, FRAME_VERSION + 1);
        break;
    case 1:
        draft_append(spoiled, "x", 1);
        break;
    case 2:
        draft_resize(spoiled, FRAME_MESSAGE_TYPE, random_below(random, 4));
        break;
    default:
        draft_cut(spoiled, FRAME_VERSION + 1);
        for (uint64_t frames = random_below(random, 6); frames > 0; frames--) {
            for (size_t i = 0; i < sizeof bytes; i++)
                bytes[i] = (uint8_t)random_next(random);
            /* Never 4 bytes: that might be a message type. */
            draft_append(spoiled, bytes, 5 + random_below(random, 28));
        }
        break;
    }
    return spoiled;
}

static void burst(talk *t) {
    talk_register(t);
    for (int i = 0; i < 1000; i++)
        talk_send_draft(t, garbage(t));
    talk_expect_dropped(t);
}

static void burst_between_requests(talk *t) {
    batch *items = talk_uniform_batch(t, 2, 3);
    uint32_t first = 100000;
    talk_register(t);
    for (uint32_t i = 0; i < 50; i++) {
        talk_send_draft(t, garbage(t));
        talk_send_request_as(t, first + i, items);
    }
    talk_expect_responses(t, first, 50, items);
}

static void logged(talk *t) {
    size_t before;
    talk_register(t);
    talk_canary(t);
    before = talk_output_so_far(t);
    draft *spoiled = request_to_spoil(t);
    draft_append(spoiled, "x", 1);
    send_malformed(t, spoiled);
    talk_expect_output_since(t, before, 1, 16 * 1024);
    for (int i = 0; i < 2000; i++)
        talk_send_draft(t, garbage(t));
    talk_expect_dropped(t);
    talk_expect_output_since(t, before, 1, 128 * 1024);
}

static const scenario scenarios[] = {
    {
        .id = "malformed/ends-after-version",
        .title = "a message that ends after the version is dropped",
        .requirements = "MAL-2 MAL-1 FRM-9",
        .passes = "The message ends after its second frame. " PASSES_DROPPED,
        .fails = FAILS,
        .play = ends_after_version,
    },
    {
        .id = "malformed/ends-after-type",
        .title = "a message that ends after the message type is dropped",
        .requirements = "MAL-2 MAL-1 FRM-9",
        .passes = "A container content message ends after its message type. " PASSES_DROPPED,
        .fails = FAILS,
        .play = ends_after_type,
    },
    {
        .id = "malformed/ends-after-id",
        .title = "a request that ends after the message id is dropped",
        .requirements = "MAL-2 MAL-1 FRM-9",
        .passes = "A request ends after its message id. " PASSES_DROPPED,
        .fails = FAILS,
        .play = ends_after_id,
    },
    {
        .id = "malformed/ends-after-request-type",
        .title = "a request that ends after the request type is dropped",
        .requirements = "MAL-2 MAL-1 FRM-9",
        .passes = "A request ends after its request type. " PASSES_DROPPED,
        .fails = FAILS,
        .play = ends_after_request_type,
    },
    {
        .id = "malformed/ends-after-length",
        .title = "a request that ends before its metadata is dropped",
        .requirements = "MAL-2 MAL-1 FRM-9",
        .passes = "A request ends after its metadata length field. " PASSES_DROPPED,
        .fails = FAILS,
        .play = ends_after_length,
    },
    {
        .id = "malformed/ends-after-metadata",
        .title = "a request that ends before its items is dropped",
        .requirements = "MAL-2 MAL-1 FRM-9",
        .passes = "A request for three items has none. " PASSES_DROPPED,
        .fails = FAILS,
        .play = ends_after_metadata,
    },
    {
        .id = "malformed/missing-item",
        .title = "a request with an item too few is dropped",
        .requirements = "MAL-2 MAL-1 FRM-9",
        .passes = "A request for three items has two. " PASSES_DROPPED,
        .fails = FAILS,
        .play = missing_item,
    },
    {
        .id = "malformed/extra-item",
        .title = "a request with an item too many is dropped",
        .requirements = "MAL-3 MAL-1 FRM-9",
        .passes = "A request for three items has four. " PASSES_DROPPED,
        .fails = FAILS,
        .play = extra_item,
    },
    {
        .id = "malformed/short-heartbeat",
        .title = "a heartbeat that ends too early is dropped",
        .requirements = "MAL-2 MAL-1 FRM-9",
        .passes = "Heartbeats end after the version, and after the message type. " PASSES_DROPPED,
        .fails = FAILS,
        .play = short_heartbeat,
    },
    {
        .id = "malformed/long-heartbeat",
        .title = "a heartbeat with a frame too many is dropped",
        .requirements = "MAL-3 MAL-1 FRM-9",
        .passes = "A heartbeat that asks for the metadata has a fifth frame. " PASSES_DROPPED,
        .fails = FAILS,
        .play = long_heartbeat,
    },
    {
        .id = "malformed/unknown-message-type",
        .title = "a message of an unknown type is dropped",
        .requirements = "MAL-11 MAL-1",
        .passes = "Messages come with the types 3, 1 with its bytes swapped, and 0xffffffff. " PASSES_DROPPED,
        .fails = FAILS,
        .play = unknown_message_type,
    },
    {
        .id = "malformed/unknown-request-type",
        .title = "a request of an unknown type is dropped",
        .requirements = "MAL-12 MAL-1",
        .passes = "Container content messages come with the request types 2 and 0xffffffff. " PASSES_DROPPED,
        .fails = FAILS,
        .play = unknown_request_type,
    },
    {
        .id = "malformed/type-of-wrong-width",
        .title = "a message type of 3 or 5 bytes makes a message malformed",
        .requirements = "MAL-13 MAL-1",
        .passes = "The message type of a request is a byte short, then a byte long. " PASSES_DROPPED,
        .fails = FAILS,
        .play = type_of_wrong_width,
    },
    {
        .id = "malformed/id-of-wrong-width",
        .title = "a message id of 3 or 5 bytes makes a request malformed",
        .requirements = "MAL-13 MAL-1",
        .passes = "The message id of a request is a byte short, then a byte long. " PASSES_DROPPED,
        .fails = FAILS,
        .play = id_of_wrong_width,
    },
    {
        .id = "malformed/request-type-of-wrong-width",
        .title = "a request type of 3 or 5 bytes makes a request malformed",
        .requirements = "MAL-13 MAL-1",
        .passes = "The request type of a request is a byte short, then a byte long. " PASSES_DROPPED,
        .fails = FAILS,
        .play = request_type_of_wrong_width,
    },
    {
        .id = "malformed/length-of-wrong-width",
        .title = "a metadata length of 7 or 9 bytes makes a request malformed",
        .requirements = "MAL-13 MAL-1",
        .passes = "The metadata length field of a request is a byte short, then a byte long. " PASSES_DROPPED,
        .fails = FAILS,
        .play = length_of_wrong_width,
    },
    {
        .id = "malformed/heartbeat-type-of-wrong-width",
        .title = "a heartbeat type of 3 or 5 bytes makes a heartbeat malformed",
        .requirements = "MAL-13 MAL-1",
        .passes =
            "The heartbeat type of a request for metadata is a byte short, then a byte long. " PASSES_DROPPED,
        .fails = FAILS,
        .play = heartbeat_type_of_wrong_width,
    },
    {
        .id = "malformed/no-delimiter",
        .title = "a message without a delimiter is dropped",
        .requirements = "MAL-14 MAL-1",
        .passes = "A request comes without its first frame. " PASSES_DROPPED,
        .fails = FAILS,
        .play = no_delimiter,
    },
    {
        .id = "malformed/two-delimiters",
        .title = "a message with two delimiters is dropped",
        .requirements = "MAL-14 MAL-1",
        .passes = "A request comes with two empty frames before the version. " PASSES_DROPPED,
        .fails = FAILS,
        .play = two_delimiters,
    },
    {
        .id = "malformed/only-a-delimiter",
        .title = "a message of nothing but a delimiter is dropped",
        .requirements = "MAL-14 MAL-2 MAL-1",
        .passes = "An empty message comes. " PASSES_DROPPED,
        .fails = FAILS,
        .play = only_a_delimiter,
    },
    {
        .id = "malformed/inbound-new-container",
        .title = "a new container message to a container is dropped",
        .requirements = "MAL-15 MAL-1",
        .passes = "A new container message comes, which is never legal in this direction. " PASSES_DROPPED,
        .fails = FAILS,
        .play = inbound_new_container,
    },
    {
        .id = "malformed/feedback",
        .title = "a feedback request is not mistaken for a prediction request",
        .requirements = "FBK-2 MAL-1",
        .passes =
            "Feedback requests come, with frames after the request type and without: the document names them "
            "and says no more. " PASSES_DROPPED,
        .fails =
            "An answer to it, a crash, an exit, or a hang: a warning. (The serving thread of the released "
            "Python container dies of it.)",
        .play = feedback,
    },
    {
        .id = "malformed/burst",
        .title = "a thousand malformed messages in a row are dropped",
        .requirements = "MAL-16 MAL-1",
        .passes = "1,000 messages with random flaws come without a pause. " PASSES_DROPPED,
        .fails = FAILS,
        .heavy = true,
        .play = burst,
    },
    {
        .id = "malformed/burst-between-requests",
        .title = "malformed messages between requests cost no answer",
        .requirements = "MAL-16 MAL-1 FRM-9",
        .passes = "50 requests come, with a malformed message before each. Each request is answered once.",
        .fails = "A request that is not answered, answered twice, or answered with another's id: a warning.",
        .play = burst_between_requests,
    },
    {
        .id = "malformed/logged",
        .title = "malformed messages are logged, at a limited rate",
        .requirements = "MAL-19",
        .passes = "Something is written to stdout or stderr for a malformed message; for 2,000 more, "
                  "together at most "
                  "128 KiB.",
        .fails = "Silence, or a flood: a warning.",
        .heavy = true,
        .play = logged,
    },
};

const scenario_family malformed_family = {scenarios, COUNT(scenarios)};
