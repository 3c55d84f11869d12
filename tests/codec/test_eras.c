/* The eras before version 3: every vector and every recorded message through both doors of the decoder and back through
 * the encoder, their cut and spoilt variants, and what no vector can hold. */
#include "support_eras.h"
#include "vector.h"

/* Names the vector when one of its checks fails. */
static const struct vector *current;

static size_t with_letters(const char *what) {
    size_t i, count = 0;
    for (i = 0; i < era_vector_count; i++)
        count += strstr(era_vectors[i].id, what) != NULL;
    return count;
}

/* A tail of an input type that the encoder would write so: NULs, to the length of the model version. */
static int has_plain_tail(const block *b) {
    const clipper_frame *type = &b->frames[b->count - 1], *version = &b->frames[b->count - 2];
    size_t i;
    for (i = 1; i < type->len; i++)
        if (((const char *)type->base)[i] != '\0')
            return 0;
    return type->len == version->len;
}

static int is_written_again(const clipper_message *message, const block *b) {
    if (message->leniencies & CLIPPER_LENIENCY_STRING_ENDS)
        return 0;
    return !(message->leniencies & CLIPPER_LENIENCY_INPUT_TYPE_TAIL) || has_plain_tail(b);
}

static void check_frames(const struct vector *v) {
    block b = block_of(v->frames, v->frame_count, SIZE_MAX);
    clipper_message message;
    clipper_diagnosis diagnosis;
    clipper_frame *items;
    clipper_error error = decode_era(v->direction, &b, &v->options, &items, &message, &diagnosis);
    assert_string_equal(clipper_error_name(error), clipper_error_name(v->expected.error));
    if (error != CLIPPER_OK) {
        assert_same_diagnosis(&diagnosis, &v->expected);
    } else {
        if (v->message.kind != CLIPPER_NO_MESSAGE)
            assert_same_message(&message, &v->message);
        if (is_written_again(&message, &b))
            assert_era_encodes_to(&message, v->options.era, b.frames, b.count);
    }
    free(items);
    block_free(&b);
}

static void check_encode(const struct vector *v) {
    clipper_frame frames[16];
    uint8_t scratch[1024];
    clipper_storage storage = {frames, 16, scratch, sizeof scratch};
    clipper_encoded encoded;
    if (v->expected.error == CLIPPER_OK) {
        assert_era_encodes_to(&v->message, v->options.era, v->frames, v->frame_count);
        return;
    }
    assert_int_equal(clipper_era_encode(&v->message, v->options.era, &storage, &encoded, NULL),
                     v->expected.error);
    assert_int_equal(encoded.frames, 0);
    assert_int_equal(encoded.scratch, 0);
}

static void every_vector_and_recording_holds(void **state) {
    size_t i;
    (void)state;
    assert_true(with_letters("era-c-") > 120);
    assert_true(with_letters("era-f-") > 150);
    assert_int_equal(with_letters(".jsonl:"), 59 + 74 + 76 + 84);
    for (i = 0; i < era_vector_count; i++) {
        current = &era_vectors[i];
        if (getenv("VERBOSE"))
            fprintf(stderr, "%s\n", current->id);
        if (current->form == VECTOR_ENCODE)
            check_encode(current);
        else
            check_frames(current);
    }
    current = NULL;
}

/* ---- Spoilt variants ------------------------------------------------------------------------------------- */

/* Decodes B and returns the frame where it fails, or SIZE_MAX where it does not. */
static size_t fails_at(const struct vector *v, const block *b, clipper_error *error) {
    clipper_message message;
    clipper_diagnosis diagnosis;
    clipper_frame *items;
    *error = decode_era(v->direction, b, &v->options, &items, &message, &diagnosis);
    free(items);
    return *error == CLIPPER_OK ? SIZE_MAX : diagnosis.frame;
}

static int is_good(const struct vector *v) {
    return v->form == VECTOR_FRAMES && v->expected.error == CLIPPER_OK &&
           v->message.kind != CLIPPER_FEEDBACK_REQUEST;
}

static int is_bare(const struct vector *v) {
    return v->options.era <= CLIPPER_ERA_D && v->direction == CLIPPER_TO_CLIPPER;
}

