/* Which messages of which eras can be taken for one another: found by asking clipper_recognise about generated messages of
 * every kind, era and wire, and held against what the specification says (Appendix B). */
#include "support_eras.h"

enum {
    C = CLIPPER_SENT_BY_C,
    D = CLIPPER_SENT_BY_D,
    E = CLIPPER_SENT_BY_E,
    F = CLIPPER_SENT_BY_F,
    DOCUMENT = CLIPPER_SENT_BY_V3_DOCUMENT,
    RELEASE = CLIPPER_SENT_BY_V3_RELEASE,
    V3 = DOCUMENT | RELEASE
};

/* What a kind of message may be taken for: never more than ALL, and each of these now and then. */
static const struct {
    const char *name;
    clipper_kind kind;
    clipper_direction direction;
    unsigned sender; /* one of the bits above */
    uint32_t leniencies;
    unsigned all;
    unsigned with_count; /* the same, where the number of outputs is known */
} table[] = {
    {"C request", CLIPPER_PREDICTION_REQUEST, CLIPPER_TO_CONTAINER, C, 0, C, C},
    {"D request", CLIPPER_PREDICTION_REQUEST, CLIPPER_TO_CONTAINER, D, 0, D, D},
    {"E request", CLIPPER_PREDICTION_REQUEST, CLIPPER_TO_CONTAINER, E, 0, E | F, E | F},
    {"F request", CLIPPER_PREDICTION_REQUEST, CLIPPER_TO_CONTAINER, F, 0, E | F, E | F},
    {"version 3 request", CLIPPER_PREDICTION_REQUEST, CLIPPER_TO_CONTAINER, RELEASE, 0, V3, V3},
    {"E heartbeat in", CLIPPER_HEARTBEAT, CLIPPER_TO_CONTAINER, E, 0, E | F, E | F},
    {"F heartbeat in", CLIPPER_HEARTBEAT, CLIPPER_TO_CONTAINER, F, 0, E | F, E | F},
    {"version 3 heartbeat in", CLIPPER_HEARTBEAT, CLIPPER_TO_CONTAINER, RELEASE, 0, V3, V3},
    {"version 3 feedback", CLIPPER_FEEDBACK_REQUEST, CLIPPER_TO_CONTAINER, RELEASE, 0, V3, V3},
    {"E heartbeat out", CLIPPER_HEARTBEAT, CLIPPER_TO_CLIPPER, E, 0, E | F | V3, E | F | V3},
    {"F heartbeat out", CLIPPER_HEARTBEAT, CLIPPER_TO_CLIPPER, F, 0, E | F | V3, E | F | V3},
    {"version 3 heartbeat out", CLIPPER_HEARTBEAT, CLIPPER_TO_CLIPPER, RELEASE, 0, E | F | V3, E | F | V3},
    {"C new container", CLIPPER_NEW_CONTAINER, CLIPPER_TO_CLIPPER, C, 0, C | D, C | D},
    {"D new container", CLIPPER_NEW_CONTAINER, CLIPPER_TO_CLIPPER, D, 0, C | D, C | D},
    {"E new container", CLIPPER_NEW_CONTAINER, CLIPPER_TO_CLIPPER, E, 0, E | F | DOCUMENT, E | F | DOCUMENT},
    {"F new container", CLIPPER_NEW_CONTAINER, CLIPPER_TO_CLIPPER, F, 0, E | F | DOCUMENT, E | F | DOCUMENT},
    {"F new container with a tail", CLIPPER_NEW_CONTAINER, CLIPPER_TO_CLIPPER, F,
     CLIPPER_LENIENCY_INPUT_TYPE_TAIL, F | DOCUMENT, F | DOCUMENT},
    {"document new container", CLIPPER_NEW_CONTAINER, CLIPPER_TO_CLIPPER, DOCUMENT, 0, E | F | DOCUMENT,
     E | F | DOCUMENT},
    {"release new container", CLIPPER_NEW_CONTAINER, CLIPPER_TO_CLIPPER, RELEASE, 0, RELEASE, RELEASE},
    {"C response", CLIPPER_PREDICTION_RESPONSE, CLIPPER_TO_CLIPPER, C, 0, C | D, C | D},
    {"D response", CLIPPER_PREDICTION_RESPONSE, CLIPPER_TO_CLIPPER, D, 0, C | D, C | D},
    {"D response with a wide id", CLIPPER_PREDICTION_RESPONSE, CLIPPER_TO_CLIPPER, D,
     CLIPPER_LENIENCY_WIDE_ID, D, D},
    {"E response", CLIPPER_PREDICTION_RESPONSE, CLIPPER_TO_CLIPPER, E, 0, E | F, E},
    {"F response", CLIPPER_PREDICTION_RESPONSE, CLIPPER_TO_CLIPPER, F, 0, E | F, F},
    {"document response", CLIPPER_PREDICTION_RESPONSE, CLIPPER_TO_CLIPPER, DOCUMENT, 0, DOCUMENT, DOCUMENT},
    {"release response", CLIPPER_PREDICTION_RESPONSE, CLIPPER_TO_CLIPPER, RELEASE, 0, RELEASE, RELEASE},
};

