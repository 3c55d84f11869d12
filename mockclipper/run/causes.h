/* Finds the likely causes of what a run has found. */
#ifndef MOCKCLIPPER_RUN_CAUSES_H
#define MOCKCLIPPER_RUN_CAUSES_H

#include "run/ledger.h"

/* Looks at the outcomes of BOOK, which then has the causes, most basic first; none where nothing is found fault with. */
void causes_find(ledger *book);

#endif
