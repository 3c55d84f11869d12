/* How often: reconnecting, and logging. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "internal.h"

static void silence_is_followed_by_up_to_a_tenth_of_d(void **state) {
    clipper_pacing pacing;
    uint64_t least = UINT64_MAX, most = 0;
    (void)state;
    clipper_pacing_init(&pacing, 5000, 1);
    for (int i = 0; i < 10000; i++) {
        const uint64_t wait = clipper_pacing_after_silence(&pacing);
        least = wait < least ? wait : least;
        most = wait > most ? wait : most;
    }
    assert_int_equal(least, 0);
    assert_int_equal(most, 500);
}

static void failures_in_a_row_wait_longer_and_longer(void **state) {
    static const uint64_t limits[] = {100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000, 5000, 5000, 5000};
    clipper_pacing pacing;
    (void)state;
    clipper_pacing_init(&pacing, 60000, 2);
    for (int round = 0; round < 200; round++) {
        for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
            assert_in_range(clipper_pacing_after_failure(&pacing), limits[i] / 2, limits[i]);
        clipper_pacing_success(&pacing);
    }
}

static void no_wait_is_longer_than_d(void **state) {
    clipper_pacing pacing;
    (void)state;
    clipper_pacing_init(&pacing, 30, 3);
    for (int i = 0; i < 1000; i++)
        assert_in_range(clipper_pacing_after_failure(&pacing), 15, 30);
    clipper_pacing_init(&pacing, 1, 3);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(clipper_pacing_after_failure(&pacing), 1);
        assert_int_equal(clipper_pacing_after_silence(&pacing), 0);
    }
}

/* A thousand containers that lost the same Clipper do not come back in the same moment. */
static void a_fleet_does_not_stampede(void **state) {
    int buckets[50] = {0};
    (void)state;
    for (uint64_t seed = 0; seed < 1000; seed++) {
        clipper_pacing pacing;
        clipper_pacing_init(&pacing, 5000, seed);
        buckets[clipper_pacing_after_silence(&pacing) * 49 / 500]++;
    }
    for (size_t i = 0; i < 50; i++)
        assert_in_range(buckets[i], 1, 60);
}

static void a_burst_then_one_a_second(void **state) {
    clipper_rate rate = {0, 0, 0};
    uint64_t suppressed, allowed = 0;
    (void)state;
    for (uint64_t now = 1000000; now < 1000000 + 60000; now++)
        allowed += (uint64_t)clipper_rate_allow(&rate, now, &suppressed);
    assert_in_range(allowed, CLIPPER_RATE_BURST + 59, CLIPPER_RATE_BURST + 60);
}

static void what_was_suppressed_is_told_once(void **state) {
    clipper_rate rate = {0, 0, 0};
    uint64_t suppressed = 99;
    (void)state;
    for (int i = 0; i < CLIPPER_RATE_BURST; i++) {
        assert_true(clipper_rate_allow(&rate, 5000, &suppressed));
        assert_int_equal(suppressed, 0);
    }
    for (int i = 0; i < 123; i++)
        assert_false(clipper_rate_allow(&rate, 5500, &suppressed));
    assert_false(clipper_rate_allow(&rate, 5999, &suppressed));
    assert_true(clipper_rate_allow(&rate, 6000, &suppressed));
    assert_int_equal(suppressed, 124);
    assert_true(clipper_rate_allow(&rate, 7000, &suppressed));
    assert_int_equal(suppressed, 0);
}

static void a_quiet_time_restores_the_allowance(void **state) {
    clipper_rate rate = {0, 0, 0};
    uint64_t suppressed;
    int allowed = 0;
    (void)state;
    for (int i = 0; i < 100; i++)
        (void)clipper_rate_allow(&rate, 0, &suppressed);
    for (int i = 0; i < 100; i++)
        allowed += clipper_rate_allow(&rate, 3600000, &suppressed);
    assert_int_equal(allowed, CLIPPER_RATE_BURST);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silence_is_followed_by_up_to_a_tenth_of_d),
        cmocka_unit_test(failures_in_a_row_wait_longer_and_longer),
        cmocka_unit_test(no_wait_is_longer_than_d),
        cmocka_unit_test(a_fleet_does_not_stampede),
        cmocka_unit_test(a_burst_then_one_a_second),
        cmocka_unit_test(what_was_suppressed_is_told_once),
        cmocka_unit_test(a_quiet_time_restores_the_allowance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
