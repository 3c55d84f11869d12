/* The end of a run as lines of text: headline, meaning, causes, and the failing cases. */
#include "report/formats.h"

#include "base/heap.h"
#include "base/text.h"
#include "run/ending.h"

#include <stdlib.h>
#include <string.h>

/* It is read on one screen: what does not fit in these lines is in the reports. */
#define ENDING_LINES 15

typedef struct writer {
    FILE *out;
    const char *prefix; /* of each line */
    size_t width;       /* of a line */
    size_t left;        /* lines */
} writer;

/* TEXT with its controls as text. The caller's to free. */
static char *plain_line(const char *text) {
    char *copy = heap_text(text), *plain = NULL;
    size_t len = 0;
    FILE *memory = open_memstream(&plain, &len);
    for (char *each = copy; *each != '\0'; each++)
        *each = *each == '\n' || *each == '\t' ? ' ' : *each;
    if (memory != NULL) {
        text_write_string(memory, TEXT_PLAIN, copy);
        fclose(memory);
    }
    free(copy);
    return plain != NULL ? plain : heap_text("");
}

/* The bytes of TEXT that WIDTH columns hold. */
static size_t bytes_in(const char *text, size_t width) {
    size_t at = 0;
    for (size_t columns = 0; text[at] != '\0' && columns < width; columns++) {
        size_t size = utf8_character(text + at, strlen(text + at));
        at += size != 0 ? size : 1;
    }
    return at;
}

void report_cut_line(FILE *out, const char *text, size_t width) {
    char *plain = plain_line(text);
    size_t fits = bytes_in(plain, width);
    if (plain[fits] == '\0')
        fprintf(out, "%s\n", plain);
    else
        fprintf(out, "%.*s...\n", (int)bytes_in(plain, width - strlen("...")), plain);
    free(plain);
}

/* The bytes of TEXT that a line of WIDTH columns holds: to the last blank in them, or all of it. */
static size_t line_length(const char *text, size_t width) {
    size_t fits = bytes_in(text, width), at = fits;
    if (text[fits] == '\0')
        return fits;
    while (at > 0 && text[at] != ' ')
        at--;
    return at != 0 ? at : fits;
}

/* TEXT in as many lines as it takes, the first after FIRST, the others after as many blanks. Its controls come out as
 * text. */
static void write_wrapped(writer *self, const char *first, const char *text) {
    size_t indent = strlen(first), room = self->width - strlen(self->prefix) - indent;
    char *plain = plain_line(text);
    for (const char *at = plain; *at != '\0' || at == plain;) {
        size_t size = line_length(at, room);
        fprintf(self->out, "%s%*s%.*s\n", self->prefix, (int)indent, at == plain ? first : "", (int)size, at);
        self->left -= self->left != 0;
        at += size;
        at += strspn(at, " ");
        if (*at == '\0')
            break;
    }
    free(plain);
}

/* Lines that a cause takes at most, but for the first, which is told whatever it takes. */
#define CAUSE_LINES 4

static void write_causes(writer *self, const ledger *book) {
    for (size_t i = 0; i < book->causes.count && (i == 0 || self->left > CAUSE_LINES + 1); i++) {
        const cause *one = &book->causes.all[i];
        char *evidence = ending_evidence(book, one);
        char *text = heap_format("likely cause: %s", one->text);
        write_wrapped(self, i == 0 ? "* " : "- ", text);
        write_wrapped(self, "  ", one->hint);
        write_wrapped(self, "  ", evidence);
        free(text);
        free(evidence);
    }
}

/* TEXT, which is freed, cut off at the end of a line. */
static void write_line(writer *self, char *text) {
    fputs(self->prefix, self->out);
    report_cut_line(self->out, text, self->width - strlen(self->prefix));
    self->left -= self->left != 0;
    free(text);
}

static bool is_listed(const ledger *book, const ledger_case *one) {
    return one->outcome != NULL && (ledger_case_is_bad(book, one) || one->known) &&
           !ending_is_told(book, one);
}

static void write_failures(writer *self, const ledger *book) {
    size_t count = 0, told = 0;
    for (size_t i = 0; i < book->count; i++)
        count += is_listed(book, &book->cases[i]);
    for (size_t i = 0; i < book->count && told < count && (self->left > 1 || told + 1 == count); i++) {
        const ledger_case *one = &book->cases[i];
        char *also, *message;
        if (!is_listed(book, one))
            continue;
        also = ending_also(book, one);
        message = ledger_case_message(one);
        write_line(self, heap_format("%s%s  %s%s  %s", one->known ? "known " : "",
                                     verdict_name(one->outcome->verdict), one->id, also, message));
        told++;
        free(also);
        free(message);
    }
    if (told < count)
        write_line(self, heap_format("... and %zu more", count - told));
}

void report_ending(const ledger *book, FILE *out, const char *prefix, size_t width) {
    writer self = {out, prefix, width < 40 ? 40 : width, ENDING_LINES};
    char *headline = ending_headline(book), *text;
    write_wrapped(&self, "", headline);
    for (size_t i = 0; (text = ending_meaning(book, i)) != NULL; i++) {
        write_wrapped(&self, "", text);
        free(text);
    }
    write_causes(&self, book);
    write_failures(&self, book);
    free(headline);
}
