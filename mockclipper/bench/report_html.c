/* A benchmark as one HTML page that needs nothing else: no script, no network, and its policy allows none. */
#include "bench/report.h"

#include "base/heap.h"
#include "bench/plot.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const head[] = {
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
    "<meta http-equiv=\"Content-Security-Policy\"",
    " content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action "
    "'none'\">\n",
    "<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"generator\" content=\"mockclipper\">\n",
    "<link rel=\"icon\" href=\"data:,\">\n<title>mockclipper benchmark</title>\n<style>\n",
    ":root { color-scheme: light dark; --page: #f6f7f9; --paper: #fff; --ink: #1b1f24; --faint: #57606a; "
    "--rule: #d5dae1;\n",
    "    --bar: #2f6fb3; --mark: #a3121f; --good: #11632b; --good-on: #dff3e4; --bad: #a3121f; --bad-on: "
    "#fde3e4;\n",
    "    --odd: #7a4a00; --odd-on: #fdeccb; }\n",
    "@media (prefers-color-scheme: dark) { :root { --page: #0f1216; --paper: #171b21; --ink: #e4e8ee; "
    "--faint: #9aa5b1;\n",
    "    --rule: #2e353e; --bar: #6ea8e8; --mark: #ff9a9f; --good: #7fdc9a; --good-on: #14331f; --bad: "
    "#ff9a9f;\n",
    "    --bad-on: #431a1e; --odd: #f5c267; --odd-on: #3d2d0c; } }\n",
    "body { margin: 0 auto; max-width: 62rem; padding: 1.5rem 1.25rem 3rem; background: var(--page); color: "
    "var(--ink);\n",
    "    font: 15px/1.5 system-ui, \"Segoe UI\", Roboto, \"Helvetica Neue\", Arial, sans-serif; }\n",
    "h1 { font-size: 1.5rem; margin: 0 0 .6rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; }\n",
    "code, pre { font: .9em ui-monospace, \"SF Mono\", Menlo, Consolas, \"DejaVu Sans Mono\", monospace;\n",
    "    overflow-wrap: anywhere; white-space: pre-wrap; }\n",
    "pre { background: var(--paper); border: 1px solid var(--rule); border-radius: 6px; padding: .6rem "
    ".8rem; }\n",
    ".badge { display: inline-block; padding: .1rem .8rem; border-radius: 99px; font-weight: 600; }\n",
    ".good { color: var(--good); background: var(--good-on); } .bad { color: var(--bad); background: "
    "var(--bad-on); }\n",
    ".odd { color: var(--odd); background: var(--odd-on); }\n",
    "dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; margin: .8rem 0; }\n",
    "dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }\n",
    ".figures { display: flex; flex-wrap: wrap; gap: .8rem; } .figures div { background: var(--paper);\n",
    "    border: 1px solid var(--rule); border-radius: 8px; padding: .5rem 1rem; }\n",
    ".figures b { display: block; font-size: 1.3rem; } .figures span, footer { color: var(--faint); "
    "font-size: .9em; }\n",
    "table { border-collapse: collapse; font-variant-numeric: tabular-nums; } th, td { text-align: right;\n",
    "    padding: .15rem 1.2rem .15rem 0; border-bottom: 1px solid var(--rule); }\n",
    "summary { cursor: pointer; } footer { margin-top: 2rem; }\n",
    "svg { display: block; width: 100%; height: auto; background: var(--paper); border: 1px solid "
    "var(--rule);\n",
    "    border-radius: 8px; } svg text { fill: var(--faint); font-size: 12px; } .bar { fill: var(--bar); "
    "}\n",
    ".bar:hover { fill: var(--mark); } .axis, .tick { stroke: var(--faint); } .grid { stroke: var(--rule); "
    "}\n",
    ".mark { stroke: var(--mark); stroke-dasharray: 4 3; }\n",
    "</style>\n</head>\n<body>\n",
    NULL,
};

static void put_text(FILE *out, const char *text) {
    bench_html_text(text, strlen(text), out);
}

/* A row of a list of terms. Frees TEXT; nothing without one. */
static void put_row(FILE *out, const char *term, char *text) {
    if (text == NULL)
        return;
    fprintf(out, "<dt>%s</dt><dd>", term);
    put_text(out, text);
    fputs("</dd>\n", out);
    free(text);
}

