/* Plays the cases of a ledger, several at a time, each with a container of its own. */
#ifndef MOCKCLIPPER_RUN_RUNNER_H
#define MOCKCLIPPER_RUN_RUNNER_H

#include "run/ledger.h"

/* Called while it runs, in the thread that called runner_run(). Any function may be NULL. */
typedef struct run_observer {
    void *context;
    void (*finished)(void *context, const ledger *book, const ledger_case *one);
    /* Several times a second, and after every change: RUNNING are the COUNT cases being played. */
    void (*progress)(void *context, const ledger *book, const ledger_case *const *running, size_t count);
} run_observer;

/* Plays all cases of BOOK, at most JOBS at a time, and fills in their outcomes. A signal that comes through
 * SIGNALS (signals.h) ends the run soon: outcomes of cases not played stay NULL, and BOOK is marked as
 * interrupted. Returns that signal, or 0; -1 when threads could not be started. */
int runner_run(ledger *book, unsigned jobs, int signals, const run_observer *observer);

#endif
