/* Encoding: what is refused, and what is written where. (That the bytes are right, the vectors show.) */
#include "support.h"

static clipper_error encode(const clipper_message *message, clipper_wire wire, clipper_encoded *encoded,
                            clipper_diagnosis *diagnosis) {
    static clipper_frame frames[CLIPPER_FRAMES_MAX(8)];
    static uint8_t scratch[CLIPPER_SCRATCH_MAX(8)];
    clipper_storage storage = {frames, sizeof frames / sizeof *frames, scratch, sizeof scratch};
    memset(encoded, 0xa5, sizeof *encoded);
    return clipper_encode(message, wire, &storage, encoded, diagnosis);
}

static void assert_refused(const clipper_message *message, clipper_wire wire, clipper_error error,
                           clipper_field field, size_t frame, uint64_t expected, uint64_t actual) {
    clipper_encoded encoded;
    clipper_diagnosis diagnosis, wanted;
    memset(&wanted, 0, sizeof wanted);
    wanted.error = error;
    wanted.field = field;
    wanted.frame = frame;
    wanted.expected = expected;
    wanted.actual = actual;
    assert_int_equal(encode(message, wire, &encoded, &diagnosis), error);
    diagnosis.item = diagnosis.offset = 0;
    assert_same_diagnosis(&diagnosis, &wanted);
    assert_int_equal(encoded.frames, 0);
    assert_int_equal(encoded.scratch, 0);
    assert_int_equal(encode(message, wire, &encoded, NULL), error);
}

static clipper_message message_of(clipper_kind kind, clipper_direction direction) {
    clipper_message message;
    memset(&message, 0, sizeof message);
    message.kind = kind;
    message.direction = direction;
    return message;
}

static void refuses_what_does_not_go_in_this_direction(void **state) {
    static const struct {
        clipper_kind kind;
        clipper_direction direction;
    } wrong[] = {{CLIPPER_NO_MESSAGE, CLIPPER_TO_CONTAINER},
                 {CLIPPER_NO_MESSAGE, CLIPPER_TO_CLIPPER},
                 {CLIPPER_NEW_CONTAINER, CLIPPER_TO_CONTAINER},
                 {CLIPPER_PREDICTION_REQUEST, CLIPPER_TO_CLIPPER},
                 {CLIPPER_PREDICTION_RESPONSE, CLIPPER_TO_CONTAINER},
                 {CLIPPER_FEEDBACK_REQUEST, CLIPPER_TO_CLIPPER},
                 {(clipper_kind)77, CLIPPER_TO_CLIPPER}};
    size_t i;
    (void)state;
    for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        clipper_message message = message_of(wrong[i].kind, wrong[i].direction);
        assert_refused(&message, CLIPPER_WIRE_RELEASE, CLIPPER_BAD_MESSAGE, CLIPPER_FIELD_MESSAGE_TYPE, 0, 0,
                       0);
    }
}

static void wants_a_wire_where_the_wires_differ(void **state) {
    clipper_message message = message_of(CLIPPER_NEW_CONTAINER, CLIPPER_TO_CLIPPER);
    clipper_encoded encoded;
    (void)state;
    assert_refused(&message, CLIPPER_WIRE_ANY, CLIPPER_BAD_WIRE, CLIPPER_FIELD_RPC_VERSION, 5, 0, 0);
    message = message_of(CLIPPER_PREDICTION_RESPONSE, CLIPPER_TO_CLIPPER);
    assert_refused(&message, CLIPPER_WIRE_ANY, CLIPPER_BAD_WIRE, CLIPPER_FIELD_METADATA, 4, 0, 0);
    assert_refused(&message, (clipper_wire)9, CLIPPER_BAD_WIRE, CLIPPER_FIELD_METADATA, 4, 0, 0);
    message = message_of(CLIPPER_HEARTBEAT, CLIPPER_TO_CLIPPER);
    assert_int_equal(encode(&message, CLIPPER_WIRE_ANY, &encoded, NULL), CLIPPER_OK);
    message = message_of(CLIPPER_PREDICTION_REQUEST, CLIPPER_TO_CONTAINER);
    assert_int_equal(encode(&message, CLIPPER_WIRE_ANY, &encoded, NULL), CLIPPER_OK);
}

