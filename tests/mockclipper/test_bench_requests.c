/* What the requests of a benchmark carry, and whether outputs are told right from wrong. */
#include "bench/requests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define ITEMS 5

/* What a right container answers to request NUMBER: texts that oracle_expected() has between quotes. */
static void answer(const bench_requests *r, size_t number, oracle computes, char texts[ITEMS][80],
                   clipper_frame outputs[ITEMS]) {
    const clipper_prediction *request = &bench_requests_at(r, number)->as.request;
    for (size_t i = 0; i < ITEMS; i++) {
        char *expected = oracle_expected(computes, request->data_type, request->items[i]);
        size_t len = strlen(expected) - 2;
        assert_true(len < 80);
        memcpy(texts[i], expected + 1, len);
        outputs[i] = (clipper_frame){texts[i], len};
        free(expected);
    }
}

static void requests_are_as_asked_for_and_differ(void **state) {
    (void)state;
    for (int type = CLIPPER_TYPE_BYTES; type <= CLIPPER_TYPE_STRINGS; type++) {
        bench_requests *r = bench_requests_new(NULL, (clipper_data_type)type, ITEMS, 40, 1, ORACLE_NONE);
        size_t count = bench_requests_count(r);
        assert_true(count >= 2);
        for (size_t n = 0; n < count; n++) {
            const clipper_prediction *one = &bench_requests_at(r, n)->as.request;
            const clipper_prediction *other = &bench_requests_at(r, (n + 1) % count)->as.request;
            assert_int_equal(one->data_type, type);
            assert_int_equal(one->item_count, ITEMS);
            for (size_t i = 0; i < ITEMS; i++) {
                assert_int_equal(one->items[i].len, 40);
                assert_memory_not_equal(one->items[i].base, other->items[i].base, 40);
            }
        }
        bench_requests_destroy(&r);
    }
}

static void a_seed_makes_the_same_again(void **state) {
    bench_requests *a = bench_requests_new(NULL, CLIPPER_TYPE_DOUBLES, 2, 80, 7, ORACLE_NONE);
    bench_requests *b = bench_requests_new(NULL, CLIPPER_TYPE_DOUBLES, 2, 80, 7, ORACLE_NONE);
    bench_requests *c = bench_requests_new(NULL, CLIPPER_TYPE_DOUBLES, 2, 80, 8, ORACLE_NONE);
    const void *first = bench_requests_at(a, 3)->as.request.items[1].base;
    (void)state;
    assert_memory_equal(first, bench_requests_at(b, 3)->as.request.items[1].base, 80);
    assert_memory_not_equal(first, bench_requests_at(c, 3)->as.request.items[1].base, 80);
    bench_requests_destroy(&a);
    bench_requests_destroy(&b);
    bench_requests_destroy(&c);
}

static void large_ones_are_few(void **state) {
    bench_requests *r = bench_requests_new(NULL, CLIPPER_TYPE_BYTES, 1, (size_t)1 << 24, 1, ORACLE_NONE);
    (void)state;
    assert_int_equal(bench_requests_count(r), 2);
    bench_requests_destroy(&r);
    r = bench_requests_new(NULL, CLIPPER_TYPE_BYTES, 1, 0, 1, ORACLE_NONE);
    assert_true(bench_requests_count(r) >= 2);
    assert_int_equal(bench_requests_at(r, 0)->as.request.items[0].len, 0);
    bench_requests_destroy(&r);
}

/* Twice each: the second time by what is remembered of the first. */
static void right_outputs_are_right_again_and_again(void **state) {
    static const oracle models[] = {ORACLE_SUM, ORACLE_PROBE, ORACLE_NOOP, ORACLE_NONE};
    (void)state;
    for (size_t m = 0; m < sizeof models / sizeof *models; m++) {
        bench_requests *r = bench_requests_new(NULL, CLIPPER_TYPE_FLOATS, ITEMS, 16, 1, models[m]);
        for (size_t n = 0; n < 2 * bench_requests_count(r); n++) {
            char texts[ITEMS][80];
            clipper_frame outputs[ITEMS];
            size_t first = 99;
            answer(r, n % bench_requests_count(r), ORACLE_SUM < models[m] ? models[m] : ORACLE_SUM, texts,
                   outputs);
            assert_int_equal(bench_requests_wrong(r, n % bench_requests_count(r), outputs, &first), 0);
            assert_int_equal(first, 99);
        }
        bench_requests_destroy(&r);
    }
}

