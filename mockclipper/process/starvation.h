/* How long a container, and the kit's side of its conversation, had to wait for a processor: one that is late on a busy
 * machine is not to blame.
 *
 * The time that all threads of a process group were ready to run and did not, or that it was stopped (SIGSTOP); and the
 * time that the thread which samples, and ZeroMQ's that reads and writes for it, were ready and did not run. What all
 * waited for the container, as all processors were busy with it, is its own doing. */
#ifndef MOCKCLIPPER_PROCESS_STARVATION_H
#define MOCKCLIPPER_PROCESS_STARVATION_H

#include "base/clock.h"

#include <sys/types.h>

typedef struct starvation starvation;

/* GROUP: 0 for a container that the kit did not start, of which nothing is known. */
starvation *starvation_new(pid_t group);
void starvation_destroy(starvation **self_p);

/* Samples the waiting time, at most every 20 ms. By one thread alone: the one whose conversation it is. */
void starvation_sample(starvation *self);

/* How long all these threads together have waited for others since FROM, by the samples. 0 where the system does
 * not report it. */
duration starvation_since(starvation *self, instant from);

/* Of what threads WAITED and RAN in SPAN, all together, the wait for others: at most the time of the processors that they
 * did not have. */
duration starvation_wait(duration waited, duration ran, duration span, long processors);

#endif
