/* Verdicts on metadata that is wrong in one respect only, through both doors of the decoder. */
#include "support.h"
#include "vector.h"

enum {
    WORDS = 8,
    ITEMS = 8
};

/* A prediction, as the frames from the metadata length on say it. */
typedef struct prediction {
    clipper_direction direction;
    uint64_t words[WORDS]; /* of the metadata */
    size_t word_count;
    size_t left_over;    /* bytes after the last word */
    size_t items[ITEMS]; /* their sizes */
    size_t item_count;
} prediction;

/* Decodes it, with OPTIONS, through both doors. */
static clipper_error decode(const prediction *p, const clipper_options *options, clipper_message *message,
                            clipper_diagnosis *diagnosis) {
    static uint8_t item[64];
    static const clipper_frame request[] = {
        {NULL, 0}, {"\3\0\0\0", 4}, {"\1\0\0\0", 4}, {"\7\0\0\0", 4}, {"\0\0\0\0", 4}};
    static const clipper_frame response[] = {{NULL, 0}, {"\1\0\0\0", 4}, {"\7\0\0\0", 4}};
    const size_t head = p->direction == CLIPPER_TO_CONTAINER ? 5 : 3;
    uint8_t length[8], metadata[8 * WORDS + 8];
    clipper_frame frames[7 + ITEMS];
    clipper_error error;
    size_t i, byte, bytes = 8 * p->word_count + p->left_over;
    block b;
    memset(metadata, 0, sizeof metadata);
    for (byte = 0; byte < 8; byte++)
        length[byte] = (uint8_t)((uint64_t)bytes >> (8 * byte));
    for (i = 0; i < p->word_count; i++)
        for (byte = 0; byte < 8; byte++)
            metadata[8 * i + byte] = (uint8_t)(p->words[i] >> (8 * byte));
    memcpy(frames, p->direction == CLIPPER_TO_CONTAINER ? request : response, head * sizeof *frames);
    frames[head] = (clipper_frame){length, 8};
    frames[head + 1] = (clipper_frame){metadata, bytes};
    for (i = 0; i < p->item_count; i++)
        frames[head + 2 + i] = (clipper_frame){item, p->items[i]};
    b = block_of(frames, head + 2 + p->item_count, SIZE_MAX);
    error = decode_both(p->direction, &b, options, message, diagnosis);
    block_free(&b);
    return error;
}

static void assert_verdict(const prediction *p, const clipper_options *options, clipper_diagnosis expected) {
    clipper_message message;
    clipper_diagnosis diagnosis;
    assert_int_equal(decode(p, options, &message, &diagnosis), expected.error);
    assert_same_diagnosis(&diagnosis, &expected);
}

/* Any number of bytes beyond the last word, as many as are announced. */
static void metadata_is_whole_words(void **state) {
    prediction request = {CLIPPER_TO_CONTAINER, {0, 1, 2}, 3, 0, {2}, 1};
    prediction document = {CLIPPER_TO_CLIPPER, {0, 1, 2}, 3, 0, {2}, 1};
    prediction release = {CLIPPER_TO_CLIPPER, {1, 2}, 2, 0, {2}, 1};
    size_t extra;
    (void)state;
    for (extra = 0; extra < 8; extra++) {
        request.left_over = document.left_over = release.left_over = extra;
        if (extra == 0) {
            assert_verdict(&request, NULL,
                           (clipper_diagnosis){CLIPPER_OK, CLIPPER_FIELD_NONE, 0, 0, 0, 0, 0});
            assert_verdict(&document, NULL,
                           (clipper_diagnosis){CLIPPER_OK, CLIPPER_FIELD_NONE, 0, 0, 0, 0, 0});
            assert_verdict(&release, NULL,
                           (clipper_diagnosis){CLIPPER_OK, CLIPPER_FIELD_NONE, 0, 0, 0, 0, 0});
        } else {
            assert_verdict(
                &request, NULL,
                (clipper_diagnosis){CLIPPER_METADATA_SIZE, CLIPPER_FIELD_METADATA, 6, 0, 0, 8, 24 + extra});
            assert_verdict(
                &document, NULL,
                (clipper_diagnosis){CLIPPER_METADATA_SIZE, CLIPPER_FIELD_METADATA, 4, 0, 0, 8, 24 + extra});
            assert_verdict(
                &release, NULL,
                (clipper_diagnosis){CLIPPER_METADATA_SIZE, CLIPPER_FIELD_METADATA, 4, 0, 0, 8, 16 + extra});
        }
    }
}

