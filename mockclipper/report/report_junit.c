/* JUnit XML as Jenkins and its kin read it: a suite a family, a test a case. tests/mockclipper/junit.xsd is its schema. */
#include "report/formats.h"

#include "base/heap.h"
#include "base/text.h"
#include "run/ending.h"

#include <stdlib.h>
#include <string.h>

/* The result of a test in the format's terms. */
typedef enum result {
    RESULT_PASSED,
    RESULT_SKIPPED, /* known failures, too: the format has nothing for them */
    RESULT_FAILED,
    RESULT_ERROR /* nothing is known of the container: the kit's fault, a machine too slow, or never run */
} result;
#define RESULT_COUNT 4

typedef struct tally {
    size_t tests;
    size_t of[RESULT_COUNT];
    duration took;
} tally;

static result result_of(const ledger *book, const ledger_case *one) {
    if (one->known)
        return RESULT_SKIPPED;
    if (one->outcome == NULL)
        return RESULT_ERROR;
    if (one->outcome->verdict == VERDICT_SKIP)
        return RESULT_SKIPPED;
    if (!ledger_case_is_bad(book, one))
        return RESULT_PASSED;
    return one->outcome->verdict == VERDICT_ERROR || one->outcome->verdict == VERDICT_INCONCLUSIVE
               ? RESULT_ERROR
               : RESULT_FAILED;
}

/* ---- XML -------------------------------------------------------------------------------------------- */

/* A line feed in the value comes out as a blank, as XML has it. */
static void write_attribute(FILE *out, const char *name, const char *value) {
    fprintf(out, " %s=\"", name);
    text_write_string(out, TEXT_XML, value);
    fputc('"', out);
}

static void write_seconds(FILE *out, duration took) {
    fprintf(out, " time=\"%.3f\"", (double)took / (double)SECOND);
}

/* What every suite has: when and where the run was. Jenkins' schema has the moment without a zone; it is UTC. */
static void write_circumstances(FILE *out, const ledger *book, const char *name) {
    char moment[24];
    snprintf(moment, sizeof moment, "%.19s",
             *book->wall_clock != '\0' ? book->wall_clock : "1970-01-01T00:00:00");
    write_attribute(out, "timestamp", moment);
    write_attribute(out, "hostname", *book->host.name != '\0' ? book->host.name : "localhost");
    write_attribute(out, "package", "mockclipper");
    write_attribute(out, "id", name);
}

static void write_property(FILE *out, const char *name, const char *value) {
    fputs("      <property", out);
    write_attribute(out, "name", name);
    write_attribute(out, "value", value);
    fputs("/>\n", out);
}

/* What the run as a whole says, in each suite: readers show suites, not their parent. */
static void write_properties(FILE *out, const ledger *book) {
    char *headline = ending_headline(book), *text;
    fputs("    <properties>\n", out);
    write_property(out, "program", "mockclipper " CLIPPER_VERSION);
    write_property(out, "result", headline);
    for (size_t i = 0; (text = ending_meaning(book, i)) != NULL; i++) {
        write_property(out, "meaning", text);
        free(text);
    }
    for (size_t i = 0; i < book->causes.count; i++) {
        const cause *one = &book->causes.all[i];
        char *name = heap_format("cause.%zu.%s", i + 1, one->id), *evidence = ending_evidence(book, one);
        char *value = heap_format("%s. %s (%s)", one->text, one->hint, evidence);
        write_property(out, name, value);
        free(name);
        free(evidence);
        free(value);
    }
    fputs("    </properties>\n", out);
    free(headline);
}

/* ---- Cases ------------------------------------------------------------------------------------------ */

/* Opens ELEMENT with what the verdict comes from. */
static void begin_problem(FILE *out, const char *element, const ledger_case *one, const char *summary) {
    const finding *worst = one->outcome != NULL ? outcome_worst(one->outcome) : NULL;
    fprintf(out, "      <%s", element);
    write_attribute(out, "type",
                    worst != NULL && worst->requirement != NULL ? worst->requirement->id
                    : one->outcome != NULL                      ? verdict_name(one->outcome->verdict)
                                                                : "not run");
    write_attribute(out, "message", summary);
}

static void write_problem(const ledger *book, const ledger_case *one, const char *element, FILE *out) {
    char *summary = ledger_case_message(one);
    char *details = NULL;
    size_t len = 0;
    FILE *memory = one->outcome != NULL ? open_memstream(&details, &len) : NULL;
    begin_problem(out, element, one, summary);
    fputc('>', out);
    if (memory != NULL) {
        report_case_text(book, one, memory, "", false);
        if (fclose(memory) == 0)
            text_write(out, TEXT_XML, details, len);
    }
    fprintf(out, "</%s>\n", element);
    free(details);
    free(summary);
}

