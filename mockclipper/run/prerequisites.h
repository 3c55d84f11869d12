/* Prerequisites: cases that are played first, because others of their input type are pointless when the container does
 * not even register. Which scenarios are is in their table (scenario.h). */
#ifndef MOCKCLIPPER_RUN_PREREQUISITES_H
#define MOCKCLIPPER_RUN_PREREQUISITES_H

#include "run/ledger.h"

/* Input types of which the prerequisite is not among the cases of the run are tried, so that their cases get the verdicts
 * that they have in a run of all: where the container refuses the type and BOOK has another as offered, they are skipped,
 * or played for such a one where any will do. Not where the types were asked for by name. STOP as for
 * scenario_play(). */
void prerequisites_try(ledger *book, int stop);

/* Whether every prerequisite has been played. */
bool prerequisites_are_played(const ledger *book);

/* When they are: gives outcomes that say so to the cases that are not to be played, and other input types to
 * those for which any type will do. A container that refuses one type and takes another does not offer the
 * first: that prerequisite's failure becomes a skip, unless the types were asked for by name. */
void prerequisites_decide(ledger *book);

#endif
