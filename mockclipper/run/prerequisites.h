/* Gates: cases that are played first, because others of their input type are pointless when the container
 * does not even register. A scenario says of itself that it is one (scenario.h). */
#ifndef MOCKCLIPPER_RUN_PREREQUISITES_H
#define MOCKCLIPPER_RUN_PREREQUISITES_H

#include "run/ledger.h"

bool is_gate(const ledger_case *one);

/* Whether every gate among the cases has been played. */
bool gates_are_done(const ledger *book);

/* When they are: gives outcomes that say so to the cases that are not to be played, and other input types to
 * those for which any type will do. A container that refuses one type and takes another does not offer the
 * first: that gate's failure becomes a skip, unless the types were asked for by name. */
void gates_decide(ledger *book);

#endif
