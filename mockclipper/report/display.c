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
    char **kinds; /* of what was shown */
    size_t kind_count;
    size_t details_left; /* lines, for cases in full */
    size_t bad_left;     /* cases in a line, that failed */
    size_t others_left;  /* and others */
    size_t unshown;      /* cases that would have been shown, had there been room */
};

/* What is shown while the run goes on; --verbose shows all. A run of a container with one fault fits 100 lines. */
#define DETAIL_LINES 50
#define BAD_CASES    14
#define OTHER_CASES  10

static const char *const colors[VERDICT_COUNT] = {"\033[32m", "\033[2m",  "\033[36m", "\033[36m",
                                                  "\033[33m", "\033[35m", "\033[31m", "\033[1;31m"};

display *display_new(FILE *out, const check_options *options) {
    display *self = heap_new(sizeof *self);
    const char *terminal = getenv("TERM");
    self->out = out;
    self->color = cli_use_color(options->color, out);
    self->live = isatty(fileno(out)) && terminal != NULL && strcmp(terminal, "dumb") != 0;
    self->verbose = options->verbose;
    self->details_left = DETAIL_LINES;
    self->bad_left = BAD_CASES;
    self->others_left = OTHER_CASES;
    return self;
}

void display_destroy(display **self_p) {
    for (size_t i = 0; *self_p != NULL && i < (*self_p)->kind_count; i++)
        free((*self_p)->kinds[i]);
    if (*self_p != NULL)
        free((*self_p)->kinds);
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

static size_t terminal_width(const display *self) {
    struct winsize size;
    if (ioctl(fileno(self->out), TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
        return size.ws_col;
    return 80;
}

/* ---- Cases ------------------------------------------------------------------------------------------ */

/* Whether ONE is the first of its kind: of its verdict, and the requirement or reason of that. */
static bool is_first_of_its_kind(display *self, const ledger_case *one) {
    const finding *worst = outcome_worst(one->outcome);
    const char *about =
        worst != NULL && worst->requirement != NULL ? worst->requirement->id : one->outcome->reason;
    char *kind = heap_format("%s %s", verdict_name(one->outcome->verdict), about != NULL ? about : "");
    for (size_t i = 0; i < self->kind_count; i++) {
        if (strcmp(self->kinds[i], kind) == 0) {
            free(kind);
            return false;
        }
    }
    self->kinds = heap_grow(self->kinds, self->kind_count + 1, sizeof *self->kinds);
    self->kinds[self->kind_count++] = kind;
    return true;
}

static void write_head(const display *self, const ledger *book, const ledger_case *one) {
    write_verdict(self, one->outcome->verdict);
    fprintf(self->out, "%s%s\n", one->id, ledger_case_is_known(book, one) ? " (known)" : "");
}

/* The case in full, if there is room for it. */
static bool write_in_full(display *self, const ledger *book, const ledger_case *one) {
    char *text = NULL;
    size_t len = 0, lines = 1;
    FILE *memory = open_memstream(&text, &len);
    bool fits;
    if (memory == NULL)
        return false;
    report_case_text(book, one, memory, "  ", self->verbose);
    fclose(memory);
    for (size_t i = 0; i < len; i++)
        lines += text[i] == '\n';
    fits = self->verbose || lines <= self->details_left || self->details_left == DETAIL_LINES;
    if (fits) {
        write_head(self, book, one);
        fwrite(text, 1, len, self->out);
        self->details_left -= lines < self->details_left ? lines : self->details_left;
    }
    free(text);
    return fits;
}

static void write_in_a_line(const display *self, const ledger *book, const ledger_case *one) {
    char *message = ledger_case_message(one);
    char *text = heap_format("%s%s  %s", one->id, ledger_case_is_known(book, one) ? " (known)" : "", message);
    write_verdict(self, one->outcome->verdict);
    report_cut_line(self->out, text, terminal_width(self) - 12);
    free(text);
    free(message);
}

void display_finished(display *self, const ledger *book, const ledger_case *one) {
    bool bad = verdict_is_bad(one->outcome->verdict, book->strict), first, full;
    size_t *left = bad ? &self->bad_left : &self->others_left;
    self->done++;
    if (one->outcome->verdict == VERDICT_PASS && one->first_try == NULL && !self->verbose)
        return;
    erase(self);
    first = is_first_of_its_kind(self, one);
    full = (self->verbose || (bad && first && !ledger_case_is_known(book, one))) &&
           write_in_full(self, book, one);
    if (!full && *left != 0 && (bad || first)) {
        write_in_a_line(self, book, one);
        --*left;
    } else if (!full) {
        self->unshown++;
    }
    fflush(self->out);
}

/* ---- Progress --------------------------------------------------------------------------------------- */

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

/* The columns of the table: verdicts that occur. A narrow terminal gets a narrow one. */
typedef struct columns {
    const char *names[VERDICT_COUNT]; /* NULL: it does not occur */
    int gap;
} columns;

#define FAMILY_WIDTH 12

static columns choose_columns(const ledger *book, size_t width) {
    columns result = {{NULL}, 2};
    size_t needed = FAMILY_WIDTH;
    for (int v = 0; v < VERDICT_COUNT; v++) {
        if (ledger_tally(book, (verdict)v) == 0)
            continue;
        result.names[v] = verdict_name((verdict)v);
        needed += strlen(result.names[v]) + 2;
    }
    if (needed > width) {
        result.gap = 1;
        if (result.names[VERDICT_INCONCLUSIVE] != NULL)
            result.names[VERDICT_INCONCLUSIVE] = "inconcl.";
    }
    return result;
}

static void write_row(const display *self, const columns *shown, const ledger_family *family) {
    fprintf(self->out, "%-*s", FAMILY_WIDTH, family->name);
    for (int v = 0; v < VERDICT_COUNT; v++) {
        int width = shown->names[v] != NULL ? (int)strlen(shown->names[v]) + shown->gap : 0;
        if (width == 0)
            continue;
        if (family->tally[v] == 0)
            fprintf(self->out, "%*s", width, "-");
        else
            fprintf(self->out, "%s%*zu%s", self->color ? colors[v] : "", width, family->tally[v],
                    self->color ? "\033[0m" : "");
    }
    fputc('\n', self->out);
}

static void write_table(const display *self, const ledger *book) {
    columns shown = choose_columns(book, terminal_width(self));
    fprintf(self->out, "\n%-*s", FAMILY_WIDTH, "");
    for (int v = 0; v < VERDICT_COUNT; v++) {
        if (shown.names[v] != NULL)
            fprintf(self->out, "%*s%s", shown.gap, "", shown.names[v]);
    }
    fputc('\n', self->out);
    for (ledger_family family = {0}; ledger_next_family(book, &family);)
        write_row(self, &shown, &family);
}

void display_finish(display *self, const ledger *book) {
    char took[DURATION_TEXT];
    erase(self);
    if (self->unshown != 0)
        fprintf(self->out, "... %zu more that did not just pass; --verbose and the reports show them\n",
                self->unshown);
    if (book->count != 0)
        write_table(self, book);
    for (size_t i = 0; book->baseline != NULL && i < book->baseline->count; i++) {
        const baseline_entry *entry = &book->baseline->entries[i];
        if (entry->stale != NULL)
            fprintf(self->out, "%s:%zu: %s: %s\n", book->baseline->path, entry->line, entry->id,
                    entry->stale);
    }
    fprintf(self->out, "\n%zu cases in %s, profile %s%s\n%s", book->count, duration_text(book->took, took),
            profile_name(book->parameters.profile), book->strict ? ", strict" : "",
            !self->color               ? ""
            : ledger_status(book) == 0 ? "\033[1;32m"
                                       : "\033[1;31m");
    report_ending(book, self->out, "", terminal_width(self));
    fputs(self->color ? "\033[0m" : "", self->out);
    fflush(self->out);
}
