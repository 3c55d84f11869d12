#include "reports.h"

#include "display.h"
#include "heap.h"
#include "report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct format {
    const char *name;
    void (*write)(const ledger *book, FILE *out);
} format;

static const format formats[] = {
    {"tap", report_tap},   {"json", report_json},         {"junit", report_junit},
    {"html", report_html}, {"markdown", report_markdown},
};
#define FORMAT_COUNT (sizeof formats / sizeof *formats)

typedef struct asked {
    const format *format;
    const char *path; /* NULL for stdout */
    FILE *file;
} asked;

struct reports {
    asked *all;
    size_t count;
    bool streams_tap; /* on stdout, while the run goes on */
    size_t next;      /* index of the next case to be streamed */
    display *display; /* NULL without one */
};

static const format *find_format(const char *name, size_t len) {
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        if (strlen(formats[i].name) == len && memcmp(formats[i].name, name, len) == 0)
            return &formats[i];
    }
    return NULL;
}

/* Opens the report that TEXT, "FORMAT" or "FORMAT=FILE", asks for. Returns an exit status. */
static int open_report(reports *self, const char *text) {
    size_t len = strcspn(text, "=");
    asked one = {.format = find_format(text, len)};
    if (one.format == NULL)
        return cli_usage_error("check", "--report: '%.*s' is none of tap, json, junit, html, markdown",
                               (int)len, text);
    if (text[len] == '=' && strcmp(text + len + 1, "-") != 0)
        one.path = text + len + 1;
    one.file = one.path != NULL ? fopen(one.path, "we") : stdout;
    if (one.file == NULL)
        return cli_host_error("check", "cannot write the report %s: %s", one.path, strerror(errno));
    self->all = heap_grow(self->all, self->count + 1, sizeof *self->all);
    self->all[self->count++] = one;
    return CLI_OK;
}

static bool takes_stdout(const reports *self) {
    for (size_t i = 0; i < self->count; i++) {
        if (self->all[i].file == stdout)
            return true;
    }
    return false;
}

reports *reports_open(const check_options *options, int *status) {
    reports *self = heap_new(sizeof *self);
    for (size_t i = 0; i < options->reports.count; i++) {
        *status = open_report(self, options->reports.texts[i]);
        if (*status != CLI_OK) {
            reports_destroy(&self);
            return NULL;
        }
    }
    if (self->count == 0 && !isatty(STDOUT_FILENO))
        self->streams_tap = true;
    else if (!takes_stdout(self))
        self->display = display_new(stdout, options);
    return self;
}

/* TAP goes out in the order of the ledger, each case as soon as those before it are done; with a baseline at the
 * end, when it has been compared. */
static void stream_tap(reports *self, const ledger *book) {
    if (book->baseline != NULL)
        return;
    if (self->next == 0)
        report_tap_begin(book, stdout);
    for (; self->next < book->count && book->cases[self->next].outcome != NULL; self->next++)
        report_tap_case(book, &book->cases[self->next], stdout);
    fflush(stdout);
}

static void on_finished(void *context, const ledger *book, const ledger_case *one) {
    reports *self = context;
    if (self->streams_tap)
        stream_tap(self, book);
    if (self->display != NULL)
        display_finished(self->display, book, one);
}

static void on_progress(void *context, const ledger *book, const ledger_case *const *running, size_t count) {
    reports *self = context;
    if (self->display != NULL)
        display_progress(self->display, book, running, count);
}

run_observer reports_observer(reports *self) {
    return (run_observer){self, on_finished, on_progress};
}

static bool close_report(const asked *one) {
    bool good = fflush(one->file) == 0 && !ferror(one->file);
    int problem = errno;
    if (one->file != stdout && fclose(one->file) != 0 && good) {
        problem = errno;
        good = false;
    }
    if (!good)
        cli_host_error("check", "cannot write the report %s: %s", one->path != NULL ? one->path : "to stdout",
                       strerror(problem));
    return good;
}

/* TAP to the end, cases not played included. */
static void finish_tap(reports *self, const ledger *book) {
    if (self->next == 0)
        report_tap_begin(book, stdout);
    for (; self->next < book->count; self->next++)
        report_tap_case(book, &book->cases[self->next], stdout);
    report_tap_end(book, stdout);
}

bool reports_finish(reports *self, const ledger *book) {
    bool good = true;
    if (self->streams_tap)
        finish_tap(self, book);
    if (self->display != NULL)
        display_finish(self->display, book);
    for (size_t i = 0; i < self->count; i++) {
        self->all[i].format->write(book, self->all[i].file);
        good = close_report(&self->all[i]) && good;
    }
    self->count = 0;
    return good;
}

void reports_destroy(reports **self_p) {
    reports *self = *self_p;
    if (self == NULL)
        return;
    for (size_t i = 0; i < self->count; i++) {
        if (self->all[i].file != stdout)
            fclose(self->all[i].file);
    }
    free(self->all);
    display_destroy(&self->display);
    free(self);
    *self_p = NULL;
}
