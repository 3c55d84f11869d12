/* What a run must know of its container before it begins, found in a conversation with it. */
#ifndef MOCKCLIPPER_RUN_TRIALS_H
#define MOCKCLIPPER_RUN_TRIALS_H

#include "run/ledger.h"

/* Whether acceleration takes effect: an idle container's heartbeat is timed. Where it does not, the subject is not
 * accelerated any more, and the cases of BOOK that judge times are skipped, with the reason. */
void prelude_prove_acceleration(ledger *book);

/* What an attached container calls itself and takes: kept in the subject. Cases for other input types are skipped.
 * When none comes, BOOK's first case says so and the others are skipped. */
void prelude_meet_attached(ledger *book);

#endif
