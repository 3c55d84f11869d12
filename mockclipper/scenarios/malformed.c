/* What a container does with messages that are none of the protocol's: it drops them whole and goes on. After
 * each comes a canary, which must be answered, and answered first. Metadata is malformed in
 * malformed_metadata.c. */
#include "scenarios/malformed.h"

/* Only the first frames of a request are sent. */
static void play_truncated(talk *t) {
    draft *spoiled = request_to_spoil(t);
    talk_register(t);
    draft_cut(spoiled, talk_parameter(t)->size);
    send_malformed(t, spoiled);
}

static const scenario truncated[] = {
    {"malformed/ends-after-version", "a message that ends after the version is dropped", "MAL-2 MAL-1 FRM-9",
     DROPPED("The message ends after its second frame."), .play = play_truncated,
     .with.size = FRAME_VERSION + 1},
    {"malformed/ends-after-type", "a message that ends after the message type is dropped",
     "MAL-2 MAL-1 FRM-9", DROPPED("A container content message ends after its message type."),
     .play = play_truncated, .with.size = FRAME_MESSAGE_TYPE + 1},
    {"malformed/ends-after-id", "a request that ends after the message id is dropped", "MAL-2 MAL-1 FRM-9",
     DROPPED("A request ends after its message id."), .play = play_truncated, .with.size = FRAME_ID + 1},
    {"malformed/ends-after-request-type", "a request that ends after the request type is dropped",
     "MAL-2 MAL-1 FRM-9", DROPPED("A request ends after its request type."), .play = play_truncated,
     .with.size = FRAME_REQUEST_TYPE + 1},
    {"malformed/ends-after-length", "a request that ends before its metadata is dropped", "MAL-2 MAL-1 FRM-9",
     DROPPED("A request ends after its metadata length field."), .play = play_truncated,
     .with.size = FRAME_METADATA_LENGTH + 1},
    {"malformed/ends-after-metadata", "a request that ends before its items is dropped", "MAL-2 MAL-1 FRM-9",
     DROPPED("A request for three items has none."), .play = play_truncated, .with.size = FRAME_METADATA + 1},
    {"malformed/missing-item", "a request with an item too few is dropped", "MAL-2 MAL-1 FRM-9",
     DROPPED("A request for three items has two."), .play = play_truncated, .with.size = FRAME_ITEMS + 2},
};

static void play_extra_item(talk *t) {
    draft *spoiled = request_to_spoil(t);
    talk_register(t);
    draft_append(spoiled, "12345678", 8);
    send_malformed(t, spoiled);
}

static const scenario extra_item = {
    .id = "malformed/extra-item",
    .title = "a request with an item too many is dropped",
    .requirements = "MAL-3 MAL-1 FRM-9",
    DROPPED("A request for three items has four."),
    .play = play_extra_item,
};

static void play_short_heartbeat(talk *t) {
    talk_register(t);
    for (size_t count = FRAME_VERSION + 1; count <= FRAME_MESSAGE_TYPE + 1; count++) {
        draft *spoiled = draft_heartbeat(CLIPPER_KEEP_ALIVE);
        draft_cut(spoiled, count);
        send_malformed(t, spoiled);
    }
}

static const scenario short_heartbeat = {
    .id = "malformed/short-heartbeat",
    .title = "a heartbeat that ends too early is dropped",
    .requirements = "MAL-2 MAL-1 FRM-9",
    DROPPED("Heartbeats end after the version, and after the message type."),
    .play = play_short_heartbeat,
};

static void play_long_heartbeat(talk *t) {
    draft *spoiled = draft_heartbeat(CLIPPER_SEND_METADATA);
    talk_register(t);
    draft_append(spoiled, "\0\0\0\0", 4);
    send_malformed(t, spoiled);
}

static const scenario long_heartbeat = {
    .id = "malformed/long-heartbeat",
    .title = "a heartbeat with a frame too many is dropped",
    .requirements = "MAL-3 MAL-1 FRM-9",
    DROPPED("A heartbeat that asks for the metadata has a fifth frame."),
    .play = play_long_heartbeat,
};

static void play_unknown_message_type(talk *t) {
    static const uint32_t types[] = {3, 0x01000000, 0xffffffff};
    talk_register(t);
    for (size_t i = 0; i < COUNT(types); i++) {
        draft *spoiled = request_to_spoil(t);
        draft_set_u32(spoiled, FRAME_MESSAGE_TYPE, types[i]);
        send_malformed(t, spoiled);
    }
}

