/* job.h: a prediction request on its way through the container, and queues of them. */
#ifndef CLIPPER_CONTAINER_JOB_H
#define CLIPPER_CONTAINER_JOB_H

#include "clipper/model.h"
#include "clipper/transport.h"
#include "outputs.h"

/* Holds one received message. When that is a request, it also holds its answer. */
typedef struct clipper_job {
    struct clipper_job *next;
    clipper_received *received;
    clipper_prediction request; /* points into RECEIVED */
    clipper_batch batch;
    clipper_outputs outputs;
    uint64_t session;     /* the number of the session that it came in */
    uint64_t received_us; /* when it was received, when the model started, and when it returned */
    uint64_t started_us;
    uint64_t finished_us;
    uint64_t cost; /* bytes: of the request, from `prepare` on; of the outputs, too, once collected */
    int result;    /* what the model returned */
} clipper_job;

/* The model to run jobs with, and the clock to time it by. */
typedef struct clipper_job_runner {
    clipper_predict predict;
    void *model;
    const clipper_transport *transport;
} clipper_job_runner;

/* Makes a job with storage for a message of TRANSPORT; NULL without memory. */
clipper_job *clipper_job_new(const clipper_transport *transport);
void clipper_job_destroy(clipper_job *job, const clipper_transport *transport);
/* Makes JOB ready for the next message. */
void clipper_job_reset(clipper_job *job, const clipper_transport *transport);

/* REQUEST was received in JOB: sets what the model and the answer need. */
void clipper_job_prepare(clipper_job *job, const clipper_prediction *request,
                         const clipper_transport *transport, uint64_t session, uint64_t now_us);
/* Calls the model, which starts at NOW_US. */
void clipper_job_run(clipper_job *job, const clipper_job_runner *runner, uint64_t now_us);

/* First in, first out. */
typedef struct clipper_job_queue {
    clipper_job *first;
    clipper_job *last;
    size_t count;
} clipper_job_queue;

static inline void clipper_job_queue_push(clipper_job_queue *queue, clipper_job *job) {
    job->next = NULL;
    if (queue->first == NULL)
        queue->first = job;
    else
        queue->last->next = job;
    queue->last = job;
    queue->count++;
}

/* Puts JOB before all others. */
static inline void clipper_job_queue_push_front(clipper_job_queue *queue, clipper_job *job) {
    job->next = queue->first;
    if (queue->first == NULL)
        queue->last = job;
    queue->first = job;
    queue->count++;
}

/* NULL when there is none. */
static inline clipper_job *clipper_job_queue_pop(clipper_job_queue *queue) {
    clipper_job *job = queue->first;
    if (job != NULL) {
        queue->first = job->next;
        queue->count--;
    }
    return job;
}

/* Moves all of FROM to the end of QUEUE. */
static inline void clipper_job_queue_append(clipper_job_queue *queue, clipper_job_queue *from) {
    if (from->first == NULL)
        return;
    if (queue->first == NULL)
        queue->first = from->first;
    else
        queue->last->next = from->first;
    queue->last = from->last;
    queue->count += from->count;
    from->first = NULL;
    from->count = 0;
}

#endif
