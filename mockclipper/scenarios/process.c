/* How a container starts and ends as a process. */
#include "families.h"

#include <signal.h>

static void ends_on(conversation *c, int signal, const char *id) {
    register_container(c);
    canary(c);
    checking(c, id);
    send_signal(c, signal);
    expect_exit(c);
    expect_connection_closed(c, current_session(c));
    checking(c, "PROC-6");
    expect_exit_by(c, signal);
}

static void on_sigterm(conversation *c) {
    ends_on(c, SIGTERM, "PROC-1");
}

static void on_sigint(conversation *c) {
    ends_on(c, SIGINT, "PROC-2");
}

static const scenario scenarios[] = {
    {
        .id = "process/sigterm",
        .title = "SIGTERM ends the container promptly, with its sockets closed",
        .requirements = "PROC-1 PROC-6",
        .passes =
            "After a prediction the process is sent SIGTERM. It ends within a few seconds; its exit status "
            "is 0, or says death by that signal.",
        .fails = "A process that goes on. Another exit status is a warning.",
        .play = on_sigterm,
    },
    {
        .id = "process/sigint",
        .title = "SIGINT ends the container promptly, with its sockets closed",
        .requirements = "PROC-2 PROC-6",
        .passes = "As for SIGTERM.",
        .fails = "As for SIGTERM.",
        .play = on_sigint,
    },
};

const scenario_family process_family = {scenarios, COUNT(scenarios)};
