/* The wrapping transport. All calls go on to the real one, past the bug; without a bug it changes nothing. */
#include "mutant.h"

#include <stdlib.h>
#include <unistd.h>

/* What the container holds of a received message: the real transport's, or frames of the bug's. */
typedef struct edge_received {
    clipper_received received; /* first: the container knows only this */
    clipper_received *real;
    message altered;
    bool is_altered;
} edge_received;

uint64_t edge_now(const mutant *m) {
    return m->real.call->now(m->real.self);
}

/* ---- Opening and closing ---------------------------------------------------------------------------- */

static clipper_open_result edge_open(void *self) {
    mutant *m = self;
    if (!m->open) {
        const clipper_open_result result = m->real.call->open(m->real.self);
        if (result != CLIPPER_OPENED)
            return result;
        m->open = true;
    }
    m->session++;
    m->heard = m->said = 0;
    m->opened_us = edge_now(m);
    m->lost = false;
    if (m->bug != NULL && m->bug->opened != NULL)
        m->bug->opened(m);
    return CLIPPER_OPENED;
}

static void edge_close(void *self, uint64_t linger_ms) {
    mutant *m = self;
    if (!m->open || (m->bug != NULL && m->bug->closing != NULL && !m->bug->closing(m)))
        return;
    m->real.call->close(m->real.self, linger_ms);
    m->open = false;
}

void edge_reconnect(mutant *m) {
    m->real.call->close(m->real.self, 0);
    m->open = m->real.call->open(m->real.self) == CLIPPER_OPENED;
}

static const char *edge_failure(void *self) {
    mutant *m = self;
    return m->real.call->failure(m->real.self);
}

/* ---- Received messages ------------------------------------------------------------------------------ */

static clipper_received *edge_received_new(void *self) {
    mutant *m = self;
    edge_received *received = calloc(1, sizeof *received);
    if (received == NULL)
        return NULL;
    received->real = m->real.call->received_new(m->real.self);
    if (received->real == NULL) {
        free(received);
        return NULL;
    }
    return &received->received;
}

static void edge_received_destroy(void *self, clipper_received *public) {
    mutant *m = self;
    edge_received *received = (edge_received *)public;
    m->real.call->received_destroy(m->real.self, received->real);
    message_clear(&received->altered);
    free(received);
}

static clipper_frame edge_item(void *self, const clipper_received *public, size_t index) {
    mutant *m = self;
    const edge_received *received = (const edge_received *)public;
    return received->is_altered ? received->altered.frames[index]
                                : m->real.call->item(m->real.self, received->real, index);
}

static void show_altered(edge_received *received) {
    received->is_altered = true;
    received->received.frames = received->altered.frames;
    received->received.count = received->altered.count;
}

void edge_inject(mutant *m, message *in) {
    if (m->injected_count == COUNT(m->injected))
        return;
    m->injected[m->injected_count++] = *in;
    memset(in, 0, sizeof *in);
}

static void take_injected(mutant *m, edge_received *received) {
    message_clear(&received->altered);
    received->altered = m->injected[0];
    m->injected_count--;
    memmove(&m->injected[0], &m->injected[1], m->injected_count * sizeof m->injected[0]);
    show_altered(received);
}

/* A message came. Shows it to the bug. */
static fate examine(mutant *m, edge_received *received) {
    const clipper_received *real = received->real;
    m->heard++;
    received->is_altered = false;
    received->received = *real;
    if (m->bug == NULL || m->bug->received == NULL)
        return PASS;
    message_truncate(&received->altered, 0);
    for (size_t i = 0; i < real->count; i++) {
        const clipper_frame frame = m->real.call->item(m->real.self, real, i);
        message_insert(&received->altered, i, frame.len != 0 ? frame.base : NULL, frame.len);
    }
    if (m->bug->received(m, &received->altered) == DROP)
        return DROP;
    show_altered(received);
    return PASS;
}

static clipper_receive_result edge_receive(void *self, clipper_received *public) {
    mutant *m = self;
    edge_received *received = (edge_received *)public;
    for (;;) {
        clipper_receive_result result;
        if (m->lost)
            return CLIPPER_RECEIVE_CLOSED;
        if (m->injected_count > 0) {
            take_injected(m, received);
            return CLIPPER_RECEIVED;
        }
        result = m->real.call->receive(m->real.self, received->real);
        if (result != CLIPPER_RECEIVED)
            return result;
        if (examine(m, received) == PASS)
            return CLIPPER_RECEIVED;
    }
}

