/* Bugs in how the process begins and ends. */
#include "mutant.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- Signals ---------------------------------------------------------------------------------------- */

static bool not_sigterm(int number) {
    return number != SIGTERM;
}

static bool not_sigint(int number) {
    return number != SIGINT;
}

static volatile sig_atomic_t asked_to_stop;

static bool note_signal(int number) {
    (void)number;
    asked_to_stop = 1;
    return false;
}

/* The loop looks at its flag after a message. */
static fate stop_after_message(mutant *m, message *in) {
    (void)m;
    (void)in;
    if (asked_to_stop)
        _exit(0);
    return PASS;
}

static bool only_first_signal(int number) {
    static volatile sig_atomic_t signals;
    (void)number;
    return signals++ == 0;
}

static int status_1(mutant *m, int status) {
    (void)m;
    return status == 0 ? 1 : status;
}

static int abort_at_end(mutant *m, int status) {
    (void)m;
    if (status == 0)
        abort();
    return status;
}

/* Waits for its first heartbeat to be delivered, like a socket that lingers. */
static int linger(mutant *m, int status) {
    while (m->heard == 0)
        pause();
    return status;
}

static void no_grace(mutant *m) {
    m->config.grace_ms = 0;
}

/* A child that lives on has the connection, too. It ends by itself after a minute. */
static fate fork_child(mutant *m, message *in) {
    (void)in;
    if (m->number++ == 0 && fork() == 0) {
        signal(SIGALRM, SIG_DFL);
        alarm(60);
        for (;;)
            pause();
    }
    return PASS;
}

/* ---- Silence ---------------------------------------------------------------------------------------- */

static void one_session(mutant *m) {
    if (m->session > 1)
        _exit(0);
}

/* ---- Settings --------------------------------------------------------------------------------------- */

static void default_name(mutant *m) {
    (void)m;
    setenv("CLIPPER_MODEL_NAME", "model", 0);
}

static void default_version(mutant *m) {
    (void)m;
    setenv("CLIPPER_MODEL_VERSION", "1", 0);
}

static bool complete(void) {
    return getenv("CLIPPER_MODEL_NAME") != NULL && getenv("CLIPPER_MODEL_VERSION") != NULL;
}

static void incomplete_status_0(mutant *m) {
    (void)m;
    if (!complete()) {
        fprintf(stderr, "mutant: set CLIPPER_MODEL_NAME and CLIPPER_MODEL_VERSION\n");
        _exit(0);
    }
}

static void incomplete_silent(mutant *m) {
    (void)m;
    if (!complete())
        _exit(1);
}

static void incomplete_crash(mutant *m) {
    (void)m;
    if (!complete()) {
        fprintf(stderr, "mutant: CLIPPER_MODEL_NAME, CLIPPER_MODEL_VERSION: null\n");
        abort();
    }
}

static void bad_port_is_default(mutant *m) {
    const char *port = getenv("CLIPPER_PORT");
    (void)m;
    if (port != NULL && strtoul(port, NULL, 10) == 0)
        unsetenv("CLIPPER_PORT");
}

static void bad_type_is_default(mutant *m) {
    clipper_container_config config = clipper_container_default_config();
    char error[CLIPPER_CONTAINER_ERROR_TEXT];
    const char *type = getenv("CLIPPER_INPUT_TYPE");
    (void)m;
    if (type != NULL && clipper_container_config_set(&config, "input-type", type, error) != 0)
        unsetenv("CLIPPER_INPUT_TYPE");
}

static const bug bugs[] = {
    {
        .name = "ignores-sigterm",
        .what = "goes on after SIGTERM",
        .requirements = "PROC-1",
        .signalled = not_sigterm,
    },
    {
        .name = "ignores-sigint",
        .what = "goes on after SIGINT",
        .requirements = "PROC-2",
        .signalled = not_sigint,
    },
    {
        .name = "stops-after-message",
        .what = "ends on a signal only when the next message has come",
        .requirements = "PROC-1",
        .signalled = note_signal,
        .received = stop_after_message,
    },
    {
        .name = "lingers",
        .what = "does not end on a signal as long as its first heartbeat is not delivered",
        .requirements = "PROC-1",
        .leaving = linger,
    },
    {
        .name = "signal-status-1",
        .what = "the exit status after SIGTERM or SIGINT is 1",
        .requirements = "PROC-6",
        .leaving = status_1,
    },
    {
        .name = "aborts-at-end",
        .what = "aborts on SIGTERM or SIGINT",
        .requirements = "PROC-6",
        .leaving = abort_at_end,
    },
    {
        .name = "drops-work-on-signal",
        .what = "SIGTERM ends it at once: what the model works on is not answered",
        .requirements = "PROC-7",
        .configure = no_grace,
    },
    {
        .name = "second-signal-ignored",
        .what = "a second signal does not hurry it",
        .requirements = "PROC-7",
        .signalled = only_first_signal,
    },
    {
        .name = "child-keeps-connection",
        .what = "a child process that outlives it keeps the connection open",
        .requirements = "PROC-1 PROC-2",
        .received = fork_child,
    },
    {
        .name = "one-session-only",
        .what = "exits, with the status 0, when a session has ended",
        .requirements = "PROC-5 TMO-7",
        .opened = one_session,
    },
    {
        .name = "default-name",
        .what = "without CLIPPER_MODEL_NAME the name is \"model\"",
        .requirements = "PROC-3 DEP-1",
        .begin = default_name,
    },
    {
        .name = "default-version",
        .what = "without CLIPPER_MODEL_VERSION the version is \"1\"",
        .requirements = "PROC-3 DEP-1",
        .begin = default_version,
    },
    {
        .name = "incomplete-status-0",
        .what = "the exit status is 0 when a required setting is missing",
        .requirements = "PROC-3",
        .begin = incomplete_status_0,
    },
    {
        .name = "incomplete-silent",
        .what = "exits without a word when a required setting is missing",
        .requirements = "PROC-3",
        .begin = incomplete_silent,
    },
    {
        .name = "incomplete-crash",
        .what = "aborts when a required setting is missing",
        .requirements = "PROC-3",
        .begin = incomplete_crash,
    },
    {
        .name = "bad-port-is-default",
        .what = "an impossible port is taken for 7000",
        .requirements = "PROC-4",
        .begin = bad_port_is_default,
    },
    {
        .name = "bad-type-is-default",
        .what = "an impossible input type is taken for doubles",
        .requirements = "PROC-4",
        .begin = bad_type_is_default,
    },
};

const bug_group process_bugs = {bugs, COUNT(bugs)};
