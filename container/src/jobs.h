/* jobs.h: the jobs of a container: free, receiving the next message, in the executor, or in the outbox with an answer
 * to send. */
#ifndef CLIPPER_CONTAINER_JOBS_H
#define CLIPPER_CONTAINER_JOBS_H

#include "budget.h"
#include "executor.h"
#include "stats.h"

typedef struct clipper_jobs {
    clipper_transport transport;
    clipper_job_runner runner;
    clipper_executor executor;
    clipper_stats *stats;
    clipper_reporter *reporter;
    size_t limit;          /* for executor and outbox together */
    uint64_t bytes;        /* what these cost */
    uint64_t most_bytes;   /* with so much, no more are received */
    uint64_t kept_per_job; /* what costs more is not kept as a free one */
    clipper_job_queue free;
    clipper_job *receiving; /* NULL: none was needed yet, or there was no memory */
    clipper_job_queue outbox;
    uint64_t returned_us; /* when the model returned on this thread; 0: not since the last collect */
} clipper_jobs;

/* Makes the jobs of a container with the configuration CONFIG, within BUDGET. STATS and REPORTER outlive them, and JOBS must
 * not be moved. Returns 0, or -1 without memory or threads. */
int clipper_jobs_init(clipper_jobs *jobs, const clipper_container_config *config,
                      const clipper_budget *budget, const clipper_transport *transport, clipper_stats *stats,
                      clipper_reporter *reporter);
/* Waits for jobs that are running. */
void clipper_jobs_free(clipper_jobs *jobs);

/* How many requests are in the executor or the outbox. */
size_t clipper_jobs_under_way(const clipper_jobs *jobs);
/* Not 0: the next message can be received into jobs->receiving. 0: the limit is reached, or there is no memory. */
int clipper_jobs_have_room(clipper_jobs *jobs);
/* REQUEST has been received at NOW_US, into jobs->receiving: hands it to the executor. */
void clipper_jobs_submit(clipper_jobs *jobs, const clipper_prediction *request, uint64_t session,
                         uint64_t now_us);
/* Moves what the executor has finished to the outbox. */
void clipper_jobs_collect(clipper_jobs *jobs);
/* The polling thread is about to wait. Returns 0 when jobs are finished already. */
int clipper_jobs_before_wait(clipper_jobs *jobs);
/* Moves the outbox, and what the executor has not started, to the end of WITHDRAWN. */
void clipper_jobs_withdraw(clipper_jobs *jobs, clipper_job_queue *withdrawn);
/* JOB was answered or dropped. */
void clipper_jobs_recycle(clipper_jobs *jobs, clipper_job *job);

#endif
