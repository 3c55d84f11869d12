/* The mutant container: a correct one, plus one bug that --bug NAME switches on.
 *
 *     mutant [--model noop|sum|probe|echo] [--bug NAME]
 *     mutant --list-bugs       a line a bug: name, what it does, the requirements it breaks; tabs between
 *
 * All other settings come from the environment, as for clipper-container; beside them CLIPPER_MODEL, and
 * CLIPPER_MODEL_DELAY_MS, by which each request takes longer. */
#include "mutant.h"
#include "models.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
    EXIT_STOPPED = 0,
    EXIT_CANNOT_RUN = 1,
    EXIT_BAD_USAGE = 2,
    EXIT_VERSION_MISMATCH = 3
};

static const bug_group *const groups[] = {
    &framing_bugs, &version_bugs,  &heartbeat_bugs, &registration_bugs, &field_bugs,
    &timeout_bugs, &response_bugs, &batch_bugs,     &value_bugs,        &malformed_bugs,
    &process_bugs, &load_bugs,     &in_flight_bugs, &deployment_bugs,
};

static const bug *find(const bug_group *group, const char *name) {
    for (size_t i = 0; i < group->count; i++) {
        if (strcmp(group->bugs[i].name, name) == 0)
            return &group->bugs[i];
    }
    return NULL;
}

static const bug *find_bug(const char *name) {
    const bug *found = NULL;
    for (size_t g = 0; g < COUNT(groups) && found == NULL; g++)
        found = find(groups[g], name);
    return found;
}

static int list(const bug_group *group) {
    for (size_t i = 0; i < group->count; i++)
        printf("%s\t%s\t%s\n", group->bugs[i].name, group->bugs[i].what, group->bugs[i].requirements);
    return 0;
}

static int list_bugs(void) {
    for (size_t g = 0; g < COUNT(groups); g++)
        list(groups[g]);
    return 0;
}

static int complain(int status, const char *what) {
    fprintf(stderr, "mutant: %s\n", what);
    return status;
}

/* ---- The model -------------------------------------------------------------------------------------- */

static int predict(void *model, const clipper_batch *batch, clipper_outputs *outputs) {
    mutant *m = model;
    struct timespec delay = {(time_t)(m->delay_ms / 1000), (long)(m->delay_ms % 1000) * 1000000};
    while (nanosleep(&delay, &delay) != 0 && errno == EINTR)
        ;
    if (m->bug != NULL && m->bug->predict != NULL)
        return m->bug->predict(m, batch, outputs);
    return m->model(NULL, batch, outputs);
}

/* ---- Signals ---------------------------------------------------------------------------------------- */

static _Atomic(clipper_container *) served;
static bool (*signalled)(int number);

static void on_signal(int number) {
    clipper_container *container = atomic_load(&served);
    if (container != NULL && (signalled == NULL || signalled(number)))
        clipper_container_stop(container);
}

/* Threads that are made before inherit that the signals are held: they always come to the main thread. */
static void hold_signals(int how) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(how, &signals, NULL);
}

static void let_signals_through(clipper_container *container) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = on_signal;
    atomic_store(&served, container);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    hold_signals(SIG_UNBLOCK);
}

/* ---- The life of the process ------------------------------------------------------------------------ */

/* Returns 0, or -1 and a line in ERROR. */
static int configure(mutant *m, char error[CLIPPER_CONTAINER_ERROR_TEXT]) {
    static clipper_log_output log = {
        .descriptor = STDERR_FILENO, .format = CLIPPER_LOG_TEXT, .level = CLIPPER_LOG_INFO};
    const char *delay = getenv("CLIPPER_MODEL_DELAY_MS");
    m->config = clipper_container_default_config();
    m->config.predict = predict;
    m->config.model = m;
    m->config.log = clipper_log_write;
    m->config.log_context = &log;
    m->delay_ms = delay == NULL ? 0 : strtoul(delay, NULL, 10);
    if (clipper_container_config_from_environment(&m->config, error) != 0)
        return -1;
    if (m->bug != NULL && m->bug->configure != NULL)
        m->bug->configure(m);
    return clipper_container_config_check(&m->config, error);
}

static clipper_container *make(mutant *m, char error[CLIPPER_CONTAINER_ERROR_TEXT]) {
    char endpoint[512];
    snprintf(endpoint, sizeof endpoint, "tcp://%s:%s", m->config.ip, m->config.port);
    if (edge_wrap(m, endpoint) != 0) {
        snprintf(error, CLIPPER_CONTAINER_ERROR_TEXT, "out of memory");
        return NULL;
    }
    return clipper_container_new(&m->config, error);
}

static int run(mutant *m, clipper_container *container) {
    int status;
    let_signals_through(container);
    if (m->bug != NULL && m->bug->ready != NULL)
        m->bug->ready(m);
    switch (clipper_container_run(container)) {
    case CLIPPER_RUN_STOPPED:
        status = EXIT_STOPPED;
        break;
    case CLIPPER_RUN_VERSION_MISMATCH:
        status = EXIT_VERSION_MISMATCH;
        break;
    default:
        status = EXIT_CANNOT_RUN;
    }
    hold_signals(SIG_BLOCK);
    atomic_store(&served, NULL);
    if (m->bug != NULL && m->bug->leaving != NULL)
        status = m->bug->leaving(m, status);
    if (clipper_container_executing(container) > 0)
        _exit(status); /* the model would be waited for */
    return status;
}

static int serve(mutant *m) {
    char error[CLIPPER_CONTAINER_ERROR_TEXT];
    clipper_container *container;
    int status;
    hold_signals(SIG_BLOCK);
    if (m->bug != NULL) {
        signalled = m->bug->signalled;
        if (m->bug->begin != NULL)
            m->bug->begin(m);
    }
    if (configure(m, error) != 0)
        return complain(EXIT_BAD_USAGE, error);
    container = make(m, error);
    if (container == NULL)
        return complain(EXIT_CANNOT_RUN, error);
    status = run(m, container);
    clipper_container_destroy(&container);
    message_clear(&m->kept);
    return status;
}

int main(int argc, char **argv) {
    static mutant m;
    const char *model = getenv("CLIPPER_MODEL") != NULL ? getenv("CLIPPER_MODEL") : "probe";
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--list-bugs") == 0)
            return list_bugs();
        if (strcmp(argv[i], "--list-variants") == 0)
            return list(&variants);
        if (i + 1 < argc && strcmp(argv[i], "--model") == 0)
            model = argv[++i];
        else if (i + 1 < argc && strcmp(argv[i], "--bug") == 0) {
            m.bug = find_bug(argv[++i]);
            if (m.bug == NULL)
                return complain(EXIT_BAD_USAGE, "there is no such bug: see --list-bugs");
        } else if (i + 1 < argc && strcmp(argv[i], "--variant") == 0) {
            m.bug = find(&variants, argv[++i]);
            if (m.bug == NULL)
                return complain(EXIT_BAD_USAGE, "there is no such variant: see --list-variants");
        } else
            return complain(EXIT_BAD_USAGE, "usage: mutant [--model NAME] [--bug NAME | --variant NAME] | "
                                            "--list-bugs | --list-variants");
    }
    if (find_builtin_model(model) == NULL)
        return complain(EXIT_BAD_USAGE, "--model (CLIPPER_MODEL) is none of noop, sum, probe, echo");
    m.model = find_builtin_model(model)->predict;
    return serve(&m);
}
