/* How long a container had to wait for a processor: one that is late on a busy machine is not to blame.
 *
 * The time that all threads of a process group were ready to run and did not, or that it was stopped (SIGSTOP). What
 * they waited for each other, as all processors were busy with them, is the container's own doing. */
#ifndef MOCKCLIPPER_PROCESS_STARVATION_H
#define MOCKCLIPPER_PROCESS_STARVATION_H

#include "base/clock.h"

#include <sys/types.h>

typedef struct starvation starvation;

starvation *starvation_new(pid_t group);
void starvation_destroy(starvation **self_p);

/* Samples the group's waiting time, at most every 20 ms. */
void starvation_sample(starvation *self);

/* How long all threads of the group together have waited for others since FROM, by the samples. 0 where the system does
 * not report it. */
duration starvation_since(starvation *self, instant from);

/* Of what threads WAITED and RAN in SPAN, all together, the wait for others: at most the time of the processors that they
 * did not have. */
duration starvation_wait(duration waited, duration ran, duration span, long processors);

#endif
