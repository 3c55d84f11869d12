/* Translation between version 3 and the eras E and F: there and back is the identity where both can say it, what cannot be
 * said is refused, and no message that makes an old Clipper mute comes out. */
#include "support_eras.h"

enum {
    ROUNDS = 20000,
    MOST_ITEMS = 4
};

/* The bytes of MESSAGE in ERA (and on WIRE). Returns the number of frames. */
static size_t encode_for(const clipper_message *message, clipper_era era, clipper_wire wire,
                         clipper_frame frames[16], uint8_t scratch[512]) {
    clipper_storage storage = {frames, 16, scratch, 512};
    clipper_encoded encoded;
    clipper_error error = era == CLIPPER_ERA_V3 ? clipper_encode(message, wire, &storage, &encoded, NULL)
                                                : clipper_era_encode(message, era, &storage, &encoded, NULL);
    assert_string_equal(clipper_error_name(error), "ok");
    return encoded.frames;
}

static void decode_for(clipper_direction direction, const clipper_frame *frames, size_t count,
                       clipper_era era, clipper_frame items[MOST_ITEMS], clipper_message *message) {
    clipper_options options = era_options(era);
    clipper_item_room room = {items, MOST_ITEMS, 0};
    clipper_error error = era == CLIPPER_ERA_V3
                              ? clipper_decode(direction, frames, count, &options, message, NULL)
                              : clipper_era_decode(direction, frames, count, &options, &room, message, NULL);
    assert_string_equal(clipper_error_name(error), "ok");
}

/* A message of ERA that any other can say. */
static void generate(uint64_t *seed, clipper_era era, clipper_wire wire, clipper_era other,
                     clipper_message *m, clipper_frame items[MOST_ITEMS], uint8_t bytes[MOST_ITEMS][16]) {
    static const clipper_kind kinds[] = {CLIPPER_HEARTBEAT, CLIPPER_HEARTBEAT, CLIPPER_NEW_CONTAINER,
                                         CLIPPER_PREDICTION_REQUEST, CLIPPER_PREDICTION_RESPONSE};
    int e = era == CLIPPER_ERA_E || other == CLIPPER_ERA_E;
    unsigned choice = next_random(seed) % 5;
    size_t i, j, width;
    memset(m, 0, sizeof *m);
    m->kind = kinds[choice];
    m->direction = choice == 0 || choice == 3 ? CLIPPER_TO_CONTAINER : CLIPPER_TO_CLIPPER;
    m->rpc_version = era == CLIPPER_ERA_V3 && m->direction == CLIPPER_TO_CONTAINER ? CLIPPER_RPC_VERSION : 0;
    for (i = 0; i < MOST_ITEMS; i++)
        for (j = 0; j < 16; j++)
            bytes[i][j] = (uint8_t)(1 + next_random(seed) % 255);
    if (m->kind == CLIPPER_HEARTBEAT) {
        m->as.heartbeat.type =
            choice == 0 ? (clipper_heartbeat_type)(next_random(seed) % 2) : CLIPPER_KEEP_ALIVE;
    } else if (m->kind == CLIPPER_NEW_CONTAINER) {
        m->as.new_container.name = (clipper_frame){bytes[0], next_random(seed) % 16};
        m->as.new_container.model_version = (clipper_frame){bytes[1], next_random(seed) % 16};
        m->as.new_container.input_type = (clipper_data_type)(next_random(seed) % 5);
        m->wire = era == CLIPPER_ERA_V3 ? wire : CLIPPER_WIRE_ANY;
        m->rpc_version = m->wire == CLIPPER_WIRE_RELEASE ? CLIPPER_RPC_VERSION : 0;
    } else {
        int request = m->kind == CLIPPER_PREDICTION_REQUEST;
        clipper_data_type text = wire == CLIPPER_WIRE_RELEASE && era == CLIPPER_ERA_V3 ? CLIPPER_TYPE_UNSTATED
                                                                                       : CLIPPER_TYPE_STRINGS;
        m->wire = era == CLIPPER_ERA_V3 && !request ? wire : CLIPPER_WIRE_ANY;
        m->as.request.id = next_random(seed);
        m->as.request.data_type = request ? (clipper_data_type)(next_random(seed) % 5)
                                  : e     ? CLIPPER_TYPE_FLOATS
                                          : text;
        m->as.request.items = items;
        m->as.request.item_count = 1 + next_random(seed) % MOST_ITEMS;
        width = clipper_data_width(m->as.request.data_type);
        for (i = 0; i < m->as.request.item_count; i++)
            items[i] = (clipper_frame){bytes[i],
                                       i == 0 || (e && !request) ? width : width * (next_random(seed) % 3)};
    }
}

