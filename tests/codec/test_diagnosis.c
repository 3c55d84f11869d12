/* Names, sentences, and the line of text that a diagnosis makes. */
#include "support.h"

static void assert_text(clipper_diagnosis diagnosis, const char *expected) {
    char text[CLIPPER_DIAGNOSIS_TEXT];
    memset(text, 'x', sizeof text);
    assert_int_equal(clipper_diagnosis_text(&diagnosis, text, sizeof text), strlen(expected));
    assert_string_equal(text, expected);
}

static void reads_as_one_line(void **state) {
    (void)state;
    assert_text((clipper_diagnosis){CLIPPER_ITEM_SIZE, CLIPPER_FIELD_ITEM, 7, 0, 0, 8, 7},
                "frame 7 (item 0): size does not match the metadata (expected 8, got 7)");
    assert_text((clipper_diagnosis){CLIPPER_ITEM_WIDTH, CLIPPER_FIELD_ITEM_SIZE, 6, 3, 40, 8, 12},
                "frame 6 (item size 3, byte 40): size is not a multiple of the data type's width "
                "(expected a multiple of 8, got 12)");
    assert_text((clipper_diagnosis){CLIPPER_UNKNOWN_MESSAGE_TYPE, CLIPPER_FIELD_MESSAGE_TYPE, 2, 0, 0, 2, 9},
                "frame 2 (message type): unknown message type (at most 2, got 9)");
    assert_text((clipper_diagnosis){CLIPPER_BAD_INPUT_TYPE, CLIPPER_FIELD_INPUT_TYPE, 4, 0, 0, 0, 0},
                "frame 4 (input type): the input type is not a text from \"0\" to \"4\"");
    assert_text((clipper_diagnosis){CLIPPER_TOO_MANY_ITEMS, CLIPPER_FIELD_FEEDBACK, 9, 4, 0, 4, 5},
                "frame 9 (feedback 4): more items than the limit (at most 4, got 5)");
}

static void says_nothing_of_a_field_that_is_none(void **state) {
    (void)state;
    assert_text((clipper_diagnosis){CLIPPER_EXTRA_FRAME, CLIPPER_FIELD_NONE, 2, 0, 0, 2, 3},
                "frame 2: the message goes on after its last frame (expected 2, got 3)");
}

static void is_short_when_nothing_is_wrong(void **state) {
    clipper_diagnosis none;
    (void)state;
    memset(&none, 0, sizeof none);
    assert_text(none, "no error");
}

static void prints_the_largest_numbers(void **state) {
    char text[CLIPPER_DIAGNOSIS_TEXT];
    clipper_diagnosis largest = {
        CLIPPER_OK, CLIPPER_FIELD_METADATA_LENGTH, SIZE_MAX, SIZE_MAX, SIZE_MAX, UINT64_MAX, UINT64_MAX};
    size_t error;
    (void)state;
    for (error = 1; error < CLIPPER_ERROR_COUNT; error++) {
        largest.error = (clipper_error)error;
        assert_true(clipper_diagnosis_text(&largest, text, sizeof text) < CLIPPER_DIAGNOSIS_TEXT);
    }
    largest.error = CLIPPER_METADATA_LENGTH;
    (void)clipper_diagnosis_text(&largest, text, sizeof text);
    assert_non_null(strstr(text, "(expected 18446744073709551615, got 18446744073709551615)"));
}

static void is_cut_to_any_capacity(void **state) {
    clipper_diagnosis diagnosis = {CLIPPER_ITEM_SIZE, CLIPPER_FIELD_ITEM, 7, 0, 0, 8, 7};
    char whole[CLIPPER_DIAGNOSIS_TEXT];
    size_t length = clipper_diagnosis_text(&diagnosis, whole, sizeof whole), capacity;
    (void)state;
    assert_int_equal(clipper_diagnosis_text(&diagnosis, NULL, 0), length);
    for (capacity = 1; capacity <= length + 1; capacity++) {
        char *cut = malloc(capacity);
        assert_int_equal(clipper_diagnosis_text(&diagnosis, cut, capacity), length);
        assert_int_equal(strlen(cut), capacity - 1);
        assert_memory_equal(cut, whole, capacity - 1);
        free(cut);
    }
}