static const scenario unknown_message_type = {
    .id = "malformed/unknown-message-type",
    .title = "a message of an unknown type is dropped",
    .requirements = "MAL-11 MAL-1",
    DROPPED("Messages come with the types 3, 1 with its bytes swapped, and 0xffffffff."),
    .play = play_unknown_message_type,
};

static void play_unknown_request_type(talk *t) {
    static const uint32_t types[] = {2, 0xffffffff};
    talk_register(t);
    for (size_t i = 0; i < COUNT(types); i++) {
        draft *spoiled = request_to_spoil(t);
        draft_set_u32(spoiled, FRAME_REQUEST_TYPE, types[i]);
        send_malformed(t, spoiled);
    }
}

static const scenario unknown_request_type = {
    .id = "malformed/unknown-request-type",
    .title = "a request of an unknown type is dropped",
    .requirements = "MAL-12 MAL-1",
    DROPPED("Container content messages come with the request types 2 and 0xffffffff."),
    .play = play_unknown_request_type,
};

/* A field of fixed width is a byte too short, and a byte too long. */
static void play_wrong_width(talk *t) {
    size_t frame = talk_parameter(t)->size;
    talk_register(t);
    for (int by = -1; by <= 1; by += 2) {
        draft *spoiled = request_to_spoil(t);
        draft_resize(spoiled, frame, (size_t)((long)spoiled->frames[frame].len + by));
        send_malformed(t, spoiled);
    }
}

static const scenario wrong_widths[] = {
    {"malformed/type-of-wrong-width", "a message type of 3 or 5 bytes makes a message malformed",
     "MAL-13 MAL-1", DROPPED("The message type of a request is a byte short, then a byte long."),
     .play = play_wrong_width, .with.size = FRAME_MESSAGE_TYPE},
    {"malformed/id-of-wrong-width", "a message id of 3 or 5 bytes makes a request malformed", "MAL-13 MAL-1",
     DROPPED("The message id of a request is a byte short, then a byte long."), .play = play_wrong_width,
     .with.size = FRAME_ID},
    {"malformed/request-type-of-wrong-width", "a request type of 3 or 5 bytes makes a request malformed",
     "MAL-13 MAL-1", DROPPED("The request type of a request is a byte short, then a byte long."),
     .play = play_wrong_width, .with.size = FRAME_REQUEST_TYPE},
    {"malformed/length-of-wrong-width", "a metadata length of 7 or 9 bytes makes a request malformed",
     "MAL-13 MAL-1", DROPPED("The metadata length field of a request is a byte short, then a byte long."),
     .play = play_wrong_width, .with.size = FRAME_METADATA_LENGTH},
};

static void play_heartbeat_type_of_wrong_width(talk *t) {
    talk_register(t);
    for (size_t len = 3; len <= 5; len += 2) {
        draft *spoiled = draft_heartbeat(CLIPPER_SEND_METADATA);
        draft_resize(spoiled, FRAME_HEARTBEAT_TYPE, len);
        send_malformed(t, spoiled);
    }
}

static const scenario heartbeat_type_of_wrong_width = {
    .id = "malformed/heartbeat-type-of-wrong-width",
    .title = "a heartbeat type of 3 or 5 bytes makes a heartbeat malformed",
    .requirements = "MAL-13 MAL-1",
    DROPPED("The heartbeat type of a request for metadata is a byte short, then a byte long."),
    .play = play_heartbeat_type_of_wrong_width,
};

static void play_no_delimiter(talk *t) {
    draft *spoiled = request_to_spoil(t);
    talk_register(t);
    draft_remove(spoiled, FRAME_DELIMITER);
    send_malformed(t, spoiled);
}

static const scenario no_delimiter = {
    .id = "malformed/no-delimiter",
    .title = "a message without a delimiter is dropped",
    .requirements = "MAL-14 MAL-1",
    DROPPED("A request comes without its first frame."),
    .play = play_no_delimiter,
};

static void play_two_delimiters(talk *t) {
    draft *spoiled = request_to_spoil(t);
    talk_register(t);
    draft_insert(spoiled, FRAME_DELIMITER, "", 0);
    send_malformed(t, spoiled);
}

static const scenario two_delimiters = {
    .id = "malformed/two-delimiters",
    .title = "a message with two delimiters is dropped",
    .requirements = "MAL-14 MAL-1",
    DROPPED("A request comes with two empty frames before the version."),
    .play = play_two_delimiters,
};

static void play_full_delimiter(talk *t) {
    draft *spoiled = request_to_spoil(t);
    talk_register(t);
    draft_replace(spoiled, FRAME_DELIMITER, "x", 1);
    send_malformed(t, spoiled);
}

