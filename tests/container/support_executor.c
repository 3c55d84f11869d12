/* Simulated workers, and a model that is slow and sometimes fails. */
#include "support_world.h"

static uint64_t service_time(sim_world *world) {
    const uint64_t most = world->now_us < world->faults_end_us ? world->faults.service_us : 20000;
    /* Most predictions are quick. */
    return world_chance(world, 80) ? world_up_to(world, most / 100) : world_up_to(world, most);
}

int world_predict(void *model, const clipper_batch *batch, clipper_outputs *outputs) {
    sim_world *world = model;
    const clipper_frame first = clipper_batch_item(batch, 0);
    uint64_t number;
    memcpy(&number, first.base, 8);
    world->requests[number].predicted++;
    if (world->workers == 0) /* on the polling thread: nothing else happens meanwhile */
        world->now_us += service_time(world) / 10;
    if (world->requests[number].fails && world_chance(world, 50))
        return 0; /* with no output */
    for (size_t i = 0; i < clipper_batch_count(batch); i++) {
        if (i == 0)
            clipper_outputs_add_bytes(outputs, first.base, first.len);
        else
            clipper_outputs_add_input(outputs, batch, i);
    }
    clipper_outputs_set_type(outputs, CLIPPER_TYPE_BYTES);
    return world->requests[number].fails ? -1 : 0;
}

/* Requests of a session that has ended are not predicted. */
static void account_begin(sim_world *world, const clipper_job *job) {
    if (!world->runtime.connected || job->session != world->runtime.session.number)
        world_breach(world, "a request of session %llu was begun after its end",
                     (unsigned long long)job->session);
}

static void begin(sim_world *world) {
    for (unsigned i = 0; i < world->workers && world->waiting.first != NULL; i++) {
        if (world->running[i] != NULL)
            continue;
        world->running[i] = clipper_job_queue_pop(&world->waiting);
        account_begin(world, world->running[i]);
        world->done_us[i] = world->now_us + service_time(world);
    }
}

int workers_act(sim_world *world) {
    int finished = 0;
    for (unsigned i = 0; i < world->workers; i++) {
        if (world->running[i] == NULL || world->done_us[i] > world->now_us)
            continue;
        clipper_job_run(world->running[i], &world->runtime.jobs.runner, world->now_us);
        clipper_job_queue_push(&world->finished, world->running[i]);
        world->running[i] = NULL;
        finished = 1;
    }
    begin(world);
    return finished;
}

uint64_t workers_next_us(const sim_world *world) {
    uint64_t next = UINT64_MAX;
    for (unsigned i = 0; i < world->workers; i++) {
        if (world->running[i] != NULL && world->done_us[i] < next)
            next = world->done_us[i];
    }
    return next;
}

static void simulated_submit(void *self, clipper_job *job) {
    sim_world *world = self;
    clipper_job_queue_push(&world->waiting, job);
    begin(world);
}

static void simulated_collect(void *self, clipper_job_queue *finished) {
    clipper_job_queue_append(finished, &((sim_world *)self)->finished);
}

static int simulated_before_wait(void *self) {
    return ((const sim_world *)self)->finished.first == NULL;
}

static void simulated_cancel(void *self, clipper_job_queue *cancelled) {
    clipper_job_queue_append(cancelled, &((sim_world *)self)->waiting);
}

static void simulated_destroy(void *self, clipper_job_queue *left) {
    sim_world *world = self;
    clipper_job_queue_append(left, &world->waiting);
    clipper_job_queue_append(left, &world->finished);
    for (unsigned i = 0; i < world->workers; i++) {
        if (world->running[i] != NULL)
            clipper_job_queue_push(left, world->running[i]);
        world->running[i] = NULL;
    }
}

const clipper_executor_functions world_executor_functions = {
    simulated_submit, simulated_collect, simulated_before_wait, simulated_cancel, simulated_destroy, 0,
};

int world_executing(const sim_world *world) {
    for (size_t i = 0; i < sizeof world->running / sizeof world->running[0]; i++) {
        if (world->running[i] != NULL)
            return 1;
    }
    return world->waiting.count > 0;
}
