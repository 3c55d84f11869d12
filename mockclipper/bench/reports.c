#include "bench/reports.h"

#include "base/heap.h"
#include "bench/figures.h"
#include "bench/formats.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct bench_reports {
    const bench_options *options;
    report_files *files;
    bool shows_progress;
};

bench_reports *bench_reports_open(bench_options *options) {
    const char *term = getenv("TERM");
    bench_reports *self = heap_new(sizeof *self);
    self->options = options;
    self->files = &options->reports;
    /* Text goes to stdout unless something else does. */
    if (!report_files_take_stdout(self->files)) {
        report_files_add(self->files, BENCH_FORMAT_TEXT, NULL);
        self->shows_progress = isatty(STDOUT_FILENO) && term != NULL && strcmp(term, "dumb") != 0;
    }
    if (!report_files_try(self->files, "bench"))
        bench_reports_destroy(&self);
    return self;
}

static void show(const bench_result *so_far, double rate, duration median) {
    char requests[BENCH_TIME_TEXT], latency[BENCH_TIME_TEXT];
    uint64_t errors = bench_result_errors(so_far);
    printf("\r\033[K%s requests/s, median latency %s%s", bench_number_text(rate, requests),
           bench_time_text((double)median, latency), errors != 0 ? ", ERRORS" : "");
    fflush(stdout);
}

bench_progress *bench_reports_progress(const bench_reports *self) {
    return self->shows_progress ? show : NULL;
}

static void write_report(const bench_reports *self, const report_file *one, const bench_result *result) {
    switch (one->format) {
    case BENCH_FORMAT_JSON:
        bench_report_json(result, one->file.out);
        break;
    case BENCH_FORMAT_HTML:
        bench_report_html(result, one->file.out);
        break;
    default:
        bench_report_text(result, one->file.out, cli_use_color(self->options->color, one->file.out));
        break;
    }
}

bool bench_reports_finish(bench_reports *self, const bench_result *result) {
    bool good = true;
    if (self->shows_progress)
        fputs("\r\033[K", stdout);
    for (size_t i = 0; i < self->files->count; i++) {
        report_file *one = &self->files->all[i];
        bool open = report_files_open(one, "bench");
        if (open)
            write_report(self, one, result);
        good = open && report_files_close(one, "bench") && good;
    }
    return good;
}

void bench_reports_destroy(bench_reports **self_p) {
    bench_reports *self = *self_p;
    if (self == NULL)
        return;
    free(self);
    *self_p = NULL;
}