static void refuses_another_version(void **state) {
    clipper_message message = message_of(CLIPPER_HEARTBEAT, CLIPPER_TO_CONTAINER);
    clipper_encoded encoded;
    (void)state;
    message.rpc_version = 4;
    assert_refused(&message, CLIPPER_WIRE_ANY, CLIPPER_VERSION_MISMATCH, CLIPPER_FIELD_VERSION, 1, 3, 4);
    message = message_of(CLIPPER_NEW_CONTAINER, CLIPPER_TO_CLIPPER);
    message.rpc_version = 2;
    assert_refused(&message, CLIPPER_WIRE_RELEASE, CLIPPER_VERSION_MISMATCH, CLIPPER_FIELD_RPC_VERSION, 5, 3,
                   2);
    message = message_of(CLIPPER_HEARTBEAT, CLIPPER_TO_CONTAINER);
    message.rpc_version = CLIPPER_RPC_VERSION;
    assert_int_equal(encode(&message, CLIPPER_WIRE_ANY, &encoded, NULL), CLIPPER_OK);
}

static void refuses_types_that_the_protocol_does_not_have(void **state) {
    clipper_message message = message_of(CLIPPER_HEARTBEAT, CLIPPER_TO_CONTAINER);
    (void)state;
    message.as.heartbeat.type = (clipper_heartbeat_type)2;
    assert_refused(&message, CLIPPER_WIRE_ANY, CLIPPER_UNKNOWN_HEARTBEAT_TYPE, CLIPPER_FIELD_HEARTBEAT_TYPE,
                   3, 1, 2);
    message = message_of(CLIPPER_NEW_CONTAINER, CLIPPER_TO_CLIPPER);
    message.as.new_container.input_type = CLIPPER_TYPE_UNSTATED;
    assert_refused(&message, CLIPPER_WIRE_RELEASE, CLIPPER_BAD_INPUT_TYPE, CLIPPER_FIELD_INPUT_TYPE, 4, 0, 0);
    message = message_of(CLIPPER_PREDICTION_REQUEST, CLIPPER_TO_CONTAINER);
    message.as.request.data_type = CLIPPER_TYPE_UNSTATED;
    assert_refused(&message, CLIPPER_WIRE_ANY, CLIPPER_UNKNOWN_DATA_TYPE, CLIPPER_FIELD_DATA_TYPE, 6, 4, 5);
    message = message_of(CLIPPER_PREDICTION_RESPONSE, CLIPPER_TO_CLIPPER);
    message.as.response.data_type = CLIPPER_TYPE_UNSTATED;
    assert_refused(&message, CLIPPER_WIRE_DOCUMENT, CLIPPER_UNKNOWN_DATA_TYPE, CLIPPER_FIELD_DATA_TYPE, 4, 4,
                   5);
}

/* The type is Clipper's answer: a container's heartbeat has no place for one, whatever it says. */
static void an_outbound_heartbeat_has_no_type(void **state) {
    static const clipper_frame frames[] = {{"", 0}, {"\2\0\0\0", 4}};
    clipper_message message = message_of(CLIPPER_HEARTBEAT, CLIPPER_TO_CLIPPER);
    unsigned type;
    (void)state;
    for (type = 0; type <= 3; type++) {
        message.as.heartbeat.type = (clipper_heartbeat_type)type;
        assert_encodes_to(&message, CLIPPER_WIRE_ANY, frames, 2);
    }
}

/* The release wire has no place for a type: only what released Clipper takes for granted may be said. */
static void a_released_response_is_of_strings_or_unstated(void **state) {
    clipper_message message = message_of(CLIPPER_PREDICTION_RESPONSE, CLIPPER_TO_CLIPPER);
    clipper_encoded encoded;
    (void)state;
    message.as.response.data_type = CLIPPER_TYPE_DOUBLES;
    assert_refused(&message, CLIPPER_WIRE_RELEASE, CLIPPER_UNKNOWN_DATA_TYPE, CLIPPER_FIELD_DATA_TYPE, 4, 4,
                   3);
    message.as.response.data_type = CLIPPER_TYPE_STRINGS;
    assert_int_equal(encode(&message, CLIPPER_WIRE_RELEASE, &encoded, NULL), CLIPPER_OK);
    message.as.response.data_type = CLIPPER_TYPE_UNSTATED;
    assert_int_equal(encode(&message, CLIPPER_WIRE_RELEASE, &encoded, NULL), CLIPPER_OK);
}

