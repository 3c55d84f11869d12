#include "run/ending.h"

#include "base/heap.h"
#include "engine/describe.h"

#include <stdlib.h>
#include <string.h>

/* ---- Text that grows ---------------------------------------------------------------------------------- */

/* Appends the text MORE, which is freed, to *TEXT, with SEPARATOR between. */
static void append(char **text, const char *separator, char *more) {
    char *longer = *text != NULL ? heap_format("%s%s%s", *text, separator, more) : heap_text(more);
    free(*text);
    free(more);
    *text = longer;
}

/* ---- The headline ------------------------------------------------------------------------------------- */

/* How many cases count as V: those known to fail and those not played do not. */
static size_t count_of(const ledger *book, verdict v) {
    size_t count = 0;
    for (size_t i = 0; i < book->count; i++) {
        const ledger_case *one = &book->cases[i];
        count += one->outcome != NULL && one->outcome->verdict == v && !one->known;
    }
    return count;
}

static size_t count_known(const ledger *book) {
    size_t count = 0;
    for (size_t i = 0; i < book->count; i++)
        count += book->cases[i].known;
    return count;
}

static size_t count_missing(const ledger *book) {
    size_t count = 0;
    for (size_t i = 0; i < book->count; i++)
        count += book->cases[i].outcome == NULL;
    return count;
}

char *ending_headline(const ledger *book) {
    static const verdict order[] = {VERDICT_ERROR,   VERDICT_FAIL, VERDICT_INCONCLUSIVE, VERDICT_WARN,
                                    VERDICT_LENIENT, VERDICT_INFO, VERDICT_SKIP,         VERDICT_PASS};
    const char *result = ledger_status_text(ledger_status(book));
    size_t known = count_known(book), missing = count_missing(book);
    char *counts = NULL, *headline;
    if (known != 0)
        append(&counts, ", ", heap_format("%zu known failure%s", known, known != 1 ? "s" : ""));
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        size_t count = count_of(book, order[i]);
        if (count != 0)
            append(&counts, ", ", heap_format("%zu %s", count, verdict_name(order[i])));
    }
    if (missing != 0)
        append(&counts, ", ", heap_format("%zu not played", missing));
    headline = heap_format("%.*s: %s of %zu", (int)strcspn(result, ":"), result,
                           counts != NULL ? counts : "0", book->count);
    free(counts);
    return headline;
}

/* ---- What it means ------------------------------------------------------------------------------------ */

/* Whether a case is lenient by a breach of the requirement ID. */
static bool departs_from(const ledger *book, const char *id) {
    for (size_t i = 0; i < book->count; i++) {
        const outcome *o = book->cases[i].outcome;
        for (size_t k = 0; o != NULL && k < o->finding_count; k++) {
            const finding *f = &o->findings[k];
            if (f->verdict == VERDICT_LENIENT && f->requirement != NULL &&
                strcmp(f->requirement->id, id) == 0)
                return true;
        }
    }
    return false;
}

/* One sentence; NULL where it does not hold. */
typedef char *meaning(const ledger *book);

static char *about_registration(const ledger *book) {
    const char *as = ledger_status(book) == STATUS_CONFORMANT ? "conformant with the document"
                                                              : "registers as the document has it";
    return departs_from(book, "REG-9")
               ? heap_format(
                     "%s; released Clipper will not register it: REG-9 (a sixth frame, u32 3, is missing)",
                     as)
               : NULL;
}

static char *about_answers(const ledger *book) {
    return departs_from(book, "PRED-9")
               ? heap_text("answers in the document's layout; released Clipper takes the data "
                           "type for the count and misreads the rest: PRED-9")
               : NULL;
}

static char *about_outputs(const ledger *book) {
    return departs_from(book, "PRED-16") ? heap_text("outputs are no text; released Clipper takes every "
                                                     "output for a string in UTF-8: PRED-16")
                                         : NULL;
}

static char *about_release(const ledger *book) {
    return departs_from(book, "REG-10") && departs_from(book, "PRED-8")
               ? heap_text("works with released Clipper, and departs from the document as that does (REG-10, "
                           "PRED-8)")
               : NULL;
}

static char *about_profile(const ledger *book) {
    profile p = book->parameters.profile;
    if (p == PROFILE_INTEROP)
        return NULL;
    return heap_format("by %s alone (--profile %s)",
                       p == PROFILE_DOCUMENT ? "the document" : "released Clipper", profile_name(p));
}

#define NO_ACCELERATION "acceleration did not take effect"

static char *about_acceleration(const ledger *book) {
    size_t count = 0;
    for (size_t i = 0; i < book->count; i++) {
        const outcome *o = book->cases[i].outcome;
        count += o != NULL && o->reason != NULL &&
                 strncmp(o->reason, NO_ACCELERATION, strlen(NO_ACCELERATION)) == 0;
    }
    return count != 0 ? heap_format(NO_ACCELERATION ": %zu cases that judge times were skipped", count)
                      : NULL;
}

static char *about_busy_machine(const ledger *book) {
    return ledger_status(book) == STATUS_INCONCLUSIVE
               ? heap_text("this machine was too slow to tell: run it again")
               : NULL;
}

static char *about_baseline(const ledger *book) {
    size_t stale = book->baseline != NULL ? baseline_stale_count(book->baseline) : 0;
    return stale != 0 ? heap_format("%zu entr%s of the baseline do%s not hold", stale,
                                    stale != 1 ? "ies" : "y", stale != 1 ? "" : "es")
                      : NULL;
}

static char *about_interruption(const ledger *book) {
    return book->interrupted ? heap_text("interrupted") : NULL;
}

char *ending_meaning(const ledger *book, size_t index) {
    static meaning *const meanings[] = {about_interruption, about_profile,      about_registration,
                                        about_answers,      about_outputs,      about_release,
                                        about_acceleration, about_busy_machine, about_baseline};
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        char *text = meanings[i](book);
        if (text != NULL && index-- == 0)
            return text;
        free(text);
    }
    return NULL;
}

/* ---- The same for several types ----------------------------------------------------------------------- */

/* Whether A and B tell the same of two input types. */
static bool are_alike(const ledger_case *a, const ledger_case *b) {
    const finding *x, *y;
    if (a->scenario != b->scenario || a->type == b->type || a->outcome == NULL || b->outcome == NULL ||
        a->outcome->verdict != b->outcome->verdict || a->known != b->known || a->round != b->round)
        return false;
    x = outcome_worst(a->outcome);
    y = outcome_worst(b->outcome);
    return x != NULL && y != NULL && x->requirement == y->requirement;
}

bool ending_is_told(const ledger *book, const ledger_case *one) {
    for (const ledger_case *each = book->cases; each < one; each++) {
        if (are_alike(each, one))
            return true;
    }
    return false;
}

char *ending_also(const ledger *book, const ledger_case *one) {
    char *types = NULL, *text;
    for (const ledger_case *each = one + 1; each < book->cases + book->count; each++) {
        if (are_alike(one, each))
            append(&types, ", ", heap_text(data_type_name(each->type)));
    }
    text = types != NULL ? heap_format("; also %s", types) : heap_text("");
    free(types);
    return text;
}

char *ending_evidence(const ledger *book, const cause *one) {
    return heap_format("explains %zu case%s, such as %s", one->explains, one->explains != 1 ? "s" : "",
                       book->cases[one->cases[0]].id);
}
