/* The ledger of a run: its cases, their outcomes, and the exit status. Every report is a view of it. */
#ifndef MOCKCLIPPER_RUN_LEDGER_H
#define MOCKCLIPPER_RUN_LEDGER_H

#include "base/host.h"
#include "run/baseline.h"
#include "run/cause.h"
#include "talk/outcome.h"
#include "talk/run_parameters.h"
#include "talk/scenario.h"

/* Exit statuses of `check`, a contract with scripts. */
enum {
    STATUS_CONFORMANT = 0,
    STATUS_NOT_CONFORMANT = 1,
    STATUS_USAGE = 2,
    STATUS_KIT_FAILED = 3,
    STATUS_INCONCLUSIVE = 4,
    STATUS_NOTHING_VERIFIED = 5
};

/* One scenario, for one input type, once. */
typedef struct ledger_case {
    char *id; /* "family/name", with ":type" where a scenario is played for each type, and "#2", "#3", ... for
                 repetitions */
    const scenario *scenario;
    clipper_data_type type;
    bool known;         /* it failed as the baseline says */
    unsigned round;     /* from 1 */
    outcome *outcome;   /* NULL until it was played */
    outcome *first_try; /* the one before, where it was asked again; else NULL */
} ledger_case;

typedef struct ledger {
    run_parameters parameters;
    bool strict;
    bool types_asked_for;   /* by name: a type that the container refuses is a failure then */
    unsigned offered;       /* types that it registered with in trials: bits 1 << clipper_data_type */
    char *const *arguments; /* of the command line, ended with NULL; NULL without one */
    char *options; /* those that a repetition needs, with a blank before each; "" when there are none */
    ledger_case *cases;
    size_t count;
    baseline *baseline; /* NULL without one */
    cause_list causes;  /* as causes_find() has found them */
    instant began;
    duration took;
    host_facts host;     /* where, and when by the wall clock, in UTC: */
    char wall_clock[24]; /* "2026-11-28T06:30:00Z" */
    bool interrupted;    /* cases may have no outcome then */
} ledger;

void ledger_clear(ledger *self);

/* Adds a case, not played yet. */
void ledger_add(ledger *self, const scenario *s, clipper_data_type type, unsigned round);

/* How many cases have that verdict. Those not played have none. */
size_t ledger_tally(const ledger *self, verdict v);

/* The cases of a family, which stand together: the part of their ids before the slash, and how many have each
 * verdict. */
typedef struct ledger_family {
    char name[32];
    const ledger_case *cases;
    size_t count;
    size_t tally[VERDICT_COUNT];
} ledger_family;

/* The next family; the first after a zeroed one. False when there is none. */
bool ledger_next_family(const ledger *self, ledger_family *family);

/* The exit status, by the verdicts. */
int ledger_status(const ledger *self);

/* The status in words: "conformant", ... */
const char *ledger_status_text(int status);

/* The outcome of a case in one line: the worst finding, or the reason of a skip. The caller's to free. */
char *ledger_case_message(const ledger_case *one);

/* Compares the cases with the baseline, when all have outcomes. */
void ledger_compare(ledger *self);

/* Whether the case, which has an outcome, fails as the baseline says; before ledger_compare(), too. */
bool ledger_case_is_known(const ledger *self, const ledger_case *one);

/* Whether the case fails, and is not known to. */
bool ledger_case_is_bad(const ledger *self, const ledger_case *one);

/* The command that repeats just this case. The caller's to free. */
char *ledger_repeat_command(const ledger *self, const ledger_case *one);

#endif
