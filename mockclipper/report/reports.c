#include "report/reports.h"

#include "base/heap.h"
#include "report/display.h"
#include "report/formats.h"

#include <stdlib.h>
#include <unistd.h>

static void (*const writers[])(const ledger *book, FILE *out) = {
    [CHECK_REPORT_TAP] = report_tap,   [CHECK_REPORT_TAP13] = report_tap13,
    [CHECK_REPORT_JSON] = report_json, [CHECK_REPORT_JUNIT] = report_junit,
    [CHECK_REPORT_HTML] = report_html, [CHECK_REPORT_MARKDOWN] = report_markdown};

struct reports {
    report_files *files;
    bool streams_tap; /* on stdout, while the run goes on */
    bool begun;       /* the plan is written */
    size_t next;      /* index of the next case to be streamed */
    display *display; /* NULL without one */
};

reports *reports_open(check_options *options) {
    reports *self;
    if (!report_files_try(&options->reports, "check"))
        return NULL;
    self = heap_new(sizeof *self);
    self->files = &options->reports;
    if (self->files->count == 0 && !isatty(STDOUT_FILENO))
        self->streams_tap = true;
    else if (!report_files_take_stdout(self->files))
        self->display = display_new(stdout, options);
    return self;
}

static void begin_tap(reports *self, const ledger *book) {
    if (!self->begun)
        report_tap_begin(book, stdout);
    self->begun = true;
}

/* TAP goes out in the order of the ledger, each case as soon as those before it are done; with a baseline at the
 * end, when it has been compared. */
static void stream_tap(reports *self, const ledger *book) {
    if (book->baseline != NULL)
        return;
    begin_tap(self, book);
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

/* TAP to the end, cases not played included. */
static void finish_tap(reports *self, const ledger *book) {
    begin_tap(self, book);
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
    for (size_t i = 0; i < self->files->count; i++) {
        report_file *one = &self->files->all[i];
        bool open = report_files_open(one, "check");
        if (open)
            writers[one->format](book, one->file.out);
        good = open && report_files_close(one, "check") && good;
    }
    return good;
}

void reports_destroy(reports **self_p) {
    reports *self = *self_p;
    if (self == NULL)
        return;
    display_destroy(&self->display);
    free(self);
    *self_p = NULL;
}