#define KINDS (sizeof table / sizeof table[0])
enum {
    ROUNDS = 20000,
    MOST_ITEMS = 4
};

static clipper_era era_of(unsigned sender) {
    return sender == C   ? CLIPPER_ERA_C
           : sender == D ? CLIPPER_ERA_D
           : sender == E ? CLIPPER_ERA_E
           : sender == F ? CLIPPER_ERA_F
                         : CLIPPER_ERA_V3;
}

/* Some bytes that look like what the protocols are made of: small words, digits, ends. No NUL in TEXT. */
static size_t generate_bytes(uint64_t *seed, uint8_t *out, size_t most, int text) {
    static const uint8_t likely[] = {0, 0, 0, 0, 1, 2, 3, 4, '0', '1', '3', '4'};
    size_t len = next_random(seed) % (most + 1), i;
    for (i = 0; i < len; i++)
        out[i] = text ? likely[4 + next_random(seed) % 8] : likely[next_random(seed) % sizeof likely];
    return len;
}

/* An id, or a word: often one of the protocol's own numbers. */
static uint32_t generate_word(uint64_t *seed) {
    return next_random(seed) % 3 ? next_random(seed) % 5 : next_random(seed);
}

static void generate_items(uint64_t *seed, size_t row, clipper_prediction *p, clipper_frame *items,
                           uint8_t bytes[MOST_ITEMS][32]) {
    int request = table[row].kind == CLIPPER_PREDICTION_REQUEST;
    unsigned sender = table[row].sender;
    size_t i, width;
    p->data_type = request || sender == DOCUMENT ? (clipper_data_type)(next_random(seed) % 5)
                   : sender & (C | D | E)        ? CLIPPER_TYPE_FLOATS
                                                 : CLIPPER_TYPE_STRINGS;
    width = clipper_data_width(p->data_type);
    p->item_count = 1 + next_random(seed) % MOST_ITEMS;
    p->items = items;
    for (i = 0; i < p->item_count; i++) {
        size_t len = generate_bytes(seed, bytes[i], 24, p->data_type == CLIPPER_TYPE_STRINGS && request);
        items[i].base = bytes[i];
        items[i].len = len - len % width;
        if (sender & (C | D | E) && !request) {
            clipper_i32_put(bytes[i], 0, (int32_t)generate_word(seed));
            items[i].len = 4;
        } else if (i == 0 && items[0].len == 0) {
            memset(bytes[0], 1, 8); /* no bytes at all cannot be said */
            items[0].len = width;
        }
    }
}

/* The set for one generated message of kind ROW. */
static unsigned try_one(uint64_t *seed, size_t row, int with_count) {
    uint8_t bytes[MOST_ITEMS][32], scratch[512];
    clipper_frame items[MOST_ITEMS], frames[16];
    clipper_storage storage = {frames, 16, scratch, sizeof scratch};
    clipper_message m = {
        .kind = table[row].kind, .direction = table[row].direction, .leniencies = table[row].leniencies};
    clipper_era era = era_of(table[row].sender);
    clipper_wire wire = table[row].sender == DOCUMENT ? CLIPPER_WIRE_DOCUMENT : CLIPPER_WIRE_RELEASE;
    clipper_encoded encoded;
    clipper_error error;
    unsigned senders;
    if (m.kind == CLIPPER_PREDICTION_REQUEST || m.kind == CLIPPER_PREDICTION_RESPONSE) {
        generate_items(seed, row, &m.as.request, items, bytes);
        m.as.request.id = generate_word(seed);
    } else if (m.kind == CLIPPER_FEEDBACK_REQUEST) {
        m.as.feedback = (clipper_feedback){generate_word(seed), items, next_random(seed) % MOST_ITEMS};
        for (size_t i = 0; i < m.as.feedback.frame_count; i++)
            items[i] = (clipper_frame){bytes[i], generate_bytes(seed, bytes[i], 8, 0)};
    } else if (m.kind == CLIPPER_HEARTBEAT) {
        m.as.heartbeat.type = m.direction == CLIPPER_TO_CONTAINER
                                  ? (clipper_heartbeat_type)(next_random(seed) % 2)
                                  : CLIPPER_KEEP_ALIVE;
    } else {
        m.as.new_container.name = (clipper_frame){bytes[0], generate_bytes(seed, bytes[0], 9, 0)};
        m.as.new_container.model_version = (clipper_frame){bytes[1], generate_bytes(seed, bytes[1], 9, 0)};
        if (table[row].leniencies)
            m.as.new_container.model_version.len = 2 + next_random(seed) % 3;
        m.as.new_container.input_type = (clipper_data_type)(next_random(seed) % 5);
    }
    error = era == CLIPPER_ERA_V3 ? clipper_encode(&m, wire, &storage, &encoded, NULL)
                                  : clipper_era_encode(&m, era, &storage, &encoded, NULL);
    assert_int_equal(error, CLIPPER_OK);
    senders =
        clipper_recognise(m.direction, frames, encoded.frames, NULL,
                          with_count && m.kind == CLIPPER_PREDICTION_RESPONSE ? m.as.response.item_count : 0);
    if ((senders & table[row].sender) == 0)
        fail_msg("%s: not even taken for what it is", table[row].name);
    return senders;
}

