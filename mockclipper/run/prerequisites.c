#include "run/prerequisites.h"

#include "base/heap.h"
#include "engine/describe.h"

#include <stdlib.h>

bool is_gate(const ledger_case *one) {
    return one->scenario->gate;
}

bool gates_are_done(const ledger *book) {
    for (size_t i = 0; i < book->count; i++) {
        if (is_gate(&book->cases[i]) && book->cases[i].outcome == NULL)
            return false;
    }
    return true;
}

static bool is_open(const ledger_case *one) {
    return is_gate(one) && one->outcome != NULL && one->outcome->registered;
}

/* The gate that TYPE is behind, if that did not open; else NULL. */
static const ledger_case *closed_gate(const ledger *book, clipper_data_type type) {
    for (size_t i = 0; i < book->count; i++) {
        const ledger_case *one = &book->cases[i];
        if (is_gate(one) && one->type == type && !is_open(one))
            return one;
    }
    return NULL;
}

/* An open gate of a type that S can use; NULL when there is none. */
static const ledger_case *open_gate(const ledger *book, const scenario *s) {
    for (size_t i = 0; i < book->count; i++) {
        if (is_open(&book->cases[i]) && scenario_takes(s, book->cases[i].type))
            return &book->cases[i];
    }
    return NULL;
}

static void excuse_refusal(const ledger *book, ledger_case *gate) {
    outcome *o = gate->outcome;
    if (!o->refused || book->types_asked_for)
        return;
    o->verdict = VERDICT_SKIP;
    o->reason = heap_format("the container does not offer the input type %s: it %s",
                            data_type_name(gate->type), o->process_end);
}

void gates_decide(ledger *book) {
    bool any_open = false;
    for (size_t i = 0; i < book->count; i++)
        any_open = any_open || is_open(&book->cases[i]);
    for (size_t i = 0; i < book->count; i++) {
        ledger_case *one = &book->cases[i];
        const ledger_case *closed = closed_gate(book, one->type), *other;
        char *reason;
        if (is_gate(one) && any_open)
            excuse_refusal(book, one);
        if (closed == NULL || one->outcome != NULL)
            continue;
        other = one->scenario->types == ONE_TYPE ? open_gate(book, one->scenario) : NULL;
        if (other != NULL) {
            one->type = other->type;
            continue;
        }
        reason = heap_format("the container did not register: see %s", closed->id);
        one->outcome = outcome_skipped(reason);
        free(reason);
    }
}
