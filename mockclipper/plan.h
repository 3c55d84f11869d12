/* The plan: which cases a run is to play. */
#ifndef MOCKCLIPPER_PLAN_H
#define MOCKCLIPPER_PLAN_H

#include "check_options.h"
#include "ledger.h"

/* Fills BOOK with the cases that OPTIONS ask for. A glob that matches nothing is an error: false, and it has
 * been said. */
bool plan_cases(ledger *book, const check_options *options);

#endif
