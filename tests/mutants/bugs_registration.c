/* Bugs in when a container makes itself known, and whether it finds Clipper. */
#include "mutant.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* The eras before version 3 began with the metadata. */
static fate metadata_first(mutant *m, message *out) {
    if (m->said == 0)
        make_new_container(m, out);
    return PASS;
}

static fate waits_for_clipper(mutant *m, message *out) {
    return is_heartbeat(out) && m->heard == 0 ? DROP : PASS;
}

static fate metadata_unasked(mutant *m, message *out) {
    message first = {0};
    if (m->said > 0)
        return PASS;
    edge_send(m, out);
    make_new_container(m, &first);
    edge_send(m, &first);
    message_clear(&first);
    return DROP;
}

/* M->NUMBER is the session that was registered last, from 1. */
static fate metadata_once_a_session(mutant *m, message *in) {
    if (!is_metadata_request(in))
        return PASS;
    if (m->number == m->session)
        return DROP;
    m->number = m->session;
    return PASS;
}

static fate metadata_once(mutant *m, message *in) {
    return is_metadata_request(in) && m->number++ > 0 ? DROP : PASS;
}

static fate metadata_twice(mutant *m, message *out) {
    if (is_new_container(out))
        edge_send(m, out);
    return PASS;
}

/* Asked again within D it does not answer. M->NUMBER is when it answered last. */
static fate metadata_coalesced(mutant *m, message *in) {
    const uint64_t now = edge_now(m);
    if (!is_metadata_request(in))
        return PASS;
    if (m->number != 0 && now - m->number < m->config.poll_timeout_ms * 500)
        return DROP;
    m->number = now;
    return PASS;
}

static fate never_registers(mutant *m, message *in) {
    (void)m;
    return is_metadata_request(in) ? DROP : PASS;
}

/* M->NUMBER is the session of which Clipper has sent a keep-alive. */
static fate waits_for_acknowledgement(mutant *m, message *in) {
    if (is_keep_alive(in))
        m->number = m->session;
    return is_request(in) && m->number != m->session ? DROP : PASS;
}

/* M->NUMBER is the session in which Clipper asked for the metadata. */
static fate request_before_metadata_kills(mutant *m, message *in) {
    if (is_metadata_request(in))
        m->number = m->session;
    if (is_request(in) && m->number != m->session)
        abort();
    return PASS;
}

/* As the document's sample: assert heartbeat_type == 1. */
static fate asserts_first_answer(mutant *m, message *in) {
    if (is_keep_alive(in) && m->heard == 1)
        abort();
    return PASS;
}

static void give_up_after_poll(mutant *m) {
    m->alarm_us = edge_now(m) + m->config.poll_timeout_ms * 1000 * 9 / 8;
}

static fate heard(mutant *m, message *in) {
    (void)in;
    m->alarm_us = NO_ALARM;
    return PASS;
}

static void give_up(mutant *m) {
    m->lost = true;
}

static void needs_clipper(mutant *m) {
    struct sockaddr_in address;
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons((uint16_t)strtoul(m->config.port, NULL, 10));
    if (inet_pton(AF_INET, m->config.ip, &address.sin_addr) != 1)
        return;
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0) {
        fprintf(stderr, "mutant: Clipper is not there\n");
        _exit(1);
    }
    close(descriptor);
}

/* Time stands still until something was heard: neither D nor TO passes. */
static uint64_t until_heard(const mutant *m, uint64_t now_us) {
    return m->heard > 0 || m->session == 0 ? now_us : m->opened_us;
}

/* Only one container of a name and a version can be there. The lock is a name that the system frees with the
 * process. */
static void only_one(mutant *m) {
    struct sockaddr_un address;
    const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    memset(&address, 0, sizeof address);
    address.sun_family = AF_UNIX;
    snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "mutant-%s-%.40s-%.20s", m->config.port,
             m->config.model_name, m->config.model_version);
    if (bind(descriptor, (struct sockaddr *)&address, sizeof address) != 0) {
        fprintf(stderr, "mutant: this model is served already\n");
        _exit(1);
    }
}

static const bug bugs[] = {
    {"asserts-first-answer", "aborts when Clipper's first answer is a keep-alive", "REG-21",
     .received = asserts_first_answer},
    {"metadata-first", "the first message is the metadata, as before version 3", "REG-1 REG-2",
     .sending = metadata_first},
    {"waits-for-clipper", "sends nothing before it has heard from Clipper", "REG-1 HB-6",
     .sending = waits_for_clipper},
    {"metadata-unasked", "sends its metadata right after the first heartbeat, without being asked", "REG-2",
     .sending = metadata_unasked},
    {"never-registers", "does not answer when asked for its metadata", "REG-3 HB-3",
     .received = never_registers},
    {"metadata-once-a-session", "does not answer when asked for its metadata again in the same session",
     "REG-3 HB-3 TMO-12", .received = metadata_once_a_session},
    {"metadata-once", "sends its metadata once in its life: no later session is registered",
     "REG-3 TMO-7 TMO-12", .received = metadata_once},
    {"metadata-twice", "answers twice when asked for its metadata", "REG-3", .sending = metadata_twice},
    {"metadata-coalesced", "asked for its metadata twice in quick succession, it answers once", "REG-3",
     .received = metadata_coalesced},
    {"waits-for-acknowledgement", "serves nothing before a keep-alive has shown that it is registered",
     "REG-14", .received = waits_for_acknowledgement},
    {"request-before-metadata-kills", "aborts on a request that comes before it was asked for its metadata",
     "PRED-32 TMO-7", .received = request_before_metadata_kills},
    {"impatient", "gives a session up when its first answer is not there soon after D", "REG-17 TMO-5 TMO-10",
     .opened = give_up_after_poll, .received = heard, .alarm = give_up},
    {"needs-clipper-first", "exits when Clipper is not there at its start", "REG-18", .ready = needs_clipper},
    {"hangs-without-first-answer", "waits for ever for an answer to its first heartbeat (released)",
     "REG-19 HB-6 TMO-10", .clock = until_heard},
    {"only-one", "exits when a container of that name and version is there already", "REG-20",
     .ready = only_one},
};

const bug_group registration_bugs = {bugs, COUNT(bugs)};