/* The table of names has a place for each number, in their order. */
static void a_number_has_the_name_that_was_given_to_it(void **state) {
    (void)state;
#define CLIPPER_X(number, NAME, name, relation, sentence)                                                    \
    assert_string_equal(clipper_error_name((clipper_error)number), #name);
    CLIPPER_ERRORS(CLIPPER_X)
#undef CLIPPER_X
}

static void every_error_has_a_name_and_a_sentence_of_its_own(void **state) {
    size_t a, b;
    (void)state;
    for (a = 0; a < CLIPPER_ERROR_COUNT; a++) {
        assert_true(strlen(clipper_error_sentence((clipper_error)a)) > 4);
        for (b = 0; b < a; b++) {
            assert_true(strcmp(clipper_error_name((clipper_error)a), clipper_error_name((clipper_error)b)) !=
                        0);
            assert_true(strcmp(clipper_error_sentence((clipper_error)a),
                               clipper_error_sentence((clipper_error)b)) != 0);
        }
    }
    assert_string_equal(clipper_error_name(CLIPPER_ITEM_SIZE), "item_size");
    assert_string_equal(clipper_field_name(CLIPPER_FIELD_METADATA_LENGTH), "metadata_length");
}

/* All of them, also the last one. */
static void names_and_sentences_are_those_of_the_lists(void **state) {
    (void)state;
#define CLIPPER_X(number, NAME, name, relation, sentence)                                                    \
    assert_string_equal(clipper_error_name(CLIPPER_##NAME), #name);                                          \
    assert_string_equal(clipper_error_sentence(CLIPPER_##NAME), sentence);
    CLIPPER_ERRORS(CLIPPER_X)
#undef CLIPPER_X
#define CLIPPER_X(NAME, name) assert_string_equal(clipper_field_name(CLIPPER_FIELD_##NAME), #name);
    CLIPPER_FIELDS(CLIPPER_X)
#undef CLIPPER_X
}

/* Programs have them compiled in, and logs have them: a new error gets a number of its own, at the end. */
static void numbers_stay_as_they_are(void **state) {
    (void)state;
    assert_int_equal(CLIPPER_OK, 0);
    assert_int_equal(CLIPPER_EMPTY_MESSAGE, 1);
    assert_int_equal(CLIPPER_ITEM_SIZE, 8);
    assert_int_equal(CLIPPER_VERSION_MISMATCH, 10);
    assert_int_equal(CLIPPER_TOO_MANY_ITEMS, 19);
    assert_int_equal(CLIPPER_NO_SPACE, 30);
}

static void numbers_that_are_no_error_are_unknown(void **state) {
    clipper_diagnosis odd = {CLIPPER_ERROR_COUNT, CLIPPER_FIELD_COUNT, 1, 0, 0, 2, 3};
    (void)state;
    assert_string_equal(clipper_error_name(CLIPPER_ERROR_COUNT), "unknown");
    assert_string_equal(clipper_error_sentence(CLIPPER_ERROR_COUNT), "unknown error");
    assert_string_equal(clipper_field_name(CLIPPER_FIELD_COUNT), "unknown");
    assert_text(odd, "frame 1 (unknown): unknown error");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_as_one_line),
        cmocka_unit_test(says_nothing_of_a_field_that_is_none),
        cmocka_unit_test(is_short_when_nothing_is_wrong),
        cmocka_unit_test(prints_the_largest_numbers),
        cmocka_unit_test(is_cut_to_any_capacity),
        cmocka_unit_test(a_number_has_the_name_that_was_given_to_it),
        cmocka_unit_test(every_error_has_a_name_and_a_sentence_of_its_own),
        cmocka_unit_test(names_and_sentences_are_those_of_the_lists),
        cmocka_unit_test(numbers_stay_as_they_are),
        cmocka_unit_test(numbers_that_are_no_error_are_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