static void put_heading(FILE *out, const bench_result *r) {
    int status = bench_result_status(r);
    const char *class = status == CLI_FAILED || status == BENCH_NOTHING_MEASURED    ? "bad"
                        : bench_result_is_stable(r) || r->options->plan.spread <= 0 ? "good"
                                                                                    : "odd";
    fprintf(out, "<h1>Benchmark</h1>\n<p><span class=\"badge %s\">%s</span>%s</p>\n<dl>\n", class,
            bench_result_text(r), r->interrupted ? " interrupted before its end" : "");
    put_row(out, "container", bench_result_subject(r));
    put_row(out, "registered as", heap_format("%s, version %s", r->name, r->model_version));
    put_row(out, "load", bench_result_load(r));
    put_row(out, "verified", bench_verified_text(r));
    put_row(out, "errors", bench_result_errors(r) == 0 ? heap_text("none") : heap_text("see below"));
    put_row(out, "rate", bench_schedule_text(r));
    put_row(out, "cost", bench_usage_text(r));
    put_row(out, "stable", bench_result_stability_text(r));
    fputs("</dl>\n", out);
}

static void put_figure(FILE *out, const char *value, const char *what) {
    fprintf(out, "<div><b>%s</b><span>%s</span></div>\n", value, what);
}

static void put_figures(FILE *out, const bench_result *r) {
    char text[BENCH_TIME_TEXT];
    double rate = bench_result_rate(r);
    fputs("<h2>Throughput and latency</h2>\n<div class=\"figures\">\n", out);
    put_figure(out, bench_number_text(rate, text), "requests/s");
    put_figure(out, bench_number_text(rate * (double)r->options->batch, text), "items/s");
    put_figure(out, bench_number_text(rate * (double)bench_result_request_bytes(r) / 1e6, text), "MB/s");
    for (size_t i = 0; i < bench_percentile_count; i++)
        put_figure(out, bench_percentile_text(r->latencies, &bench_percentiles[i], text),
                   bench_percentiles[i].name);
    put_figure(out, bench_time_text((double)r->latencies->most, text), "max");
    put_figure(out, bench_time_text((double)r->latencies->least, text), "min");
    put_figure(out, bench_time_text(histogram_mean(r->latencies), text), "mean");
    fputs("</div>\n", out);
}

static void put_errors(FILE *out, const bench_result *r) {
    if (bench_result_errors(r) == 0)
        return;
    fputs("<h2>Errors</h2>\n<dl>\n", out);
    for (int i = 0; i < BENCH_ERROR_COUNT; i++) {
        if (r->errors[i] == 0)
            continue;
        fprintf(out, "<dt>%" PRIu64 " %s</dt><dd>", r->errors[i], bench_error_words((bench_error)i));
        put_text(out, r->examples[i]);
        fputs("</dd>\n", out);
    }
    fputs("</dl>\n", out);
    if (r->end != NULL && r->output_len != 0) {
        fputs("<h2>The end of the container's stderr</h2>\n<pre>", out);
        bench_html_text(r->output, r->output_len, out);
        fputs("</pre>\n", out);
    }
}

static void put_windows(FILE *out, const bench_result *r) {
    if (r->window_count == 0)
        return;
    fputs("<h2>From window to window</h2>\n", out);
    bench_html_windows(r, out);
    fputs("<details><summary>The windows as a table</summary>\n<table><thead><tr><th>from</th><th>length</th>"
          "<th>answered</th><th>median latency</th></tr></thead><tbody>\n",
          out);
    for (size_t i = 0; i < r->window_count; i++) {
        const meter_window *w = &r->windows[i];
        char from[BENCH_TIME_TEXT], took[BENCH_TIME_TEXT], median[BENCH_TIME_TEXT];
        fprintf(out, "<tr><td>%s</td><td>%s</td><td>%" PRIu64 "</td><td>%s</td></tr>\n",
                bench_time_text((double)(w->begun - r->windows[0].begun), from),
                bench_time_text((double)w->took, took), w->answered,
                bench_time_text((double)w->median, median));
    }
    fputs("</tbody></table></details>\n", out);
}

void bench_report_html(const bench_result *result, FILE *out) {
    for (const char *const *piece = head; *piece != NULL; piece++)
        fputs(*piece, out);
    put_heading(out, result);
    put_figures(out, result);
    if (result->latencies->count != 0)
        fputs("<h2>Latencies</h2>\n", out);
    bench_html_histogram(result, out);
    put_errors(out, result);
    put_windows(out, result);
    fputs("<footer>mockclipper " CLIPPER_VERSION
          ". Percentiles are at most 0.8 % too large; latency counts from when a "
          "request was due.</footer>\n</body>\n</html>\n",
          out);
}
