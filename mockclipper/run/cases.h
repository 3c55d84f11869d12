/* The plan: which cases a run is to play. */
#ifndef MOCKCLIPPER_RUN_CASES_H
#define MOCKCLIPPER_RUN_CASES_H

#include "run/check_options.h"
#include "run/ledger.h"

/* Fills BOOK with the cases that OPTIONS ask for. A glob that matches nothing is an error: false, and it has
 * been said. */
bool plan_cases(ledger *book, const check_options *options);

#endif