/* One way: MESSAGE of the sender's era as the receiver decodes what the translator made of it. */
static void pass_on(clipper_translator *t, const clipper_message *message, clipper_frame frames[16],
                    uint8_t scratch[512], clipper_frame items[MOST_ITEMS], clipper_message *received) {
    clipper_era to = message->direction == CLIPPER_TO_CONTAINER ? t->container : t->clipper;
    clipper_message out;
    clipper_diagnosis d;
    size_t count;
    if (clipper_translate(t, message, &out, &d) != CLIPPER_OK)
        fail_msg("refused: %s", clipper_error_name(d.error));
    count = encode_for(&out, to, t->wire, frames, scratch);
    decode_for(message->direction, frames, count, to, items, received);
    assert_same_message(&out, received);
    if (to != CLIPPER_ERA_V3 && message->direction == CLIPPER_TO_CLIPPER)
        assert_true(count < 6);
}

static void there_and_back_is_the_identity(void **state) {
    static const struct {
        clipper_era container, clipper;
        clipper_wire wire;
    } pairs[] = {{CLIPPER_ERA_F, CLIPPER_ERA_V3, CLIPPER_WIRE_RELEASE},
                 {CLIPPER_ERA_F, CLIPPER_ERA_V3, CLIPPER_WIRE_DOCUMENT},
                 {CLIPPER_ERA_E, CLIPPER_ERA_V3, CLIPPER_WIRE_DOCUMENT},
                 {CLIPPER_ERA_V3, CLIPPER_ERA_F, CLIPPER_WIRE_RELEASE},
                 {CLIPPER_ERA_V3, CLIPPER_ERA_F, CLIPPER_WIRE_DOCUMENT},
                 {CLIPPER_ERA_V3, CLIPPER_ERA_E, CLIPPER_WIRE_DOCUMENT},
                 {CLIPPER_ERA_F, CLIPPER_ERA_F, CLIPPER_WIRE_ANY}};
    uint64_t seed = 3;
    size_t pair;
    int round;
    (void)state;
    for (pair = 0; pair < sizeof pairs / sizeof pairs[0]; pair++) {
        for (round = 0; round < ROUNDS; round++) {
            clipper_translator there, back;
            clipper_frame items[3][MOST_ITEMS], frames[2][16];
            uint8_t bytes[MOST_ITEMS][16], scratch[2][512];
            clipper_message sent, between, returned;
            clipper_translator_init(&there, pairs[pair].container, pairs[pair].clipper, pairs[pair].wire);
            clipper_translator_init(&back, pairs[pair].clipper, pairs[pair].container, pairs[pair].wire);
            there.registered_ = back.registered_ = 1;
            generate(&seed, round % 2 ? pairs[pair].container : pairs[pair].clipper, pairs[pair].wire,
                     round % 2 ? pairs[pair].clipper : pairs[pair].container, &sent, items[0], bytes);
            /* the sender of this message is the container in one translator and the Clipper in the other */
            if ((sent.direction == CLIPPER_TO_CLIPPER) != (round % 2 == 1)) {
                clipper_translator swapped = there;
                there = back;
                back = swapped;
            }
            pass_on(&there, &sent, frames[0], scratch[0], items[1], &between);
            pass_on(&back, &between, frames[1], scratch[1], items[2], &returned);
            assert_same_message(&sent, &returned);
        }
    }
}

/* ---- Refusals -------------------------------------------------------------------------------------------- */

/* Translates a batch between CONTAINER and CLIPPER. */
static clipper_error try_batch(clipper_era container, clipper_era clipper, clipper_wire wire,
                               clipper_kind kind, clipper_data_type type, const clipper_frame *items,
                               size_t count, clipper_diagnosis *d) {
    clipper_translator t;
    clipper_message out,
        m = {.kind = kind,
             .direction = kind == CLIPPER_PREDICTION_REQUEST ? CLIPPER_TO_CONTAINER : CLIPPER_TO_CLIPPER};
    clipper_error error;
    clipper_translator_init(&t, container, clipper, wire);
    t.registered_ = 1;
    m.as.request = (clipper_prediction){.data_type = type, .items = items, .item_count = count};
    error = clipper_translate(&t, &m, &out, d);
    assert_int_equal(error, d->error);
    assert_int_equal(out.kind, error == CLIPPER_OK ? kind : CLIPPER_NO_MESSAGE);
    return error;
}

