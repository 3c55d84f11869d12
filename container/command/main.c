/* main.c: clipper-container: serves a model to Clipper. */
#include "allocator.h"
#include "library.h"
#include "metrics_server.h"
#include "models.h"
#include "options.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    EXIT_STOPPED = 0,
    EXIT_CANNOT_RUN = 1,
    EXIT_BAD_USAGE = 2,
    EXIT_VERSION_MISMATCH = 3
};

/* ---- Signals ------------------------------------------------------------------------------------------- */

static _Atomic(clipper_container *) served;

static void on_signal(int number) {
    clipper_container *container = atomic_load(&served);
    if (container == NULL)
        return;
    if (number == SIGUSR1)
        clipper_container_report(container);
    else
        clipper_container_stop(container);
}

static void fill_signals(sigset_t *signals) {
    sigemptyset(signals);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGUSR1);
}

/* Signals are blocked until there is a container to stop. Threads made before inherit that, so signals always
 * come to the main thread. */
static void block_signals(void) {
    sigset_t signals;
    fill_signals(&signals);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static void unblock_signals(clipper_container *container) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    fill_signals(&action.sa_mask);
    action.sa_handler = on_signal;
    atomic_store(&served, container);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);
    sigprocmask(SIG_UNBLOCK, &action.sa_mask, NULL);
}

/* ---- Readiness files ----------------------------------------------------------------------------------- */

static int write_ready_file(const char *path) {
    const int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (descriptor < 0) {
        fprintf(stderr, "clipper-container: cannot write %s: %s\n", path, strerror(errno));
        return -1;
    }
    close(descriptor);
    return 0;
}

static void on_ready(void *context, int ready) {
    const command_options *options = context;
    if (options->ready_file == NULL)
        return;
    if (ready)
        write_ready_file(options->ready_file);
    else
        unlink(options->ready_file);
}

/* ---- The command --------------------------------------------------------------------------------------- */

static int exit_status(clipper_run_result result) {
    switch (result) {
    case CLIPPER_RUN_STOPPED:
        return EXIT_STOPPED;
    case CLIPPER_RUN_VERSION_MISMATCH:
        return EXIT_VERSION_MISMATCH;
    default:
        return EXIT_CANNOT_RUN;
    }
}

static void log_metrics_port(command_options *options, unsigned port) {
    const clipper_log_field field = {"port", NULL, port};
    const clipper_log_event event = {CLIPPER_LOG_INFO, "metrics", &field, 1};
    clipper_log_write(&options->log, &event);
}

/* The container, and what it needs. */
typedef struct command_service {
    command_options *options;
    model_library library;
    slow_model slow;
    clipper_container *container;
    metrics_server *metrics;
} command_service;

static int complain(int status, const char *what) {
    fprintf(stderr, "clipper-container: %s\n", what);
    return status;
}

/* Finds the model, and completes the configuration. Returns 0, or an exit status. */
static int prepare(command_service *service) {
    command_options *options = service->options;
    clipper_container_config *config = &options->config;
    char error[LIBRARY_ERROR_TEXT];
    config->log = clipper_log_write;
    config->log_context = &options->log;
    config->ready = on_ready;
    config->ready_context = options;
    if (options->model >= 0) {
        config->predict = builtin_models[options->model].predict;
    } else {
        if (open_model_library(&service->library, options->model_library, options->model_path,
                               config->input_type, error) != 0)
            return complain(EXIT_BAD_USAGE, error);
        config->predict = service->library.model->predict;
        config->model = service->library.state;
    }
    if (options->model_delay_ms > 0) {
        service->slow = (slow_model){config->predict, config->model, options->model_delay_ms};
        config->predict = slow_predict;
        config->model = &service->slow;
    }
    if (clipper_container_config_check(config, error) != 0)
        return complain(EXIT_BAD_USAGE, error);
    return 0;
}

static int start_metrics(command_service *service) {
    const char *why;
    unsigned port;
    if (service->options->metrics_port == NULL)
        return 0;
    port = (unsigned)strtoul(service->options->metrics_port, NULL, 10);
    service->metrics = metrics_server_start(service->container, &port, &why);
    if (service->metrics == NULL) {
        fprintf(stderr, "clipper-container: cannot serve metrics: %s\n", why);
        return EXIT_CANNOT_RUN;
    }
    log_metrics_port(service->options, port);
    return 0;
}

/* Makes all that is needed to serve. Returns 0, or an exit status. */
static int start(command_service *service) {
    const command_options *options = service->options;
    char error[CLIPPER_CONTAINER_ERROR_TEXT];
    int status = prepare(service);
    if (status != 0)
        return status;
    service->container = clipper_container_new(&options->config, error);
    if (service->container == NULL)
        return complain(EXIT_CANNOT_RUN, error);
    status = start_metrics(service);
    if (status != 0)
        return status;
    if (options->ready_file != NULL)
        unlink(options->ready_file); /* left by a process that was killed */
    if (options->legacy_ready_file != NULL && write_ready_file(options->legacy_ready_file) != 0)
        return EXIT_CANNOT_RUN;
    return 0;
}

static int run(command_service *service) {
    int status;
    unblock_signals(service->container);
    status = exit_status(clipper_container_run(service->container));
    block_signals();
    atomic_store(&served, NULL);
    if (clipper_container_executing(service->container) > 0)
        _exit(status); /* freeing waits for a model that is still running */
    return status;
}

static int serve(command_options *options) {
    command_service service;
    int status;
    memset(&service, 0, sizeof service);
    service.options = options;
    status = start(&service);
    if (status == 0)
        status = run(&service);
    metrics_server_stop(service.metrics);
    clipper_container_destroy(&service.container);
    close_model_library(&service.library);
    return status;
}

int main(int argc, char **argv) {
    command_options options;
    switch (read_options(argc, argv, &options)) {
    case OPTIONS_RUN:
        block_signals();
        keep_freed_memory();
        return serve(&options);
    case OPTIONS_DONE:
        return 0;
    default:
        return EXIT_BAD_USAGE;
    }
}
