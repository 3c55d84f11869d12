/* How a container tells that Clipper is gone, and comes back. */
#include "families.h"

static void silent_clipper(conversation *c) {
    session *old;
    register_container(c);
    canary(c);
    old = current_session(c);
    fall_silent(c);
    expect_heartbeats_and_new_session(c);
    checking(c, "TMO-6");
    expect_connection_closed(c, old);
    checking(c, "TMO-7");
    register_container(c);
    canary(c);
}

static void restarted_clipper(conversation *c) {
    register_container(c);
    canary(c);
    restart_clipper(c);
    fall_silent(c);
    expect_new_session(c);
    register_container(c);
    canary(c);
}

static const scenario scenarios[] = {
    {
        .id = "timeout/silent-clipper",
        .title = "when Clipper falls silent, the session ends at TO and a new one begins",
        .requirements = "TMO-4 TMO-1 TMO-3 TMO-5 TMO-6 TMO-7 TMO-9 FRM-10 PROC-5 DEP-9",
        .passes = "Clipper answers nothing after a prediction. Heartbeats come at D, 2D, ...; at TO, and not "
                  "before, the container closes its connection, connects anew, sends a heartbeat, registers "
                  "and serves.",
        .fails = "A session that ends too early, too late or never; the same socket used again; an old "
                 "connection that stays open; a new session that does not register or serve.",
        .polls = 1,
        .timeouts = 1,
        .play = silent_clipper,
    },
    {
        .id = "timeout/restarted-clipper",
        .title = "when Clipper is restarted on the same address, the container registers again",
        .requirements = "TMO-12 TMO-7",
        .passes = "Clipper closes all connections, and a new one that knows nobody listens on the same port. "
                  "The container is heard of again within TO, in a new session or on a socket that "
                  "reconnected, registers when asked, and serves.",
        .fails = "A container that is not heard of again, or does not register or serve.",
        .polls = 1,
        .timeouts = 1,
        .play = restarted_clipper,
    },
};

const scenario_family timeout_family = {scenarios, COUNT(scenarios)};
