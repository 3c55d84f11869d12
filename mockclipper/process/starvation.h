/* How long a container had to wait for a processor, as the system tells: a container that is late on a busy
 * machine may be none the worse for it.
 *
 * The time that all threads of a process group were ready to run and did not. */
#ifndef MOCKCLIPPER_PROCESS_STARVATION_H
#define MOCKCLIPPER_PROCESS_STARVATION_H

#include "base/clock.h"

#include <sys/types.h>

typedef struct starvation starvation;

starvation *starvation_new(pid_t group);
void starvation_destroy(starvation **self_p);

/* Looks at the group, unless it was looked at just now. Between two looks nothing is known of the times. */
void starvation_look(starvation *self);

/* How long the group's threads have waited in all since FROM, as far as looks tell. 0 where the system does not
 * tell. */
duration starvation_since(starvation *self, instant from);

#endif
