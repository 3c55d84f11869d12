/* job.h: a prediction request on its way through the container, and what runs it. */
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
    uint64_t received_us; /* when it was received, when the model began, and when that was done */
    uint64_t started_us;
    uint64_t finished_us;
    int result; /* what the model returned */
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
/* Makes ready for the next message what held the last one. */
void clipper_job_reset(clipper_job *job, const clipper_transport *transport);

/* Makes a job of the request that was received in it. */
void clipper_job_prepare(clipper_job *job, const clipper_prediction *request,
                         const clipper_transport *transport, uint64_t session, uint64_t now_us);
/* Calls the model, which begins at NOW_US. */
void clipper_job_run(clipper_job *job, const clipper_job_runner *runner, uint64_t now_us);

/* Jobs in a row, first in, first out. */
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

/* What runs jobs: the polling thread itself, worker threads, or, in tests, simulated time. The polling thread
 * makes all calls. */
typedef struct clipper_executor_functions {
    /* Takes JOB; it comes back through collect or cancel, exactly once. It may be begun as late as the next
     * collect or before_wait. */
    void (*submit)(void *self, clipper_job *job);
    /* Moves the jobs that are finished to the end of FINISHED. */
    void (*collect)(void *self, clipper_job_queue *finished);
    /* The polling thread is about to wait in its transport. Returns 0 when jobs are finished already; else
     * the transport is woken when one is. */
    int (*before_wait)(void *self);
    /* Moves the jobs that the model has not seen yet to the end of CANCELLED. */
    void (*cancel)(void *self, clipper_job_queue *cancelled);
    /* Frees the executor. Jobs that are running are waited for; jobs that were not collected are moved to
     * LEFT. */
    void (*destroy)(void *self, clipper_job_queue *left);
    int on_polling_thread; /* not 0: submit returns with the job finished */
} clipper_executor_functions;

typedef struct clipper_executor {
    const clipper_executor_functions *call;
    void *self;
} clipper_executor;

/* Runs jobs in submit. RUNNER must outlive it. Returns 0, or -1 without memory. */
int clipper_inline_executor_new(clipper_executor *executor, const clipper_job_runner *runner);

/* Runs jobs on WORKERS threads, at least 1. RUNNER must outlive it. Returns 0, or -1 without memory or
 * threads. */
int clipper_worker_executor_new(clipper_executor *executor, const clipper_job_runner *runner,
                                unsigned workers);

#endif
