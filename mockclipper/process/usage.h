/* What a container costs its machine: processor time and memory of its process group. */
#ifndef MOCKCLIPPER_PROCESS_USAGE_H
#define MOCKCLIPPER_PROCESS_USAGE_H

#include "base/clock.h"

#include <sys/types.h>

typedef struct usage {
    duration cpu;  /* of all threads, ended ones included; of processes that have ended nothing */
    uint64_t rss;  /* resident memory now, bytes; what several processes share counts for each */
    uint64_t peak; /* the most that each process ever had, added up */
} usage;

/* Of the group now; zero of one that is gone. */
usage usage_of(pid_t group);

/* Processor time of this program so far. */
duration usage_own_cpu(void);

#endif
