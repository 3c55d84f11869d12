/* Signals that end the kit, received through a descriptor that can be polled. */
#ifndef MOCKCLIPPER_BASE_SIGNALS_H
#define MOCKCLIPPER_BASE_SIGNALS_H

/* From now on SIGINT, SIGTERM and SIGHUP do nothing but make the descriptor that is returned readable, and
 * SIGPIPE does nothing at all. Call it before any thread is started. -1 on failure: *PROBLEM says why then, and is the caller's to free. */
int signals_open(char **problem);

/* The signal that was received, or 0. */
int signals_take(int descriptor);

/* Ends the program by that signal, so that its parent sees it. */
void signals_die_by(int number);

#endif
