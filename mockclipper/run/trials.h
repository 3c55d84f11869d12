/* What a run must know of its container before it begins, found in a conversation with it; STOP as for scenario_play(). */
#ifndef MOCKCLIPPER_RUN_TRIALS_H
#define MOCKCLIPPER_RUN_TRIALS_H

#include "run/ledger.h"

/* Whether acceleration takes effect: an idle container's heartbeat is timed. Where it does not, the run is not
 * accelerated any more, and the cases of BOOK that judge times are skipped, with the reason. */
void trials_prove_acceleration(ledger *book, int stop);

/* What an attached container calls itself and takes: kept in the parameters of the run. Cases for other input types are skipped.
 * When none comes, BOOK's first case says so and the others are skipped. */
void trials_meet_attached(ledger *book, int stop);

#endif