/* The untyped reading's verdict stands where both readings have one, and nothing of the typed one's is left. */
static void the_last_verdict_stands_alone(void **state) {
    /* typed: 2 items of doubles, the second one too large; untyped: 3 items */
    const prediction both = {CLIPPER_TO_CLIPPER, {3, 2, 8, 64}, 4, 0, {8, 64}, 2};
    clipper_options options = clipper_default_options();
    (void)state;
    options.limits.items = 2;
    options.limits.item_bytes = 63;
    assert_verdict(&both, &options,
                   (clipper_diagnosis){CLIPPER_TOO_MANY_ITEMS, CLIPPER_FIELD_ITEM_COUNT, 4, 0, 0, 2, 3});
}

/* A type that is known, the largest one too, is not what is wrong when the count is. */
static void a_wrong_count_is_told_whatever_the_type(void **state) {
    prediction request = {CLIPPER_TO_CONTAINER, {0, 2, 0}, 3, 0, {0}, 1};
    prediction response = {CLIPPER_TO_CLIPPER, {0, 2, 0}, 3, 0, {0}, 1};
    uint64_t type;
    (void)state;
    for (type = CLIPPER_TYPE_BYTES; type <= CLIPPER_TYPE_STRINGS; type++) {
        request.words[0] = type;
        assert_verdict(&request, NULL,
                       (clipper_diagnosis){CLIPPER_ITEM_COUNT, CLIPPER_FIELD_ITEM_COUNT, 6, 0, 8, 1, 2});
        response.words[0] = type == 2 ? 3 : type; /* 2 would be the count of the release wire */
        assert_verdict(
            &response, NULL,
            (clipper_diagnosis){CLIPPER_ITEM_COUNT, CLIPPER_FIELD_ITEM_COUNT, 4, 0, 0, 2, response.words[0]});
    }
    request.words[0] = CLIPPER_TYPE_STRINGS + 1;
    assert_verdict(&request, NULL,
                   (clipper_diagnosis){CLIPPER_UNKNOWN_DATA_TYPE, CLIPPER_FIELD_DATA_TYPE, 6, 0, 0, 4, 5});
}

/* The total that is too large is told as it is, whichever of the frames is the larger one. */
static void feedback_bytes_are_added_up(void **state) {
    static const size_t sizes[][2] = {{4, 7}, {7, 4}, {0, 11}, {5, 6}};
    clipper_options options = clipper_default_options();
    size_t i;
    (void)state;
    options.limits.total_bytes = 10;
    for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const clipper_frame frames[] = {{NULL, 0},
                                        {"\3\0\0\0", 4},
                                        {"\1\0\0\0", 4},
                                        {"\7\0\0\0", 4},
                                        {"\1\0\0\0", 4},
                                        {"0123456789a", sizes[i][0]},
                                        {"0123456789a", sizes[i][1]}};
        const clipper_diagnosis expected = {
            CLIPPER_MESSAGE_TOO_LARGE, CLIPPER_FIELD_FEEDBACK, 6, 1, 0, 10, 11};
        clipper_message message;
        clipper_diagnosis diagnosis;
        block b = block_of(frames, 7, SIZE_MAX);
        assert_int_equal(decode_both(CLIPPER_TO_CONTAINER, &b, &options, &message, &diagnosis),
                         expected.error);
        assert_same_diagnosis(&diagnosis, &expected);
        block_free(&b);
    }
}

/* Feedback of more bytes than 32 bits count. They are nowhere: only lengths are looked at. */
static void feedback_bytes_are_added_up_in_full(void **state) {
    const uint64_t large = UINT64_C(1) << 32;
    const clipper_frame frames[] = {{NULL, 0},       {"\3\0\0\0", 4},       {"\1\0\0\0", 4}, {"\7\0\0\0", 4},
                                    {"\1\0\0\0", 4}, {NULL, (size_t)large}, {NULL, 11}};
    clipper_options options = clipper_default_options();
    clipper_message message;
    clipper_diagnosis diagnosis;
    (void)state;
    if (SIZE_MAX <= UINT32_MAX)
        return; /* no frame can be as long */
    options.limits.item_bytes = large;
    options.limits.total_bytes = large + 10;
    assert_int_equal(clipper_decode(CLIPPER_TO_CONTAINER, frames, 7, &options, &message, &diagnosis),
                     CLIPPER_MESSAGE_TOO_LARGE);
    assert_true(diagnosis.actual == large + 11);
}

