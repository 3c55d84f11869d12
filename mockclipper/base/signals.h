/* Signals that end the kit, taken when it suits: through a descriptor that can be polled. */
#ifndef MOCKCLIPPER_BASE_SIGNALS_H
#define MOCKCLIPPER_BASE_SIGNALS_H

/* From now on SIGINT, SIGTERM and SIGHUP do nothing but make the descriptor that is returned readable, and
 * SIGPIPE does nothing at all. Call it before any thread is started. -1 on failure: *PROBLEM says why then, and is the caller's to free. */
int signals_open(char **problem);

/* The signal that came, or 0 when none did. */
int signals_take(int descriptor);

/* Ends the program as that signal would have, so that who started it is told. */
void signals_die_by(int number);

#endif
