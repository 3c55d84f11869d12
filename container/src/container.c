/* container.c: clipper_container; clipper/container.h is its manual. */
#include "runtime.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "wakeup.h"
#include "zmq_transport.h"

struct clipper_container {
    clipper_runtime runtime;
    /* Copies of the texts that the configuration points to. */
    char *model_name;
    char *model_version;
    char *endpoint;
};

/* Different in each container of a fleet, even when all start at once. */
static uint64_t fresh_seed(const void *somewhere) {
    return clipper_monotonic_us() ^ (uint64_t)getpid() << 32 ^ (uint64_t)(uintptr_t)somewhere;
}

/* As strdup. */
static char *copy_text(const char *text) {
    const size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    return copy == NULL ? NULL : memcpy(copy, text, size);
}

static char *endpoint_text(const clipper_container_config *config) {
    const int ipv6 = config->endpoint == NULL && config->ip[0] != '[' && strchr(config->ip, ':') != NULL;
    size_t size;
    char *text;
    if (config->endpoint != NULL)
        return copy_text(config->endpoint);
    size = sizeof "tcp://[]:" + strlen(config->ip) + strlen(config->port);
    text = malloc(size);
    if (text != NULL)
        snprintf(text, size, "tcp://%s%s%s:%s", ipv6 ? "[" : "", config->ip, ipv6 ? "]" : "", config->port);
    return text;
}

static void free_texts(clipper_container *container) {
    free(container->model_name);
    free(container->model_version);
    free(container->endpoint);
}

/* Copies the texts, and has CONFIG point to the copies. */
static int copy_texts(clipper_container *container, clipper_container_config *config) {
    container->model_name = copy_text(config->model_name);
    container->model_version = copy_text(config->model_version);
    if (config->transport.call == NULL)
        container->endpoint = endpoint_text(config);
    if (container->model_name == NULL || container->model_version == NULL ||
        (config->transport.call == NULL && container->endpoint == NULL))
        return -1;
    config->model_name = container->model_name;
    config->model_version = container->model_version;
    config->endpoint = container->endpoint;
    return 0;
}

static int make(clipper_container *container, clipper_container_config *config) {
    const uint64_t seed = fresh_seed(container);
    const clipper_budget budget = clipper_budget_of(&config->limits, config->queue, config->memory);
    clipper_transport transport = config->transport;
    config->limits = budget.limits;
    if (copy_texts(container, config) != 0)
        return -1;
    if (transport.call == NULL &&
        clipper_zmq_transport_make(&transport, config->endpoint, &budget, config->poll_timeout_ms, seed) != 0)
        return -1;
    if (clipper_runtime_init(&container->runtime, config, &transport, seed) != 0) {
        if (config->transport.call == NULL)
            transport.call->destroy(transport.self);
        return -1;
    }
    return 0;
}

clipper_container *clipper_container_new(const clipper_container_config *config,
                                         char error[CLIPPER_CONTAINER_ERROR_TEXT]) {
    clipper_container_config own = *config;
    clipper_container *container;
    if (clipper_container_config_check(config, error) != 0)
        return NULL;
    container = calloc(1, sizeof *container);
    if (container == NULL || make(container, &own) != 0) {
        snprintf(error, CLIPPER_CONTAINER_ERROR_TEXT, "out of memory, descriptors or threads");
        if (container != NULL)
            free_texts(container);
        free(container);
        return NULL;
    }
    return container;
}

const char *clipper_container_version(void) {
    return CLIPPER_VERSION;
}

clipper_run_result clipper_container_run(clipper_container *container) {
    return clipper_runtime_run(&container->runtime);
}

void clipper_container_stop(clipper_container *container) {
    clipper_runtime *runtime = &container->runtime;
    atomic_fetch_add(&runtime->stops, 1);
    runtime->transport.call->wake(runtime->transport.self);
}

void clipper_container_report(clipper_container *container) {
    clipper_runtime *runtime = &container->runtime;
    atomic_store(&runtime->reports, 1);
    runtime->transport.call->wake(runtime->transport.self);
}

clipper_counters clipper_container_counters(const clipper_container *container) {
    return clipper_stats_counters(&container->runtime.stats);
}

clipper_latency clipper_container_latency(const clipper_container *container) {
    return clipper_histogram_read(&container->runtime.stats.latency);
}

clipper_latency clipper_container_model_time(const clipper_container *container) {
    return clipper_histogram_read(&container->runtime.stats.model_time);
}

size_t clipper_container_metrics(const clipper_container *container, char *buffer, size_t capacity) {
    return clipper_stats_metrics(&container->runtime.stats, buffer, capacity);
}

size_t clipper_container_executing(const clipper_container *container) {
    return (size_t)clipper_counter_read(&container->runtime.stats.executing);
}

void clipper_container_destroy(clipper_container **container) {
    if (*container == NULL)
        return;
    clipper_runtime_free(&(*container)->runtime);
    free_texts(*container);
    free(*container);
    *container = NULL;
}
