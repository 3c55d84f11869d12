/* workers.c: the executor that runs jobs on worker threads.
 *
 * One lock guards two queues. The polling thread hands over all received jobs at once and collects all finished
 * jobs at once. Only sleeping threads are woken, and never by a thread that holds the lock. Workers sleep on a
 * semaphore, not on a condition variable: a thread woken by a condition variable takes the lock as a contended
 * one, and unlocking then costs a system call. */
#include "executor.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>

typedef struct worker_pool {
    const clipper_job_runner *runner;
    clipper_job_queue staged; /* submitted, not handed over yet; used by the polling thread alone */

    pthread_mutex_t mutex; /* guards all up to the semaphore */
    clipper_job_queue waiting;
    clipper_job_queue finished;
    unsigned idle; /* workers that sleep and have not been woken */
    int polling_thread_waits;
    int ending;

    sem_t work; /* idle workers sleep on it; posted once for each that is subtracted from IDLE */
    unsigned count;
    pthread_t threads[];
} worker_pool;

/* Subtracts up to MOST workers from IDLE, for wake_workers. With the lock. */
static unsigned rouse(worker_pool *pool, size_t most) {
    const unsigned count = most < pool->idle ? (unsigned)most : pool->idle;
    pool->idle -= count;
    return count;
}

/* Without the lock, which a woken worker takes first. */
static void wake_workers(worker_pool *pool, unsigned count) {
    for (unsigned i = 0; i < count; i++)
        sem_post(&pool->work);
}

/* Hands over the staged jobs. With the lock. Returns how many workers to wake. */
static unsigned hand_over(worker_pool *pool) {
    const unsigned count = rouse(pool, pool->staged.count);
    clipper_job_queue_append(&pool->waiting, &pool->staged);
    return count;
}

static void pool_submit(void *self, clipper_job *job) {
    clipper_job_queue_push(&((worker_pool *)self)->staged, job);
}

static void pool_collect(void *self, clipper_job_queue *finished) {
    worker_pool *pool = self;
    unsigned roused;
    pthread_mutex_lock(&pool->mutex);
    roused = hand_over(pool);
    pool->polling_thread_waits = 0;
    clipper_job_queue_append(finished, &pool->finished);
    pthread_mutex_unlock(&pool->mutex);
    wake_workers(pool, roused);
}

static int pool_before_wait(void *self) {
    worker_pool *pool = self;
    int nothing_finished;
    unsigned roused;
    pthread_mutex_lock(&pool->mutex);
    roused = hand_over(pool);
    nothing_finished = pool->finished.first == NULL;
    pool->polling_thread_waits = nothing_finished;
    pthread_mutex_unlock(&pool->mutex);
    wake_workers(pool, roused);
    return nothing_finished;
}

static void pool_cancel(void *self, clipper_job_queue *cancelled) {
    worker_pool *pool = self;
    pthread_mutex_lock(&pool->mutex);
    clipper_job_queue_append(cancelled, &pool->waiting);
    pthread_mutex_unlock(&pool->mutex);
    clipper_job_queue_append(cancelled, &pool->staged);
}

/* ---- Workers ------------------------------------------------------------------------------------------- */

/* Releases the lock while it sleeps. With the lock. */
static void sleep_until_roused(worker_pool *pool) {
    pool->idle++;
    pthread_mutex_unlock(&pool->mutex);
    while (sem_wait(&pool->work) != 0 && errno == EINTR)
        ;
    pthread_mutex_lock(&pool->mutex);
}

/* The next job; NULL at the end. Sets *ENDED_US to 0 when it had to wait. With the lock. */
static clipper_job *next_job(worker_pool *pool, uint64_t *ended_us) {
    while (pool->waiting.first == NULL && !pool->ending) {
        *ended_us = 0;
        sleep_until_roused(pool);
    }
    return pool->ending ? NULL : clipper_job_queue_pop(&pool->waiting);
}

/* A job that follows another without a wait starts when that one ended, at ENDED_US, or when it was received: the
 * clock is read once for both. */
static uint64_t start_time_us(const clipper_job *job, const clipper_transport *transport, uint64_t ended_us) {
    if (ended_us == 0)
        return transport->call->now(transport->self);
    return ended_us > job->received_us ? ended_us : job->received_us;
}

/* Gives JOB back. Returns not 0 when the polling thread must be woken. With the lock. */
static int give_back(worker_pool *pool, clipper_job *job) {
    const int wake = pool->polling_thread_waits;
    clipper_job_queue_push(&pool->finished, job);
    pool->polling_thread_waits = 0;
    return wake;
}

static void *work(void *self) {
    worker_pool *pool = self;
    const clipper_transport *transport = pool->runner->transport;
    uint64_t ended_us = 0; /* when the job before this one ended; 0: there was a wait */
    clipper_job *job;
    pthread_mutex_lock(&pool->mutex);
    while ((job = next_job(pool, &ended_us)) != NULL) {
        pthread_mutex_unlock(&pool->mutex);
        clipper_job_run(job, pool->runner, start_time_us(job, transport, ended_us));
        ended_us = job->finished_us;
        pthread_mutex_lock(&pool->mutex);
        if (!give_back(pool, job))
            continue;
        pthread_mutex_unlock(&pool->mutex);
        transport->call->wake(transport->self);
        pthread_mutex_lock(&pool->mutex);
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

/* ---- Making and freeing -------------------------------------------------------------------------------- */

static void pool_destroy(void *self, clipper_job_queue *left) {
    worker_pool *pool = self;
    unsigned roused;
    pool_cancel(pool, left);
    pthread_mutex_lock(&pool->mutex);
    pool->ending = 1;
    roused = rouse(pool, pool->count);
    pthread_mutex_unlock(&pool->mutex);
    wake_workers(pool, roused);
    for (unsigned i = 0; i < pool->count; i++)
        pthread_join(pool->threads[i], NULL);
    clipper_job_queue_append(left, &pool->finished);
    sem_destroy(&pool->work);
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
}

static const clipper_executor_functions pool_functions = {
    pool_submit, pool_collect, pool_before_wait, pool_cancel, pool_destroy, 0,
};

/* Starts the workers, with all signals blocked: signals are the program's, not a model's. Returns 0, or -1 when
 * there cannot be that many threads. */
static int start(worker_pool *pool, unsigned workers) {
    sigset_t all, before;
    int error = 0;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (pool->count < workers && error == 0) {
        error = pthread_create(&pool->threads[pool->count], NULL, work, pool);
        pool->count += error == 0;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error == 0 ? 0 : -1;
}

int clipper_worker_executor_new(clipper_executor *executor, const clipper_job_runner *runner,
                                unsigned workers) {
    worker_pool *pool = calloc(1, sizeof *pool + workers * sizeof pool->threads[0]);
    clipper_job_queue nothing = {NULL, NULL, 0};
    if (pool == NULL)
        return -1;
    pool->runner = runner;
    pthread_mutex_init(&pool->mutex, NULL);
    sem_init(&pool->work, 0, 0);
    if (start(pool, workers) != 0) {
        pool_destroy(pool, &nothing);
        return -1;
    }
    executor->call = &pool_functions;
    executor->self = pool;
    return 0;
}
