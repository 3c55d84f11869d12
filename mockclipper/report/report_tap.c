/* TAP, versions 14 and 13 (https://testanything.org): a line a case, with the details as a YAML block. */
#include "report/formats.h"

#include "base/json_out.h"
#include "base/text.h"

#include <stdlib.h>

#define TAP_WIDTH 80

/* TEXT as a YAML scalar: a JSON string is one. */
static void write_yaml(FILE *out, const char *key, const char *text) {
    json_out json = {0};
    json_out_text(&json, text);
    json_out_end_line(&json);
    fprintf(out, "  %s: ", key);
    json_out_write(&json, out);
}

static void begin(const ledger *book, int version, FILE *out) {
    /* The last test is the baseline as a whole. */
    fprintf(out, "TAP version %d\n1..%zu\n", version, book->count + (book->baseline != NULL));
}

void report_tap_begin(const ledger *book, FILE *out) {
    begin(book, 14, out);
}

/* The details as a literal block of YAML. */
static void write_details(const ledger *book, const ledger_case *one, FILE *out) {
    fputs("  details: |\n", out);
    report_case_text(book, one, out, "    ", false);
}

static void write_block(const ledger *book, const ledger_case *one, FILE *out) {
    const finding *worst = outcome_worst(one->outcome);
    char *text = ledger_case_message(one);
    fputs("  ---\n", out);
    write_yaml(out, "verdict", verdict_name(one->outcome->verdict));
    if (*text != '\0')
        write_yaml(out, "message", text);
    free(text);
    if (worst != NULL) {
        if (worst->requirement != NULL)
            write_yaml(out, "requirement", worst->requirement->id);
        write_yaml(out, "expected", worst->expected);
        write_yaml(out, "actual", worst->actual);
    }
    fprintf(out, "  duration_ms: %.1f\n", (double)one->outcome->took / (double)MILLISECOND);
    if (one->outcome->verdict >= VERDICT_WARN)
        write_details(book, one, out);
    fputs("  ...\n", out);
}

void report_tap_case(const ledger *book, const ledger_case *one, FILE *out) {
    size_t number = (size_t)(one - book->cases) + 1;
    fprintf(out, "%s %zu - ", one->known || ledger_case_is_bad(book, one) ? "not ok" : "ok", number);
    text_write_string(out, TEXT_TAP, one->id);
    if (one->known) {
        fputs(" # TODO known failure\n", out);
        write_block(book, one, out);
    } else if (one->outcome == NULL) {
        fputs(" (not run)\n", out);
    } else if (one->outcome->verdict == VERDICT_SKIP) {
        fputs(" # SKIP ", out);
        text_write_string(out, TEXT_TAP, one->outcome->reason);
        fputc('\n', out);
    } else {
        fputc('\n', out);
        if (one->outcome->verdict != VERDICT_PASS || one->first_try != NULL)
            write_block(book, one, out);
    }
}

/* The baseline as a test: whether every entry holds. */
static void write_baseline(const ledger *book, FILE *out) {
    fprintf(out, "%s %zu - baseline\n", baseline_stale_count(book->baseline) != 0 ? "not ok" : "ok",
            book->count + 1);
    for (size_t i = 0; i < book->baseline->count; i++) {
        const baseline_entry *entry = &book->baseline->entries[i];
        if (entry->stale != NULL)
            fprintf(out, "# %s:%zu: %s: %s\n", book->baseline->path, entry->line, entry->id, entry->stale);
    }
}

void report_tap_end(const ledger *book, FILE *out) {
    if (book->baseline != NULL)
        write_baseline(book, out);
    report_ending(book, out, "# ", TAP_WIDTH);
    fprintf(out, "# exit status %d\n", ledger_status(book));
    if (book->interrupted)
        fputs("Bail out! interrupted\n", out);
}

static void write_all(const ledger *book, int version, FILE *out) {
    begin(book, version, out);
    for (size_t i = 0; i < book->count; i++)
        report_tap_case(book, &book->cases[i], out);
    report_tap_end(book, out);
}

void report_tap(const ledger *book, FILE *out) {
    write_all(book, 14, out);
}

/* What is written is in both versions; readers of 13, such as prove, refuse the other number. */
void report_tap13(const ledger *book, FILE *out) {
    write_all(book, 13, out);
}