static void edge_release(void *self, clipper_received *public) {
    mutant *m = self;
    m->real.call->release(m->real.self, ((edge_received *)public)->real);
}

static int edge_pending(void *self) {
    mutant *m = self;
    return m->lost || m->injected_count > 0 || m->real.call->pending(m->real.self);
}

/* ---- Sending ---------------------------------------------------------------------------------------- */

/* All frames of OUTGOING, with items that are frames of a received message. */
static void gather(mutant *m, const clipper_outgoing *outgoing, message *out) {
    message_copy(out, outgoing->head, outgoing->head_count);
    for (size_t i = 0; i < outgoing->item_count; i++) {
        const size_t source = outgoing->sources == NULL ? 0 : outgoing->sources[i];
        const clipper_frame item =
            source == 0 ? outgoing->items[i] : edge_item(m, outgoing->received, source - 1);
        message_insert(out, out->count, item.len != 0 ? item.base : NULL, item.len);
    }
}

static clipper_send_result send_frames(mutant *m, const message *out) {
    clipper_outgoing outgoing;
    memset(&outgoing, 0, sizeof outgoing);
    outgoing.head = out->frames;
    outgoing.head_count = out->count;
    return m->real.call->send(m->real.self, &outgoing);
}

void edge_send(mutant *m, const message *out) {
    send_frames(m, out);
}

static clipper_send_result edge_send_outgoing(void *self, const clipper_outgoing *outgoing) {
    mutant *m = self;
    message out = {0};
    clipper_send_result result = CLIPPER_SENT;
    gather(m, outgoing, &out);
    if (m->bug == NULL || m->bug->sending == NULL || m->bug->sending(m, &out) == PASS)
        result = send_frames(m, &out);
    m->said++;
    message_clear(&out);
    return result;
}

/* ---- Time ------------------------------------------------------------------------------------------- */

static uint64_t edge_clock(void *self) {
    const mutant *m = self;
    const uint64_t now = edge_now(m);
    return m->bug != NULL && m->bug->clock != NULL ? m->bug->clock(m, now) : now;
}

/* The container's DEADLINE by the real clock. */
static uint64_t real_deadline(mutant *m, uint64_t deadline_us) {
    const uint64_t now = edge_now(m), theirs = edge_clock(m);
    if (deadline_us == UINT64_MAX)
        return deadline_us;
    return deadline_us > theirs ? now + (deadline_us - theirs) : now;
}

static void edge_wait(void *self, int interest, uint64_t deadline_us) {
    mutant *m = self;
    const uint64_t deadline = real_deadline(m, deadline_us);
    if (m->lost || m->injected_count > 0)
        return;
    m->real.call->wait(m->real.self, interest, m->alarm_us < deadline ? m->alarm_us : deadline);
    if (edge_now(m) >= m->alarm_us) {
        m->alarm_us = NO_ALARM;
        m->bug->alarm(m);
    }
}

static void edge_wake(void *self) {
    const mutant *m = self;
    m->real.call->wake(m->real.self);
}

/* ---- The transport itself --------------------------------------------------------------------------- */

static void edge_destroy(void *self) {
    mutant *m = self;
    m->real.call->destroy(m->real.self);
}

static clipper_transport_event edge_event(void *self) {
    mutant *m = self;
    return m->real.call->event(m->real.self);
}

static const clipper_transport_functions functions = {
    edge_open,    edge_close,   edge_failure, edge_received_new, edge_received_destroy,
    edge_receive, edge_release, edge_item,    edge_pending,      edge_send_outgoing,
    edge_wait,    edge_wake,    edge_clock,   edge_destroy,      edge_event,
};

int edge_wrap(mutant *m, const char *endpoint) {
    const clipper_container_config *config = &m->config;
    if (clipper_zmq_transport_new(&m->real, endpoint, &config->limits, config->poll_timeout_ms,
                                  (uint64_t)getpid()) != 0)
        return -1;
    m->alarm_us = NO_ALARM;
    m->config.transport.call = &functions;
    m->config.transport.self = m;
    return 0;
}