static void says_which_item_is_not_whole_elements(void **state) {
    clipper_frame items[6];
    clipper_message message = message_of(CLIPPER_PREDICTION_REQUEST, CLIPPER_TO_CONTAINER);
    size_t odd, i;
    (void)state;
    message.as.request.items = items;
    message.as.request.item_count = 6;
    message.as.request.data_type = CLIPPER_TYPE_DOUBLES;
    for (odd = 0; odd < 6; odd++) {
        clipper_encoded encoded;
        clipper_diagnosis diagnosis;
        for (i = 0; i < 6; i++)
            items[i] = (clipper_frame){"", i == odd ? 12 : 8 * i};
        assert_int_equal(encode(&message, CLIPPER_WIRE_ANY, &encoded, &diagnosis), CLIPPER_ITEM_WIDTH);
        assert_int_equal(encoded.frames, 0);
        assert_int_equal(diagnosis.error, CLIPPER_ITEM_WIDTH);
        assert_int_equal(diagnosis.field, CLIPPER_FIELD_ITEM_SIZE);
        assert_int_equal(diagnosis.frame, 6);
        assert_int_equal(diagnosis.item, odd);
        assert_int_equal(diagnosis.offset, 16 + 8 * odd);
        assert_int_equal(diagnosis.expected, 8);
        assert_int_equal(diagnosis.actual, 12);
    }
    message.as.request.data_type = CLIPPER_TYPE_INTS; /* 12 bytes are three ints */
    {
        clipper_encoded encoded;
        assert_int_equal(encode(&message, CLIPPER_WIRE_ANY, &encoded, NULL), CLIPPER_OK);
    }
}

/* Items are never read, so that they may be larger than any test has memory for. */
static void large_sizes_are_written_in_full(void **state) {
    const uint64_t size = (UINT64_C(1) << 32) + 8;
    clipper_message message = message_of(CLIPPER_PREDICTION_REQUEST, CLIPPER_TO_CONTAINER);
    clipper_frame frames[CLIPPER_FRAMES_MAX(1)];
    uint8_t scratch[CLIPPER_SCRATCH_MAX(1)];
    const clipper_storage storage = {frames, sizeof frames / sizeof *frames, scratch, sizeof scratch};
    const clipper_frame item = {NULL, (size_t)size};
    clipper_encoded encoded;
    (void)state;
    message.as.request.items = &item;
    message.as.request.item_count = 1;
    message.as.request.data_type = CLIPPER_TYPE_DOUBLES;
    assert_int_equal(clipper_encode(&message, CLIPPER_WIRE_ANY, &storage, &encoded, NULL), CLIPPER_OK);
    assert_true(clipper_load_u64((const uint8_t *)frames[6].base + 16) == (size_t)size);
    assert_int_equal(frames[7].len, (size_t)size);
}

static void feedback_without_frames_needs_no_array(void **state) {
    static const clipper_frame frames[] = {
        {"", 0}, {"\3\0\0\0", 4}, {"\1\0\0\0", 4}, {"\0\0\0\0", 4}, {"\1\0\0\0", 4}};
    const clipper_message message = message_of(CLIPPER_FEEDBACK_REQUEST, CLIPPER_TO_CONTAINER);
    (void)state;
    assert_encodes_to(&message, CLIPPER_WIRE_ANY, frames, 5);
}

static void refuses_more_items_than_memory_can_have(void **state) {
    clipper_message message = message_of(CLIPPER_PREDICTION_REQUEST, CLIPPER_TO_CONTAINER);
    size_t most = (SIZE_MAX - CLIPPER_SCRATCH_MAX(0)) / 8;
    (void)state;
    message.as.request.item_count = SIZE_MAX;
    assert_refused(&message, CLIPPER_WIRE_ANY, CLIPPER_METADATA_SIZE, CLIPPER_FIELD_ITEM_COUNT, 6, 8,
                   SIZE_MAX);
    message.as.request.item_count = most + 1;
    assert_refused(&message, CLIPPER_WIRE_ANY, CLIPPER_METADATA_SIZE, CLIPPER_FIELD_ITEM_COUNT, 6, 8,
                   most + 1);
    message.as.request.item_count = most;
    {
        clipper_encoded encoded;
        assert_int_equal(encode(&message, CLIPPER_WIRE_ANY, &encoded, NULL), CLIPPER_NO_SPACE);
        assert_true(encoded.scratch <= SIZE_MAX && encoded.scratch >= 8 * most);
    }
}