/* More feedback frames than 32 bits count: all but the last are taken for pushed. */
static void feedback_frames_are_counted_in_full(void **state) {
    static const clipper_frame head[] = {
        {NULL, 0}, {"\3\0\0\0", 4}, {"\1\0\0\0", 4}, {"\7\0\0\0", 4}, {"\1\0\0\0", 4}};
    const clipper_frame none = {NULL, 0};
    clipper_options options = clipper_default_options();
    clipper_decoder decoder;
    size_t i;
    (void)state;
    if (SIZE_MAX <= UINT32_MAX)
        return;
    options.limits.items = (uint64_t)UINT32_MAX + 1;
    clipper_decoder_init(&decoder, CLIPPER_TO_CONTAINER, &options);
    for (i = 0; i < 5; i++)
        (void)clipper_decoder_push(&decoder, head[i], 1);
    decoder.item_ = UINT32_MAX;
    assert_int_equal(clipper_decoder_push(&decoder, none, 1), CLIPPER_EVENT_ITEM);
    assert_int_equal(clipper_decoder_push(&decoder, none, 0), CLIPPER_EVENT_ERROR);
    assert_int_equal(decoder.diagnosis.error, CLIPPER_TOO_MANY_ITEMS);
    assert_true(decoder.diagnosis.actual == (uint64_t)UINT32_MAX + 2);
}

/* The same of a request's frames, and sizes that 32 bits do not hold. */
static void frames_and_sizes_are_told_in_full(void **state) {
    static const uint8_t metadata[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0,
                                       0, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0};
    static const clipper_frame head[] = {{NULL, 0},       {"\3\0\0\0", 4}, {"\1\0\0\0", 4},
                                         {"\7\0\0\0", 4}, {"\0\0\0\0", 4}, {"\x18\0\0\0\0\0\0\0", 8},
                                         {metadata, 24}};
    const uint64_t size = (UINT64_C(1) << 32) + 8;
    clipper_options options = clipper_default_options();
    clipper_decoder decoder;
    size_t i;
    (void)state;
    options.limits.item_bytes = options.limits.total_bytes = size;
    clipper_decoder_init(&decoder, CLIPPER_TO_CONTAINER, &options);
    for (i = 0; i < 7; i++)
        assert_int_equal(clipper_decoder_push(&decoder, head[i], 1),
                         i < 6 ? CLIPPER_EVENT_MORE : CLIPPER_EVENT_HEADER);
    assert_true(clipper_decoder_item_size(&decoder, 0) == size);
    if (SIZE_MAX <= UINT32_MAX)
        return;
    decoder.frame_ = UINT32_MAX;
    assert_int_equal(clipper_decoder_push(&decoder, (clipper_frame){NULL, (size_t)size}, 1),
                     CLIPPER_EVENT_ERROR);
    assert_int_equal(decoder.diagnosis.error, CLIPPER_EXTRA_FRAME);
    assert_true(decoder.diagnosis.expected == (uint64_t)UINT32_MAX + 1);
    assert_true(decoder.diagnosis.actual == (uint64_t)UINT32_MAX + 2);
}

/* What is right in one direction is wrong in the other, at the first field: only inbound messages have a version
 * tag, and 3 is no message type. */
static void the_other_direction_is_another_protocol(void **state) {
    size_t i;
    (void)state;
    for (i = 0; i < vector_count; i++) {
        const struct vector *v = &vectors[i];
        if (v->form == VECTOR_FRAMES && v->expected.error == CLIPPER_OK) {
            const int inbound = v->direction == CLIPPER_TO_CONTAINER;
            clipper_message message;
            clipper_diagnosis diagnosis;
            block b = block_of(v->frames, v->frame_count, SIZE_MAX);
            assert_int_equal(decode_both(inbound ? CLIPPER_TO_CLIPPER : CLIPPER_TO_CONTAINER, &b, &v->options,
                                         &message, &diagnosis),
                             inbound ? CLIPPER_UNKNOWN_MESSAGE_TYPE : CLIPPER_VERSION_MISMATCH);
            assert_int_equal(diagnosis.frame, 1);
            block_free(&b);
        }
    }
}

/* An era is refused before anything else is looked at, also where all the rest is right. */
static void an_unknown_era_is_refused_first(void **state) {
    const prediction request = {CLIPPER_TO_CONTAINER, {0, 1, 2}, 3, 0, {2}, 1};
    const prediction response = {CLIPPER_TO_CLIPPER, {1, 2}, 2, 0, {2}, 1};
    const clipper_diagnosis expected = {CLIPPER_BAD_ERA, CLIPPER_FIELD_NONE, 0, 0, 0, 0, 0};
    clipper_options options = clipper_default_options();
    (void)state;
    options.era = (clipper_era)1;
    assert_verdict(&request, &options, expected);
    assert_verdict(&response, &options, expected);
}