/* In C and D a new container without its type is a response where its name and version are as long as one's parts, and
 * where only the name is wrong as an id it is refused there. */
static int may_be_response(const struct vector *v, size_t count) {
    return is_bare(v) && count == 3 && v->frame_count == 4 && v->frames[2].len != 0 &&
           v->frames[2].len % 4 == 0;
}

static void every_prefix_fails_at_its_end(void **state) {
    size_t i, n, like_responses = 0;
    clipper_error error;
    (void)state;
    for (i = 0; i < era_vector_count; i++) {
        current = &era_vectors[i];
        for (n = 0; is_good(current) && n < current->frame_count; n++) {
            block b = block_of(current->frames, n, SIZE_MAX);
            size_t frame = fails_at(current, &b, &error);
            if (may_be_response(current, n)) {
                assert_true(frame == SIZE_MAX || frame == 1);
                like_responses++;
            } else {
                assert_int_equal(error, n == 0 ? CLIPPER_EMPTY_MESSAGE : CLIPPER_TRUNCATED);
                assert_int_equal(frame, n);
            }
            block_free(&b);
        }
    }
    assert_true(like_responses > 0);
    current = NULL;
}

static void every_frame_too_many_is_refused(void **state) {
    clipper_frame frames[16], extra = LITERAL("xyz");
    clipper_error error;
    size_t i;
    (void)state;
    for (i = 0; i < era_vector_count; i++) {
        block b;
        current = &era_vectors[i];
        if (!is_good(current))
            continue;
        memcpy(frames, current->frames, current->frame_count * sizeof *frames);
        frames[current->frame_count] = extra;
        b = block_of(frames, current->frame_count + 1, SIZE_MAX);
        assert_int_equal(fails_at(current, &b, &error), current->frame_count);
        assert_int_equal(error, is_bare(current) && current->frame_count == 3 ? CLIPPER_BAD_INPUT_TYPE
                                                                              : CLIPPER_EXTRA_FRAME);
        block_free(&b);
    }
    current = NULL;
}

/* May frame I of a good message be a byte longer or shorter? Names and versions may; the content of bytes, where no length
 * is given before it; and an input type, which may have a tail. */
static int may_have_any_length(const struct vector *v, size_t i) {
    int registers = v->direction == CLIPPER_TO_CLIPPER && v->message.kind != CLIPPER_PREDICTION_RESPONSE &&
                    v->frame_count > (is_bare(v) ? 3 : 4);
    if (registers)
        return i > (is_bare(v) ? 0 : 1);
    return v->options.era == CLIPPER_ERA_C && v->message.kind == CLIPPER_PREDICTION_REQUEST &&
           i + 1 == v->frame_count && v->message.as.request.data_type == CLIPPER_TYPE_BYTES;
}

/* Frame I of V with LEN bytes, filled up with 'x'. */
static void check_width(const struct vector *v, size_t i, size_t len) {
    clipper_frame frames[16];
    uint8_t *other = malloc(len + 1);
    clipper_error error;
    block b;
    memcpy(frames, v->frames, v->frame_count * sizeof *frames);
    memset(other, 'x', len + 1);
    memcpy(other, frames[i].base ? frames[i].base : "", len < frames[i].len ? len : frames[i].len);
    frames[i] = (clipper_frame){other, len};
    b = block_of(frames, v->frame_count, SIZE_MAX);
    assert_int_equal(fails_at(v, &b, &error), i);
    block_free(&b);
    free(other);
}

static void every_width_is_checked_at_its_frame(void **state) {
    size_t i, frame;
    (void)state;
    for (i = 0; i < era_vector_count; i++) {
        current = &era_vectors[i];
        if (!is_good(current) || current->frame_count > 8)
            continue;
        for (frame = 0; frame < current->frame_count; frame++) {
            size_t len = current->frames[frame].len;
            if (may_have_any_length(current, frame))
                continue;
            check_width(current, frame, len + 1);
            if (len > 0)
                check_width(current, frame, len - 1);
        }
    }
    current = NULL;
}

/* ---- What no vector can hold ----------------------------------------------------------------------------- */