static void what_cannot_be_said_is_refused(void **state) {
    const clipper_era V3 = CLIPPER_ERA_V3, E = CLIPPER_ERA_E, F = CLIPPER_ERA_F;
    const clipper_frame empty = {NULL, 0}, nul = LITERAL("a\0b"), four = LITERAL("1234"),
                        text = LITERAL("hello");
    clipper_diagnosis d;
    (void)state;
    assert_int_equal(
        try_batch(F, V3, CLIPPER_WIRE_RELEASE, CLIPPER_PREDICTION_REQUEST, CLIPPER_TYPE_BYTES, &empty, 0, &d),
        CLIPPER_NO_ITEMS);
    assert_int_equal(
        try_batch(F, V3, CLIPPER_WIRE_RELEASE, CLIPPER_PREDICTION_REQUEST, CLIPPER_TYPE_INTS, &empty, 1, &d),
        CLIPPER_NO_ITEMS);
    assert_int_equal(try_batch(F, V3, CLIPPER_WIRE_RELEASE, CLIPPER_PREDICTION_REQUEST, CLIPPER_TYPE_STRINGS,
                               &empty, 1, &d),
                     CLIPPER_OK);
    assert_int_equal(
        try_batch(E, V3, CLIPPER_WIRE_RELEASE, CLIPPER_PREDICTION_REQUEST, CLIPPER_TYPE_STRINGS, &nul, 1, &d),
        CLIPPER_NUL_IN_STRING);
    assert_true(d.frame == 7 && d.item == 0 && d.offset == 1);
    /* outputs */
    assert_int_equal(try_batch(E, V3, CLIPPER_WIRE_RELEASE, CLIPPER_PREDICTION_RESPONSE, CLIPPER_TYPE_FLOATS,
                               &four, 1, &d),
                     CLIPPER_UNKNOWN_DATA_TYPE);
    assert_true(d.frame == 4 && d.expected == CLIPPER_TYPE_STRINGS && d.actual == CLIPPER_TYPE_FLOATS);
    assert_int_equal(try_batch(V3, F, CLIPPER_WIRE_DOCUMENT, CLIPPER_PREDICTION_RESPONSE, CLIPPER_TYPE_FLOATS,
                               &four, 1, &d),
                     CLIPPER_UNKNOWN_DATA_TYPE);
    assert_int_equal(try_batch(V3, E, CLIPPER_WIRE_DOCUMENT, CLIPPER_PREDICTION_RESPONSE,
                               CLIPPER_TYPE_STRINGS, &text, 1, &d),
                     CLIPPER_UNKNOWN_DATA_TYPE);
    assert_int_equal(try_batch(V3, E, CLIPPER_WIRE_DOCUMENT, CLIPPER_PREDICTION_RESPONSE, CLIPPER_TYPE_FLOATS,
                               &empty, 1, &d),
                     CLIPPER_ITEM_SIZE);
    assert_int_equal(try_batch(V3, F, CLIPPER_WIRE_RELEASE, CLIPPER_PREDICTION_RESPONSE,
                               CLIPPER_TYPE_UNSTATED, &empty, 0, &d),
                     CLIPPER_NO_ITEMS);
    assert_int_equal(try_batch(V3, F, CLIPPER_WIRE_RELEASE, CLIPPER_PREDICTION_RESPONSE,
                               CLIPPER_TYPE_UNSTATED, &nul, 1, &d),
                     CLIPPER_OK);
    assert_int_equal(try_batch(V3, V3, CLIPPER_WIRE_DOCUMENT, CLIPPER_PREDICTION_RESPONSE, CLIPPER_TYPE_INTS,
                               &empty, 0, &d),
                     CLIPPER_OK);
    /* pairs */
    assert_int_equal(try_batch(CLIPPER_ERA_D, V3, CLIPPER_WIRE_RELEASE, CLIPPER_PREDICTION_RESPONSE,
                               CLIPPER_TYPE_STRINGS, &text, 1, &d),
                     CLIPPER_BAD_ERA);
    assert_int_equal(try_batch(F, CLIPPER_ERA_C, CLIPPER_WIRE_RELEASE, CLIPPER_PREDICTION_RESPONSE,
                               CLIPPER_TYPE_STRINGS, &text, 1, &d),
                     CLIPPER_BAD_ERA);
    assert_int_equal(
        try_batch(F, V3, CLIPPER_WIRE_ANY, CLIPPER_PREDICTION_RESPONSE, CLIPPER_TYPE_STRINGS, &text, 1, &d),
        CLIPPER_BAD_WIRE);
    assert_int_equal(
        try_batch(V3, F, CLIPPER_WIRE_ANY, CLIPPER_PREDICTION_RESPONSE, CLIPPER_TYPE_STRINGS, &text, 1, &d),
        CLIPPER_BAD_WIRE);
}

