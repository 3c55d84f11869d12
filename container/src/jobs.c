/* jobs.c: the jobs of a container, from free ones to answers. */
#include "jobs.h"

/* ---- Making and freeing -------------------------------------------------------------------------------- */

static int make_executor(clipper_jobs *jobs, unsigned workers) {
    if (workers == 0)
        return clipper_inline_executor_new(&jobs->executor, &jobs->runner);
    return clipper_worker_executor_new(&jobs->executor, &jobs->runner, workers);
}

int clipper_jobs_init(clipper_jobs *jobs, const clipper_container_config *config,
                      const clipper_budget *budget, const clipper_transport *transport, clipper_stats *stats,
                      clipper_reporter *reporter) {
    memset(jobs, 0, sizeof *jobs);
    jobs->transport = *transport;
    jobs->runner.predict = config->predict;
    jobs->runner.model = config->model;
    jobs->runner.transport = &jobs->transport;
    jobs->stats = stats;
    jobs->reporter = reporter;
    jobs->limit = config->queue;
    jobs->most_bytes = budget->under_way;
    jobs->kept_per_job = budget->kept_per_job;
    jobs->receiving = clipper_job_new(&jobs->transport);
    if (jobs->receiving == NULL || make_executor(jobs, config->workers) != 0) {
        clipper_jobs_free(jobs);
        return -1;
    }
    return 0;
}

static void destroy_all(clipper_jobs *jobs, clipper_job_queue *queue) {
    clipper_job *job;
    while ((job = clipper_job_queue_pop(queue)) != NULL)
        clipper_job_destroy(job, &jobs->transport);
}

void clipper_jobs_free(clipper_jobs *jobs) {
    if (jobs->executor.call != NULL)
        jobs->executor.call->destroy(jobs->executor.self, &jobs->outbox);
    destroy_all(jobs, &jobs->outbox);
    destroy_all(jobs, &jobs->free);
    if (jobs->receiving != NULL)
        clipper_job_destroy(jobs->receiving, &jobs->transport);
}

/* ---- Receiving ----------------------------------------------------------------------------------------- */

size_t clipper_jobs_under_way(const clipper_jobs *jobs) {
    return (size_t)clipper_counter_read(&jobs->stats->executing) + jobs->outbox.count;
}

/* Finds a job for the next message. */
static int prepare_to_receive(clipper_jobs *jobs) {
    if (jobs->receiving == NULL)
        jobs->receiving = clipper_job_queue_pop(&jobs->free);
    if (jobs->receiving == NULL)
        jobs->receiving = clipper_job_new(&jobs->transport);
    if (jobs->receiving != NULL)
        return 0;
    clipper_report(
        jobs->reporter, CLIPPER_REPORT_OUT_OF_MEMORY,
        (const clipper_log_field[]){clipper_field_number("under_way", clipper_jobs_under_way(jobs)), {0}});
    return -1;
}

int clipper_jobs_have_room(clipper_jobs *jobs) {
    return clipper_jobs_under_way(jobs) < jobs->limit && jobs->bytes < jobs->most_bytes &&
           prepare_to_receive(jobs) == 0;
}

void clipper_jobs_submit(clipper_jobs *jobs, const clipper_prediction *request, uint64_t session,
                         uint64_t now_us) {
    clipper_job *job = jobs->receiving;
    clipper_job_prepare(job, request, &jobs->transport, session, now_us);
    jobs->receiving = NULL;
    jobs->bytes += job->cost;
    clipper_counter_add(&jobs->stats->executing, 1);
    jobs->executor.call->submit(jobs->executor.self, job);
}

/* ---- Answers ------------------------------------------------------------------------------------------- */

void clipper_jobs_collect(clipper_jobs *jobs) {
    clipper_job_queue finished = {NULL, NULL, 0};
    jobs->executor.call->collect(jobs->executor.self, &finished);
    jobs->returned_us = 0;
    if (finished.first == NULL)
        return;
    clipper_counter_subtract(&jobs->stats->executing, finished.count);
    for (clipper_job *job = finished.first; job != NULL; job = job->next) {
        const uint64_t outputs = clipper_outputs_cost(&job->outputs);
        job->cost += outputs;
        jobs->bytes += outputs;
        clipper_histogram_add(&jobs->stats->latency, job->finished_us - job->received_us);
        clipper_histogram_add(&jobs->stats->model_time, job->finished_us - job->started_us);
    }
    if (jobs->executor.call->on_polling_thread)
        jobs->returned_us = finished.last->finished_us;
    clipper_job_queue_append(&jobs->outbox, &finished);
}

int clipper_jobs_before_wait(clipper_jobs *jobs) {
    return jobs->executor.call->before_wait(jobs->executor.self);
}

void clipper_jobs_withdraw(clipper_jobs *jobs, clipper_job_queue *withdrawn) {
    const size_t before = withdrawn->count;
    jobs->executor.call->cancel(jobs->executor.self, withdrawn);
    clipper_counter_subtract(&jobs->stats->executing, withdrawn->count - before);
    clipper_job_queue_append(withdrawn, &jobs->outbox);
}

void clipper_jobs_recycle(clipper_jobs *jobs, clipper_job *job) {
    const uint64_t cost = job->cost;
    jobs->bytes -= cost;
    if (cost > jobs->kept_per_job) {
        clipper_job_destroy(job, &jobs->transport);
        return;
    }
    clipper_job_reset(job, &jobs->transport);
    /* The one used last is used next: its memory is in the cache. */
    clipper_job_queue_push_front(&jobs->free, job);
}
