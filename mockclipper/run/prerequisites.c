#include "run/prerequisites.h"

#include "base/heap.h"
#include "engine/describe.h"

#include <pthread.h>
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

/* What this machine was too slow to see is not unmet: then the others are played. */
static bool is_unmet(const ledger_case *one) {
    return one->scenario->prerequisite && !is_met(one) &&
           !(one->outcome != NULL && one->outcome->verdict == VERDICT_INCONCLUSIVE);
}

/* The prerequisite of cases of TYPE, if it is not met; else NULL. */
static const ledger_case *unmet_one(const ledger *book, clipper_data_type type) {
    for (size_t i = 0; i < book->count; i++) {
        const ledger_case *one = &book->cases[i];
        if (one->type == type && is_unmet(one))
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

/* Why cases of TYPE are skipped, which the container refused as O says. The caller's to free. */
static char *not_offered(clipper_data_type type, const outcome *o) {
    return heap_format("the container does not offer the input type %s: it %s", data_type_name(type),
                       o->process_end);
}

static void excuse_refusal(const ledger *book, ledger_case *one) {
    outcome *o = one->outcome;
    if (!o->refused || book->types_asked_for)
        return;
    o->verdict = VERDICT_SKIP;
    o->reason = not_offered(one->type, o);
}

void prerequisites_decide(ledger *book) {
    bool any_met = book->offered != 0;
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

/* ---- Without the prerequisite ------------------------------------------------------------------------ */

static const scenario *prerequisite(void) {
    size_t i = 0;
    while (!scenario_at(i)->prerequisite)
        i++;
    return scenario_at(i);
}

/* Whether there are cases of TYPE, and its prerequisite is not among them. */
static bool lacks_prerequisite(const ledger *book, clipper_data_type type) {
    bool any = false;
    for (size_t i = 0; i < book->count; i++) {
        const ledger_case *one = &book->cases[i];
        if (one->scenario->prerequisite && one->type == type)
            return false;
        any = any || (one->type == type && one->outcome == NULL);
    }
    return any;
}

/* A type that is tried. */
typedef struct type_trial {
    const ledger *book;
    clipper_data_type type;
    int stop;
    pthread_t thread;
    bool begun, registered;
    char *refused; /* why its cases are not to be played; NULL when they are */
} type_trial;

static void *try_type(void *trial) {
    type_trial *self = trial;
    outcome *o = scenario_play(prerequisite(), &self->book->parameters, self->type, self->stop);
    self->refused = o->refused ? not_offered(self->type, o) : NULL;
    self->registered = o->registered;
    outcome_destroy(&o);
    return NULL;
}

/* Tries the types of TRIALS beside each other: a container may take long to start and to end. */
static void try_types(type_trial trials[RUN_TYPES], const ledger *book, int stop) {
    for (int i = CLIPPER_TYPE_BYTES; i <= CLIPPER_TYPE_STRINGS; i++) {
        type_trial *one = &trials[i];
        *one = (type_trial){.book = book, .type = (clipper_data_type)i, .stop = stop};
        if ((book->offered >> i & 1) == 0 && lacks_prerequisite(book, one->type))
            one->begun = pthread_create(&one->thread, NULL, try_type, one) == 0;
    }
    for (int i = CLIPPER_TYPE_BYTES; i <= CLIPPER_TYPE_STRINGS; i++) {
        if (trials[i].begun)
            pthread_join(trials[i].thread, NULL);
    }
}

/* An offered type for which S can be played; false when there is none. */
static bool offered_one(const ledger *book, const scenario *s, clipper_data_type *type) {
    for (int i = CLIPPER_TYPE_STRINGS; i >= CLIPPER_TYPE_BYTES; i--) {
        if ((book->offered >> i & 1) != 0 && scenario_takes(s, (clipper_data_type)i)) {
            *type = (clipper_data_type)i;
            return true;
        }
    }
    return false;
}

void prerequisites_try(ledger *book, int stop) {
    type_trial trials[RUN_TYPES];
    if (book->types_asked_for || book->offered == 0)
        return;
    try_types(trials, book, stop);
    for (int i = 0; i < RUN_TYPES; i++)
        book->offered |= (unsigned)trials[i].registered << i;
    for (size_t i = 0; i < book->count; i++) {
        ledger_case *one = &book->cases[i];
        if (one->outcome == NULL && trials[one->type].refused != NULL &&
            (one->scenario->types == EACH_TYPE || !offered_one(book, one->scenario, &one->type)))
            one->outcome = outcome_skipped(trials[one->type].refused);
    }
    for (int i = 0; i < RUN_TYPES; i++)
        free(trials[i].refused);
}
