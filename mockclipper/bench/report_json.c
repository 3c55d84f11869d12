/* A benchmark as one JSON object (spec/bench-report.schema.json). */
#include "bench/figures.h"
#include "bench/formats.h"
#include "engine/describe.h"

static void put_container(json_out *out, const bench_result *r) {
    json_out_key_open(out, "command", '[');
    for (char *const *word = r->options->command; word != NULL && *word != NULL; word++)
        json_out_text(out, *word);
    json_out_close(out, ']');
    if (r->options->image != NULL)
        json_out_key_text(out, "image", r->options->image);
    json_out_key_open(out, "container", '{');
    json_out_key_text(out, "name", r->name);
    json_out_key_text(out, "model_version", r->model_version);
    json_out_key_text(out, "input_type", data_type_name(r->type));
    json_out_key_text(out, "wire", r->wire == CLIPPER_WIRE_DOCUMENT ? "document" : "release");
    json_out_key_number(out, "others", r->others);
    json_out_close(out, '}');
}

static void put_load(json_out *out, const bench_result *r) {
    const bench_options *o = r->options;
    json_out_key_open(out, "load", '{');
    json_out_key_text(out, "loop", o->plan.rate > 0 ? "open" : "closed");
    json_out_key_number(out, "in_flight", o->plan.in_flight);
    json_out_key(out, "rate");
    if (o->plan.rate > 0)
        json_out_decimal(out, o->plan.rate);
    else
        json_out_null(out);
    json_out_key_number(out, "batch", o->batch);
    json_out_key_number(out, "item_bytes", r->item_bytes);
    json_out_key_number(out, "seed", o->seed);
    json_out_key_time(out, "warm_up_us", o->plan.warm_up);
    json_out_key_time(out, "duration_us", o->plan.most);
    json_out_key_time(out, "window_us", o->plan.window);
    json_out_key_time(out, "timeout_us", o->plan.patience);
    json_out_close(out, '}');
}

static void put_throughput(json_out *out, const bench_result *r) {
    double rate = bench_result_rate(r);
    json_out_key_number(out, "sent", r->sent);
    json_out_key_number(out, "answered", r->answered);
    json_out_key_time(out, "measured_us", r->measured);
    json_out_key_decimal(out, "requests_per_second", rate);
    json_out_key_decimal(out, "items_per_second", rate * (double)r->options->batch);
    json_out_key_decimal(out, "bytes_per_second", rate * (double)bench_result_request_bytes(r));
}

static void put_bars(json_out *out, const histogram *h) {
    histogram_bar bars[256];
    size_t count = histogram_bars(h, bars, sizeof bars / sizeof *bars);
    json_out_key_open(out, "histogram", '[');
    for (size_t i = 0; i < count; i++) {
        json_out_open(out, '{');
        json_out_key_number(out, "from_ns", (uint64_t)bars[i].from);
        json_out_key_number(out, "to_ns", (uint64_t)bars[i].to);
        json_out_key_number(out, "count", bars[i].count);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
}

static void put_distribution(json_out *out, const char *key, const histogram *h, bool bars) {
    json_out_key_open(out, key, '{');
    json_out_key_number(out, "count", h->count);
    json_out_key_decimal(out, "relative_error", HISTOGRAM_ERROR);
    json_out_key_number(out, "min_ns", (uint64_t)h->least);
    json_out_key_decimal(out, "mean_ns", histogram_mean(h));
    for (size_t i = 0; i < bench_percentile_count; i++) {
        const bench_percentile *p = &bench_percentiles[i];
        json_out_key(out, p->key);
        if (histogram_has_quantile(h, p->part))
            json_out_number(out, (uint64_t)histogram_quantile(h, p->part));
        else
            json_out_null(out);
    }
    json_out_key_number(out, "max_ns", (uint64_t)h->most);
    if (bars)
        put_bars(out, h);
    json_out_close(out, '}');
}

static void put_errors(json_out *out, const bench_result *r) {
    json_out_key_open(out, "errors", '{');
    json_out_key_number(out, "total", bench_result_errors(r));
    for (int i = 0; i < BENCH_ERROR_COUNT; i++) {
        json_out_key_open(out, bench_error_name((bench_error)i), '{');
        json_out_key_number(out, "count", r->errors[i]);
        json_out_key_text(out, "first", r->examples[i]);
        json_out_close(out, '}');
    }
    json_out_close(out, '}');
}

static void put_stability(json_out *out, const bench_result *r) {
    const stability *s = r->stability;
    json_out_key_open(out, "stability", '{');
    json_out_key_bool(out, "stable", stability_is_reached(s));
    json_out_key_decimal(out, "allowed_percent", s->allowed);
    json_out_key_number(out, "windows", stability_judged(s));
    json_out_key_decimal(out, "throughput_percent", stability_rate_spread(s));
    json_out_key_decimal(out, "median_percent", stability_median_spread(s));
    json_out_key_decimal(out, "requests_per_second", stability_rate(s));
    json_out_close(out, '}');
    json_out_key_open(out, "windows", '[');
    for (size_t i = 0; i < r->window_count; i++) {
        json_out_open(out, '{');
        json_out_key_time(out, "at_us", r->windows[i].begun - r->windows[0].begun);
        json_out_key_time(out, "took_us", r->windows[i].took);
        json_out_key_number(out, "answered", r->windows[i].answered);
        json_out_key_number(out, "p50_ns", (uint64_t)r->windows[i].median);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
}

static void put_usage(json_out *out, const bench_result *r) {
    json_out_key_open(out, "usage", '{');
    json_out_key_time(out, "over_us", r->used_over);
    json_out_key_number(out, "answered", r->used_for);
    json_out_key_number(out, "driver_cpu_ns", (uint64_t)r->own_cpu);
    json_out_key(out, "container");
    if (r->has_usage) {
        json_out_open(out, '{');
        json_out_key_number(out, "cpu_ns", (uint64_t)r->cpu);
        json_out_key_number(out, "rss_before_bytes", r->rss_before);
        json_out_key_number(out, "rss_bytes", r->rss);
        json_out_key_number(out, "peak_rss_bytes", r->peak);
        json_out_close(out, '}');
    } else {
        json_out_null(out);
    }
    json_out_close(out, '}');
}

void bench_report_value(const bench_result *result, json_out *out) {
    json_out_open(out, '{');
    json_out_key_text(out, "program", "mockclipper " CLIPPER_VERSION);
    put_container(out, result);
    put_load(out, result);
    put_throughput(out, result);
    put_distribution(out, "latency", result->latencies, true);
    put_distribution(out, "lateness", result->lateness, false);
    json_out_key_number(out, "behind", result->behind);
    json_out_key(out, "rate_kept");
    if (result->options->plan.rate > 0)
        json_out_bool(out, result->rate_kept);
    else
        json_out_null(out);
    json_out_key_text(out, "model", oracle_name(result->options->model));
    json_out_key_number(out, "outputs", result->items);
    json_out_key_number(out, "verified", result->verified);
    put_errors(out, result);
    put_stability(out, result);
    put_usage(out, result);
    json_out_key_text(out, "process_end", result->end);
    json_out_key(out, "stderr");
    json_out_string(out, result->output, result->output_len);
    json_out_key_bool(out, "interrupted", result->interrupted);
    json_out_key_number(out, "status", (uint64_t)bench_result_status(result));
    json_out_key_text(out, "result", bench_result_text(result));
    json_out_close(out, '}');
}

void bench_report_json(const bench_result *result, FILE *out) {
    json_out json = {0};
    bench_report_value(result, &json);
    json_out_end_line(&json);
    json_out_write(&json, out);
}
