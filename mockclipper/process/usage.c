#include "process/usage.h"

#include "process/group.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static duration read_clock(clockid_t clock) {
    struct timespec used;
    return clock_gettime(clock, &used) == 0 ? (duration)used.tv_sec * SECOND + used.tv_nsec : 0;
}

/* The value of a line such as "VmRSS:  5284 kB", in bytes, when LINE is of that field. */
static uint64_t field_of(const char *line, const char *field) {
    size_t len = strlen(field);
    return strncmp(line, field, len) == 0 ? strtoull(line + len, NULL, 10) * 1024 : 0;
}

static void add_memory(bench_usage *sum, pid_t process) {
    char path[64], line[256];
    FILE *file;
    snprintf(path, sizeof path, "/proc/%d/status", (int)process);
    file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        sum->rss += field_of(line, "VmRSS:");
        sum->peak += field_of(line, "VmHWM:");
    }
    if (file != NULL)
        fclose(file);
}

bench_usage bench_usage_of(pid_t group) {
    bench_usage sum = {0, 0, 0};
    pid_t members[GROUP_MEMBERS_MAX];
    size_t count = group_members(group, members);
    for (size_t i = 0; i < count; i++) {
        clockid_t clock;
        if (clock_getcpuclockid(members[i], &clock) == 0)
            sum.cpu += read_clock(clock);
        add_memory(&sum, members[i]);
    }
    return sum;
}

duration bench_own_cpu(void) {
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}