static void more_than_fits_is_refused(void **state) {
    static const uint8_t one_item[] = {0, 0, 0, 0, 1, 0, 0, 0};
    static const uint8_t many_items[] = {0, 0, 0, 0, 0, 0, 0, 0x80};
    static const uint8_t id[4], type[4];
    clipper_options options = era_options(CLIPPER_ERA_C);
    clipper_item_room room = {NULL, 0, 0};
    clipper_message message;
    clipper_diagnosis d;
    clipper_frame frames[] = {{NULL, 0}, {id, 4}, {type, 4}, {one_item, 8}, {one_item, 0x80000000u}};
    (void)state;
    options.limits.items = options.limits.item_bytes = options.limits.total_bytes = UINT64_MAX;
    assert_int_equal(clipper_era_decode(CLIPPER_TO_CONTAINER, frames, 5, &options, &room, &message, &d),
                     CLIPPER_MESSAGE_TOO_LARGE);
    assert_true(d.frame == 4 && d.expected == CLIPPER_ERA_MOST && d.actual == 0x80000000u);
#if SIZE_MAX > 0xffffffffu
    frames[3] = (clipper_frame){many_items, 4 * (size_t)0x80000001u};
    assert_int_equal(clipper_era_decode(CLIPPER_TO_CONTAINER, frames, 5, &options, &room, &message, &d),
                     CLIPPER_TOO_MANY_ITEMS);
    assert_true(d.frame == 3 && d.expected == CLIPPER_ERA_MOST && d.actual == 0x80000000u);
#else
    (void)many_items;
#endif
}

static clipper_error encode_batch(clipper_kind kind, clipper_era era, clipper_data_type type,
                                  const clipper_frame *items, size_t count, clipper_diagnosis *d) {
    clipper_message m = {.kind = kind,
                         .direction =
                             kind == CLIPPER_PREDICTION_REQUEST ? CLIPPER_TO_CONTAINER : CLIPPER_TO_CLIPPER};
    clipper_storage storage = {NULL, 0, NULL, 0};
    clipper_encoded encoded;
    m.as.request = (clipper_prediction){.data_type = type, .items = items, .item_count = count};
    return clipper_era_encode(&m, era, &storage, &encoded, d);
}

static void more_than_fits_is_not_written(void **state) {
    clipper_diagnosis d;
    clipper_frame items[] = {{"a", 1}, {"b", 0x7fffffff}};
    (void)state;
    assert_int_equal(
        encode_batch(CLIPPER_PREDICTION_REQUEST, CLIPPER_ERA_D, CLIPPER_TYPE_BYTES, items, 2, &d),
        CLIPPER_MESSAGE_TOO_LARGE);
    assert_true(d.frame == 6 && d.item == 1 && d.expected == CLIPPER_ERA_MOST && d.actual == 0x80000000u);
    items[1].len--; /* just fits, and was not read */
    assert_int_equal(
        encode_batch(CLIPPER_PREDICTION_REQUEST, CLIPPER_ERA_D, CLIPPER_TYPE_BYTES, items, 2, &d),
        CLIPPER_NO_SPACE);
    items[0].len = CLIPPER_ERA_MOST; /* with its NUL one too many */
    assert_int_equal(
        encode_batch(CLIPPER_PREDICTION_REQUEST, CLIPPER_ERA_E, CLIPPER_TYPE_STRINGS, items, 1, &d),
        CLIPPER_MESSAGE_TOO_LARGE);
    items[0].len = CLIPPER_ERA_MOST - 7; /* with count and length one too many */
    assert_int_equal(
        encode_batch(CLIPPER_PREDICTION_RESPONSE, CLIPPER_ERA_F, CLIPPER_TYPE_STRINGS, items, 1, &d),
        CLIPPER_MESSAGE_TOO_LARGE);
    assert_int_equal(encode_batch(CLIPPER_PREDICTION_REQUEST, CLIPPER_ERA_C, CLIPPER_TYPE_BYTES, items,
                                  (size_t)CLIPPER_ERA_MOST + 1, &d),
                     CLIPPER_TOO_MANY_ITEMS);
    assert_true(d.frame == 4 && d.actual == (uint64_t)CLIPPER_ERA_MOST + 1);
}

