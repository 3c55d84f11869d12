/* Bugs in how a session ends, and in what comes after it. */
#include "mutant.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

static const uint64_t NEVER_MS = 1000000000;

static bool keep_connection(mutant *m) {
    (void)m;
    return false;
}

static void never_time_out(mutant *m) {
    m->config.activity_timeout_ms = NEVER_MS;
}

static void time_out_late(mutant *m) {
    m->config.activity_timeout_ms *= 3;
}

static void time_out_early(mutant *m) {
    m->config.activity_timeout_ms /= 2;
}

static void inject_keep_alive(mutant *m) {
    message in = {0};
    make_keep_alive(&in);
    edge_inject(m, &in);
}

static fate sent_is_activity(mutant *m, message *out) {
    if (is_heartbeat(out))
        inject_keep_alive(m);
    return PASS;
}

static fate handshake_is_activity(mutant *m, message *out) {
    if (is_heartbeat(out) && m->heard == 0)
        inject_keep_alive(m);
    return PASS;
}

static void alarm_at_timeout(mutant *m) {
    m->alarm_us = edge_now(m) + m->config.activity_timeout_ms * 1000;
}

static void end_session(mutant *m) {
    m->lost = true;
}

static void leak_sockets(mutant *m) {
    (void)m;
    sockets_stay_open = true;
}

static int leave_without_cleaning_up(mutant *m, int status) {
    (void)m;
    _exit(status);
}

static fate mute_later(mutant *m, message *in) {
    return m->session > 1 && is_request(in) ? DROP : PASS;
}

static void two_sessions(mutant *m) {
    if (m->session > 2) {
        fprintf(stderr, "mutant: too many sessions\n");
        _exit(1);
    }
}

static bool send_parting_heartbeat(mutant *m) {
    message out = {0};
    make_heartbeat(&out);
    edge_send(m, &out);
    message_clear(&out);
    m->real.call->close(m->real.self, 200);
    m->open = false;
    return false;
}

static void forbid_reconnecting(void *socket) {
    const int never = -1;
    zmq_setsockopt(socket, ZMQ_RECONNECT_IVL, &never, sizeof never);
}

static void no_reconnect(mutant *m) {
    before_connect = forbid_reconnecting;
    never_time_out(m);
}

/* M->NUMBER is when the latest request came. */
static fate note_request(mutant *m, message *in) {
    if (is_request(in))
        m->number = edge_now(m);
    return PASS;
}

static fate forget_slow_answers(mutant *m, message *out) {
    return is_response(out) && edge_now(m) - m->number > m->config.poll_timeout_ms * 1000 ? DROP : PASS;
}

/* The container thinks that its session goes on; the connection is a new one when TO passed in silence. */
static void begin_own_sessions(mutant *m) {
    m->number = m->config.activity_timeout_ms * 1000;
    never_time_out(m);
}

static void wait_for_own_timeout(mutant *m) {
    m->alarm_us = edge_now(m) + m->number;
}

static fate heard_again(mutant *m, message *in) {
    (void)in;
    wait_for_own_timeout(m);
    return PASS;
}

static void begin_next_session(mutant *m) {
    message out = {0};
    edge_reconnect(m);
    make_heartbeat(&out);
    edge_send(m, &out);
    message_clear(&out);
    wait_for_own_timeout(m);
}

/* Released containers ask the clock on the wall. */
static uint64_t wall_clock(const mutant *m, uint64_t now_us) {
    struct timespec now;
    (void)m;
    (void)now_us;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* What is left of the time by the wall clock when whole UNITs are dropped: 0 at the first call. */
static uint64_t wall_clock_within(const mutant *m, int64_t unit_us) {
    static int64_t first;
    const int64_t now = (int64_t)wall_clock(m, 0);
    if (first == 0)
        first = now;
    return (uint64_t)(first + ((now - first) % unit_us + unit_us) % unit_us);
}

static uint64_t days_dropped(const mutant *m, uint64_t now_us) {
    (void)now_us;
    return wall_clock_within(m, INT64_C(86400) * 1000000);
}

static uint64_t hours_dropped(const mutant *m, uint64_t now_us) {
    (void)now_us;
    return wall_clock_within(m, INT64_C(3600) * 1000000);
}

static const bug bugs[] = {
    {"reuses-socket", "goes on with the old socket in a new session", "TMO-1 TMO-6",
     .closing = keep_connection},
    {"own-heartbeats-count", "its own heartbeats are activity: no session ever ends", "TMO-3 TMO-4",
     .sending = sent_is_activity},
    {"never-times-out", "no session ever ends", "TMO-4 TMO-10", .configure = never_time_out},
    {"timeout-late", "a session ends when nothing came for 3 TO", "TMO-4", .configure = time_out_late},
    {"timeout-early", "a session ends when nothing came for TO / 2", "TMO-5 TMO-9",
     .configure = time_out_early},
    {"timeout-from-opening", "a session ends a TO after its opening, whatever was received", "TMO-5 HB-8",
     .opened = alarm_at_timeout, .alarm = end_session},
    {"wall-clock", "takes the time from the wall clock, which can be set (released)", "TMO-11 TMO-5",
     .clock = wall_clock},
    {"wall-clock-drops-days", "takes the wall clock and drops whole days, as Python's timedelta.seconds does",
     "TMO-11 TMO-5", .clock = days_dropped},
    {"wall-clock-drops-hours", "takes the wall clock and drops whole hours", "TMO-11 TMO-5",
     .clock = hours_dropped},
    {"leaks-sockets", "leaves the socket of an ended session open", "TMO-6", .ready = leak_sockets,
     .leaving = leave_without_cleaning_up},
    {"mute-in-later-sessions", "answers no request after the first session", "TMO-7", .received = mute_later},
    {"two-sessions-at-most", "exits at the end of its second session", "TMO-8 PROC-5",
     .opened = two_sessions},
    {"parting-heartbeat", "sends one more heartbeat at the end of a session", "TMO-9",
     .closing = send_parting_heartbeat},
    {"handshake-without-end", "silence before the first answer never ends a session", "TMO-10 REG-19",
     .sending = handshake_is_activity},
    {"no-reconnect", "a connection that was lost is never made again", "TMO-12", .configure = no_reconnect},
    {"forgets-slow-answers", "drops answers that took longer than D", "TMO-13 PRED-13",
     .received = note_request, .sending = forget_slow_answers},
    {"late-answer-in-next-session", "sends an answer on the session after the one that its request came in",
     "TMO-14", .configure = begin_own_sessions, .opened = wait_for_own_timeout, .received = heard_again,
     .alarm = begin_next_session},
};

const bug_group timeout_bugs = {bugs, COUNT(bugs)};
