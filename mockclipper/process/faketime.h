/* libfaketime, put under a container: a clock of its own for a process that knows nothing of it.
 *
 * It is found in the places where distributions put it, or by MOCKCLIPPER_FAKETIME (a path). */
#ifndef MOCKCLIPPER_PROCESS_FAKETIME_H
#define MOCKCLIPPER_PROCESS_FAKETIME_H

#include <stdbool.h>
#include <sys/types.h>

/* The library's path, or NULL when it is not on this machine. The caller's to free. */
char *faketime_library(void);

/* Whether a process of that group has the library loaded: without that, its clock is the true one. */
bool faketime_is_loaded(pid_t group);

/* Removes what libfaketime leaves on the machine when the process PID, under which it began, is killed. */
void faketime_clean_up(pid_t pid);

#endif
