/* A benchmark as the page of html/, which draws itself from the JSON report and the sentences of the text report. */
#include "bench/figures.h"
#include "bench/formats.h"

#include "base/heap.h"
#include "base/html_page.h"

#include <stdlib.h>

/* Nothing without a TEXT, which is freed. */
static void put_fact(json_out *out, const char *name, char *text) {
    if (text != NULL)
        json_out_key_text(out, name, text);
    free(text);
}

static void put_facts(json_out *out, const bench_result *r) {
    json_out_key_open(out, "facts", '{');
    put_fact(out, "container", bench_subject_text(r));
    put_fact(out, "registered as", heap_format("%s, version %s", r->name, r->model_version));
    put_fact(out, "load", bench_load_text(r));
    put_fact(out, "verified", bench_verified_text(r));
    put_fact(out, "errors", heap_text(bench_result_errors(r) == 0 ? "none" : "see below"));
    put_fact(out, "rate", bench_schedule_text(r));
    put_fact(out, "cost", bench_usage_text(r));
    put_fact(out, "stable", bench_stability_text(r));
    json_out_close(out, '}');
}

/* The colour of the result: a class of the style sheet. */
static const char *badge(const bench_result *r) {
    int status = bench_result_status(r);
    return status == CLI_FAILED || status == BENCH_NOTHING_MEASURED    ? "fail"
           : bench_result_is_stable(r) || r->options->plan.spread <= 0 ? "pass"
                                                                       : "warn";
}

void bench_report_html(const bench_result *result, FILE *out) {
    json_out data = {0};
    json_out_open(&data, '{');
    json_out_key_text(&data, "badge", badge(result));
    put_facts(&data, result);
    json_out_key_open(&data, "error_words", '{');
    for (int i = 0; i < BENCH_ERROR_COUNT; i++)
        json_out_key_text(&data, bench_error_name((bench_error)i), bench_error_words((bench_error)i));
    json_out_close(&data, '}');
    json_out_key(&data, "report");
    bench_report_value(result, &data);
    json_out_close(&data, '}');
    html_page_write(html_page_bench, &data, out);
}
