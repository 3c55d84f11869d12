/* job.c: making, preparing, running and freeing a job. */
#include "job.h"

#include "budget.h"

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
    job->cost = clipper_batch_bytes(&job->batch) + job->received->count * CLIPPER_FRAME_COST;
}

void clipper_job_run(clipper_job *job, const clipper_job_runner *runner, uint64_t now_us) {
    const clipper_transport *transport = runner->transport;
    job->started_us = now_us;
    job->result = runner->predict(runner->model, &job->batch, &job->outputs);
    job->finished_us = transport->call->now(transport->self);
}
