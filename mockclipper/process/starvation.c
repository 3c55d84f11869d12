#include "process/starvation.h"

#include "base/heap.h"
#include "process/proc.h"

#include <stdlib.h>
#include <unistd.h>

#define SAMPLE_EVERY (20 * MILLISECOND)
#define FIND_EVERY   SECOND
#define SAMPLES      2048 /* kept */

/* The names of ZeroMQ's threads begin so. */
#define CARRIER      "ZMQbg/IO"
#define CARRIERS_MAX 4

typedef struct sample {
    instant at;
    proc_time used;                 /* by all threads of the container, since they started */
    duration waited;                /* by the kit's thread */
    duration carried[CARRIERS_MAX]; /* waited by ZeroMQ's threads */
    duration stopped_for;           /* ever */
} sample;

struct starvation {
    pid_t group;
    pid_t *members;
    size_t member_count;
    pid_t *carriers; /* ZeroMQ's threads of this process, of which one carries our messages */
    size_t carrier_count;
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
    free(self->carriers);
    free(self);
    *self_p = NULL;
}

static const sample *latest(const starvation *self) {
    return &self->samples[(self->count - 1) % SAMPLES];
}

static void look_for_members(starvation *self, instant now) {
    free(self->members);
    free(self->carriers);
    self->members = self->group != 0 ? proc_group(self->group, &self->member_count) : NULL;
    self->carriers = proc_threads_named(getpid(), CARRIER, &self->carrier_count);
    if (self->carrier_count > CARRIERS_MAX)
        self->carrier_count = CARRIERS_MAX;
    self->found = now;
}

static bool is_stopped(const starvation *self) {
    bool stopped = false;
    for (size_t i = 0; i < self->member_count; i++)
        stopped = stopped || proc_is_stopped(self->members[i]);
    return stopped;
}

static void take_times(const starvation *self, sample *fresh) {
    for (size_t i = 0; i < self->member_count; i++) {
        proc_time used = proc_time_of(self->members[i]);
        fresh->used.ran += used.ran;
        fresh->used.waited += used.waited;
    }
    fresh->waited = proc_time_of_thread(getpid(), gettid()).waited;
    for (size_t i = 0; i < self->carrier_count; i++)
        fresh->carried[i] = proc_time_of_thread(getpid(), self->carriers[i]).waited;
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
    take_times(self, &fresh);
    self->samples[self->count++ % SAMPLES] = fresh;
}

duration starvation_wait(duration waited, duration ran, duration span, long processors) {
    duration others = processors * span - ran;
    return duration_max(0, waited < others ? waited : others);
}

/* The wait of the kit between two samples: of its thread, and of the one of ZeroMQ's that waited longest. */
static duration waited_by_kit(const sample *first, const sample *last) {
    duration carried = 0;
    for (size_t i = 0; i < CARRIERS_MAX; i++)
        carried = duration_max(carried, last->carried[i] - first->carried[i]);
    return last->waited - first->waited + carried;
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
           starvation_wait(
               duration_max(0, last->used.waited - first->used.waited) + waited_by_kit(first, last),
               last->used.ran - first->used.ran, last->at - first->at, sysconf(_SC_NPROCESSORS_ONLN));
}
