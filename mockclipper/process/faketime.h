/* libfaketime, which gives a process a clock of its own without its doing. The library is found in the places where
 * distributions put it, or by MOCKCLIPPER_FAKETIME (a path). */
#ifndef MOCKCLIPPER_PROCESS_FAKETIME_H
#define MOCKCLIPPER_PROCESS_FAKETIME_H

#include <stdbool.h>
#include <sys/types.h>

/* The library's path, or NULL when it is not on this machine. The caller's to free. */
char *faketime_library(void);

/* Whether a process of that group has the library loaded: without that, its clock is the true one. */
bool faketime_is_loaded(pid_t group);

/* Removes the shared memory and semaphore that libfaketime leaves behind when process PID, its first, is killed. */
void faketime_clean_up(pid_t pid);

#endif
