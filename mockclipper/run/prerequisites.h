/* Prerequisites: cases that are played first, because others of their input type are pointless when the container does
 * not even register. Which scenarios are is in their table (scenario.h). */
#ifndef MOCKCLIPPER_RUN_PREREQUISITES_H
#define MOCKCLIPPER_RUN_PREREQUISITES_H

#include "run/ledger.h"

/* Whether every prerequisite has been played. */
bool prerequisites_are_played(const ledger *book);

/* When they are: gives outcomes that say so to the cases that are not to be played, and other input types to
 * those for which any type will do. A container that refuses one type and takes another does not offer the
 * first: that prerequisite's failure becomes a skip, unless the types were asked for by name. */
void prerequisites_decide(ledger *book);

#endif
