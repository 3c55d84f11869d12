/* The histogram of latencies, against the sorted values themselves. */
#include "bench/histogram.h"
#include "base/random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#define VALUES 20000

static const double parts[] = {0, 0.001, 0.1, 0.25, 0.5, 0.9, 0.99, 0.999, 0.9999, 1};
#define PART_COUNT (sizeof parts / sizeof *parts)

static int compare(const void *a, const void *b) {
    duration x = *(const duration *)a, y = *(const duration *)b;
    return (x > y) - (x < y);
}

/* The value of which the rank is that of the quantile. */
static duration exact(const duration *sorted, size_t count, double q) {
    double rank = ceil(q * (double)count);
    return sorted[rank < 1 ? 0 : (size_t)rank - 1];
}

/* Every quantile is told not too small, and too large by at most the error that is promised. */
static void assert_quantiles(const histogram *h, duration *values, size_t count) {
    double sum = 0;
    qsort(values, count, sizeof *values, compare);
    for (size_t i = 0; i < count; i++)
        sum += (double)values[i];
    for (size_t i = 0; i < PART_COUNT; i++) {
        duration right = exact(values, count, parts[i]), told = histogram_quantile(h, parts[i]);
        if (told < right || (double)told > (double)right * (1 + HISTOGRAM_ERROR))
            fail_msg("quantile %g: %jd told, %jd is right", parts[i], (intmax_t)told, (intmax_t)right);
        if (right < 256 && told != right)
            fail_msg("quantile %g: %jd told, %jd is right, and small", parts[i], (intmax_t)told,
                     (intmax_t)right);
    }
    assert_int_equal(h->count, count);
    assert_int_equal(h->least, values[0]);
    assert_int_equal(h->most, values[count - 1]);
    assert_true(fabs(histogram_mean(h) - sum / (double)count) < 1e-6 * sum);
}

static duration draw(random_source *random, int distribution) {
    uint64_t r = random_next(random);
    switch (distribution) {
    case 0: /* small */
        return (duration)(r % 300);
    case 1: /* uniform */
        return (duration)(r % 5000000);
    case 2: /* over all magnitudes */
        return (duration)(r >> (22 + random_below(random, 42)));
    case 3: /* two humps */
        return random_below(random, 100) == 0 ? 90000000 + (duration)(r % 1000)
                                              : 30000 + (duration)(r % 2000);
    default: /* all the same */
        return 123456;
    }
}

static void quantiles_are_those_of_the_sorted_values(void **state) {
    static histogram h;
    static duration values[VALUES];
    (void)state;
    for (int distribution = 0; distribution < 5; distribution++) {
        random_source random = {(uint64_t)distribution};
        histogram_clear(&h);
        for (size_t i = 0; i < VALUES; i++) {
            values[i] = draw(&random, distribution);
            histogram_add(&h, values[i]);
        }
        assert_quantiles(&h, values, VALUES);
    }
}

/* Every value near the ends of the buckets by itself: none is told too small, or too large by more than
 * promised. */
static void every_bucket_keeps_its_promise(void **state) {
    static histogram h;
    (void)state;
    for (duration power = 1; power <= HISTOGRAM_MOST; power *= 2) {
        for (int part = 0; part < 256; part++) {
            for (int beside = -1; beside <= 1; beside++) {
                duration value = power + power / 256 * part + beside;
                duration larger[2] = {value, HISTOGRAM_MOST};
                if (value > HISTOGRAM_MOST)
                    continue;
                histogram_clear(&h);
                histogram_add(&h, larger[0]);
                histogram_add(&h, larger[1]); /* so that the most does not cut what is told of the value */
                assert_quantiles(&h, larger, 2);
            }
        }
    }
}

static void what_is_out_of_range_is_kept_at_its_ends(void **state) {
    static histogram h;
    (void)state;
    histogram_clear(&h);
    assert_int_equal(histogram_quantile(&h, 0.5), 0);
    assert_true(histogram_mean(&h) <= 0);
    histogram_add(&h, -5);
    histogram_add(&h, INT64_MAX / 4);
    assert_int_equal(h.least, 0);
    assert_int_equal(histogram_quantile(&h, 0.5), 0);
    assert_int_equal(histogram_quantile(&h, 1), INT64_MAX / 4);
}

static void merging_is_as_adding_all(void **state) {
    static histogram all, some, others;
    random_source random = {7};
    (void)state;
    histogram_clear(&all);
    histogram_clear(&some);
    histogram_clear(&others);
    histogram_merge(&all, &some); /* nothing to nothing */
    assert_int_equal(all.count, 0);
    for (int i = 0; i < 5000; i++) {
        duration value = draw(&random, 2);
        histogram_add(&all, value);
        histogram_add(i % 3 == 0 ? &some : &others, value);
    }
    histogram_merge(&some, &others);
    assert_memory_equal(&some, &all, sizeof all);
}

static void a_percentile_needs_values_beyond_it(void **state) {
    static histogram h;
    (void)state;
    histogram_clear(&h);
    assert_false(histogram_has_quantile(&h, 0.5));
    for (int i = 0; i < 1000; i++)
        histogram_add(&h, i);
    assert_true(histogram_has_quantile(&h, 0.99));
    assert_true(histogram_has_quantile(&h, 0.999));
    assert_false(histogram_has_quantile(&h, 0.9999));
}

static void bars_adjoin_and_hold_all(void **state) {
    static histogram h;
    (void)state;
    for (size_t most = 1; most <= 64; most = most * 2 + 1) {
        random_source random = {most};
        histogram_bar bars[64];
        uint64_t sum = 0;
        size_t count;
        histogram_clear(&h);
        assert_int_equal(histogram_bars(&h, bars, most), 0);
        for (int i = 0; i < 3000; i++)
            histogram_add(&h, draw(&random, most % 2 == 0 ? 1 : 3));
        count = histogram_bars(&h, bars, most);
        assert_true(count >= 1 && count <= most);
        assert_true(bars[0].from <= h.least && h.least < bars[0].to);
        assert_true(bars[count - 1].from <= h.most && h.most < bars[count - 1].to);
        for (size_t i = 0; i < count; i++) {
            assert_true(i == 0 || bars[i].from == bars[i - 1].to);
            sum += bars[i].count;
        }
        assert_int_equal(sum, h.count);
    }
}

static void a_bar_counts_what_lies_in_it(void **state) {
    static histogram h;
    histogram_bar bars[16];
    (void)state;
    histogram_clear(&h);
    for (duration value = 1024; value < 4096; value++)
        histogram_add(&h, value);
    assert_int_equal(histogram_bars(&h, bars, 16), 16);
    for (size_t i = 0; i < 16; i++) {
        assert_int_equal(bars[i].from, i < 8 ? 1024 + 128 * i : 2048 + 256 * (i - 8));
        assert_int_equal(bars[i].count, bars[i].to - bars[i].from);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_those_of_the_sorted_values),
        cmocka_unit_test(every_bucket_keeps_its_promise),
        cmocka_unit_test(what_is_out_of_range_is_kept_at_its_ends),
        cmocka_unit_test(merging_is_as_adding_all),
        cmocka_unit_test(a_percentile_needs_values_beyond_it),
        cmocka_unit_test(bars_adjoin_and_hold_all),
        cmocka_unit_test(a_bar_counts_what_lies_in_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
