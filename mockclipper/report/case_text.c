/* A case in full, as text. */
#include "report/formats.h"

#include "base/heap.h"
#include "base/text.h"
#include "engine/describe.h"

#include <stdlib.h>
#include <string.h>

/* Messages shown from the end of a conversation, and lines from the end of the container's output. */
#define LAST_MESSAGES 12
#define LAST_LINES    12

static void write_finding(const finding *f, FILE *out, const char *indent) {
    const requirement *r = f->requirement;
    fprintf(out, "%s%s", indent, verdict_name(f->verdict));
    if (r != NULL)
        fprintf(out, "  %s %s (%s: %s)\n%s      %s", r->id, requirement_level_name(r->level), r->source_kind,
                r->source, indent, r->text);
    fprintf(out, "\n%s  expected  %s\n%s  actual    %s\n", indent, f->expected, indent, f->actual);
}

static void write_measurements(const outcome *o, FILE *out, const char *indent) {
    for (size_t i = 0; i < o->measurement_count; i++) {
        const measurement *m = &o->measurements[i];
        char measured[DURATION_TEXT], least[DURATION_TEXT], most[DURATION_TEXT];
        fprintf(out, "%s  measured  %s: %s (at least %s, at most %s = %s + 4 x lag)\n", indent, m->what,
                duration_text(m->measured, measured), duration_text(m->at_least, least),
                duration_text(m->at_most, most), m->formula);
    }
}

static void write_frames(const journal_entry *entry, FILE *out) {
    fputs("  [", out);
    for (size_t i = 0; i < entry->kept_frames; i++) {
        const journal_frame *frame = &entry->frames[i];
        clipper_frame kept = {frame->bytes, frame->kept};
        char *hex = describe_hex(kept, 40);
        fprintf(out, "%s%s", i == 0 ? "" : " ", hex);
        if (frame->kept < frame->len)
            fprintf(out, "...(%zu bytes)", frame->len);
        free(hex);
    }
    if (entry->kept_frames < entry->frame_count)
        fprintf(out, " ... %zu frames", entry->frame_count);
    fputs("]", out);
}

static void write_entry(const journal *log, const journal_entry *entry, FILE *out, const char *indent) {
    static const char *const arrows[] = {"<-", "->", "--"};
    double seconds = (double)(entry->at - journal_begun(log)) / (double)SECOND;
    fprintf(out, "%s    %9.4f  %s ", indent, seconds, arrows[entry->what]);
    if (entry->session != 0)
        fprintf(out, "#%u ", entry->session);
    fputs(entry->line, out);
    if (entry->what != JOURNAL_NOTE)
        write_frames(entry, out);
    fputc('\n', out);
}

static void write_conversation(const journal *log, FILE *out, const char *indent, bool whole) {
    size_t size = journal_size(log);
    size_t from = whole || size < LAST_MESSAGES ? 0 : size - LAST_MESSAGES;
    fprintf(out, "%s  conversation (seconds; -> from the container, <- to it, # session)\n", indent);
    if (from != 0)
        fprintf(out, "%s    ... %zu before\n", indent, from + journal_missing_before(log, JOURNAL_BEGINNING));
    for (size_t i = from; i < size; i++) {
        if (i > from && journal_missing_before(log, i) != 0)
            fprintf(out, "%s    ... %zu left out\n", indent, journal_missing_before(log, i));
        write_entry(log, journal_at(log, i), out, indent);
    }
}

/* The last lines of TEXT. */
static void write_tail(const char *text, size_t len, FILE *out, const char *indent) {
    size_t lines = 0, from = len;
    while (from > 0 && (lines < LAST_LINES || text[from - 1] != '\n')) {
        from--;
        if (from > 0 && text[from - 1] == '\n')
            lines++;
    }
    while (from < len) {
        const char *line_feed = memchr(text + from, '\n', len - from);
        size_t size = (line_feed != NULL ? (size_t)(line_feed - text) : len) - from;
        fprintf(out, "%s    | ", indent);
        text_write(out, TEXT_PLAIN, text + from, size);
        fputc('\n', out);
        from += size + 1;
    }
}

static void write_process(const outcome *o, FILE *out, const char *indent) {
    static const char *const names[] = {"stdout", "stderr"};
    if (o->process_end != NULL)
        fprintf(out, "%s  container %s\n", indent, o->process_end);
    for (int i = 0; i < 2; i++) {
        if (o->output_len[i] != 0) {
            fprintf(out, "%s  %s    (the end of %zu bytes)\n", indent, names[i], o->output_total[i]);
            write_tail(o->output[i], o->output_len[i], out, indent);
        }
    }
}

void report_case_text(const ledger *book, const ledger_case *one, FILE *out, const char *indent, bool whole) {
    const outcome *o = one->outcome;
    char *repeat;
    if (o->reason != NULL)
        fprintf(out, "%s  reason    %s\n", indent, o->reason);
    for (size_t i = 0; i < o->finding_count; i++)
        write_finding(&o->findings[i], out, indent);
    write_measurements(o, out, indent);
    if (one->first_try != NULL && outcome_worst(one->first_try) != NULL)
        fprintf(out, "%s  first try %s: %s\n", indent, verdict_name(one->first_try->verdict),
                outcome_worst(one->first_try)->actual);
    if (o->journal != NULL)
        write_conversation(o->journal, out, indent, whole);
    write_process(o, out, indent);
    repeat = ledger_repeat_command(book, one);
    fprintf(out, "%s  repeat    %s\n", indent, repeat);
    free(repeat);
}
