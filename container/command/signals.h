/* signals.h: the thread that takes the signals, so that they work whatever the others do. */
#ifndef CLIPPER_COMMAND_SIGNALS_H
#define CLIPPER_COMMAND_SIGNALS_H

#include "clipper/container.h"

/* Begins to take SIGTERM, SIGINT and SIGUSR1, which are blocked in this thread and those it makes from now on.
 *
 * The first SIGTERM or SIGINT ends the process at once while there is no container yet. Later it stops the container;
 * what has not ended GRACE_MS and a second later, whatever blocks it, the process is ended with. A second one ends the
 * process, a tenth of a second later at most.
 *
 * LEAVE is called before the process is ended so; by the thread of the signals, while others run.
 * Returns 0, or -1 when there cannot be another thread. */
int signals_begin(uint64_t grace_ms, void (*leave)(void *context), void *context);
/* The container that signals are about from now on; NULL: its run is over, and STATUS is what to exit with. */
void signals_serve(clipper_container *container, int status);
/* Ends the thread. What blocks the rest of the process from now on, no signal but SIGKILL ends. */
void signals_end(void);

#endif