static clipper_error try_message(clipper_translator *t, clipper_kind kind, clipper_direction direction,
                                 clipper_message *out) {
    const clipper_message m = {.kind = kind, .direction = direction};
    return clipper_translate(t, &m, out, NULL);
}

static void other_messages_are_refused(void **state) {
    clipper_translator t;
    clipper_message out;
    (void)state;
    clipper_translator_init(&t, CLIPPER_ERA_F, CLIPPER_ERA_V3, CLIPPER_WIRE_RELEASE);
    assert_int_equal(try_message(&t, CLIPPER_FEEDBACK_REQUEST, CLIPPER_TO_CONTAINER, &out),
                     CLIPPER_UNKNOWN_REQUEST_TYPE);
    assert_int_equal(try_message(&t, CLIPPER_NEW_CONTAINER, CLIPPER_TO_CONTAINER, &out), CLIPPER_BAD_MESSAGE);
    assert_int_equal(try_message(&t, CLIPPER_PREDICTION_REQUEST, CLIPPER_TO_CLIPPER, &out),
                     CLIPPER_BAD_MESSAGE);
    assert_int_equal(out.direction, 0);
}

/* The two messages that make an old Clipper mute for all its containers. */
static void an_old_clipper_is_never_made_mute(void **state) {
    clipper_frame frames[16], item = LITERAL("7");
    uint8_t scratch[512];
    clipper_translator t;
    clipper_message m = {.kind = CLIPPER_NEW_CONTAINER,
                         .direction = CLIPPER_TO_CLIPPER,
                         .wire = CLIPPER_WIRE_RELEASE,
                         .rpc_version = CLIPPER_RPC_VERSION},
                    asks = {.kind = CLIPPER_HEARTBEAT, .direction = CLIPPER_TO_CONTAINER},
                    answer = {.kind = CLIPPER_PREDICTION_RESPONSE, .direction = CLIPPER_TO_CLIPPER}, out;
    clipper_diagnosis d;
    (void)state;
    answer.as.response =
        (clipper_prediction){.data_type = CLIPPER_TYPE_UNSTATED, .items = &item, .item_count = 1};
    clipper_translator_init(&t, CLIPPER_ERA_V3, CLIPPER_ERA_F, CLIPPER_WIRE_RELEASE);
    assert_int_equal(clipper_translate(&t, &answer, &out, &d), CLIPPER_NOT_REGISTERED);
    assert_int_equal(d.frame, 1);
    assert_int_equal(clipper_translate(&t, &m, &out, &d), CLIPPER_OK);
    assert_int_equal(encode_for(&out, CLIPPER_ERA_F, CLIPPER_WIRE_ANY, frames, scratch), 5);
    assert_int_equal(clipper_translate(&t, &answer, &out, &d), CLIPPER_OK);
    assert_int_equal(clipper_translate(&t, &asks, &out, &d), CLIPPER_OK); /* a keep-alive changes nothing */
    assert_int_equal(clipper_translate(&t, &answer, &out, &d), CLIPPER_OK);
    asks.as.heartbeat.type = CLIPPER_SEND_METADATA; /* Clipper has started anew */
    assert_int_equal(clipper_translate(&t, &asks, &out, &d), CLIPPER_OK);
    assert_int_equal(clipper_translate(&t, &answer, &out, &d), CLIPPER_NOT_REGISTERED);
    /* A Clipper of version 3 drops such a response by itself. */
    clipper_translator_init(&t, CLIPPER_ERA_F, CLIPPER_ERA_V3, CLIPPER_WIRE_RELEASE);
    assert_int_equal(clipper_translate(&t, &answer, &out, &d), CLIPPER_OK);
}

/* A leniency is the sender's: what is passed on is written plainly. */
static void leniencies_are_dropped(void **state) {
    clipper_translator t;
    clipper_message out, m = {.kind = CLIPPER_NEW_CONTAINER,
                              .direction = CLIPPER_TO_CLIPPER,
                              .leniencies = CLIPPER_LENIENCY_INPUT_TYPE_TAIL};
    (void)state;
    clipper_translator_init(&t, CLIPPER_ERA_F, CLIPPER_ERA_V3, CLIPPER_WIRE_RELEASE);
    assert_int_equal(clipper_translate(&t, &m, &out, NULL), CLIPPER_OK);
    assert_int_equal(out.leniencies, 0);
    assert_int_equal(out.rpc_version, CLIPPER_RPC_VERSION);
    assert_int_equal(out.wire, CLIPPER_WIRE_RELEASE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back_is_the_identity), cmocka_unit_test(what_cannot_be_said_is_refused),
        cmocka_unit_test(other_messages_are_refused),     cmocka_unit_test(an_old_clipper_is_never_made_mute),
        cmocka_unit_test(leniencies_are_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
