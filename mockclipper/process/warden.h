/* The warden: a small process beside the kit that kills what the kit has started when the kit ends, be it by a crash or
 * SIGKILL. It kills the process groups that it watches, and every process that has this run's mark in its environment,
 * as one has that left its group. */
#ifndef MOCKCLIPPER_PROCESS_WARDEN_H
#define MOCKCLIPPER_PROCESS_WARDEN_H

#include <stdbool.h>
#include <sys/types.h>

/* Starts the warden. Call it before any thread is started. False on failure: *PROBLEM says why then, and is the
 * caller's to free. */
bool warden_start(char **problem);

/* The mark of this run, "NAME=VALUE", for the environment of every process started. NULL without a warden. */
const char *warden_mark(void);

/* Has the warden watch a process group, or no longer. From any thread; without a warden, nothing happens. */
void warden_watch(pid_t group);
void warden_release(pid_t group);

/* Has the warden do its work now, and waits until all that it killed is gone. Returns how many processes that was
 * (255: that many or more). */
unsigned warden_stop(void);

#endif