static void a_refusal_says_where(void **state) {
    clipper_diagnosis d;
    char text[CLIPPER_DIAGNOSIS_TEXT];
    const clipper_frame strings[] = {LITERAL("ok"), LITERAL("a\0b")},
                        odd[] = {LITERAL("1234"), LITERAL("12345")};
    (void)state;
    assert_int_equal(
        encode_batch(CLIPPER_PREDICTION_REQUEST, CLIPPER_ERA_F, CLIPPER_TYPE_STRINGS, strings, 2, &d),
        CLIPPER_NUL_IN_STRING);
    clipper_diagnosis_text(&d, text, sizeof text);
    assert_string_equal(text, "frame 7 (item 1, byte 1): a string has a NUL inside, where it would be cut");
    assert_int_equal(encode_batch(CLIPPER_PREDICTION_REQUEST, CLIPPER_ERA_C, CLIPPER_TYPE_INTS, odd, 2, &d),
                     CLIPPER_ITEM_WIDTH);
    assert_true(d.frame == 4 && d.item == 1 && d.expected == 4 && d.actual == 5);
    assert_int_equal(
        encode_batch(CLIPPER_PREDICTION_RESPONSE, CLIPPER_ERA_E, CLIPPER_TYPE_FLOATS, odd, 2, &d),
        CLIPPER_ITEM_SIZE);
    assert_true(d.frame == 3 && d.item == 1 && d.expected == 4 && d.actual == 5);
    assert_int_equal(encode_batch(CLIPPER_PREDICTION_RESPONSE, CLIPPER_ERA_D, CLIPPER_TYPE_INTS, odd, 1, &d),
                     CLIPPER_UNKNOWN_DATA_TYPE);
    assert_true(d.frame == 2 && d.expected == CLIPPER_TYPE_FLOATS && d.actual == CLIPPER_TYPE_INTS);
    assert_int_equal(
        encode_batch(CLIPPER_PREDICTION_REQUEST, CLIPPER_ERA_D, CLIPPER_TYPE_UNSTATED, odd, 1, &d),
        CLIPPER_UNKNOWN_DATA_TYPE);
    assert_true(d.expected == CLIPPER_TYPE_STRINGS);
}

static void other_refusals(void **state) {
    clipper_frame frames[8];
    uint8_t scratch[64];
    clipper_storage storage = {frames, 8, scratch, sizeof scratch};
    clipper_encoded encoded;
    clipper_diagnosis d;
    clipper_message m = {.kind = CLIPPER_HEARTBEAT, .direction = CLIPPER_TO_CONTAINER};
    (void)state;
    m.as.heartbeat.type = (clipper_heartbeat_type)2;
    assert_int_equal(clipper_era_encode(&m, CLIPPER_ERA_E, &storage, &encoded, &d),
                     CLIPPER_UNKNOWN_HEARTBEAT_TYPE);
    assert_true(d.frame == 2 && d.expected == 1 && d.actual == 2);
    m = (clipper_message){.kind = CLIPPER_NEW_CONTAINER, .direction = CLIPPER_TO_CLIPPER};
    m.as.new_container.input_type = CLIPPER_TYPE_UNSTATED;
    assert_int_equal(clipper_era_encode(&m, CLIPPER_ERA_D, &storage, &encoded, &d), CLIPPER_BAD_INPUT_TYPE);
    assert_int_equal(d.frame, 3);
    assert_int_equal(clipper_era_encode(&m, CLIPPER_ERA_E, &storage, &encoded, &d), CLIPPER_BAD_INPUT_TYPE);
    assert_int_equal(d.frame, 4);
    m = (clipper_message){.kind = CLIPPER_FEEDBACK_REQUEST, .direction = CLIPPER_TO_CONTAINER};
    m.as.feedback.frame_count = SIZE_MAX - 3;
    assert_int_equal(clipper_era_encode(&m, CLIPPER_ERA_F, &storage, &encoded, &d), CLIPPER_TOO_MANY_FRAMES);
    m.as.feedback.frame_count = SIZE_MAX - 2;
    assert_int_equal(clipper_era_encode(&m, CLIPPER_ERA_C, &storage, &encoded, &d), CLIPPER_TOO_MANY_FRAMES);
    m.as.feedback.frame_count = SIZE_MAX - 3;
    assert_int_equal(clipper_era_encode(&m, CLIPPER_ERA_C, &storage, &encoded, &d), CLIPPER_NO_SPACE);
    m.direction = CLIPPER_TO_CLIPPER;
    assert_int_equal(clipper_era_encode(&m, CLIPPER_ERA_C, &storage, &encoded, &d), CLIPPER_BAD_MESSAGE);
    m.kind = CLIPPER_PREDICTION_RESPONSE;
    m.direction = CLIPPER_TO_CONTAINER;
    assert_int_equal(clipper_era_encode(&m, CLIPPER_ERA_C, &storage, &encoded, NULL), CLIPPER_BAD_MESSAGE);
}

