/* The minder of a container: a small process between the kit and the container. It starts the container's command, reports
 * its end, and is asked to end it as an orchestrator does: SIGTERM, a grace, SIGKILL to all that is left. What the
 * container's processes leave behind becomes the minder's child, whatever group, session and environment it has moved to
 * (PR_SET_CHILD_SUBREAPER), so that nothing escapes it. It does all that by itself when the kit is gone. */
#ifndef MOCKCLIPPER_PROCESS_MINDER_H
#define MOCKCLIPPER_PROCESS_MINDER_H

/* Becomes a minder, which reads orders from LINK and reports there (order.h); OUTPUTS are the container's stdout and
 * stderr. Call it in a process of its own, without other threads. */
__attribute__((noreturn)) void minder_run(int link, const int outputs[2]);

#endif
