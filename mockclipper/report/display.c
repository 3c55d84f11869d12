#include "report/display.h"

#include "base/heap.h"
#include "report/formats.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct display {
    FILE *out;
    bool color;
    bool live; /* a terminal, on which lines can be drawn again */
    bool verbose;
    bool drawn; /* a progress line stands at the bottom */
    size_t done;
    instant latest_drawing;
};

static const char *const colors[VERDICT_COUNT] = {"\033[32m", "\033[2m",  "\033[36m", "\033[36m",
                                                  "\033[33m", "\033[35m", "\033[31m", "\033[1;31m"};

display *display_new(FILE *out, const check_options *options) {
    display *self = heap_new(sizeof *self);
    const char *terminal = getenv("TERM");
    self->out = out;
    self->color = cli_use_color(options->color, out);
    self->live = isatty(fileno(out)) && terminal != NULL && strcmp(terminal, "dumb") != 0;
    self->verbose = options->verbose;
    return self;
}

void display_destroy(display **self_p) {
    free(*self_p);
    *self_p = NULL;
}

static void erase(display *self) {
    if (self->drawn)
        fputs("\r\033[K", self->out);
    self->drawn = false;
}

static void write_verdict(const display *self, verdict v) {
    if (self->color)
        fprintf(self->out, "%s%-12s\033[0m", colors[v], verdict_name(v));
    else
        fprintf(self->out, "%-12s", verdict_name(v));
}

void display_finished(display *self, const ledger *book, const ledger_case *one) {
    verdict v = one->outcome->verdict;
    char *summary;
    self->done++;
    if (v == VERDICT_PASS && one->first_try == NULL && !self->verbose)
        return;
    erase(self);
    write_verdict(self, v);
    fprintf(self->out, "%s\n", one->id);
    if (v >= VERDICT_WARN || self->verbose) {
        report_case_text(book, one, self->out, "  ", self->verbose);
    } else {
        summary = ledger_case_message(one);
        fprintf(self->out, "            %s\n", summary);
        free(summary);
    }
    fflush(self->out);
}

/* ---- Progress --------------------------------------------------------------------------------------- */

static size_t terminal_width(const display *self) {
    struct winsize size;
    if (ioctl(fileno(self->out), TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
        return size.ws_col;
    return 80;
}

/* The bar, the count, and as many running scenarios as find room. */
static char *progress_line(const display *self, const ledger *book, const ledger_case *const *running,
                           size_t count, size_t width) {
    char bar[21];
    size_t filled = book->count != 0 ? self->done * (sizeof bar - 1) / book->count : 0;
    char *line;
    memset(bar, '.', sizeof bar - 1);
    memset(bar, '#', filled);
    bar[sizeof bar - 1] = '\0';
    line = heap_format("[%s] %zu/%zu ", bar, self->done, book->count);
    for (size_t i = 0; i < count; i++) {
        char *longer = heap_format("%s %s", line, running[i]->id);
        if (strlen(longer) + 8 > width) {
            free(longer);
            longer = heap_format("%s +%zu", line, count - i);
            i = count;
        }
        free(line);
        line = longer;
    }
    return line;
}

void display_progress(display *self, const ledger *book, const ledger_case *const *running, size_t count) {
    instant now = clock_now();
    size_t width;
    char *line;
    if (!self->live || (self->drawn && now - self->latest_drawing < 100 * MILLISECOND))
        return;
    width = terminal_width(self);
    line = progress_line(self, book, running, count, width);
    erase(self);
    fprintf(self->out, "%.*s", (int)(width - 1), line);
    fflush(self->out);
    free(line);
    self->drawn = true;
    self->latest_drawing = now;
}

/* ---- The end ---------------------------------------------------------------------------------------- */

static void write_row(const display *self, const ledger_family *family) {
    fprintf(self->out, "%-14s", family->name);
    for (int v = 0; v < VERDICT_COUNT; v++) {
        if (family->tally[v] == 0)
            fprintf(self->out, "%13s", "-");
        else
            fprintf(self->out, "%s%13zu%s", self->color ? colors[v] : "", family->tally[v],
                    self->color ? "\033[0m" : "");
    }
    fputc('\n', self->out);
}

static void write_table(const display *self, const ledger *book) {
    fprintf(self->out, "\n%-14s", "");
    for (int v = 0; v < VERDICT_COUNT; v++)
        fprintf(self->out, "%13s", verdict_name((verdict)v));
    fputc('\n', self->out);
    for (ledger_family family = {0}; ledger_next_family(book, &family);)
        write_row(self, &family);
}

static size_t count_played(const ledger *book) {
    size_t played = 0;
    for (size_t i = 0; i < book->count; i++)
        played += book->cases[i].outcome != NULL;
    return played;
}

void display_finish(display *self, const ledger *book) {
    int status = ledger_status(book);
    char took[DURATION_TEXT];
    erase(self);
    write_table(self, book);
    fprintf(self->out, "\n%s%s%s: %zu of %zu scenarios in %s, profile %s%s\n",
            !self->color  ? ""
            : status == 0 ? "\033[1;32m"
                          : "\033[1;31m",
            ledger_status_text(status), self->color ? "\033[0m" : "", count_played(book), book->count,
            duration_text(book->took, took), profile_name(book->parameters.profile),
            book->strict ? ", strict" : "");
    for (size_t i = 0; book->baseline != NULL && i < book->baseline->count; i++) {
        const baseline_entry *entry = &book->baseline->entries[i];
        if (entry->stale != NULL)
            fprintf(self->out, "%s:%zu: %s: %s\n", book->baseline->path, entry->line, entry->id,
                    entry->stale);
    }
    if (book->interrupted)
        fputs("interrupted\n", self->out);
    fflush(self->out);
}
