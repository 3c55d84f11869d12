/* Latencies counted, and the counters as Prometheus reads them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "internal.h"

static void a_value_goes_to_the_first_bucket_that_holds_it(void **state) {
    static clipper_histogram histogram;
    clipper_latency latency;
    (void)state;
    memset(&histogram, 0, sizeof histogram);
    clipper_histogram_add(&histogram, 0);
    clipper_histogram_add(&histogram, 10);
    clipper_histogram_add(&histogram, 11);
    clipper_histogram_add(&histogram, 100000000);
    clipper_histogram_add(&histogram, 100000001);
    clipper_histogram_add(&histogram, UINT64_C(1) << 60);
    latency = clipper_histogram_read(&histogram);
    assert_int_equal(latency.count, 6);
    assert_int_equal(latency.buckets[0], 2);
    assert_int_equal(latency.buckets[1], 1);
    assert_int_equal(latency.buckets[CLIPPER_LATENCY_BUCKETS - 2], 1);
    assert_int_equal(latency.buckets[CLIPPER_LATENCY_BUCKETS - 1], 2);
    assert_true(latency.max_us == UINT64_C(1) << 60);
    assert_true(latency.sum_us == (UINT64_C(1) << 60) + 200000022);
}

static void quantiles_are_bounds(void **state) {
    static clipper_histogram histogram;
    clipper_latency latency;
    (void)state;
    memset(&histogram, 0, sizeof histogram);
    latency = clipper_histogram_read(&histogram);
    assert_int_equal(clipper_latency_quantile(&latency, 50), 0);
    for (int i = 0; i < 90; i++)
        clipper_histogram_add(&histogram, 15);
    for (int i = 0; i < 9; i++)
        clipper_histogram_add(&histogram, 4000);
    clipper_histogram_add(&histogram, 7000);
    latency = clipper_histogram_read(&histogram);
    assert_int_equal(clipper_latency_quantile(&latency, 50), 20);
    assert_int_equal(clipper_latency_quantile(&latency, 90), 20);
    assert_int_equal(clipper_latency_quantile(&latency, 91), 5000);
    assert_int_equal(clipper_latency_quantile(&latency, 99), 5000);
    assert_int_equal(clipper_latency_quantile(&latency, 100), 7000); /* no more than the largest */
}

static void bounds_rise(void **state) {
    (void)state;
    for (size_t i = 1; i < CLIPPER_LATENCY_BUCKETS; i++)
        assert_true(clipper_latency_bounds_us[i] > clipper_latency_bounds_us[i - 1]);
    assert_true(clipper_latency_bounds_us[CLIPPER_LATENCY_BUCKETS - 1] == UINT64_MAX);
}

static void prometheus_text(void **state) {
    static clipper_stats stats;
    char text[16384], cut[100];
    size_t length;
    (void)state;
    memset(&stats, 0, sizeof stats);
    clipper_counter_set(&stats.responses, 41);
    clipper_counter_set(&stats.bad_messages, 7);
    clipper_counter_set(&stats.registered, 1);
    clipper_histogram_add(&stats.latency, 30);
    clipper_histogram_add(&stats.latency, 1500);
    length = clipper_stats_metrics(&stats, text, sizeof text);
    assert_int_equal(length, strlen(text));
    assert_non_null(strstr(text, "# TYPE clipper_mc_pred_total counter\nclipper_mc_pred_total 41\n"));
    assert_non_null(strstr(text, "# TYPE clipper_mc_end_to_end_latency_ms histogram\n"));
    assert_non_null(strstr(text, "clipper_mc_end_to_end_latency_ms_bucket{le=\"0.02\"} 0\n"
                                 "clipper_mc_end_to_end_latency_ms_bucket{le=\"0.05\"} 1\n"));
    assert_non_null(strstr(text, "clipper_mc_end_to_end_latency_ms_bucket{le=\"1\"} 1\n"
                                 "clipper_mc_end_to_end_latency_ms_bucket{le=\"2\"} 2\n"));
    assert_non_null(strstr(text, "clipper_mc_end_to_end_latency_ms_bucket{le=\"+Inf\"} 2\n"
                                 "clipper_mc_end_to_end_latency_ms_sum 1.530\n"
                                 "clipper_mc_end_to_end_latency_ms_count 2\n"));
    assert_non_null(strstr(text, "clipper_mc_handle_time_ms_count 0\n"));
    assert_non_null(strstr(text, "\nclipper_container_bad_messages_total 7\n"));
    assert_non_null(strstr(text, "\nclipper_container_registered 1\n"));
    /* Cut to any length, it says how long it would be. */
    assert_int_equal(clipper_stats_metrics(&stats, NULL, 0), length);
    memset(cut, '#', sizeof cut);
    assert_int_equal(clipper_stats_metrics(&stats, cut, 50), length);
    assert_memory_equal(cut, text, 49);
    assert_int_equal(cut[49], '\0');
    assert_int_equal(cut[50], '#');
}

/* Every line is a comment or "name value", every name has its HELP and TYPE before it. */
static void prometheus_text_is_well_formed(void **state) {
    static clipper_stats stats;
    static char text[16384];
    char name[128] = "";
    (void)state;
    memset(&stats, 0, sizeof stats);
    clipper_stats_metrics(&stats, text, sizeof text);
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        if (strncmp(line, "# HELP ", 7) == 0) {
            assert_int_equal(sscanf(line + 7, "%127s", name), 1);
        } else if (line[0] == '#') {
            assert_memory_equal(line, "# TYPE ", 7);
            assert_memory_equal(line + 7, name, strlen(name));
        } else {
            char *end;
            assert_memory_equal(line, name, strlen(name));
            assert_true(strtod(strrchr(line, ' '), &end) >= 0 && *end == '\0');
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_goes_to_the_first_bucket_that_holds_it),
        cmocka_unit_test(quantiles_are_bounds),
        cmocka_unit_test(bounds_rise),
        cmocka_unit_test(prometheus_text),
        cmocka_unit_test(prometheus_text_is_well_formed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