static void assert_wrong(bench_requests *r, clipper_frame outputs[ITEMS], size_t index,
                         clipper_frame instead) {
    clipper_frame right = outputs[index];
    size_t first = 99;
    outputs[index] = instead;
    assert_int_equal(bench_requests_wrong(r, 0, outputs, &first), 1);
    assert_int_equal(first, index);
    outputs[index] = right;
    assert_int_equal(bench_requests_wrong(r, 0, outputs, &first), 0);
}

/* Before and after the right ones are remembered. */
static void wrong_outputs_are_found(void **state) {
    static const oracle models[] = {ORACLE_SUM, ORACLE_PROBE};
    (void)state;
    for (size_t m = 0; m < 2; m++) {
        bench_requests *r = bench_requests_new(NULL, CLIPPER_TYPE_INTS, ITEMS, 16, 1, models[m]);
        char texts[ITEMS][80], longer[90] = "";
        clipper_frame outputs[ITEMS];
        answer(r, 0, models[m], texts, outputs);
        for (size_t round = 0; round < 2; round++) {
            for (size_t i = 0; i < ITEMS; i++) {
                memcpy(longer, texts[i], outputs[i].len);
                longer[outputs[i].len] = '7';
                assert_wrong(r, outputs, i, (clipper_frame){longer, outputs[i].len + 1});
                assert_wrong(r, outputs, i, (clipper_frame){texts[i], outputs[i].len - 1});
                assert_wrong(r, outputs, i, (clipper_frame){NULL, 0});
                assert_wrong(r, outputs, i, outputs[(i + 1) % ITEMS]);
            }
        }
        bench_requests_destroy(&r);
    }
}

static void all_wrong_ones_are_counted_and_the_first_is_named(void **state) {
    bench_requests *r = bench_requests_new(NULL, CLIPPER_TYPE_INTS, ITEMS, 16, 1, ORACLE_PROBE);
    char texts[ITEMS][80];
    clipper_frame outputs[ITEMS];
    size_t first = 99;
    (void)state;
    answer(r, 1, ORACLE_PROBE, texts, outputs);
    outputs[2] = outputs[4] = (clipper_frame){"x", 1};
    assert_int_equal(bench_requests_wrong(r, 1, outputs, &first), 2);
    assert_int_equal(first, 2);
    answer(r, 1, ORACLE_PROBE, texts, outputs); /* right, but for another request */
    assert_int_equal(bench_requests_wrong(r, 2, outputs, &first), ITEMS);
    assert_int_equal(first, 0);
    bench_requests_destroy(&r);
}

/* A number may be written in more than one way; what is remembered must not forbid the others. */
static void another_way_of_writing_is_right_too(void **state) {
    bench_requests *r = bench_requests_new(NULL, CLIPPER_TYPE_INTS, ITEMS, 4, 1, ORACLE_SUM);
    char texts[ITEMS][80];
    clipper_frame outputs[ITEMS];
    size_t first;
    (void)state;
    answer(r, 0, ORACLE_SUM, texts, outputs);
    for (int round = 0; round < 3; round++) {
        assert_int_equal(bench_requests_wrong(r, 0, outputs, &first), 0);
        for (size_t i = 0; i < ITEMS; i++) {
            const char *more = round == 0 ? ".0" : "0";
            memcpy(texts[i] + outputs[i].len, more, strlen(more));
            outputs[i].len += strlen(more);
        }
    }
    bench_requests_destroy(&r);
}

static void echoes_of_any_length_are_compared(void **state) {
    bench_requests *r = bench_requests_new(NULL, CLIPPER_TYPE_STRINGS, 1, 5000, 1, ORACLE_ECHO);
    const clipper_frame item = bench_requests_at(r, 0)->as.request.items[0];
    clipper_frame output = item;
    char *changed = malloc(item.len);
    size_t first;
    (void)state;
    assert_non_null(changed);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(bench_requests_wrong(r, 0, &output, &first), 0);
        memcpy(changed, item.base, item.len);
        changed[4999] ^= 1;
        assert_int_equal(bench_requests_wrong(r, 0, &(clipper_frame){changed, item.len}, &first), 1);
    }
    free(changed);
    bench_requests_destroy(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_as_asked_for_and_differ),
        cmocka_unit_test(a_seed_makes_the_same_again),
        cmocka_unit_test(large_ones_are_few),
        cmocka_unit_test(right_outputs_are_right_again_and_again),
        cmocka_unit_test(wrong_outputs_are_found),
        cmocka_unit_test(all_wrong_ones_are_counted_and_the_first_is_named),
        cmocka_unit_test(another_way_of_writing_is_right_too),
        cmocka_unit_test(echoes_of_any_length_are_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
