/* The inside of causes.c: rules for what can be seen directly, from what is most basic on.
 *   cause_evidence.c  what they ask of a case
 *   cause_contact.c   whether and how the container connects
 *   cause_messages.c  its first messages, and what it does at Clipper's
 *   cause_conduct.c   its timers, variables, processes, and answers of requests in flight */
#ifndef MOCKCLIPPER_RUN_CAUSE_RULES_H
#define MOCKCLIPPER_RUN_CAUSE_RULES_H

#include "run/ledger.h"

#include <stdbool.h>

/* Adds to FOUND what is seen in BOOK. */
typedef void cause_rule(const ledger *book, cause_list *found);

cause_rule cause_of_contact;
cause_rule cause_of_first_message;
cause_rule cause_of_first_answer;
cause_rule cause_of_first_prediction;
cause_rule cause_of_input_type;
cause_rule cause_of_address;
cause_rule cause_of_timers;
cause_rule cause_of_mixed_answers;
cause_rule cause_of_slow_model;
cause_rule cause_of_left_processes;
cause_rule cause_of_partial_reads;
cause_rule cause_of_repeated_trace;

/* Whether a case has found fault: it failed, or was warned. */
bool cause_is_fault(const ledger_case *one);

/* Whether the verdict of a case comes from a breach of one of IDS, with blanks between. */
bool cause_breaches(const ledger_case *one, const char *ids);

/* Whether its scenario is that. */
bool cause_is_of(const ledger_case *one, const char *scenario_id);

/* The uncaught exception that a case's container wrote of, as "Python: TypeError: bad"; NULL without one. The caller's to
 * free. */
char *cause_trace(const ledger_case *one);

/* The first message that the container sent in a case; NULL when none is known. */
const journal_entry *cause_first_message(const ledger_case *one);

/* Adds a cause, shown by the cases that PICKS chooses. NULL, with TEXT and HINT freed, when there are none. */
cause *cause_add(const ledger *book, cause_list *found, bool (*picks)(const ledger_case *one), const char *id,
                 char *text, char *hint);

#endif
