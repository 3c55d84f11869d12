/* main.c: clipper-container: serves a model to Clipper. */
#include "models.h"
#include "options.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

enum {
    EXIT_STOPPED = 0,
    EXIT_CANNOT_RUN = 1,
    EXIT_BAD_USAGE = 2,
    EXIT_VERSION_MISMATCH = 3
};

/* ---- Signals --------------------------------------------------------------------------------------------
 */

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

static void our_signals(sigset_t *signals) {
    sigemptyset(signals);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGUSR1);
}

/* Signals wait until there is a container to stop. Threads that are made before inherit that: signals then
 * always come to the main thread. */
static void hold_signals(void) {
    sigset_t signals;
    our_signals(&signals);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static void let_signals_through(clipper_container *container) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    our_signals(&action.sa_mask);
    action.sa_handler = on_signal;
    atomic_store(&served, container);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);
    sigprocmask(SIG_UNBLOCK, &action.sa_mask, NULL);
}

/* ---- Files that tell of readiness ------------------------------------------------------------------------
 */

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

/* ---- The command ----------------------------------------------------------------------------------------
 */

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

static int serve(command_options *options) {
    clipper_container_config *config = &options->config;
    char error[CLIPPER_CONTAINER_ERROR_TEXT];
    clipper_container *container;
    clipper_run_result result;
    config->predict = find_builtin_model(options->model)->predict;
    config->log = clipper_log_write;
    config->log_context = &options->log;
    config->ready = on_ready;
    config->ready_context = options;
    if (clipper_container_config_check(config, error) != 0) {
        fprintf(stderr, "clipper-container: %s\n", error);
        return EXIT_BAD_USAGE;
    }
    if (options->ready_file != NULL)
        unlink(options->ready_file); /* one of an earlier life */
    container = clipper_container_new(config, error);
    if (container == NULL) {
        fprintf(stderr, "clipper-container: %s\n", error);
        return EXIT_CANNOT_RUN;
    }
    if (options->legacy_ready_file != NULL && write_ready_file(options->legacy_ready_file) != 0) {
        clipper_container_destroy(&container);
        return EXIT_CANNOT_RUN;
    }
    let_signals_through(container);
    result = clipper_container_run(container);
    hold_signals();
    atomic_store(&served, NULL);
    clipper_container_destroy(&container);
    return exit_status(result);
}

int main(int argc, char **argv) {
    command_options options;
    switch (read_options(argc, argv, &options)) {
    case OPTIONS_RUN:
        hold_signals();
        return serve(&options);
    case OPTIONS_DONE:
        return 0;
    default:
        return EXIT_BAD_USAGE;
    }
}
