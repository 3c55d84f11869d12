/* executor.h: what runs jobs: the polling thread itself or worker threads; in tests, simulated time. */
#ifndef CLIPPER_CONTAINER_EXECUTOR_H
#define CLIPPER_CONTAINER_EXECUTOR_H

#include "job.h"

/* The polling thread makes all calls. */
typedef struct clipper_executor_functions {
    /* Takes JOB, which comes back through collect or cancel exactly once. It may be started as late as at the
     * next collect or before_wait. */
    void (*submit)(void *self, clipper_job *job);
    /* Moves the jobs that are finished to the end of FINISHED. */
    void (*collect)(void *self, clipper_job_queue *finished);
    /* The polling thread is about to wait in its transport. Returns 0 when jobs are finished already; else
     * the transport is woken when one is. */
    int (*before_wait)(void *self);
    /* Moves the jobs that were not started to the end of CANCELLED. */
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
