/* Markdown, for a comment or the summary page of a CI job: a table by family, then what did not pass. */
#include "report/formats.h"

#include "base/command.h"
#include "base/text.h"
#include "engine/describe.h"
#include "run/ending.h"

#include <stdlib.h>
#include <string.h>

/* Such reports are cut off or refused when they are long: details of the first cases, and the rest by name. */
#define DETAILED_CASES 20

/* The columns, from what matters most. */
static const verdict columns[] = {VERDICT_FAIL,    VERDICT_ERROR, VERDICT_INCONCLUSIVE, VERDICT_WARN,
                                  VERDICT_LENIENT, VERDICT_INFO,  VERDICT_SKIP,         VERDICT_PASS};
#define COLUMN_COUNT (sizeof columns / sizeof *columns)

/* ---- Text ------------------------------------------------------------------------------------------- */

static void write_plain(FILE *out, const char *text) {
    text_write_string(out, TEXT_MARKDOWN, text);
}

static size_t longest_run(const char *text, size_t len, char of) {
    size_t longest = 0, run = 0;
    for (size_t i = 0; i < len; i++) {
        run = text[i] == of ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

/* A block of TEXT as it is: between fences that are longer than any in it. */
static void write_fenced(FILE *out, const char *language, const char *text, size_t len) {
    size_t marks = longest_run(text, len, '`') + 1;
    marks = marks < 3 ? 3 : marks;
    for (size_t i = 0; i < marks; i++)
        fputc('`', out);
    fprintf(out, "%s\n", language);
    text_write(out, TEXT_PLAIN, text, len);
    fputs(len != 0 && text[len - 1] != '\n' ? "\n" : "", out);
    for (size_t i = 0; i < marks; i++)
        fputc('`', out);
    fputs("\n\n", out);
}

/* ---- The table -------------------------------------------------------------------------------------- */

static void write_row(const ledger *book, const char *name, const size_t tally[VERDICT_COUNT], FILE *out) {
    fprintf(out, "| %s |", name);
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if (ledger_tally(book, columns[i]) == 0)
            continue;
        if (tally[columns[i]] != 0)
            fprintf(out, " %zu |", tally[columns[i]]);
        else
            fputs("  |", out);
    }
    fputc('\n', out);
}

/* Only with the verdicts that occur. */
static void write_table(const ledger *book, FILE *out) {
    size_t used = 0, all[VERDICT_COUNT] = {0};
    fputs("| family |", out);
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if (ledger_tally(book, columns[i]) != 0) {
            fprintf(out, " %s |", verdict_name(columns[i]));
            used++;
        }
    }
    fputs("\n|---|", out);
    for (size_t i = 0; i < used; i++)
        fputs("--:|", out);
    fputc('\n', out);
    for (ledger_family family = {0}; ledger_next_family(book, &family);) {
        write_row(book, family.name, family.tally, out);
        for (int v = 0; v < VERDICT_COUNT; v++)
            all[v] += family.tally[v];
    }
    write_row(book, "**all**", all, out);
    fputc('\n', out);
}

/* ---- Cases ------------------------------------------------------------------------------------------ */

static void write_line(const ledger_case *one, FILE *out) {
    char *summary = ledger_case_message(one);
    fprintf(out, "- **%s** `%s`%s", one->outcome != NULL ? verdict_name(one->outcome->verdict) : "none",
            one->id, *summary != '\0' ? ": " : "");
    write_plain(out, summary);
    fputs(one->known ? " (known)\n" : "\n", out);
    free(summary);
}

static void write_details(const ledger *book, const ledger_case *one, FILE *out) {
    char *text = NULL;
    size_t len = 0;
    FILE *memory = open_memstream(&text, &len);
    fputs("<details><summary>Details</summary>\n\n", out);
    if (memory != NULL) {
        report_case_text(book, one, memory, "", false);
        if (fclose(memory) == 0)
            write_fenced(out, "text", text, len);
    }
    fputs("</details>\n\n", out);
    free(text);
}

static void write_problem(const ledger *book, const ledger_case *one, FILE *out) {
    char *summary = ledger_case_message(one), *repeat = ledger_repeat_command(book, one);
    char *also = ending_also(book, one);
    const finding *worst = outcome_worst(one->outcome);
    fprintf(out, "### %s: `%s`%s\n\n", verdict_name(one->outcome->verdict), one->id, also);
    write_plain(out, one->scenario->title);
    fputs("\n\n", out);
    if (worst != NULL && worst->requirement != NULL) {
        fprintf(out, "- **%s** (%s): ", worst->requirement->id,
                requirement_level_name(worst->requirement->level));
        write_plain(out, worst->requirement->text);
        fputc('\n', out);
    }
    if (worst != NULL) {
        fputs("- expected: ", out);
        write_plain(out, worst->expected);
        fputs("\n- actual: ", out);
        write_plain(out, worst->actual);
        fputs("\n\n", out);
    } else {
        write_plain(out, summary);
        fputs("\n\n", out);
    }
    write_fenced(out, "sh", repeat, strlen(repeat));
    write_details(book, one, out);
    free(also);
    free(repeat);
    free(summary);
}

