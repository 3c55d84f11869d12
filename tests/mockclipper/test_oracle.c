/* What the built-in models answer, and what is taken for it. */
#include "engine/batch.h"
#include "engine/oracle.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static clipper_frame text(const char *s) {
    return (clipper_frame){s, strlen(s)};
}

static bool probe_accepts(const char *item, const char *output) {
    return oracle_accepts(ORACLE_PROBE, CLIPPER_TYPE_STRINGS, text(item), text(output));
}

static void crc32_is_zlibs(void **state) {
    (void)state;
    assert_true(probe_accepts("", "0:00000000"));
    assert_true(probe_accepts("123456789", "9:cbf43926"));
    assert_true(probe_accepts("The quick brown fox jumps over the lazy dog", "43:414fa339"));
}

static void probe_counts_elements(void **state) {
    static const uint8_t zeros[24];
    clipper_frame item = {zeros, sizeof zeros};
    (void)state;
    assert_true(oracle_accepts(ORACLE_PROBE, CLIPPER_TYPE_DOUBLES, item, text("3:a3c1ca20")));
    assert_true(oracle_accepts(ORACLE_PROBE, CLIPPER_TYPE_BYTES, text(""), text("0:00000000")));
    assert_false(probe_accepts("123456789", "9:CBF43926"));
    assert_false(probe_accepts("123456789", "9:cbf43926 "));
    assert_false(probe_accepts("123456789", "9:cbf4392"));
    assert_false(probe_accepts("123456780", "9:cbf43926"));
}

static void sums_read_as_exactly_the_number(void **state) {
    static const double numbers[] = {0.1, 0.2, 0.3};
    clipper_frame item = {numbers, sizeof numbers};
    (void)state;
    assert_true(oracle_accepts(ORACLE_SUM, CLIPPER_TYPE_DOUBLES, item, text("0.6000000000000001")));
    assert_false(oracle_accepts(ORACLE_SUM, CLIPPER_TYPE_DOUBLES, item, text("0.6")));
    assert_false(oracle_accepts(ORACLE_SUM, CLIPPER_TYPE_DOUBLES, item, text("0.6000000000000001x")));
    assert_false(oracle_accepts(ORACLE_SUM, CLIPPER_TYPE_DOUBLES, item, text("")));
    assert_true(oracle_accepts(ORACLE_SUM, CLIPPER_TYPE_DOUBLES, text(""), text("0")));
    assert_true(oracle_accepts(ORACLE_SUM, CLIPPER_TYPE_DOUBLES, text(""), text("-0.0")));
    assert_true(oracle_accepts(ORACLE_SUM, CLIPPER_TYPE_BYTES, text("\xff\xff"), text("510")));
    assert_false(oracle_accepts(ORACLE_SUM, CLIPPER_TYPE_BYTES, text("\xff\xff"), text("-2")));
    assert_true(oracle_accepts(ORACLE_SUM, CLIPPER_TYPE_STRINGS, text("abc"), text("3")));
}

static void sums_of_nan_and_infinities(void **state) {
    double numbers[] = {(double)INFINITY, 1};
    clipper_frame item = {numbers, sizeof numbers};
    (void)state;
    assert_true(oracle_accepts(ORACLE_SUM, CLIPPER_TYPE_DOUBLES, item, text("inf")));
    assert_false(oracle_accepts(ORACLE_SUM, CLIPPER_TYPE_DOUBLES, item, text("nan")));
    numbers[1] = (double)-INFINITY;
    assert_true(oracle_accepts(ORACLE_SUM, CLIPPER_TYPE_DOUBLES, item, text("nan")));
    assert_true(oracle_accepts(ORACLE_SUM, CLIPPER_TYPE_DOUBLES, item, text("-nan")));
    assert_false(oracle_accepts(ORACLE_SUM, CLIPPER_TYPE_DOUBLES, item, text("0")));
}