static void refuses_more_feedback_frames_than_can_be_counted(void **state) {
    clipper_message message = message_of(CLIPPER_FEEDBACK_REQUEST, CLIPPER_TO_CONTAINER);
    clipper_encoded encoded;
    (void)state;
    message.as.feedback.frame_count = SIZE_MAX - 4;
    assert_refused(&message, CLIPPER_WIRE_ANY, CLIPPER_TOO_MANY_FRAMES, CLIPPER_FIELD_FEEDBACK, 5,
                   SIZE_MAX - 5, SIZE_MAX - 4);
    message.as.feedback.frame_count = SIZE_MAX - 5;
    assert_int_equal(encode(&message, CLIPPER_WIRE_ANY, &encoded, NULL), CLIPPER_NO_SPACE);
    assert_true(encoded.frames == SIZE_MAX);
}

/* Item frames that are already where they belong are left alone. */
static void items_may_stand_where_they_go(void **state) {
    clipper_frame frames[CLIPPER_FRAMES_MAX(3)];
    uint8_t scratch[CLIPPER_SCRATCH_MAX(3)];
    clipper_storage storage = {frames, 10, scratch, sizeof scratch};
    clipper_message message = message_of(CLIPPER_PREDICTION_REQUEST, CLIPPER_TO_CONTAINER), decoded;
    clipper_encoded encoded;
    (void)state;
    frames[7] = LITERAL("a");
    frames[8] = LITERAL("bc");
    frames[9] = LITERAL("");
    message.as.request.items = frames + 7;
    message.as.request.item_count = 3;
    assert_int_equal(clipper_encode(&message, CLIPPER_WIRE_ANY, &storage, &encoded, NULL), CLIPPER_OK);
    assert_int_equal(clipper_decode(CLIPPER_TO_CONTAINER, frames, encoded.frames, NULL, &decoded, NULL),
                     CLIPPER_OK);
    assert_int_equal(decoded.as.request.item_count, 3);
    assert_memory_equal(decoded.as.request.items[1].base, "bc", 2);

    message = message_of(CLIPPER_FEEDBACK_REQUEST, CLIPPER_TO_CONTAINER);
    frames[5] = LITERAL("x");
    message.as.feedback.frames = frames + 5;
    message.as.feedback.frame_count = 1;
    assert_int_equal(clipper_encode(&message, CLIPPER_WIRE_ANY, &storage, &encoded, NULL), CLIPPER_OK);
    assert_int_equal(encoded.frames, 6);
    assert_memory_equal(frames[5].base, "x", 1);
}

/* The bounds for arrays hold for every message: nothing needs more. */
static void the_compile_time_bounds_are_enough(void **state) {
    size_t n;
    (void)state;
    for (n = 0; n <= 8; n++) {
        static const clipper_frame items[8];
        clipper_message message = message_of(CLIPPER_PREDICTION_REQUEST, CLIPPER_TO_CONTAINER);
        clipper_encoded encoded;
        message.as.request.items = items;
        message.as.request.item_count = n;
        assert_int_equal(encode(&message, CLIPPER_WIRE_ANY, &encoded, NULL), CLIPPER_OK);
        assert_int_equal(encoded.frames, CLIPPER_FRAMES_MAX(n));
        assert_int_equal(encoded.scratch, CLIPPER_SCRATCH_MAX(n));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_does_not_go_in_this_direction),
        cmocka_unit_test(wants_a_wire_where_the_wires_differ),
        cmocka_unit_test(refuses_another_version),
        cmocka_unit_test(refuses_types_that_the_protocol_does_not_have),
        cmocka_unit_test(an_outbound_heartbeat_has_no_type),
        cmocka_unit_test(a_released_response_is_of_strings_or_unstated),
        cmocka_unit_test(says_which_item_is_not_whole_elements),
        cmocka_unit_test(large_sizes_are_written_in_full),
        cmocka_unit_test(feedback_without_frames_needs_no_array),
        cmocka_unit_test(refuses_more_items_than_memory_can_have),
        cmocka_unit_test(refuses_more_feedback_frames_than_can_be_counted),
        cmocka_unit_test(items_may_stand_where_they_go),
        cmocka_unit_test(the_compile_time_bounds_are_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
