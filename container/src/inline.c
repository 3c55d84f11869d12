/* inline.c: the executor that runs jobs on the polling thread. */
#include "executor.h"

#include <stdlib.h>

typedef struct inline_executor {
    const clipper_job_runner *runner;
    clipper_job_queue finished;
} inline_executor;

static void inline_submit(void *self, clipper_job *job) {
    inline_executor *executor = self;
    clipper_job_run(job, executor->runner, job->received_us);
    clipper_job_queue_push(&executor->finished, job);
}

static void inline_collect(void *self, clipper_job_queue *finished) {
    clipper_job_queue_append(finished, &((inline_executor *)self)->finished);
}

static int inline_before_wait(void *self) {
    return ((const inline_executor *)self)->finished.first == NULL;
}

static void inline_cancel(void *self, clipper_job_queue *cancelled) {
    (void)self;
    (void)cancelled;
}

static void inline_destroy(void *self, clipper_job_queue *left) {
    inline_collect(self, left);
    free(self);
}

static const clipper_executor_functions inline_functions = {
    inline_submit, inline_collect, inline_before_wait, inline_cancel, inline_destroy, 1,
};

int clipper_inline_executor_new(clipper_executor *executor, const clipper_job_runner *runner) {
    inline_executor *self = calloc(1, sizeof *self);
    if (self == NULL)
        return -1;
    self->runner = runner;
    executor->call = &inline_functions;
    executor->self = self;
    return 0;
}
