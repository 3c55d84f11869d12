/* The two executors: the polling thread itself, and worker threads. */
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "internal.h"

/* ---- A transport that can only be woken, and a model that can be held ---------------------------------- */

static _Atomic int woken, gate, entered, most_at_once, at_once;
static _Atomic uint64_t clock_us;

static void wake(void *self) {
    (void)self;
    atomic_fetch_add(&woken, 1);
}

static uint64_t now(void *self) {
    (void)self;
    return atomic_fetch_add(&clock_us, 1);
}

static const clipper_transport_functions functions = {.wake = wake, .now = now};
static const clipper_transport transport = {&functions, NULL};

static int predict(void *model, const clipper_batch *batch, clipper_outputs *outputs) {
    const int present = atomic_fetch_add(&at_once, 1) + 1;
    int most = atomic_load(&most_at_once);
    (void)model;
    (void)outputs;
    while (present > most && !atomic_compare_exchange_weak(&most_at_once, &most, present))
        ;
    atomic_fetch_add(&entered, 1);
    while (!atomic_load(&gate))
        poll(NULL, 0, 1);
    atomic_fetch_sub(&at_once, 1);
    return (int)clipper_batch_id(batch);
}

static const clipper_job_runner runner = {predict, NULL, &transport};

enum {
    JOBS = 1000
};
static clipper_job jobs[JOBS];

static void begin(int open_gate) {
    atomic_store(&gate, open_gate);
    atomic_store(&woken, 0);
    atomic_store(&entered, 0);
    atomic_store(&most_at_once, 0);
    atomic_store(&clock_us, 1);
    memset(jobs, 0, sizeof jobs);
    for (uint32_t i = 0; i < JOBS; i++) {
        jobs[i].request.id = i;
        jobs[i].batch.request = &jobs[i].request;
        jobs[i].result = -1;
    }
}

static void wait_for(_Atomic int *number, int value) {
    while (atomic_load(number) < value)
        poll(NULL, 0, 1);
}

/* Takes what is finished until COUNT jobs are; as the polling thread does. */
static void collect(const clipper_executor *executor, clipper_job_queue *finished, size_t count) {
    while (finished->count < count) {
        const int before = atomic_load(&woken);
        executor->call->collect(executor->self, finished);
        if (finished->count < count && executor->call->before_wait(executor->self))
            wait_for(&woken, before + 1);
    }
}

static void assert_all_ran_once(clipper_job_queue *finished, size_t count) {
    static unsigned char seen[JOBS];
    clipper_job *job;
    memset(seen, 0, sizeof seen);
    assert_int_equal(finished->count, count);
    while ((job = clipper_job_queue_pop(finished)) != NULL) {
        assert_int_equal(seen[job->request.id]++, 0);
        assert_int_equal(job->result, job->request.id);
        assert_true(job->finished_us > job->started_us);
    }
}

/* ---- Tests --------------------------------------------------------------------------------------------- */

static void the_polling_thread_runs_jobs_itself(void **state) {
    clipper_executor executor;
    clipper_job_queue finished = {NULL, NULL, 0}, left = {NULL, NULL, 0};
    (void)state;
    begin(1);
    assert_int_equal(clipper_inline_executor_new(&executor, &runner), 0);
    assert_true(executor.call->on_polling_thread);
    assert_true(executor.call->before_wait(executor.self));
    executor.call->submit(executor.self, &jobs[1]);
    executor.call->submit(executor.self, &jobs[2]);
    assert_int_equal(atomic_load(&entered), 2);
    assert_false(executor.call->before_wait(executor.self));
    executor.call->cancel(executor.self, &left);
    assert_int_equal(left.count, 0);
    executor.call->collect(executor.self, &finished);
    assert_all_ran_once(&finished, 2);
    executor.call->submit(executor.self, &jobs[3]);
    executor.call->destroy(executor.self, &left);
    assert_int_equal(left.count, 1);
    assert_ptr_equal(left.first, &jobs[3]);
}

static void every_job_comes_back_once(void **state) {
    static const unsigned workers[] = {1, 2, 8};
    (void)state;
    for (size_t w = 0; w < sizeof workers / sizeof workers[0]; w++) {
        clipper_executor executor;
        clipper_job_queue finished = {NULL, NULL, 0}, left = {NULL, NULL, 0};
        begin(1);
        assert_int_equal(clipper_worker_executor_new(&executor, &runner, workers[w]), 0);
        assert_false(executor.call->on_polling_thread);
        for (size_t i = 0; i < JOBS; i++) {
            executor.call->submit(executor.self, &jobs[i]);
            if (i % 37 == 0)
                executor.call->collect(executor.self, &finished);
        }
        collect(&executor, &finished, JOBS);
        assert_all_ran_once(&finished, JOBS);
        executor.call->destroy(executor.self, &left);
        assert_int_equal(left.count, 0);
    }
}

