#include "process/starvation.h"

#include "base/heap.h"
#include "process/proc.h"

#include <stdlib.h>
#include <unistd.h>

#define SAMPLE_EVERY (20 * MILLISECOND)
#define FIND_EVERY   SECOND
#define SAMPLES      512 /* kept */

typedef struct sample {
    instant at;
    proc_time used;       /* by all threads, since they started */
    duration stopped_for; /* ever */
} sample;

struct starvation {
    pid_t group;
    pid_t *members;
    size_t member_count;
    instant found;           /* when the members were last looked for */
    sample samples[SAMPLES]; /* a ring */
    size_t count;            /* taken ever */
    bool stopped;            /* at the latest of them */
};

starvation *starvation_new(pid_t group) {
    starvation *self = heap_new(sizeof *self);
    self->group = group;
    return self;
}

void starvation_destroy(starvation **self_p) {
    starvation *self = *self_p;
    if (self == NULL)
        return;
    free(self->members);
    free(self);
    *self_p = NULL;
}

static const sample *latest(const starvation *self) {
    return &self->samples[(self->count - 1) % SAMPLES];
}

static void look_for_members(starvation *self, instant now) {
    free(self->members);
    self->members = proc_group(self->group, &self->member_count);
    self->found = now;
}

static bool is_stopped(const starvation *self) {
    bool stopped = false;
    for (size_t i = 0; i < self->member_count; i++)
        stopped = stopped || proc_is_stopped(self->members[i]);
    return stopped;
}

void starvation_sample(starvation *self) {
    sample fresh = {.at = clock_now()};
    bool was_stopped = self->stopped;
    if (self->count != 0 && fresh.at - latest(self)->at < SAMPLE_EVERY)
        return;
    if (self->count == 0 || fresh.at - self->found > FIND_EVERY)
        look_for_members(self, fresh.at);
    self->stopped = is_stopped(self);
    if (self->count != 0) {
        fresh.stopped_for = latest(self)->stopped_for;
        /* It may have been stopped at any time since the sample before. */
        if (self->stopped || was_stopped)
            fresh.stopped_for += fresh.at - latest(self)->at;
    }
    for (size_t i = 0; i < self->member_count; i++) {
        proc_time used = proc_time_of(self->members[i]);
        fresh.used.ran += used.ran;
        fresh.used.waited += used.waited;
    }
    self->samples[self->count++ % SAMPLES] = fresh;
}

duration starvation_wait(duration waited, duration ran, duration span, long processors) {
    duration others = processors * span - ran;
    return duration_max(0, waited < others ? waited : others);
}

duration starvation_since(starvation *self, instant from) {
    size_t oldest = self->count > SAMPLES ? self->count - SAMPLES : 0, i = self->count;
    const sample *first, *last;
    if (self->count == 0)
        return 0;
    /* The latest sample that is not after FROM. */
    while (i > oldest + 1 && self->samples[(i - 1) % SAMPLES].at > from)
        i--;
    first = &self->samples[(i - 1) % SAMPLES];
    last = latest(self);
    return last->stopped_for - first->stopped_for +
           starvation_wait(last->used.waited - first->used.waited, last->used.ran - first->used.ran,
                           last->at - first->at, sysconf(_SC_NPROCESSORS_ONLN));
}