static void write_skip(const ledger_case *one, FILE *out) {
    char *summary = ledger_case_message(one);
    char *text = one->known ? heap_format("known failure: %s", summary) : heap_text(summary);
    fputs("      <skipped", out);
    write_attribute(out, "message", text);
    fputs("/>\n", out);
    free(text);
    free(summary);
}

static void write_output(FILE *out, const char *element, const char *text, size_t len) {
    if (len == 0)
        return;
    fprintf(out, "      <%s>", element);
    text_write(out, TEXT_XML, text, len);
    fprintf(out, "</%s>\n", element);
}

static void write_case(const ledger *book, const ledger_family *family, const ledger_case *one, FILE *out) {
    const outcome *o = one->outcome;
    result r = result_of(book, one);
    fprintf(out, "    <testcase classname=\"mockclipper.%s\"", family->name);
    write_attribute(out, "name", one->id + strlen(family->name) + 1);
    write_seconds(out, o != NULL ? o->took : 0);
    fputs(">\n", out);
    if (r == RESULT_SKIPPED)
        write_skip(one, out);
    else if (r != RESULT_PASSED)
        write_problem(book, one, r == RESULT_FAILED ? "failure" : "error", out);
    if (o != NULL) {
        write_output(out, "system-out", o->output[0], o->output_len[0]);
        write_output(out, "system-err", o->output[1], o->output_len[1]);
    }
    fputs("    </testcase>\n", out);
}

/* ---- Suites ----------------------------------------------------------------------------------------- */

static void count_case(tally *sum, const ledger *book, const ledger_case *one) {
    sum->tests++;
    sum->of[result_of(book, one)]++;
    sum->took += one->outcome != NULL ? one->outcome->took : 0;
}

static void write_tally(FILE *out, const tally *sum) {
    fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\"", sum->tests, sum->of[RESULT_FAILED],
            sum->of[RESULT_ERROR]);
}

static void write_suite(const ledger *book, const ledger_family *family, FILE *out) {
    tally sum = {0};
    for (size_t i = 0; i < family->count; i++)
        count_case(&sum, book, &family->cases[i]);
    fputs("  <testsuite", out);
    write_attribute(out, "name", family->name);
    write_tally(out, &sum);
    fprintf(out, " skipped=\"%zu\"", sum.of[RESULT_SKIPPED]);
    write_seconds(out, sum.took);
    write_circumstances(out, book, family->name);
    fputs(">\n", out);
    write_properties(out, book);
    for (size_t i = 0; i < family->count; i++)
        write_case(book, family, &family->cases[i], out);
    fputs("  </testsuite>\n", out);
}

/* The baseline as a suite of one test: whether every entry holds. */
static void write_baseline(const ledger *book, FILE *out) {
    size_t stale = baseline_stale_count(book->baseline);
    fprintf(
        out,
        "  <testsuite name=\"baseline\" tests=\"1\" failures=\"%d\" errors=\"0\" skipped=\"0\" time=\"0\"",
        stale != 0);
    write_circumstances(out, book, "baseline");
    fputs(">\n", out);
    write_properties(out, book);
    fputs("    <testcase classname=\"mockclipper.baseline\" name=\"every-entry-holds\" time=\"0\">\n", out);
    if (stale != 0) {
        fprintf(out, "      <failure type=\"stale\" message=\"%zu entries of the baseline do not hold\">",
                stale);
        for (size_t i = 0; i < book->baseline->count; i++) {
            const baseline_entry *entry = &book->baseline->entries[i];
            char *line = entry->stale != NULL ? heap_format("%s:%zu: %s: %s\n", book->baseline->path,
                                                            entry->line, entry->id, entry->stale)
                                              : heap_text("");
            text_write_string(out, TEXT_XML, line);
            free(line);
        }
        fputs("</failure>\n", out);
    }
    fputs("    </testcase>\n  </testsuite>\n", out);
}

void report_junit(const ledger *book, FILE *out) {
    tally sum = {0};
    for (size_t i = 0; i < book->count; i++)
        count_case(&sum, book, &book->cases[i]);
    if (book->baseline != NULL) {
        sum.tests++;
        sum.of[RESULT_FAILED] += baseline_stale_count(book->baseline) != 0;
    }
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"mockclipper\"", out);
    write_tally(out, &sum);
    write_seconds(out, book->took);
    fputs(">\n", out);
    for (ledger_family family = {0}; ledger_next_family(book, &family);)
        write_suite(book, &family, out);
    if (book->baseline != NULL)
        write_baseline(book, out);
    fputs("</testsuites>\n", out);
}
