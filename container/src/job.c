/* job.c: jobs, and the executor that runs them on the polling thread. */
#include "job.h"

#include <stdlib.h>

clipper_job *clipper_job_new(const clipper_transport *transport) {
    clipper_job *job = calloc(1, sizeof *job);
    if (job == NULL)
        return NULL;
    clipper_outputs_init(&job->outputs);
    job->received = transport->call->received_new(transport->self);
    if (job->received == NULL) {
        free(job);
        return NULL;
    }
    return job;
}

void clipper_job_destroy(clipper_job *job, const clipper_transport *transport) {
    transport->call->received_destroy(transport->self, job->received);
    clipper_outputs_free(&job->outputs);
    free(job);
}

void clipper_job_reset(clipper_job *job, const clipper_transport *transport) {
    transport->call->release(transport->self, job->received);
    clipper_outputs_reset(&job->outputs);
}

void clipper_job_prepare(clipper_job *job, const clipper_prediction *request,
                         const clipper_transport *transport, uint64_t session, uint64_t now_us) {
    job->request = *request;
    job->batch.request = &job->request;
    job->batch.transport = transport;
    job->batch.received = job->received;
    job->batch.first = job->received->count - request->item_count; /* items are the last frames */
    job->session = session;
    job->received_us = now_us;
}

void clipper_job_run(clipper_job *job, const clipper_job_runner *runner, uint64_t now_us) {
    const clipper_transport *transport = runner->transport;
    job->started_us = now_us;
    job->result = runner->predict(runner->model, &job->batch, &job->outputs);
    job->finished_us = transport->call->now(transport->self);
}

/* ---- On the polling thread ----------------------------------------------------------------------------- */

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