/* Sums of feedback beyond 64 bits are refused, and a model version of one byte leaves no tail. */
static void sums_and_tails_at_their_ends(void **state) {
    static const uint8_t id[4], type[] = {1, 0, 0, 0};
    const clipper_frame frames[] = {{NULL, 0}, {id, 4}, {type, 4}, {id, 4}, {id, SIZE_MAX}};
    clipper_options options = era_options(CLIPPER_ERA_C);
    clipper_item_room room = {NULL, 0, 0};
    clipper_frame out[5];
    uint8_t scratch[8];
    clipper_storage storage = {out, 5, scratch, sizeof scratch};
    clipper_encoded encoded;
    clipper_message m;
    clipper_diagnosis d;
    (void)state;
    options.limits.item_bytes = UINT64_MAX;
    options.limits.total_bytes = 10;
    assert_int_equal(clipper_era_decode(CLIPPER_TO_CONTAINER, frames, 5, &options, &room, &m, &d),
                     CLIPPER_MESSAGE_TOO_LARGE);
    assert_true(d.frame == 4 && d.item == 1 && d.actual >= SIZE_MAX);
    m = (clipper_message){.kind = CLIPPER_NEW_CONTAINER,
                          .direction = CLIPPER_TO_CLIPPER,
                          .leniencies = CLIPPER_LENIENCY_INPUT_TYPE_TAIL};
    m.as.new_container.model_version = LITERAL("1");
    assert_int_equal(clipper_era_encode(&m, CLIPPER_ERA_F, &storage, &encoded, NULL), CLIPPER_OK);
    assert_int_equal(out[4].len, 1);
    assert_int_equal(encoded.scratch, 5);
}

