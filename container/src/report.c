/* report.c: what the runtime says about itself. */
#include "runtime.h"

#include <inttypes.h>
#include <stdio.h>

void clipper_report(const clipper_runtime *runtime, clipper_log_level level, const char *name,
                    const clipper_log_field *fields, size_t count) {
    const clipper_log_event event = {level, name, fields, count};
    if (runtime->config.log != NULL)
        runtime->config.log(runtime->config.log_context, &event);
}

void clipper_report_limited(clipper_runtime *runtime, clipper_log_level level, clipper_limited_event event,
                            const clipper_log_field *fields, size_t count) {
    static const char *const names[] = {
#define CLIPPER_LIMITED(name) #name,
        CLIPPER_LIMITED_EVENTS(CLIPPER_LIMITED)
#undef CLIPPER_LIMITED
    };
    clipper_log_field all[CLIPPER_LIMITED_FIELDS + 1];
    uint64_t suppressed;
    if (!clipper_rate_allow(&runtime->rates[event], clipper_runtime_now_ms(runtime), &suppressed))
        return;
    memcpy(all, fields, count * sizeof *fields);
    all[count] = log_number("suppressed", suppressed);
    clipper_report(runtime, level, names[event], all, count + (suppressed > 0));
}

clipper_counters clipper_runtime_counters(const clipper_runtime *runtime) {
    clipper_counters counters;
#define CLIPPER_COUNTER(name, help)                                                                          \
    counters.name = atomic_load_explicit(&runtime->counters.name, memory_order_relaxed);
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

static void report_latency(const clipper_runtime *runtime, const char *name,
                           const clipper_histogram *histogram) {
    const clipper_latency latency = clipper_histogram_read(histogram);
    char buckets[BUCKETS_TEXT];
    format_buckets(&latency, buckets);
    REPORT(runtime, CLIPPER_LOG_INFO, name, log_number("count", latency.count),
           log_number("mean_us", latency.count == 0 ? 0 : latency.sum_us / latency.count),
           log_number("p50_us", clipper_latency_quantile(&latency, 50)),
           log_number("p90_us", clipper_latency_quantile(&latency, 90)),
           log_number("p99_us", clipper_latency_quantile(&latency, 99)), log_number("max_us", latency.max_us),
           log_text("buckets_us", buckets));
}

void clipper_report_counters(const clipper_runtime *runtime) {
    const clipper_counters counters = clipper_runtime_counters(runtime);
#define CLIPPER_COUNTER(name, help) log_number(#name, counters.name),
    REPORT(runtime, CLIPPER_LOG_INFO, "counters", CLIPPER_COUNTERS(CLIPPER_COUNTER));
#undef CLIPPER_COUNTER
    report_latency(runtime, "latency", &runtime->latency);
    report_latency(runtime, "model_time", &runtime->model_time);
}

void clipper_report_ready(clipper_runtime *runtime) {
    const int ready = runtime->session.registered;
    if (ready == atomic_load_explicit(&runtime->ready, memory_order_relaxed))
        return;
    atomic_store_explicit(&runtime->ready, ready, memory_order_relaxed);
    if (ready)
        REPORT_LIMITED(runtime, CLIPPER_LOG_INFO, registered, log_number("session", runtime->session.number));
    if (runtime->config.ready != NULL)
        runtime->config.ready(runtime->config.ready_context, ready);
}
