/* stats.c: counters and latencies, read and reported. */
#include "stats.h"

#include <inttypes.h>
#include <stdio.h>

clipper_counters clipper_stats_counters(const clipper_stats *stats) {
    clipper_counters counters;
#define CLIPPER_COUNTER(name, help) counters.name = clipper_counter_read(&stats->name);
    CLIPPER_COUNTERS(CLIPPER_COUNTER)
#undef CLIPPER_COUNTER
    return counters;
}

/* Enough for every bucket with its bound and its count. */
enum {
    BUCKETS_TEXT = CLIPPER_LATENCY_BUCKETS * 32
};

/* The buckets that are not empty, as "bound:count" in microseconds; "inf" for the last bound. */
static void format_buckets(const clipper_latency *latency, char text[BUCKETS_TEXT]) {
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < CLIPPER_LATENCY_BUCKETS; i++) {
        const char *comma = used > 0 ? "," : "";
        if (latency->buckets[i] == 0)
            continue;
        if (i + 1 < CLIPPER_LATENCY_BUCKETS)
            used += (size_t)snprintf(text + used, BUCKETS_TEXT - used, "%s%" PRIu64 ":%" PRIu64, comma,
                                     clipper_latency_bounds_us[i], latency->buckets[i]);
        else
            used += (size_t)snprintf(text + used, BUCKETS_TEXT - used, "%sinf:%" PRIu64, comma,
                                     latency->buckets[i]);
    }
}

static void report_latency(clipper_reporter *reporter, clipper_report_kind kind,
                           const clipper_histogram *histogram) {
    const clipper_latency latency = clipper_histogram_read(histogram);
    char buckets[BUCKETS_TEXT];
    format_buckets(&latency, buckets);
    clipper_report(
        reporter, kind,
        (const clipper_log_field[]){
            clipper_field_number("count", latency.count),
            clipper_field_number("mean_us", latency.count == 0 ? 0 : latency.sum_us / latency.count),
            clipper_field_number("p50_us", clipper_latency_quantile(&latency, 50)),
            clipper_field_number("p90_us", clipper_latency_quantile(&latency, 90)),
            clipper_field_number("p99_us", clipper_latency_quantile(&latency, 99)),
            clipper_field_number("max_us", latency.max_us),
            clipper_field_text("buckets_us", buckets),
            {0}});
}

void clipper_stats_report(const clipper_stats *stats, clipper_reporter *reporter) {
    const clipper_counters counters = clipper_stats_counters(stats);
    clipper_report(reporter, CLIPPER_REPORT_COUNTERS,
                   (const clipper_log_field[]){
#define CLIPPER_COUNTER(name, help) clipper_field_number(#name, counters.name),
                       CLIPPER_COUNTERS(CLIPPER_COUNTER)
#undef CLIPPER_COUNTER
                           {0}});
    report_latency(reporter, CLIPPER_REPORT_LATENCY, &stats->latency);
    report_latency(reporter, CLIPPER_REPORT_MODEL_TIME, &stats->model_time);
}