static void write_problems(const ledger *book, FILE *out) {
    size_t detailed = 0;
    for (size_t i = 0; i < book->count; i++) {
        const ledger_case *one = &book->cases[i];
        if (!ledger_case_is_bad(book, one))
            continue;
        if (detailed == 0)
            fputs("## Not as required\n\n", out);
        if (one->outcome != NULL && detailed < DETAILED_CASES && !ending_is_told(book, one))
            write_problem(book, one, out);
        else
            write_line(one, out);
        detailed++;
    }
    fputs(detailed > DETAILED_CASES ? "\n" : "", out);
}

/* What is neither a pass nor a problem, a line each. */
static void write_others(const ledger *book, FILE *out) {
    bool any = false;
    for (size_t i = 0; i < book->count; i++) {
        const ledger_case *one = &book->cases[i];
        if (one->outcome == NULL || one->outcome->verdict == VERDICT_PASS || ledger_case_is_bad(book, one))
            continue;
        fputs(any ? "" : "## Also\n\n", out);
        any = true;
        write_line(one, out);
    }
}

static void write_stale_entries(const ledger *book, FILE *out) {
    bool any = false;
    for (size_t i = 0; book->baseline != NULL && i < book->baseline->count; i++) {
        const baseline_entry *entry = &book->baseline->entries[i];
        if (entry->stale == NULL)
            continue;
        fputs(any ? "" : "## Entries of the baseline that do not hold\n\n", out);
        any = true;
        fprintf(out, "- line %zu, ", entry->line);
        write_plain(out, entry->id);
        fputs(": ", out);
        write_plain(out, entry->stale);
        fputc('\n', out);
    }
    fputs(any ? "\n" : "", out);
}

/* ---- The run ---------------------------------------------------------------------------------------- */

static void write_ending(const ledger *book, FILE *out) {
    char *text;
    for (size_t i = 0; (text = ending_meaning(book, i)) != NULL; i++) {
        write_plain(out, text);
        fputs("\n\n", out);
        free(text);
    }
    for (size_t i = 0; i < book->causes.count; i++) {
        const cause *one = &book->causes.all[i];
        char *evidence = ending_evidence(book, one);
        fputs(i == 0 ? "## Likely causes\n\n" : "", out);
        fprintf(out, "%zu. **", i + 1);
        write_plain(out, one->text);
        fputs("**  \n   ", out);
        write_plain(out, one->hint);
        fputs("  \n   ", out);
        write_plain(out, evidence);
        fputs(i + 1 == book->causes.count ? "\n\n" : "\n", out);
        free(evidence);
    }
}

static void write_run(const ledger *book, FILE *out) {
    char *command = book->parameters.command != NULL ? command_text(book->parameters.command) : NULL;
    char poll[DURATION_TEXT], activity[DURATION_TEXT], took[DURATION_TEXT];
    int status = ledger_status(book);
    char *headline = ending_headline(book);
    fputs("# mockclipper: ", out);
    write_plain(out, headline);
    fputs("\n\n", out);
    free(headline);
    write_ending(book, out);
    if (book->parameters.image.name != NULL) {
        fputs("Image ", out);
        text_write_string(out, TEXT_MARKDOWN, book->parameters.image.name);
        fputs("\n\n", out);
    }
    if (command != NULL && *command != '\0')
        write_fenced(out, "sh", command, strlen(command));
    fprintf(
        out,
        "%zu cases in %s; profile %s%s, model %s, D %s, TO %s; exit status %d; mockclipper " CLIPPER_VERSION
        ".",
        book->count, duration_text(book->took, took), profile_name(book->parameters.profile),
        book->strict ? " (strict)" : "", oracle_name(book->parameters.model),
        duration_text(book->parameters.timing.poll, poll),
        duration_text(book->parameters.timing.activity, activity), status);
    fputs(book->interrupted ? " **Interrupted.**\n\n" : "\n\n", out);
    free(command);
}

void report_markdown(const ledger *book, FILE *out) {
    write_run(book, out);
    if (book->count != 0)
        write_table(book, out);
    write_stale_entries(book, out);
    write_problems(book, out);
    write_others(book, out);
}