static void mistaken_as_the_specification_says(void **state) {
    uint64_t seed = 17;
    size_t row;
    int with_count, round;
    (void)state;
    for (row = 0; row < KINDS; row++)
        for (with_count = 0; with_count <= 1; with_count++) {
            unsigned all = 0, expected = with_count ? table[row].with_count : table[row].all;
            for (round = 0; round < ROUNDS; round++)
                all |= try_one(&seed, row, with_count);
            if (all != expected)
                fail_msg("%s: taken for %#x, expected %#x", table[row].name, all, expected);
        }
}

static void nothing_is_recognised_in_what_is_nothing(void **state) {
    const clipper_frame frames[] = {{NULL, 0}, LITERAL("x")};
    (void)state;
    assert_int_equal(clipper_recognise(CLIPPER_TO_CLIPPER, NULL, 0, NULL, 0), 0);
    assert_int_equal(clipper_recognise(CLIPPER_TO_CLIPPER, frames, 2, NULL, 0), 0);
    assert_int_equal(clipper_recognise(CLIPPER_TO_CONTAINER, frames, 2, NULL, 0), 0);
}

/* The limits and strictness count, the era does not. */
static void options_count(void **state) {
    static const uint8_t id[8] = {7};
    const clipper_frame wide[] = {{NULL, 0}, {id, 8}, LITERAL("1234")};
    clipper_options options = clipper_default_options();
    (void)state;
    assert_int_equal(clipper_recognise(CLIPPER_TO_CLIPPER, wide, 3, &options, 0), D);
    options.era = CLIPPER_ERA_F;
    assert_int_equal(clipper_recognise(CLIPPER_TO_CLIPPER, wide, 3, &options, 1), D);
    assert_int_equal(clipper_recognise(CLIPPER_TO_CLIPPER, wide, 3, &options, 2), 0);
    options.strict = 1;
    assert_int_equal(clipper_recognise(CLIPPER_TO_CLIPPER, wide, 3, &options, 0), 0);
    options.strict = 0;
    options.limits.total_bytes = 3;
    assert_int_equal(clipper_recognise(CLIPPER_TO_CLIPPER, wide, 3, &options, 0), 0);
}

/* Feedback of the eras counts for nothing: nobody ever sent it. */
static void feedback_of_the_eras_does_not_count(void **state) {
    static const uint8_t words[] = {7, 0, 0, 0, 1, 0, 0, 0};
    const clipper_frame frames[] = {{NULL, 0}, {words, 4}, {words + 4, 4}, LITERAL("good")};
    const clipper_frame typed[] = {{NULL, 0}, {words + 4, 4}, {words, 4}, {words + 4, 4}, LITERAL("good")};
    (void)state;
    assert_int_equal(clipper_recognise(CLIPPER_TO_CONTAINER, frames, 4, NULL, 0), 0);
    assert_int_equal(clipper_recognise(CLIPPER_TO_CONTAINER, typed, 5, NULL, 0), 0);
}

/* A version 3 response has the number of outputs that was asked for, too. */
static void the_count_holds_for_version_3(void **state) {
    clipper_frame frames[8], item = LITERAL("x");
    uint8_t scratch[64];
    clipper_storage storage = {frames, 8, scratch, sizeof scratch};
    clipper_encoded encoded;
    clipper_message m = {.kind = CLIPPER_PREDICTION_RESPONSE, .direction = CLIPPER_TO_CLIPPER};
    (void)state;
    m.as.response =
        (clipper_prediction){.id = 1, .data_type = CLIPPER_TYPE_STRINGS, .items = &item, .item_count = 1};
    assert_int_equal(clipper_encode(&m, CLIPPER_WIRE_RELEASE, &storage, &encoded, NULL), CLIPPER_OK);
    assert_int_equal(clipper_recognise(CLIPPER_TO_CLIPPER, frames, encoded.frames, NULL, 1), RELEASE);
    assert_int_equal(clipper_recognise(CLIPPER_TO_CLIPPER, frames, encoded.frames, NULL, 2), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistaken_as_the_specification_says),
        cmocka_unit_test(nothing_is_recognised_in_what_is_nothing),
        cmocka_unit_test(options_count),
        cmocka_unit_test(feedback_of_the_eras_does_not_count),
        cmocka_unit_test(the_count_holds_for_version_3),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
