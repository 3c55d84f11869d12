/* Bugs in heartbeats: what they are, when they are sent, what is made of them. */
#include "mutant.h"

#include <unistd.h>

static fate typed_heartbeat(mutant *m, message *out) {
    (void)m;
    if (is_heartbeat(out))
        message_insert_u32(out, out->count, 0);
    return PASS;
}

static fate keep_alive_asks(mutant *m, message *in) {
    (void)m;
    if (is_keep_alive(in))
        message_set_u32(in, IN_HEARTBEAT_TYPE, CLIPPER_SEND_METADATA);
    return PASS;
}

static void send_heartbeat(mutant *m) {
    message out = {0};
    make_heartbeat(&out);
    edge_send(m, &out);
    message_clear(&out);
}

static fate answers_keep_alive(mutant *m, message *in) {
    if (is_keep_alive(in))
        send_heartbeat(m);
    return PASS;
}

static fate only_the_first(mutant *m, message *out) {
    return is_heartbeat(out) && m->said > 0 ? DROP : PASS;
}

static void half_poll_timeout(mutant *m) {
    m->config.poll_timeout_ms = (m->config.poll_timeout_ms + 1) / 2;
}

static void fivefold_poll_timeout(mutant *m) {
    m->config.poll_timeout_ms *= 5;
}

static void next_tick(mutant *m) {
    m->alarm_us = edge_now(m) + m->config.poll_timeout_ms * 1000;
}

static void tick(mutant *m) {
    send_heartbeat(m);
    next_tick(m);
}

/* The session ends when nothing of one kind came for TO. */
static void give_up_after_timeout(mutant *m) {
    m->alarm_us = edge_now(m) + m->config.activity_timeout_ms * 1000;
}

static void end_session(mutant *m) {
    m->lost = true;
}

static fate count_heartbeats_only(mutant *m, message *in) {
    if (is_inbound_heartbeat(in))
        give_up_after_timeout(m);
    return PASS;
}

static fate drop_malformed(mutant *m, message *in) {
    (void)m;
    return is_malformed(in) ? DROP : PASS;
}

static bool is_unknown_heartbeat(const message *in) {
    return judge(in) == CLIPPER_UNKNOWN_HEARTBEAT_TYPE;
}

static fate unknown_asks(mutant *m, message *in) {
    (void)m;
    if (is_unknown_heartbeat(in))
        message_set_u32(in, IN_HEARTBEAT_TYPE, CLIPPER_SEND_METADATA);
    return PASS;
}

static fate unknown_kills(mutant *m, message *in) {
    (void)m;
    if (is_unknown_heartbeat(in))
        _exit(1);
    return PASS;
}

static void no_workers(mutant *m) {
    m->config.workers = 0;
}

static const bug bugs[] = {
    {"typed-heartbeat", "outbound heartbeats have a heartbeat type, as inbound ones do", "HB-1 FRM-8",
     .sending = typed_heartbeat},
    {"metadata-on-keep-alive", "sends its metadata on a keep-alive, too", "HB-3 HB-5 REG-2",
     .received = keep_alive_asks},
    {"answers-keep-alive", "answers each keep-alive with a heartbeat", "HB-5 HB-7",
     .received = answers_keep_alive},
    {"one-heartbeat", "sends no heartbeat after the first of a session", "HB-6 TMO-9",
     .sending = only_the_first},
    {"heartbeats-at-half-time", "sends a heartbeat when D / 2 has passed", "HB-7 TMO-2 TMO-9",
     .configure = half_poll_timeout},
    {"heartbeats-late", "sends a heartbeat only when 5 D has passed", "HB-6 TMO-2 TMO-9",
     .configure = fivefold_poll_timeout},
    {"heartbeats-by-the-clock", "sends a heartbeat each D, whatever was received", "HB-7 TMO-2",
     .opened = next_tick, .alarm = tick, .sending = only_the_first},
    {"only-heartbeats-count", "prediction requests are no activity: the session ends amid them", "HB-8 TMO-5",
     .opened = give_up_after_timeout, .received = count_heartbeats_only, .alarm = end_session},
    {"malformed-is-no-activity", "malformed messages are no activity", "HB-9", .received = drop_malformed},
    {"unknown-heartbeat-asks", "sends its metadata on a heartbeat of an unknown type", "HB-10 REG-2 MAL-1",
     .received = unknown_asks},
    {"unknown-heartbeat-kills", "exits on a heartbeat of an unknown type", "HB-10 MAL-1",
     .received = unknown_kills},
    {"no-heartbeats-at-work",
     "predicts on the polling thread: no heartbeat goes out while the model works (released)", "HB-11",
     .configure = no_workers},
};

const bug_group heartbeat_bugs = {bugs, COUNT(bugs)};
