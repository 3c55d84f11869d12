#include "bench_reports.h"

#include "bench_report.h"
#include "heap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef enum format {
    FORMAT_TEXT,
    FORMAT_JSON,
    FORMAT_HTML,
    FORMAT_COUNT
} format;

static const char *const names[FORMAT_COUNT] = {"text", "json", "html"};

typedef struct asked {
    format format;
    const char *path; /* NULL for stdout */
    FILE *file;
} asked;

struct bench_reports {
    const bench_options *options;
    asked *all;
    size_t count;
    bool shows_progress;
};

static format find_format(const char *name, size_t len) {
    int i = 0;
    while (i < FORMAT_COUNT && !(strlen(names[i]) == len && memcmp(names[i], name, len) == 0))
        i++;
    return (format)i;
}

/* Opens the report that TEXT, "FORMAT" or "FORMAT=FILE", asks for. Returns an exit status. */
static int open_report(bench_reports *self, const char *text) {
    size_t len = strcspn(text, "=");
    asked one = {.format = find_format(text, len)};
    if (one.format == FORMAT_COUNT)
        return cli_usage_error("bench", "--report: '%.*s' is none of text, json, html", (int)len, text);
    if (text[len] == '=' && strcmp(text + len + 1, "-") != 0)
        one.path = text + len + 1;
    one.file = one.path != NULL ? fopen(one.path, "we") : stdout;
    if (one.file == NULL)
        return cli_host_error("bench", "cannot write the report %s: %s", one.path, strerror(errno));
    self->all = heap_grow(self->all, self->count + 1, sizeof *self->all);
    self->all[self->count++] = one;
    return CLI_OK;
}

static bool takes_stdout(const bench_reports *self) {
    for (size_t i = 0; i < self->count; i++) {
        if (self->all[i].file == stdout)
            return true;
    }
    return false;
}

bench_reports *bench_reports_open(const bench_options *options, int *status) {
    const char *term = getenv("TERM");
    bench_reports *self = heap_new(sizeof *self);
    self->options = options;
    *status = CLI_OK;
    for (size_t i = 0; *status == CLI_OK && i < options->report_count; i++)
        *status = open_report(self, options->reports[i]);
    /* Text goes to stdout unless something else does. */
    if (*status == CLI_OK && !takes_stdout(self)) {
        *status = open_report(self, "text");
        self->shows_progress = isatty(STDOUT_FILENO) && term != NULL && strcmp(term, "dumb") != 0;
    }
    if (*status != CLI_OK)
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

static void write_report(const bench_reports *self, const asked *one, const bench_result *result) {
    switch (one->format) {
    case FORMAT_JSON:
        bench_report_json(result, one->file);
        break;
    case FORMAT_HTML:
        bench_report_html(result, one->file);
        break;
    default:
        bench_report_text(result, one->file, cli_use_color(self->options->color, one->file));
        break;
    }
}

static bool close_report(const asked *one) {
    bool good = fflush(one->file) == 0 && !ferror(one->file);
    int problem = errno;
    if (one->file != stdout && fclose(one->file) != 0 && good) {
        problem = errno;
        good = false;
    }
    if (!good)
        cli_host_error("bench", "cannot write the report %s: %s", one->path != NULL ? one->path : "to stdout",
                       strerror(problem));
    return good;
}

bool bench_reports_finish(bench_reports *self, const bench_result *result) {
    bool good = true;
    if (self->shows_progress)
        fputs("\r\033[K", stdout);
    for (size_t i = 0; i < self->count; i++) {
        write_report(self, &self->all[i], result);
        good = close_report(&self->all[i]) && good;
    }
    self->count = 0;
    return good;
}

void bench_reports_destroy(bench_reports **self_p) {
    bench_reports *self = *self_p;
    if (self == NULL)
        return;
    for (size_t i = 0; i < self->count; i++) {
        if (self->all[i].file != stdout)
            fclose(self->all[i].file);
    }
    free(self->all);
    free(self);
    *self_p = NULL;
}
