/* A benchmark as text. */
#include "bench/figures.h"
#include "bench/formats.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>

#define BARS  16 /* rows of the histogram at most */
#define WIDTH 50 /* of its longest bar */

typedef struct page {
    FILE *out;
    bool color;
} page;

static const char *const bold = "\033[1m", *const faint = "\033[2m", *const red = "\033[1;31m",
                         *const green = "\033[32m", *const yellow = "\033[33m";

static void put_label(const page *self, const char *label) {
    fprintf(self->out, "%-13s", label);
}

/* A line of label and text, in COLOR unless that is NULL. Frees TEXT; nothing without one. */
static void put_line(const page *self, const char *label, char *text, const char *color) {
    bool colored = self->color && color != NULL;
    if (text == NULL)
        return;
    put_label(self, label);
    if (colored)
        fputs(color, self->out);
    text_write_string(self->out, TEXT_PLAIN, text);
    fputs(colored ? "\033[0m\n" : "\n", self->out);
    free(text);
}

static void put_throughput(const page *self, const bench_result *r) {
    char requests[BENCH_TIME_TEXT], items[BENCH_TIME_TEXT], bytes[BENCH_TIME_TEXT];
    double rate = bench_result_rate(r);
    put_label(self, "throughput");
    fprintf(self->out, "%s%s requests/s%s, %s items/s, %s MB/s\n", self->color ? bold : "",
            bench_number_text(rate, requests), self->color ? "\033[0m" : "",
            bench_number_text(rate * (double)r->options->batch, items),
            bench_number_text(rate * (double)bench_result_request_bytes(r) / 1e6, bytes));
}

static void put_latency(const page *self, const bench_result *r) {
    char text[BENCH_TIME_TEXT];
    const histogram *h = r->latencies;
    put_label(self, "latency");
    for (size_t i = 0; i < bench_percentile_count; i++)
        fprintf(self->out, "%s%s %s", i != 0 ? ", " : "", bench_percentiles[i].name,
                bench_percentile_text(h, &bench_percentiles[i], text));
    fprintf(self->out, ", max %s", bench_time_text((double)h->most, text));
    fprintf(self->out, "\n%13smin %s, ", "", bench_time_text((double)h->least, text));
    fprintf(self->out, "mean %s, of ", bench_time_text(histogram_mean(h), text));
    fprintf(self->out, "%s requests\n", bench_number_text((double)h->count, text));
}

static void put_errors(const page *self, const bench_result *r) {
    put_label(self, "errors");
    if (bench_result_errors(r) == 0) {
        fprintf(self->out, "%snone%s\n", self->color ? green : "", self->color ? "\033[0m" : "");
        return;
    }
    for (int i = 0, lines = 0; i < BENCH_ERROR_COUNT; i++) {
        if (r->errors[i] == 0)
            continue;
        fprintf(self->out, "%*s%s%" PRIu64 " %s%s", lines++ != 0 ? 13 : 0, "", self->color ? red : "",
                r->errors[i], bench_error_words((bench_error)i), self->color ? "\033[0m" : "");
        fprintf(self->out, " (%s%s)\n", r->errors[i] > 1 ? "first: " : "", r->examples[i]);
    }
}

/* The histogram: a row a part of the range. A bar's last sign is rounded up, so that a single request is seen. */
static void put_histogram(const page *self, const bench_result *r) {
    histogram_bar bars[BARS];
    size_t count = histogram_bars(r->latencies, bars, BARS);
    uint64_t longest = 1, below = 0;
    for (size_t i = 0; i < count; i++)
        longest = bars[i].count > longest ? bars[i].count : longest;
    if (count != 0)
        fprintf(self->out, "\n%24s  %-*s  %9s  %8s\n", "latency", WIDTH, "", "of all", "up to");
    for (size_t i = 0; i < count; i++) {
        char from[BENCH_TIME_TEXT], to[BENCH_TIME_TEXT];
        size_t signs = (size_t)((bars[i].count * WIDTH + longest - 1) / longest);
        double all = (double)r->latencies->count;
        below += bars[i].count;
        fprintf(self->out, "%10s - %-10s   %s", bench_time_text((double)bars[i].from, from),
                bench_time_text((double)bars[i].to, to), self->color ? "\033[36m" : "");
        for (size_t sign = 0; sign < WIDTH; sign++)
            fputc(sign < signs ? '#' : ' ', self->out);
        fprintf(self->out, "%s  %8.3f%%  %7.2f%%\n", self->color ? "\033[0m" : "",
                100 * (double)bars[i].count / all, 100 * (double)below / all);
    }
}

static void put_end(const page *self, const bench_result *r) {
    if (r->end == NULL || r->output_len == 0)
        return;
    fprintf(self->out, "\n%sstderr of the container, at its end:%s\n", self->color ? faint : "",
            self->color ? "\033[0m" : "");
    text_write(self->out, TEXT_PLAIN, r->output, r->output_len);
    if (r->output[r->output_len - 1] != '\n')
        fputc('\n', self->out);
}

void bench_report_text(const bench_result *result, FILE *out, bool color) {
    const page self = {out, color};
    bool stable = bench_result_is_stable(result);
    put_line(&self, "container", bench_subject_text(result), NULL);
    put_line(&self, "load", bench_load_text(result), NULL);
    if (result->interrupted)
        fprintf(out, "%-13sbefore its end: what follows is of the time until then\n", "interrupted");
    put_throughput(&self, result);
    put_latency(&self, result);
    put_line(&self, "verified", bench_verified_text(result), NULL);
    put_errors(&self, result);
    put_line(&self, "rate", bench_schedule_text(result), !result->rate_kept ? yellow : NULL);
    put_line(&self, "cost", bench_usage_text(result), NULL);
    put_line(&self, "stable", bench_stability_text(result),
             stable                             ? green
             : result->options->plan.spread > 0 ? yellow
                                                : NULL);
    put_histogram(&self, result);
    put_end(&self, result);
}
