/* What the header defines itself. Typed access to items: any alignment, bit-exact, the same on every host. */
#include <stdio.h>

#include "support.h"

static void counts_whole_elements_only(void **state) {
    clipper_frame item = LITERAL("123456789");
    (void)state;
    assert_int_equal(clipper_i32_count(item), 2);
    assert_int_equal(clipper_f32_count(item), 2);
    assert_int_equal(clipper_f64_count(item), 1);
    item.len = 0;
    assert_int_equal(clipper_f64_count(item), 0);
}

static void reads_at_any_alignment(void **state) {
    static const uint8_t bytes[] = {0x00, 0x00, 0x00, 0x80, 0xff, 0xff, 0xff, 0xff};
    size_t shift;
    (void)state;
    for (shift = 0; shift < 8; shift++) {
        uint8_t *bytes_at = malloc(shift + sizeof bytes);
        clipper_frame item;
        memcpy(bytes_at + shift, bytes, sizeof bytes);
        item.base = bytes_at + shift;
        item.len = sizeof bytes;
        assert_true(clipper_i32_at(item, 0) == INT32_MIN);
        assert_true(clipper_i32_at(item, 1) == -1);
        free(bytes_at);
    }
}

static void reads_numbers_as_they_were_sent(void **state) {
    clipper_frame doubles = LITERAL("\0\0\0\0\0\0\xf8\x3f\0\0\0\0\0\0\0\x80\0\0\0\0\0\0\xf0\xff");
    clipper_frame floats = LITERAL("\0\0\xc0\x3f\0\0\x80\x7f");
    (void)state;
    assert_true(clipper_f64_at(doubles, 0) == 1.5);
    assert_true(clipper_f64_at(doubles, 1) == 0.0 && 1 / clipper_f64_at(doubles, 1) < 0);
    assert_true(clipper_f64_at(doubles, 2) < -1e308);
    assert_true(clipper_f32_at(floats, 0) == 1.5f);
    assert_true(clipper_f32_at(floats, 1) > 3e38f);
}

static void keeps_the_payload_of_a_nan(void **state) {
    clipper_frame item = LITERAL("\x01\x02\x03\x04\x05\x06\xf8\x7f");
    double number = clipper_f64_at(item, 0);
    uint64_t bits;
    (void)state;
    memcpy(&bits, &number, sizeof bits);
    assert_true(bits == UINT64_C(0x7ff8060504030201));
}

static void copies_at_most_what_there_is_room_for(void **state) {
    clipper_frame item = LITERAL("\1\0\0\0\2\0\0\0\3\0\0\0\4");
    int32_t out[4] = {9, 9, 9, 9};
    (void)state;
    assert_int_equal(clipper_i32_copy(item, out, 2), 2);
    assert_true(out[0] == 1 && out[1] == 2 && out[2] == 9);
    assert_int_equal(clipper_i32_copy(item, out, 4), 3);
    assert_true(out[2] == 3 && out[3] == 9);
    assert_int_equal(clipper_i32_copy(item, out, 0), 0);
}

static void copies_every_type(void **state) {
    clipper_frame item = LITERAL("\0\0\0\0\0\0\xf8\x3f");
    double doubles[1];
    float floats[2];
    (void)state;
    assert_int_equal(clipper_f64_copy(item, doubles, 1), 1);
    assert_true(doubles[0] == 1.5);
    assert_int_equal(clipper_f64_copy(item, doubles, 0), 0);
    assert_int_equal(clipper_f32_copy(item, floats, 2), 2);
    assert_true(floats[0] == 0 && floats[1] == 1.9375f);
    assert_int_equal(clipper_f32_copy(item, floats, 1), 1);
}

