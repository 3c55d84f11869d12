/* metrics.c: counters and latencies as Prometheus text (exposition format 0.0.4).
 *
 * Where released containers have a metric of the same meaning, it has the same name: clipper_mc_pred_total,
 * clipper_mc_handle_time_ms, clipper_mc_end_to_end_latency_ms. [release: containers/python/rpc.py] */
#include "stats.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* Text into a buffer: as snprintf does, all of it is counted, and what fits is written. */
typedef struct text_output {
    char *buffer;
    size_t capacity;
    size_t length;
} text_output;

__attribute__((format(printf, 2, 3))) static void put(text_output *output, const char *format, ...) {
    const size_t room = output->length < output->capacity ? output->capacity - output->length : 0;
    va_list arguments;
    int length;
    va_start(arguments, format);
    length = vsnprintf(room > 0 ? output->buffer + output->length : NULL, room, format, arguments);
    va_end(arguments);
    output->length += (size_t)length;
}

static void put_head(text_output *output, const char *name, const char *type, const char *help) {
    put(output, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_number(text_output *output, const char *name, const char *type, const char *help,
                       uint64_t value) {
    put_head(output, name, type, help);
    put(output, "%s %" PRIu64 "\n", name, value);
}

static void put_latency(text_output *output, const char *name, const char *help,
                        const clipper_latency *latency) {
    uint64_t below = 0;
    put_head(output, name, "histogram", help);
    for (size_t i = 0; i + 1 < CLIPPER_LATENCY_BUCKETS; i++) {
        below += latency->buckets[i];
        put(output, "%s_bucket{le=\"%g\"} %" PRIu64 "\n", name, (double)clipper_latency_bounds_us[i] / 1000,
            below);
    }
    put(output, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n", name, latency->count);
    put(output, "%s_sum %.3f\n%s_count %" PRIu64 "\n", name, (double)latency->sum_us / 1000, name,
        latency->count);
}

size_t clipper_stats_metrics(const clipper_stats *stats, char *buffer, size_t capacity) {
    text_output output = {buffer, capacity, 0};
    const clipper_counters counters = clipper_stats_counters(stats);
    const clipper_latency handle = clipper_histogram_read(&stats->model_time);
    const clipper_latency whole = clipper_histogram_read(&stats->latency);
    put_number(&output, "clipper_mc_pred_total", "counter", "Prediction responses sent", counters.responses);
    put_latency(&output, "clipper_mc_handle_time_ms", "Time the model took for a batch", &handle);
    put_latency(&output, "clipper_mc_end_to_end_latency_ms",
                "Time from receiving a request until its answer was ready", &whole);
#define CLIPPER_COUNTER(name, help)                                                                          \
    put_number(&output, "clipper_container_" #name "_total", "counter", help, counters.name);
    CLIPPER_COUNTERS(CLIPPER_COUNTER)
#undef CLIPPER_COUNTER
    put_number(&output, "clipper_container_registered", "gauge",
               "1 when Clipper has registered the container", clipper_counter_read(&stats->registered));
    put_number(&output, "clipper_container_executing", "gauge", "Requests waiting for the model or running",
               clipper_counter_read(&stats->executing));
    return output.length;
}