static const scenario full_delimiter = {
    .id = "malformed/delimiter-not-empty",
    .title = "a message with a delimiter that is not empty is dropped",
    .requirements = "MAL-14 MAL-1",
    DROPPED("A request that is right otherwise has a byte in its first frame."),
    .play = play_full_delimiter,
};

static const scenario only_a_delimiter = {
    .id = "malformed/only-a-delimiter",
    .title = "a message of nothing but a delimiter is dropped",
    .requirements = "MAL-14 MAL-2 MAL-1",
    DROPPED("An empty message comes."),
    .play = play_truncated,
    .with.size = FRAME_DELIMITER + 1,
};

static void play_inbound_new_container(talk *t) {
    draft *spoiled = draft_heartbeat(CLIPPER_KEEP_ALIVE);
    talk_register(t);
    draft_set_u32(spoiled, FRAME_MESSAGE_TYPE, 0);
    draft_replace(spoiled, FRAME_HEARTBEAT_TYPE, "model", 5);
    draft_append(spoiled, "1", 1);
    draft_append(spoiled, "3", 1);
    send_malformed(t, spoiled);
}

static const scenario inbound_new_container = {
    .id = "malformed/inbound-new-container",
    .title = "a new container message to a container is dropped",
    .requirements = "MAL-15 MAL-1",
    DROPPED("A new container message comes, which is never legal in this direction."),
    .play = play_inbound_new_container,
};

static void play_feedback(talk *t) {
    draft *spoiled = request_to_spoil(t);
    talk_register(t);
    draft_set_u32(spoiled, FRAME_REQUEST_TYPE, 1);
    send_malformed(t, spoiled);
    spoiled = request_to_spoil(t);
    draft_set_u32(spoiled, FRAME_REQUEST_TYPE, 1);
    draft_cut(spoiled, FRAME_REQUEST_TYPE + 1);
    send_malformed(t, spoiled);
}

static const scenario feedback = {
    .id = "malformed/feedback",
    .title = "a feedback request is not mistaken for a prediction request",
    .requirements = "FBK-2 MAL-1",
    .passes = "Feedback requests come, with frames after the request type and without: the document names "
              "them and says no more." PASSES_DROPPED,
    .fails = "An answer to it, a crash, an exit, or a hang: a warning. (The serving thread of the released "
             "Python container dies of it.)",
    .play = play_feedback,
};

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

static void play_burst(talk *t) {
    talk_register(t);
    for (int i = 0; i < 1000; i++)
        talk_send_draft(t, garbage(t));
    talk_expect_dropped(t);
}

static const scenario burst = {
    .id = "malformed/burst",
    .title = "a thousand malformed messages in a row are dropped",
    .requirements = "MAL-16 MAL-1",
    DROPPED("1,000 messages with random flaws come without a pause."),
    .heavy = true,
    .play = play_burst,
};

static void play_burst_between_requests(talk *t) {
    uint32_t first = 100000;
    talk_register(t);
    talk_try_varied(t);
    for (uint32_t i = 0; i < 50; i++) {
        talk_send_draft(t, garbage(t));
        talk_send_varied(t, first + i);
    }
    talk_expect_varied(t, first, 50);
}

static const scenario burst_between_requests = {
    .id = "malformed/burst-between-requests",
    .title = "malformed messages between requests cost no answer",
    .requirements = "MAL-16 MAL-1 FRM-9",
    .passes = "50 requests come, with a malformed message before each. Each request is answered once.",
    .fails = "A request that is not answered, answered twice, or answered with another's id: a warning.",
    .play = play_burst_between_requests,
};

static void play_logged(talk *t) {
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

static const scenario logged = {
    .id = "malformed/logged",
    .title = "malformed messages are logged, at a limited rate",
    .requirements = "MAL-19",
    .passes = "Something is written to stdout or stderr for a malformed message; for 2,000 more, together at "
              "most 128 KiB.",
    .fails = "Silence, or a flood: a warning.",
    .heavy = true,
    .play = play_logged,
};

static const scenario_group groups[] = {ALL(truncated),
                                        ONE(extra_item),
                                        ONE(short_heartbeat),
                                        ONE(long_heartbeat),
                                        ONE(unknown_message_type),
                                        ONE(unknown_request_type),
                                        ALL(wrong_widths),
                                        ONE(heartbeat_type_of_wrong_width),
                                        ONE(no_delimiter),
                                        ONE(two_delimiters),
                                        ONE(full_delimiter),
                                        ONE(only_a_delimiter),
                                        ONE(inbound_new_container),
                                        ONE(feedback),
                                        ONE(burst),
                                        ONE(burst_between_requests),
                                        ONE(logged)};

const scenario_family malformed_family = {groups, COUNT(groups)};
