#include "process/usage.h"

#include "process/proc.h"

#include <stdlib.h>
#include <time.h>

static duration read_clock(clockid_t clock) {
    struct timespec used;
    return clock_gettime(clock, &used) == 0 ? (duration)used.tv_sec * SECOND + used.tv_nsec : 0;
}

usage usage_of(pid_t group) {
    usage sum = {0, 0, 0};
    size_t count;
    pid_t *members = proc_group(group, &count);
    for (size_t i = 0; i < count; i++) {
        proc_memory memory = proc_memory_of(members[i]);
        clockid_t clock;
        if (clock_getcpuclockid(members[i], &clock) == 0)
            sum.cpu += read_clock(clock);
        sum.rss += memory.resident;
        sum.peak += memory.peak;
    }
    free(members);
    return sum;
}

duration usage_own_cpu(void) {
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}
