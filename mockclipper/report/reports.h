/* The reports of a run: opened before it, so that one that cannot be written is reported at once, and written after
 * it. */
#ifndef MOCKCLIPPER_REPORT_REPORTS_H
#define MOCKCLIPPER_REPORT_REPORTS_H

#include "run/check_options.h"
#include "run/ledger.h"
#include "run/runner.h"

typedef struct reports reports;

/* Opens what OPTIONS ask for. NULL, and reported, when that cannot be done. */
reports *reports_open(check_options *options);

/* What the runner calls while the run goes on: for the display, or for TAP on stdout. */
run_observer reports_observer(reports *self);

/* Writes and closes all. False, and reported, when one could not be written. */
bool reports_finish(reports *self, const ledger *book);

void reports_destroy(reports **self_p);

#endif