static void one_worker_keeps_the_order(void **state) {
    clipper_executor executor;
    clipper_job_queue finished = {NULL, NULL, 0}, left = {NULL, NULL, 0};
    clipper_job *job;
    uint32_t next = 0;
    (void)state;
    begin(1);
    assert_int_equal(clipper_worker_executor_new(&executor, &runner, 1), 0);
    for (size_t i = 0; i < JOBS; i++)
        executor.call->submit(executor.self, &jobs[i]);
    collect(&executor, &finished, JOBS);
    while ((job = clipper_job_queue_pop(&finished)) != NULL)
        assert_int_equal(job->request.id, next++);
    executor.call->destroy(executor.self, &left);
}

/* One reading of the clock per job: a job that follows without a wait starts when the one before it ended, or when it
 * was received. */
static void a_worker_reads_the_clock_once_a_job(void **state) {
    clipper_executor executor;
    clipper_job_queue finished = {NULL, NULL, 0}, left = {NULL, NULL, 0};
    const clipper_job *job;
    (void)state;
    begin(0);
    assert_int_equal(clipper_worker_executor_new(&executor, &runner, 1), 0);
    for (size_t i = 0; i < JOBS; i++)
        executor.call->submit(executor.self, &jobs[i]);
    assert_true(executor.call->before_wait(executor.self));
    wait_for(&entered, 1);
    atomic_store(&gate, 1);
    collect(&executor, &finished, JOBS);
    for (job = finished.first; job->next != NULL; job = job->next)
        assert_int_equal(job->next->started_us, job->finished_us);
    finished.first = NULL;
    finished.count = 0;
    jobs[1].received_us = job->finished_us + 1000; /* later than the one before it will end */
    executor.call->submit(executor.self, &jobs[0]);
    executor.call->submit(executor.self, &jobs[1]);
    collect(&executor, &finished, 2);
    assert_int_equal(jobs[1].started_us, jobs[1].received_us);
    executor.call->destroy(executor.self, &left);
}

/* Sleeping workers are woken each time that there is work again. */
static void workers_sleep_and_wake_again(void **state) {
    clipper_executor executor;
    clipper_job_queue finished = {NULL, NULL, 0}, left = {NULL, NULL, 0};
    (void)state;
    begin(0);
    assert_int_equal(clipper_worker_executor_new(&executor, &runner, 4), 0);
    for (size_t round = 0; round < 100; round++) {
        const size_t first = round * 4, more = 1 + round % 4;
        atomic_store(&gate, 0);
        atomic_store(&entered, 0);
        for (size_t i = 0; i < more; i++)
            executor.call->submit(executor.self, &jobs[first + i]);
        assert_true(executor.call->before_wait(executor.self));
        wait_for(&entered, (int)more); /* all at once, each on a thread of its own */
        atomic_store(&gate, 1);
        finished.first = NULL;
        finished.count = 0;
        collect(&executor, &finished, more);
        assert_int_equal(finished.count, more);
    }
    executor.call->destroy(executor.self, &left);
    assert_int_equal(left.count, 0);
}

static void workers_work_at_the_same_time(void **state) {
    clipper_executor executor;
    clipper_job_queue finished = {NULL, NULL, 0}, left = {NULL, NULL, 0};
    (void)state;
    begin(0);
    assert_int_equal(clipper_worker_executor_new(&executor, &runner, 3), 0);
    for (size_t i = 0; i < 10; i++)
        executor.call->submit(executor.self, &jobs[i]);
    assert_true(executor.call->before_wait(executor.self));
    wait_for(&entered, 3);
    assert_int_equal(atomic_load(&most_at_once), 3);
    atomic_store(&gate, 1);
    collect(&executor, &finished, 10);
    assert_int_equal(atomic_load(&most_at_once), 3);
    executor.call->destroy(executor.self, &left);
}

/* Each wait ends when a job is finished. */
static void the_polling_thread_is_woken_for_each_wait(void **state) {
    clipper_executor executor;
    clipper_job_queue finished = {NULL, NULL, 0}, left = {NULL, NULL, 0};
    (void)state;
    begin(1);
    assert_int_equal(clipper_worker_executor_new(&executor, &runner, 2), 0);
    for (size_t i = 0; i < 200; i++) {
        executor.call->submit(executor.self, &jobs[i]);
        collect(&executor, &finished, i + 1);
    }
    assert_in_range(atomic_load(&woken), 0, 200);
    assert_all_ran_once(&finished, 200);
    executor.call->destroy(executor.self, &left);
}

