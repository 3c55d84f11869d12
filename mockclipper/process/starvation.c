#include "process/starvation.h"

#include "base/heap.h"
#include "process/group.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define LOOK_EVERY (20 * MILLISECOND)
#define FIND_EVERY SECOND
#define LOOKS      512 /* kept */

typedef struct look {
    instant at;
    duration waited; /* of all threads, since they began */
} look;

struct starvation {
    pid_t group;
    pid_t members[GROUP_MEMBERS_MAX];
    size_t member_count;
    instant found; /* when the members were last looked for */
    look looks[LOOKS];
    size_t count; /* of looks ever */
};

starvation *starvation_new(pid_t group) {
    starvation *self = heap_new(sizeof *self);
    self->group = group;
    return self;
}

void starvation_destroy(starvation **self_p) {
    free(*self_p);
    *self_p = NULL;
}

/* What the system says of a thread: the nanoseconds that it waited. */
static duration waited_by_thread(const char *path) {
    long long waited = 0;
    FILE *file = fopen(path, "re");
    if (file == NULL || fscanf(file, "%*d %lld", &waited) != 1)
        waited = 0;
    if (file != NULL)
        fclose(file);
    return waited;
}

/* How long all threads of process PID have waited. */
static duration waited_by(pid_t pid) {
    char path[300];
    duration sum = 0;
    struct dirent *entry;
    DIR *threads;
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    threads = opendir(path);
    while (threads != NULL && (entry = readdir(threads)) != NULL) {
        snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", (int)pid, entry->d_name);
        if (isdigit((unsigned char)entry->d_name[0]))
            sum += waited_by_thread(path);
    }
    if (threads != NULL)
        closedir(threads);
    return sum;
}

void starvation_look(starvation *self) {
    instant now = clock_now();
    look *fresh;
    if (self->count != 0 && now - self->looks[(self->count - 1) % LOOKS].at < LOOK_EVERY)
        return;
    if (self->count == 0 || now - self->found > FIND_EVERY) {
        self->member_count = group_members(self->group, self->members);
        self->found = now;
    }
    fresh = &self->looks[self->count++ % LOOKS];
    *fresh = (look){now, 0};
    for (size_t i = 0; i < self->member_count; i++)
        fresh->waited += waited_by(self->members[i]);
}

duration starvation_since(starvation *self, instant from) {
    size_t oldest = self->count > LOOKS ? self->count - LOOKS : 0, i = self->count;
    if (self->count == 0)
        return 0;
    /* The latest look that is not after FROM. */
    while (i > oldest + 1 && self->looks[(i - 1) % LOOKS].at > from)
        i--;
    return duration_max(0,
                        self->looks[(self->count - 1) % LOOKS].waited - self->looks[(i - 1) % LOOKS].waited);
}
