#include "process/starvation.h"

#include "base/heap.h"
#include "process/proc.h"

#include <stdlib.h>

#define SAMPLE_EVERY (20 * MILLISECOND)
#define FIND_EVERY   SECOND
#define SAMPLES      512 /* kept */

typedef struct sample {
    instant at;
    duration waited; /* by all threads, since they started; and the time that the group was stopped */
} sample;

struct starvation {
    pid_t group;
    pid_t *members;
    size_t member_count;
    instant found;           /* when the members were last looked for */
    sample samples[SAMPLES]; /* a ring */
    size_t count;            /* taken ever */
    bool stopped;            /* at the latest of them */
    duration stopped_for;    /* ever */
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

void starvation_sample(starvation *self) {
    instant now = clock_now();
    sample *fresh;
    bool was_stopped = self->stopped;
    if (self->count != 0 && now - self->samples[(self->count - 1) % SAMPLES].at < SAMPLE_EVERY)
        return;
    if (self->count == 0 || now - self->found > FIND_EVERY) {
        free(self->members);
        self->members = proc_group(self->group, &self->member_count);
        self->found = now;
    }
    self->stopped = false;
    for (size_t i = 0; i < self->member_count; i++)
        self->stopped = self->stopped || proc_is_stopped(self->members[i]);
    /* It may have been stopped at any time since the sample before. */
    if (self->count != 0 && (self->stopped || was_stopped))
        self->stopped_for += now - self->samples[(self->count - 1) % SAMPLES].at;
    fresh = &self->samples[self->count++ % SAMPLES];
    *fresh = (sample){now, self->stopped_for};
    for (size_t i = 0; i < self->member_count; i++)
        fresh->waited += proc_waited(self->members[i]);
}

duration starvation_since(starvation *self, instant from) {
    size_t oldest = self->count > SAMPLES ? self->count - SAMPLES : 0, i = self->count;
    if (self->count == 0)
        return 0;
    /* The latest sample that is not after FROM. */
    while (i > oldest + 1 && self->samples[(i - 1) % SAMPLES].at > from)
        i--;
    return duration_max(0, self->samples[(self->count - 1) % SAMPLES].waited -
                               self->samples[(i - 1) % SAMPLES].waited);
}
