#include "run/prerequisites.h"

#include "base/heap.h"
#include "engine/describe.h"

#include <stdlib.h>

bool prerequisites_are_played(const ledger *book) {
    for (size_t i = 0; i < book->count; i++) {
        if (book->cases[i].scenario->prerequisite && book->cases[i].outcome == NULL)
            return false;
    }
    return true;
}

static bool is_met(const ledger_case *one) {
    return one->scenario->prerequisite && one->outcome != NULL && one->outcome->registered;
}

/* The prerequisite of cases of TYPE, if it is not met; else NULL. */
static const ledger_case *unmet_one(const ledger *book, clipper_data_type type) {
    for (size_t i = 0; i < book->count; i++) {
        const ledger_case *one = &book->cases[i];
        if (one->scenario->prerequisite && one->type == type && !is_met(one))
            return one;
    }
    return NULL;
}

/* A prerequisite that is met, of a type that S can use; NULL when there is none. */
static const ledger_case *met_one(const ledger *book, const scenario *s) {
    for (size_t i = 0; i < book->count; i++) {
        if (is_met(&book->cases[i]) && scenario_takes(s, book->cases[i].type))
            return &book->cases[i];
    }
    return NULL;
}

static void excuse_refusal(const ledger *book, ledger_case *one) {
    outcome *o = one->outcome;
    if (!o->refused || book->types_asked_for)
        return;
    o->verdict = VERDICT_SKIP;
    o->reason = heap_format("the container does not offer the input type %s: it %s",
                            data_type_name(one->type), o->process_end);
}

void prerequisites_decide(ledger *book) {
    bool any_met = false;
    for (size_t i = 0; i < book->count; i++)
        any_met = any_met || is_met(&book->cases[i]);
    for (size_t i = 0; i < book->count; i++) {
        ledger_case *one = &book->cases[i];
        const ledger_case *unmet = unmet_one(book, one->type), *other;
        char *reason;
        if (one->scenario->prerequisite && any_met)
            excuse_refusal(book, one);
        if (unmet == NULL || one->outcome != NULL)
            continue;
        other = one->scenario->types == ONE_TYPE ? met_one(book, one->scenario) : NULL;
        if (other != NULL) {
            one->type = other->type;
            continue;
        }
        reason = heap_format("the container did not register: see %s", unmet->id);
        one->outcome = outcome_skipped(reason);
        free(reason);
    }
}
