/* workers.c: the executor that runs jobs on threads of its own.
 *
 * One lock guards two queues. The polling thread hands over what it has received in one go, and takes back in
 * one go what is finished; nobody is woken who is not asleep, and nobody is woken by a thread that holds the
 * lock. */
#include "job.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

typedef struct worker_pool {
    const clipper_job_runner *runner;
    clipper_job_queue staged; /* submitted, not handed over yet: the polling thread's own */

    pthread_mutex_t mutex; /* guards all below */
    pthread_cond_t work;   /* there is work, or the end has come */
    clipper_job_queue waiting;
    clipper_job_queue finished;
    unsigned idle; /* workers asleep */
    int polling_thread_waits;
    int ending;

    unsigned count;
    pthread_t threads[];
} worker_pool;

/* Hands over the staged jobs. With the lock. Returns how many sleeping workers there is work for. */
static size_t hand_over(worker_pool *pool) {
    const size_t count = pool->staged.count < pool->idle ? pool->staged.count : pool->idle;
    clipper_job_queue_append(&pool->waiting, &pool->staged);
    return count;
}

/* Without the lock: who is woken would only wait for it. */
static void wake_workers(worker_pool *pool, size_t count) {
    for (size_t i = 0; i < count; i++)
        pthread_cond_signal(&pool->work);
}

static void pool_submit(void *self, clipper_job *job) {
    clipper_job_queue_push(&((worker_pool *)self)->staged, job);
}

static void pool_collect(void *self, clipper_job_queue *finished) {
    worker_pool *pool = self;
    size_t idle;
    pthread_mutex_lock(&pool->mutex);
    idle = hand_over(pool);
    pool->polling_thread_waits = 0;
    clipper_job_queue_append(finished, &pool->finished);
    pthread_mutex_unlock(&pool->mutex);
    wake_workers(pool, idle);
}

static int pool_before_wait(void *self) {
    worker_pool *pool = self;
    int nothing_finished;
    size_t idle;
    pthread_mutex_lock(&pool->mutex);
    idle = hand_over(pool);
    nothing_finished = pool->finished.first == NULL;
    pool->polling_thread_waits = nothing_finished;
    pthread_mutex_unlock(&pool->mutex);
    wake_workers(pool, idle);
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

/* The next job; NULL when the end has come. With the lock. */
static clipper_job *next_job(worker_pool *pool) {
    while (pool->waiting.first == NULL && !pool->ending) {
        pool->idle++;
        pthread_cond_wait(&pool->work, &pool->mutex);
        pool->idle--;
    }
    return pool->ending ? NULL : clipper_job_queue_pop(&pool->waiting);
}

/* Runs JOB. Returns not 0 when the polling thread must be woken. Gives the lock up meanwhile. */
static int run(worker_pool *pool, clipper_job *job) {
    const clipper_transport *transport = pool->runner->transport;
    int wake;
    pthread_mutex_unlock(&pool->mutex);
    clipper_job_run(job, pool->runner, transport->call->now(transport->self));
    pthread_mutex_lock(&pool->mutex);
    clipper_job_queue_push(&pool->finished, job);
    wake = pool->polling_thread_waits;
    pool->polling_thread_waits = 0;
    return wake;
}

static void *work(void *self) {
    worker_pool *pool = self;
    const clipper_transport *transport = pool->runner->transport;
    clipper_job *job;
    pthread_mutex_lock(&pool->mutex);
    while ((job = next_job(pool)) != NULL) {
        if (!run(pool, job))
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
    pool_cancel(pool, left);
    pthread_mutex_lock(&pool->mutex);
    pool->ending = 1;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->mutex);
    for (unsigned i = 0; i < pool->count; i++)
        pthread_join(pool->threads[i], NULL);
    clipper_job_queue_append(left, &pool->finished);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
}

static const clipper_executor_functions pool_functions = {
    pool_submit, pool_collect, pool_before_wait, pool_cancel, pool_destroy, 0,
};

/* Starts the workers, with all signals blocked: signals are the program's, not a model's. */
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
    return error;
}

int clipper_worker_executor_new(clipper_executor *executor, const clipper_job_runner *runner,
                                unsigned workers) {
    worker_pool *pool = calloc(1, sizeof *pool + workers * sizeof pool->threads[0]);
    clipper_job_queue nothing = {NULL, NULL, 0};
    if (pool == NULL)
        return -1;
    pool->runner = runner;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->work, NULL);
    if (start(pool, workers) != 0) {
        pool_destroy(pool, &nothing);
        return -1;
    }
    executor->call = &pool_functions;
    executor->self = pool;
    return 0;
}
