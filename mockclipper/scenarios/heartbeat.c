/* How a container and Clipper keep knowing of each other. */
#include "families.h"

static void interval(conversation *c) {
    register_container(c);
    canary(c);
    fall_silent(c);
    expect_heartbeats_at_poll_timeout(c, 2);
    answer_heartbeats(c);
    send_keep_alive(c);
    canary(c);
}

static void keep_alive_is_not_answered(conversation *c) {
    register_container(c);
    canary(c);
    fall_silent(c);
    send_keep_alive(c);
    send_keep_alive(c);
    expect_heartbeats_at_poll_timeout(c, 1);
    answer_heartbeats(c);
    canary(c);
}

static const scenario scenarios[] = {
    {
        .id = "heartbeat/interval",
        .title = "an idle container sends a heartbeat when D has passed, and again each D",
        .requirements = "HB-6 HB-1 HB-7 TMO-2 DEP-9",
        .passes = "After the last message to the container Clipper is silent. A heartbeat comes after D, and "
                  "the next a D later.",
        .fails = "No heartbeat, one too late, or (a warning) one too early.",
        .polls = 2,
        .play = interval,
    },
    {
        .id = "heartbeat/keep-alive-is-not-answered",
        .title = "a keep-alive needs no answer, and begins a new D",
        .requirements = "HB-5 HB-7 TMO-2",
        .passes = "Two keep-alives are sent. The next message of the container is a heartbeat, a D after the "
                  "second.",
        .fails = "Any message in answer to a keep-alive; a heartbeat that comes too early.",
        .polls = 1,
        .play = keep_alive_is_not_answered,
    },
};

const scenario_family heartbeat_family = {scenarios, COUNT(scenarios)};
