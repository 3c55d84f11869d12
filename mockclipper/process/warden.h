/* The warden: a small process beside the kit that starts what the kit wants to be started, each with a minder (minder.h),
 * and sees to it that nothing of it is left when the kit ends, be it by a crash or SIGKILL. */
#ifndef MOCKCLIPPER_PROCESS_WARDEN_H
#define MOCKCLIPPER_PROCESS_WARDEN_H

#include <stdbool.h>

/* Starts the warden. Call it before any thread is started. False on failure: *PROBLEM says why then, and is the
 * caller's to free. */
bool warden_start(char **problem);

/* Has a minder started, with the minder's end of its link and the container's stdout and stderr; these three stay the
 * caller's. From any thread. Returns 0, or the errno of why it could not be done. */
int warden_want_minder(int link, const int outputs[2]);

/* Ends the warden, and waits until all that was started is gone. */
void warden_stop(void);

#endif