static void what_was_not_started_can_be_cancelled(void **state) {
    clipper_executor executor;
    clipper_job_queue finished = {NULL, NULL, 0}, cancelled = {NULL, NULL, 0}, left = {NULL, NULL, 0};
    (void)state;
    begin(0);
    assert_int_equal(clipper_worker_executor_new(&executor, &runner, 1), 0);
    executor.call->submit(executor.self, &jobs[0]);
    executor.call->submit(executor.self, &jobs[1]);
    assert_true(executor.call->before_wait(executor.self));
    wait_for(&entered, 1);
    executor.call->submit(executor.self, &jobs[2]); /* not handed over yet */
    executor.call->cancel(executor.self, &cancelled);
    assert_int_equal(cancelled.count, 2);
    assert_ptr_equal(cancelled.first, &jobs[1]);
    assert_ptr_equal(cancelled.last, &jobs[2]);
    atomic_store(&gate, 1);
    collect(&executor, &finished, 1);
    assert_ptr_equal(finished.first, &jobs[0]);
    assert_int_equal(atomic_load(&entered), 1);
    executor.call->destroy(executor.self, &left);
    assert_int_equal(left.count, 0);
}

static void *open_the_gate(void *delay_ms) {
    poll(NULL, 0, *(const int *)delay_ms);
    atomic_store(&gate, 1);
    return NULL;
}

/* Destroys an executor with nine jobs, two of them running, which go on DELAY_MS later. Returns how many of them
 * were run. */
static int run_by_destroyed_executor(int delay_ms) {
    clipper_executor executor;
    clipper_job_queue left = {NULL, NULL, 0};
    pthread_t thread;
    int ran = 0;
    clipper_job *job;
    begin(0);
    assert_int_equal(clipper_worker_executor_new(&executor, &runner, 2), 0);
    for (size_t i = 0; i < 9; i++)
        executor.call->submit(executor.self, &jobs[i]);
    assert_true(executor.call->before_wait(executor.self));
    wait_for(&entered, 2);
    assert_int_equal(pthread_create(&thread, NULL, open_the_gate, &delay_ms), 0);
    executor.call->destroy(executor.self, &left);
    assert_int_equal(atomic_load(&at_once), 0);
    assert_int_equal(left.count, 9);
    while ((job = clipper_job_queue_pop(&left)) != NULL)
        ran += job->result == (int)job->request.id;
    pthread_join(thread, NULL);
    return ran;
}

/* Destroying waits for running jobs and gives all jobs back. Jobs not started by then are not run: on a busy machine
 * more may be started before, so it gets more time. */
static void destroying_waits_for_running_jobs(void **state) {
    int delay_ms = 20, ran;
    (void)state;
    while ((ran = run_by_destroyed_executor(delay_ms)) != 2) {
        assert_in_range(ran, 3, 9);
        assert_true(delay_ms < 30000);
        delay_ms *= 2;
    }
}

static void queues_keep_their_count_and_order(void **state) {
    clipper_job_queue a = {NULL, NULL, 0}, b = {NULL, NULL, 0};
    (void)state;
    begin(1);
    assert_null(clipper_job_queue_pop(&a));
    clipper_job_queue_append(&a, &b);
    assert_int_equal(a.count, 0);
    clipper_job_queue_push_front(&b, &jobs[2]);
    clipper_job_queue_push(&b, &jobs[3]);
    clipper_job_queue_push_front(&b, &jobs[1]);
    clipper_job_queue_append(&a, &b);
    assert_int_equal(a.count, 3);
    assert_int_equal(b.count, 0);
    assert_null(b.first);
    clipper_job_queue_push(&b, &jobs[4]);
    clipper_job_queue_append(&a, &b);
    for (size_t i = 1; i <= 4; i++)
        assert_ptr_equal(clipper_job_queue_pop(&a), &jobs[i]);
    assert_null(clipper_job_queue_pop(&a));
    assert_int_equal(a.count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_polling_thread_runs_jobs_itself),
        cmocka_unit_test(every_job_comes_back_once),
        cmocka_unit_test(one_worker_keeps_the_order),
        cmocka_unit_test(a_worker_reads_the_clock_once_a_job),
        cmocka_unit_test(workers_sleep_and_wake_again),
        cmocka_unit_test(workers_work_at_the_same_time),
        cmocka_unit_test(the_polling_thread_is_woken_for_each_wait),
        cmocka_unit_test(what_was_not_started_can_be_cancelled),
        cmocka_unit_test(destroying_waits_for_running_jobs),
        cmocka_unit_test(queues_keep_their_count_and_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