static void made_up_numbers_add_up_in_any_order(void **state) {
    random_source source = {42};
    batch *items = batch_new(CLIPPER_TYPE_FLOATS);
    float forward = 0, backward = 0;
    size_t count;
    (void)state;
    batch_add_random(items, &source, 500);
    count = clipper_f32_count(items->items[0]);
    assert_int_equal(count, 500);
    for (size_t i = 0; i < count; i++) {
        forward += clipper_f32_at(items->items[0], i);
        backward += clipper_f32_at(items->items[0], count - 1 - i);
    }
    assert_memory_equal(&forward, &backward, sizeof forward);
    assert_true(forward < 0 || forward > 0);
    batch_destroy(&items);
}

static void the_same_seed_gives_the_same_items(void **state) {
    random_source a = {7}, b = {7};
    batch *x = batch_new(CLIPPER_TYPE_STRINGS), *y = batch_new(CLIPPER_TYPE_STRINGS);
    (void)state;
    batch_add_random(x, &a, 100);
    batch_add_random(y, &b, 100);
    assert_memory_equal(x->items[0].base, y->items[0].base, 100);
    batch_add_random(x, &a, 100);
    batch_repeat_last(x);
    assert_int_equal(x->count, 3);
    assert_memory_equal(x->items[1].base, x->items[2].base, 100);
    assert_memory_not_equal(x->items[0].base, x->items[1].base, 100);
    batch_destroy(&x);
    batch_destroy(&y);
}

static bool alike(const char *a, const char *b) {
    bool result = oracle_alike(CLIPPER_TYPE_UNSTATED, text(a), text(b));
    assert_true(oracle_alike(CLIPPER_TYPE_UNSTATED, text(b), text(a)) == result);
    return result;
}

static void answers_are_alike_but_for_rounding(void **state) {
    static const double a[] = {1, 1e-30, NAN}, b[] = {1.00001, 0, NAN}, c[] = {1.01, 0, NAN};
    static const float single = 1.5f, near = 1.50001f, far = 1.6f;
    (void)state;
    assert_true(alike("", ""));
    assert_true(alike("cat", "cat"));
    assert_false(alike("cat", "cats"));
    assert_false(alike("cat", ""));
    assert_true(alike("0.3333333", "0.33333334"));
    assert_true(alike("[1.50, -2.25e-7, \"x\"]", "[1.5, -2.25000001e-7, \"x\"]"));
    assert_false(alike("0.33", "0.34"));
    assert_false(alike("[1.5, 2.5]", "[2.5, 1.5]"));
    assert_false(alike("1.5", "-1.5"));
    /* Whole numbers, hashes and versions are no results of floating point. */
    assert_false(alike("1000000", "1000001"));
    assert_false(alike("12:00000001", "12:00000002"));
    assert_false(alike("v1.00001", "v1.00002"));
    assert_false(alike("1e10", "1e10000001"));
    assert_true(
        oracle_alike(CLIPPER_TYPE_DOUBLES, (clipper_frame){a, sizeof a}, (clipper_frame){b, sizeof b}));
    assert_false(
        oracle_alike(CLIPPER_TYPE_DOUBLES, (clipper_frame){a, sizeof a}, (clipper_frame){c, sizeof c}));
    assert_false(oracle_alike(CLIPPER_TYPE_DOUBLES, (clipper_frame){a, 16}, (clipper_frame){b, sizeof b}));
    assert_true(oracle_alike(CLIPPER_TYPE_FLOATS, (clipper_frame){&single, 4}, (clipper_frame){&near, 4}));
    assert_false(oracle_alike(CLIPPER_TYPE_FLOATS, (clipper_frame){&single, 4}, (clipper_frame){&far, 4}));
    assert_false(oracle_alike(CLIPPER_TYPE_BYTES, text("1.50"), text("1.5")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_alike_but_for_rounding),
        cmocka_unit_test(crc32_is_zlibs),
        cmocka_unit_test(probe_counts_elements),
        cmocka_unit_test(sums_read_as_exactly_the_number),
        cmocka_unit_test(sums_of_nan_and_infinities),
        cmocka_unit_test(made_up_numbers_add_up_in_any_order),
        cmocka_unit_test(the_same_seed_gives_the_same_items),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
