/* The simulated world as a whole: how it begins, and what must hold at its end. */
#include "support_world.h"

int world_chance(sim_world *world, unsigned percent) {
    return clipper_random_next(&world->random) % 100 < percent;
}

uint64_t world_up_to(sim_world *world, uint64_t high) {
    return clipper_random_between(&world->random, 0, high);
}

uint64_t world_now_ms(const sim_world *world) {
    return world->now_us / 1000;
}

void world_note(const sim_world *world, const char *format, ...) {
    va_list arguments;
    if (!world->verbose)
        return;
    printf("%12.3f ms  ", (double)world->now_us / 1000);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
}

void world_breach(sim_world *world, const char *format, ...) {
    va_list arguments;
    size_t length;
    if (world->breach[0] != '\0')
        return;
    snprintf(world->breach, sizeof world->breach,
             "at %.3f ms, connection %zu: ", (double)world->now_us / 1000, world->connection_count);
    length = strlen(world->breach);
    va_start(arguments, format);
    vsnprintf(world->breach + length, sizeof world->breach - length, format, arguments);
    va_end(arguments);
    world_note(world, "BREACH %s", world->breach);
}

/* ---- Beginning ----------------------------------------------------------------------------------------- */

static void on_ready(void *context, int ready) {
    sim_world *world = context;
    world_note(world, "ready %d", ready);
    world->ready = ready;
}

static void on_log(void *context, const clipper_log_event *event) {
    const sim_world *world = context;
    char line[CLIPPER_LOG_LINE];
    if (world->verbose)
        printf("%12.3f ms    %.*s", (double)world->now_us / 1000,
               (int)clipper_log_line(event, CLIPPER_LOG_TEXT, 0, line) - 25, line + 25);
}

static void choose_config(sim_world *world) {
    static const uint64_t polls[] = {20, 300, 1000, 5000};
    clipper_container_config *config = &world->config;
    *config = clipper_container_default_config();
    config->model_name = "simulated";
    config->model_version = "1";
    config->input_type = CLIPPER_TYPE_BYTES;
    config->wire = world_chance(world, 50) ? CLIPPER_WIRE_RELEASE : CLIPPER_WIRE_DOCUMENT;
    config->poll_timeout_ms = polls[world_up_to(world, 3)];
    /* With TO up to D, every poll that passes ends a session; those edges are the session's own tests'. */
    config->activity_timeout_ms =
        config->poll_timeout_ms * 3 / 2 + world_up_to(world, 8 * config->poll_timeout_ms);
    config->queue = 1 + (size_t)world_up_to(world, 15);
    config->predict = world_predict;
    config->model = world;
    config->workers = 0;
    config->ready = on_ready;
    config->ready_context = world;
    config->log = on_log;
    config->log_context = world;
    world->workers = world_chance(world, 20) ? 0 : 1 + (unsigned)world_up_to(world, 3);
}

static void choose_faults(sim_world *world) {
    const uint64_t d_us = world->config.poll_timeout_ms * 1000,
                   to_us = world->config.activity_timeout_ms * 1000;
    world_faults *faults = &world->faults;
    faults->loss = (unsigned)world_up_to(world, 30);
    faults->duplicate = (unsigned)world_up_to(world, 20);
    faults->reorder = (unsigned)world_up_to(world, 30);
    faults->invalid = (unsigned)world_up_to(world, 30);
    faults->open_fails = (unsigned)world_up_to(world, 50);
    faults->receive_fails = (unsigned)world_up_to(world, 3);
    faults->send_fails = (unsigned)world_up_to(world, 2);
    faults->delay_us = world_up_to(world, d_us / 3);
    faults->request_every_us = d_us / (1 + world_up_to(world, 7));
    faults->service_us = world_up_to(world, 3 * to_us);
    faults->outage_every_us = 2 * (to_us + d_us);
    faults->silence_us = 2 * to_us;
    world->send_limit = 1 + (size_t)world_up_to(world, 20);
    world->faults_end_us = 20 * (to_us + d_us);
    world->stop_us = world->faults_end_us + 3 * to_us + faults->service_us + 20 * d_us + 5000000;
    world->stops_early = world_chance(world, 20);
    if (world->stops_early) {
        world->stop_us = world_up_to(world, world->faults_end_us - 1);
        world->config.grace_ms = world_up_to(world, 2 * world->config.activity_timeout_ms);
    }
    world->next_request_us = faults->request_every_us;
    world->next_outage_us = faults->outage_every_us;
}

void world_init(sim_world *world, uint64_t seed) {
    memset(world, 0, sizeof *world);
    world->seed = seed;
    world->random = seed;
    world->transport.call = &world_transport_functions;
    world->transport.self = world;
    choose_config(world);
    choose_faults(world);
    assert_int_equal(clipper_runtime_init(&world->runtime, &world->config, &world->transport, seed), 0);
    if (world->workers > 0) {
        clipper_executor *executor = &world->runtime.jobs.executor;
        executor->call->destroy(executor->self, &world->waiting);
        executor->call = &world_executor_functions;
        executor->self = world;
    }
}

void world_free(sim_world *world) {
    clipper_runtime_free(&world->runtime);
    for (size_t i = 0; i < world->connection_count; i++) {
        queue_free(&world->connections[i].to_container);
        queue_free(&world->connections[i].to_clipper);
    }
}

/* ---- The end ------------------------------------------------------------------------------------------- */

/* The last connection was open, and there were no more faults, when the container was stopped. */
static void check_requests(sim_world *world) {
    for (size_t i = 0; i < world->request_count; i++) {
        const world_request *request = &world->requests[i];
        if (request->connection + 1 != world->connection_count || request->fails)
            continue;
        if (request->answered != request->received)
            world_breach(world, "request %zu was received %d times and answered %d times", i,
                         request->received, request->answered);
    }
}

static void check_end(sim_world *world, clipper_run_result result) {
    const world_connection *last;
    if (result != CLIPPER_RUN_STOPPED)
        world_breach(world, "the run ended with %d", (int)result);
    if (world->now_us > world->stop_us + world->config.grace_ms * 1000)
        world_breach(world, "the grace period was exceeded");
    if (world->ready)
        world_breach(world, "still ready after the end");
    if (world->stops_early)
        return;
    last = world_latest(world);
    if (!world->ready_at_stop)
        world_breach(world, "not registered, long after the last fault");
    if (last->metadata_sent != last->metadata_asked)
        world_breach(world, "asked for metadata %u times, sent %u times", last->metadata_asked,
                     last->metadata_sent);
    check_requests(world);
}

int world_run(sim_world *world) {
    const clipper_run_result result = clipper_runtime_run(&world->runtime);
    check_end(world, result);
    return world->breach[0] == '\0' ? 0 : -1;
}