/* Each text of a new container may be just as long as the limit. */
static void texts_may_be_as_long_as_the_limit(void **state) {
    clipper_frame frames[] = {{NULL, 0}, {"\0\0\0\0", 4}, {"name", 0}, {"1234", 0}, {"0abc", 0}};
    static const clipper_field fields[] = {CLIPPER_FIELD_NAME, CLIPPER_FIELD_MODEL_VERSION,
                                           CLIPPER_FIELD_INPUT_TYPE};
    clipper_options options = clipper_default_options();
    size_t text;
    (void)state;
    options.limits.text_bytes = 3;
    for (text = 0; text < 3; text++) {
        clipper_message message;
        clipper_diagnosis diagnosis;
        block b;
        frames[2].len = frames[3].len = frames[4].len = 3;
        b = block_of(frames, 5, SIZE_MAX);
        assert_int_equal(decode_both(CLIPPER_TO_CLIPPER, &b, &options, &message, &diagnosis), CLIPPER_OK);
        block_free(&b);
        frames[2 + text].len = 4;
        b = block_of(frames, 5, SIZE_MAX);
        assert_int_equal(decode_both(CLIPPER_TO_CLIPPER, &b, &options, &message, &diagnosis),
                         CLIPPER_TEXT_TOO_LONG);
        assert_same_diagnosis(
            &diagnosis, &(clipper_diagnosis){CLIPPER_TEXT_TOO_LONG, fields[text], 2 + text, 0, 0, 3, 4});
        block_free(&b);
    }
}

/* An input type of one and of two bytes, whatever they are. */
static void an_input_type_is_a_digit_and_no_second_one(void **state) {
    unsigned first, second;
    (void)state;
    for (first = 0; first < 256; first++) {
        for (second = 0; second <= 256; second++) { /* 256: there is none */
            const uint8_t text[2] = {(uint8_t)first, (uint8_t)second};
            clipper_frame frames[] = {{NULL, 0}, {"\0\0\0\0", 4}, {"n", 1}, {"1", 1}, {text, 2}};
            const int begins = first >= '0' && first <= '4', goes_on = second >= '0' && second <= '9';
            clipper_message message;
            clipper_diagnosis diagnosis;
            frames[4].len = second == 256 ? 1 : 2;
            if (begins && !goes_on) {
                assert_int_equal(clipper_decode(CLIPPER_TO_CLIPPER, frames, 5, NULL, &message, &diagnosis),
                                 CLIPPER_OK);
                assert_int_equal(message.as.new_container.input_type, first - '0');
                assert_int_equal(message.leniencies, second == 256 ? 0 : CLIPPER_LENIENCY_INPUT_TYPE_TAIL);
            } else {
                assert_int_equal(clipper_decode(CLIPPER_TO_CLIPPER, frames, 5, NULL, &message, &diagnosis),
                                 CLIPPER_BAD_INPUT_TYPE);
                assert_int_equal(diagnosis.offset, begins);
            }
        }
    }
}

/* What lies behind it in memory is not its. */
static void an_empty_input_type_is_none(void **state) {
    const clipper_frame frames[] = {{NULL, 0}, {"\0\0\0\0", 4}, {"n", 1}, {"1", 1}, {"3", 0}};
    clipper_message message;
    (void)state;
    assert_int_equal(clipper_decode(CLIPPER_TO_CLIPPER, frames, 5, NULL, &message, NULL),
                     CLIPPER_BAD_INPUT_TYPE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metadata_is_whole_words),
        cmocka_unit_test(the_last_verdict_stands_alone),
        cmocka_unit_test(a_wrong_count_is_told_whatever_the_type),
        cmocka_unit_test(feedback_bytes_are_added_up),
        cmocka_unit_test(feedback_bytes_are_added_up_in_full),
        cmocka_unit_test(feedback_frames_are_counted_in_full),
        cmocka_unit_test(frames_and_sizes_are_told_in_full),
        cmocka_unit_test(the_other_direction_is_another_protocol),
        cmocka_unit_test(an_unknown_era_is_refused_first),
        cmocka_unit_test(an_input_type_is_a_digit_and_no_second_one),
        cmocka_unit_test(an_empty_input_type_is_none),
        cmocka_unit_test(texts_may_be_as_long_as_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
