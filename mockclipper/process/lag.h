/* Scheduling lag: how late this machine runs a thread that is due to wake. A thread sleeps for short, known times and
 * notes by how much it overslept. A limit that was missed during a long lag proves nothing about a container. */
#ifndef MOCKCLIPPER_PROCESS_LAG_H
#define MOCKCLIPPER_PROCESS_LAG_H

#include "base/clock.h"

#include <stdbool.h>

/* Begins to measure. False when no thread could be started: *PROBLEM says why then, and is the caller's to free. */
bool lag_start(char **problem);
void lag_stop(void);

/* The longest oversleep since FROM (looked back on for at most about seven minutes), that of a sleep still
 * going on included. 0 when nothing is being measured. */
duration lag_since(instant from);

/* All oversleeps since FROM together: for how long this process may have done nothing. Otherwise as lag_since(). */
duration lag_sum_since(instant from);

#endif
