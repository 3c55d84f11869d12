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

static void default_sigterm(mutant *m) {
    (void)m;
    signal(SIGTERM, SIG_DFL);
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

static int raise_at_end(mutant *m, int status) {
    (void)m;
    fputs("Traceback (most recent call last):\n  File \"container.py\", line 1, in <module>\n"
          "ValueError: a signal\n",
          stderr);
    return status == 0 ? 1 : status;
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

static void incomplete_exception(mutant *m) {
    (void)m;
    if (!complete()) {
        fputs("Traceback (most recent call last):\n  File \"container.py\", line 1, in <module>\n"
              "KeyError: 'CLIPPER_MODEL_NAME', 'CLIPPER_MODEL_VERSION'\n",
              stderr);
        _exit(1);
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
    {"ignores-sigterm", "goes on after SIGTERM", "PROC-1", .signalled = not_sigterm},
    {"ignores-sigint", "goes on after SIGINT", "PROC-2", .signalled = not_sigint},
    {"default-sigterm", "leaves SIGTERM at its default, which process 1 of an image ignores", "PROC-10",
     .ready = default_sigterm},
    {"stops-after-message", "ends on a signal only when the next message has come", "PROC-1",
     .signalled = note_signal, .received = stop_after_message},
    {"lingers", "does not end on a signal as long as its first heartbeat is not delivered", "PROC-1",
     .leaving = linger},
    {"signal-status-1", "the exit status after SIGTERM or SIGINT is 1", "PROC-6", .leaving = status_1},
    {"aborts-at-end", "aborts on SIGTERM or SIGINT", "PROC-1 PROC-2", .leaving = abort_at_end},
    {"raises-on-signal", "ends by an uncaught exception on SIGTERM or SIGINT", "PROC-6",
     .leaving = raise_at_end},
    {"drops-work-on-signal", "SIGTERM ends it at once: what the model works on is not answered", "PROC-7",
     .configure = no_grace},
    {"second-signal-ignored", "a second signal does not hurry it", "PROC-7", .signalled = only_first_signal},
    {"child-keeps-connection", "a child process that outlives it keeps the connection open", "PROC-1 PROC-2",
     .received = fork_child},
    {"one-session-only", "exits, with the status 0, when a session has ended", "PROC-5 TMO-7",
     .opened = one_session},
    {"default-name", "without CLIPPER_MODEL_NAME the name is \"model\"", "PROC-3 DEP-1",
     .begin = default_name},
    {"default-version", "without CLIPPER_MODEL_VERSION the version is \"1\"", "PROC-3 DEP-1",
     .begin = default_version},
    {"incomplete-status-0", "the exit status is 0 when a required setting is missing", "PROC-3",
     .begin = incomplete_status_0},
    {"incomplete-silent", "exits without a word when a required setting is missing", "PROC-3",
     .begin = incomplete_silent},
    {"incomplete-crash", "aborts when a required setting is missing", "PROC-3", .begin = incomplete_crash},
    {"incomplete-exception", "ends by an uncaught exception when a required setting is missing", "PROC-9",
     .begin = incomplete_exception},
    {"bad-port-is-default", "an impossible port is taken for 7000", "PROC-4", .begin = bad_port_is_default},
    {"bad-type-is-default", "an impossible input type is taken for doubles", "PROC-4",
     .begin = bad_type_is_default},
};

const bug_group process_bugs = {bugs, COUNT(bugs)};
