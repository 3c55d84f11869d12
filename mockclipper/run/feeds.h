/* The feeds of a run, one for each input type. */
#ifndef MOCKCLIPPER_RUN_FEEDS_H
#define MOCKCLIPPER_RUN_FEEDS_H

#include "run/ledger.h"

/* Opens the feeds of CHOICE, which must outlive the run. Cases of a type for which there is none, as the samples are no
 * items of it, will be skipped. False, and reported, when that are all cases of BOOK, or those of a type that was
 * asked for by name. */
bool feeds_open(ledger *book, feed_choice *choice);

#endif