/* At any alignment, and not a byte beside it. */
static void writes_numbers_as_they_are_sent(void **state) {
    static const uint8_t sent[] = "\0\0\0\0\0\0\xf8\x3f\x01\x02\x03\x04\x05\x06\xf8\x7f";
    const clipper_frame nan = {sent + 8, 8};
    uint8_t bytes[32];
    size_t shift;
    (void)state;
    for (shift = 1; shift < 9; shift++) {
        memset(bytes, 9, sizeof bytes);
        clipper_f64_put(bytes + shift, 0, 1.5);
        clipper_f64_put(bytes + shift, 1, clipper_f64_at(nan, 0));
        assert_memory_equal(bytes + shift, sent, 16);
        assert_true(bytes[shift - 1] == 9 && bytes[shift + 16] == 9);
        memset(bytes, 9, sizeof bytes);
        clipper_i32_put(bytes + shift, 1, INT32_MIN + 0x40302);
        clipper_f32_put(bytes + shift, 2, 1.5f);
        assert_memory_equal(bytes + shift, "\x9\x9\x9\x9\x02\x03\x04\x80\x00\x00\xc0\x3f\x9", 13);
    }
}

/* A view is the item itself, where the host allows it at all. */
static void views_in_place_or_not_at_all(void **state) {
    double numbers[3] = {1, 2, 3};
    clipper_frame item;
    (void)state;
    item.base = numbers;
    item.len = 16;
#if CLIPPER_LITTLE_ENDIAN_HOST
    assert_ptr_equal(clipper_f64_view(item), numbers);
    assert_ptr_equal(clipper_f32_view(item), numbers);
    assert_ptr_equal(clipper_i32_view(item), numbers);
#else
    assert_null(clipper_f64_view(item));
#endif
    item.len = 15;
    assert_null(clipper_f64_view(item));
    assert_null(clipper_f32_view(item));
    assert_null(clipper_i32_view(item));
    item.len = 0;
    assert_null(clipper_f64_view(item));
    assert_null(clipper_f32_view(item));
    assert_null(clipper_i32_view(item));
    item.base = (const uint8_t *)numbers + 1;
    item.len = 16;
    assert_null(clipper_f64_view(item));
    assert_null(clipper_f32_view(item));
    assert_null(clipper_i32_view(item));
}

static void widths_are_those_of_the_protocol(void **state) {
    (void)state;
    assert_int_equal(clipper_data_width(CLIPPER_TYPE_BYTES), 1);
    assert_int_equal(clipper_data_width(CLIPPER_TYPE_INTS), 4);
    assert_int_equal(clipper_data_width(CLIPPER_TYPE_FLOATS), 4);
    assert_int_equal(clipper_data_width(CLIPPER_TYPE_DOUBLES), 8);
    assert_int_equal(clipper_data_width(CLIPPER_TYPE_STRINGS), 1);
    assert_int_equal(clipper_data_width(CLIPPER_TYPE_UNSTATED), 1);
}

static void the_defaults_are_those_of_the_manual(void **state) {
    const clipper_limits limits = clipper_default_limits();
    const clipper_options options = clipper_default_options();
    (void)state;
    assert_true(limits.items == 1048576);
    assert_true(limits.item_bytes == 1073741824);
    assert_true(limits.total_bytes == 1073741824);
    assert_true(limits.text_bytes == 65536);
    assert_int_equal(options.era, CLIPPER_ERA_V3);
    assert_int_equal(options.strict, 0);
    assert_memory_equal(&options.limits, &limits, sizeof limits);
}

static void the_version_is_the_headers(void **state) {
    char text[40];
    (void)state;
    snprintf(text, sizeof text, "%d.%d.%d", CLIPPER_VERSION_MAJOR, CLIPPER_VERSION_MINOR,
             CLIPPER_VERSION_PATCH);
    assert_string_equal(clipper_version(), text);
    assert_string_equal(CLIPPER_VERSION, text); /* the Makefile's */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_whole_elements_only),
        cmocka_unit_test(reads_at_any_alignment),
        cmocka_unit_test(reads_numbers_as_they_were_sent),
        cmocka_unit_test(keeps_the_payload_of_a_nan),
        cmocka_unit_test(copies_at_most_what_there_is_room_for),
        cmocka_unit_test(copies_every_type),
        cmocka_unit_test(writes_numbers_as_they_are_sent),
        cmocka_unit_test(views_in_place_or_not_at_all),
        cmocka_unit_test(widths_are_those_of_the_protocol),
        cmocka_unit_test(the_defaults_are_those_of_the_manual),
        cmocka_unit_test(the_version_is_the_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