/* Feedback that is already where it goes is not copied. */
static void feedback_in_place(void **state) {
    clipper_frame frames[5] = {{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {"x", 1}};
    uint8_t scratch[12];
    clipper_storage storage = {frames, 5, scratch, sizeof scratch};
    clipper_encoded encoded;
    clipper_message m = {.kind = CLIPPER_FEEDBACK_REQUEST, .direction = CLIPPER_TO_CONTAINER};
    (void)state;
    m.as.feedback.frames = frames + 4;
    m.as.feedback.frame_count = 1;
    assert_int_equal(clipper_era_encode(&m, CLIPPER_ERA_F, &storage, &encoded, NULL), CLIPPER_OK);
    assert_int_equal(encoded.frames, 5);
    assert_memory_equal(frames[4].base, "x", 1);
}

static void other_eras_are_refused(void **state) {
    static const clipper_era others[] = {CLIPPER_ERA_V3, (clipper_era)(CLIPPER_ERA_F + 1)};
    clipper_frame delimiter = {NULL, 0};
    clipper_storage storage = {NULL, 0, NULL, 0};
    clipper_message message = {.kind = CLIPPER_HEARTBEAT, .direction = CLIPPER_TO_CLIPPER};
    clipper_encoded encoded;
    clipper_diagnosis d;
    size_t i;
    (void)state;
    for (i = 0; i < 2; i++) {
        clipper_options options = era_options(others[i]);
        clipper_item_room room = {NULL, 0, 0};
        clipper_message none;
        assert_int_equal(clipper_era_decode(CLIPPER_TO_CLIPPER, &delimiter, 1, &options, &room, &none, NULL),
                         CLIPPER_BAD_ERA);
        assert_int_equal(clipper_era_decode(CLIPPER_TO_CLIPPER, &delimiter, 1, NULL, &room, &none, NULL),
                         CLIPPER_BAD_ERA);
        assert_int_equal(clipper_era_encode(&message, others[i], &storage, &encoded, &d), CLIPPER_BAD_ERA);
    }
}

/* A decoder takes message after message; typed access works on what it gives; the flat form carries it. */
static void messages_follow_each_other(void **state) {
    static const double numbers[] = {0.5, -2.5, 1e300}, zeros[2];
    uint8_t bytes[sizeof numbers];
    const clipper_frame inputs[] = {{bytes, 8}, {NULL, 0}, {bytes + 8, 16}};
    clipper_options options = era_options(CLIPPER_ERA_F);
    clipper_frame frames[8], again[8], items[3] = {{zeros, 16}, {zeros, 16}, {zeros, 16}};
    uint8_t scratch[128], flat[256];
    clipper_storage storage = {frames, 8, scratch, sizeof scratch};
    clipper_item_room room = {items, 3, 0};
    clipper_era_decoder decoder;
    clipper_encoded encoded;
    clipper_message m = {.kind = CLIPPER_PREDICTION_REQUEST, .direction = CLIPPER_TO_CONTAINER};
    size_t i, len, used, count;
    int round;
    (void)state;
    for (i = 0; i < 3; i++)
        clipper_f64_put(bytes, i, numbers[i]);
    m.as.request =
        (clipper_prediction){.id = 9, .data_type = CLIPPER_TYPE_DOUBLES, .items = inputs, .item_count = 3};
    assert_int_equal(clipper_era_encode(&m, CLIPPER_ERA_F, &storage, &encoded, NULL), CLIPPER_OK);
    assert_true(encoded.frames <= CLIPPER_ERA_FRAMES_MAX &&
                encoded.scratch <= CLIPPER_ERA_SCRATCH_MAX(3, 24));
    assert_int_equal(clipper_flat_write(frames, encoded.frames, (clipper_span){flat, sizeof flat}, &len),
                     CLIPPER_OK);
    assert_int_equal(clipper_flat_split((clipper_frame){flat, len}, NULL, again, 8, &count, &used, NULL),
                     CLIPPER_OK);
    clipper_era_decoder_init(&decoder, CLIPPER_TO_CONTAINER, &options);
    for (round = 0; round < 2; round++) {
        for (i = 0; i < count; i++)
            assert_int_equal(clipper_era_decoder_push(&decoder, again[i], i + 1 < count, &room),
                             i + 1 < count ? CLIPPER_EVENT_MORE : CLIPPER_EVENT_DONE);
        assert_int_equal(decoder.message.as.request.item_count, 3);
        assert_int_equal(clipper_f64_count(items[0]), 1);
        assert_int_equal(clipper_f64_count(items[1]), 0);
        assert_true(clipper_f64_at(items[0], 0) == numbers[0] && clipper_f64_at(items[2], 1) == numbers[2]);
    }
}

static void the_new_errors_come_last(void **state) {
    (void)state;
    assert_int_equal(CLIPPER_NO_SPACE, 30);
    assert_int_equal(CLIPPER_NO_ITEMS, 31);
    assert_int_equal(CLIPPER_FIELD_GREETING, 19);
    assert_int_equal(CLIPPER_FIELD_CONTENT_LENGTH, 20);
}

/* cmocka leaves the test by a jump: say where it was. */
static void report(void) {
    if (current)
        fprintf(stderr, "# failed in vector %s\n", current->id);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_and_recording_holds),
        cmocka_unit_test(every_prefix_fails_at_its_end),
        cmocka_unit_test(every_frame_too_many_is_refused),
        cmocka_unit_test(every_width_is_checked_at_its_frame),
        cmocka_unit_test(more_than_fits_is_refused),
        cmocka_unit_test(more_than_fits_is_not_written),
        cmocka_unit_test(a_refusal_says_where),
        cmocka_unit_test(other_refusals),
        cmocka_unit_test(sums_and_tails_at_their_ends),
        cmocka_unit_test(feedback_in_place),
        cmocka_unit_test(other_eras_are_refused),
        cmocka_unit_test(messages_follow_each_other),
        cmocka_unit_test(the_new_errors_come_last),
    };
    atexit(report);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
