/* Which cases a run plays. */
#ifndef MOCKCLIPPER_RUN_CASES_H
#define MOCKCLIPPER_RUN_CASES_H

#include "run/check_options.h"
#include "run/ledger.h"

/* Adds the cases that OPTIONS ask for to BOOK. False, and reported, when a glob matches nothing. */
bool cases_choose(ledger *book, const check_options *options);

#endif
