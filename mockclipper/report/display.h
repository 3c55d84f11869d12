/* Output for people: on a terminal a progress bar and the running scenarios, failures as they are found, and a table
 * by family at the end; elsewhere the same without the progress. */
#ifndef MOCKCLIPPER_REPORT_DISPLAY_H
#define MOCKCLIPPER_REPORT_DISPLAY_H

#include "run/check_options.h"
#include "run/ledger.h"

typedef struct display display;

display *display_new(FILE *out, const check_options *options);
void display_destroy(display **self_p);

/* A case is done: shown unless it just passed. */
void display_finished(display *self, const ledger *book, const ledger_case *one);

/* The state of the run; drawn on a terminal only. */
void display_progress(display *self, const ledger *book, const ledger_case *const *running, size_t count);

/* The run is over: the summary. */
void display_finish(display *self, const ledger *book);

#endif
