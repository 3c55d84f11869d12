/* main.c: clipper-container: serves a model to Clipper. */
#include "allocator.h"
#include "library.h"
#include "metrics_server.h"
#include "models.h"
#include "options.h"
#include "ready_file.h"
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    EXIT_STOPPED = 0,
    EXIT_CANNOT_RUN = 1,
    EXIT_BAD_USAGE = 2,
    EXIT_VERSION_MISMATCH = 3
};

/* ---- What is said ------------------------------------------------------------------------------------------ */

static int complain(int status, const char *what) {
    fprintf(stderr, "clipper-container: %s\n", what);
    return status;
}

/* Logs the event NAME about WHAT (NULL: nothing to name), and why. */
static void log_problem(command_options *options, clipper_log_level level, const char *name, const char *what,
                        const char *why) {
    const clipper_log_field fields[] = {{"why", why, 0}, {"what", what, 0}};
    const clipper_log_event event = {level, name, fields, what == NULL ? 1 : 2};
    clipper_log_write(&options->log, &event);
}

static int cannot_start(command_options *options, const char *what, const char *why) {
    log_problem(options, CLIPPER_LOG_ERROR, "cannot_start", what, why);
    return EXIT_CANNOT_RUN;
}

/* ---- Readiness files ----------------------------------------------------------------------------------- */

static void on_ready(void *context, int ready) {
    command_options *options = context;
    const char *path = options->ready_file, *why;
    if (path != NULL && (ready ? ready_file_write(path, &why) : ready_file_remove(path, &why)) != 0)
        log_problem(options, CLIPPER_LOG_ERROR, "ready_file_failed", path, why);
}

/* The process ends, whatever its threads do. */
static void leave(void *context) {
    const command_options *options = context;
    const char *why;
    if (options->ready_file != NULL)
        (void)ready_file_remove(options->ready_file, &why);
}

static int prepare_ready_files(command_options *options) {
    const char *why;
    if (options->ready_file != NULL && ready_file_prepare(options->ready_file, &why) != 0)
        return cannot_start(options, options->ready_file, why);
    if (options->legacy_ready_file != NULL && ready_file_write(options->legacy_ready_file, &why) != 0)
        return cannot_start(options, options->legacy_ready_file, why);
    return 0;
}

/* ---- The command --------------------------------------------------------------------------------------- */

static int exit_status(clipper_run_result result) {
    switch (result) {
    case CLIPPER_RUN_STOPPED:
        return EXIT_STOPPED;
    case CLIPPER_RUN_VERSION_MISMATCH:
        return EXIT_VERSION_MISMATCH;
    default:
        return EXIT_BAD_USAGE; /* a bad endpoint */
    }
}

/* The container, and what it needs. */
typedef struct command_service {
    command_options *options;
    model_library library;
    slow_model slow;
    clipper_container *container;
    metrics_server *metrics;
} command_service;

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
    command_options *options = service->options;
    metrics_place place = {options->metrics_address, options->metrics_port, 0};
    char error[METRICS_ERROR_TEXT];
    if (options->metrics_port == NULL)
        return 0;
    service->metrics = metrics_server_start(service->container, &place, error);
    if (service->metrics == NULL)
        return cannot_start(options, NULL, error);
    clipper_log_write(&options->log,
                      &(const clipper_log_event){CLIPPER_LOG_INFO, "metrics",
                                                 (const clipper_log_field[]){{"address", place.address, 0},
                                                                             {"port", NULL, place.bound}},
                                                 2});
    return 0;
}

/* libzmq aborts where it finds no descriptors: can as many be had as all of it may need? */
static int enough_descriptors(void) {
    int taken[32], count = 0;
    while (count < (int)(sizeof taken / sizeof taken[0]) && (taken[count] = dup(STDERR_FILENO)) >= 0)
        count++;
    for (int i = 0; i < count; i++)
        close(taken[i]);
    return count == (int)(sizeof taken / sizeof taken[0]);
}

/* Makes all that is needed to serve. Returns 0, or an exit status. */
static int start(command_service *service) {
    command_options *options = service->options;
    char error[CLIPPER_CONTAINER_ERROR_TEXT];
    int status = prepare_ready_files(options);
    if (status == 0)
        status = prepare(service);
    if (status != 0)
        return status;
    if (!enough_descriptors())
        return cannot_start(options, NULL, "fewer than 32 descriptors are left: see ulimit -n");
    service->container = clipper_container_new(&options->config, error);
    if (service->container == NULL)
        return cannot_start(options, NULL, error);
    return start_metrics(service);
}

static int run(command_service *service) {
    int status;
    signals_serve(service->container, EXIT_STOPPED);
    status = exit_status(clipper_container_run(service->container));
    signals_serve(NULL, status);
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
    signals_end();
    return status;
}

/* Has the descriptors 0 to 2 open, so that no socket becomes one of them and gets what is written to stderr. */
static void open_standard_descriptors(void) {
    int descriptor;
    do
        descriptor = open("/dev/null", O_RDWR);
    while (descriptor >= 0 && descriptor <= STDERR_FILENO);
    if (descriptor > STDERR_FILENO)
        close(descriptor);
}

int main(int argc, char **argv) {
    command_options options;
    open_standard_descriptors();
    switch (read_options(argc, argv, &options)) {
    case OPTIONS_RUN:
        if (signals_begin(options.config.grace_ms, leave, &options) != 0)
            return cannot_start(&options, NULL, "there cannot be another thread");
        keep_freed_memory(options.config.memory);
        return serve(&options);
    case OPTIONS_DONE:
        return 0;
    default:
        return EXIT_BAD_USAGE;
    }
}
