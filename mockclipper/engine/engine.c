#include "engine/engine_parts.h"

#include "base/heap.h"
#include "base/hex.h"
#include "base/port.h"

#include <errno.h>

/* ---- Opening and closing ---------------------------------------------------------------------------- */

engine *engine_new(const char *address, unsigned port, journal *log) {
    engine *self = heap_new(sizeof *self);
    self->port = port;
    self->held = port_hold(address, &self->port);
    if (self->held < 0) {
        free(self);
        return NULL;
    }
    self->address = heap_text(address);
    self->journal = log;
    self->registry = registry_new();
    self->by_identity = zhashx_new();
    self->faults = faults_new();
    return self;
}

void engine_destroy(engine **self_p) {
    engine *self = *self_p;
    if (self == NULL)
        return;
    self->journal = NULL;
    engine_close(self);
    for (size_t i = 0; i < self->session_count; i++)
        free(self->sessions[i]);
    free(self->sessions);
    zhashx_destroy(&self->by_identity);
    registry_destroy(&self->registry);
    faults_destroy(&self->faults);
    free(self->waiting);
    close(self->held);
    free(self->address);
    free(self);
    *self_p = NULL;
}

const char *engine_address(const engine *self) {
    return self->address;
}

unsigned engine_port(const engine *self) {
    return self->port;
}

void engine_set_up_router(void *router) {
    int yes = 1, none = 0, buffer = 256 * 1024;
    int64_t largest = ENGINE_FRAME_MAX;
    /* A message to a container that is gone must be an error, not a silent loss; none may be lost to a
     * high-water mark either. */
    zmq_setsockopt(router, ZMQ_ROUTER_MANDATORY, &yes, sizeof yes);
    zmq_setsockopt(router, ZMQ_SNDHWM, &none, sizeof none);
    zmq_setsockopt(router, ZMQ_RCVHWM, &none, sizeof none);
    /* A container that names its own identity must still be seen when it comes back with it. */
    zmq_setsockopt(router, ZMQ_ROUTER_HANDOVER, &yes, sizeof yes);
    /* libzmq before 4.3.5 never stops the handshake's timer for peers of ZMTP 1 and 2, and drops them when it ends. */
    zmq_setsockopt(router, ZMQ_HANDSHAKE_IVL, &none, sizeof none);
    zmq_setsockopt(router, ZMQ_LINGER, &none, sizeof none);
    zmq_setsockopt(router, ZMQ_MAXMSGSIZE, &largest, sizeof largest);
    zmq_setsockopt(router, ZMQ_SNDBUF, &buffer, sizeof buffer);
    zmq_setsockopt(router, ZMQ_RCVBUF, &buffer, sizeof buffer);
}

/* Binds, waiting a while for a socket that was just closed here to let go of the port. */
static bool bind_router(engine *self) {
    instant give_up = clock_now() + 2 * SECOND;
    while (zsock_bind(self->router, "tcp://%s:%u", self->address, self->port) < 0) {
        if (errno != EADDRINUSE || clock_now() > give_up)
            return false;
        zmq_poll(NULL, 0, 1);
    }
    return true;
}

bool engine_open(engine *self) {
    int problem;
    self->restart_due = false;
    self->router = zsock_new(ZMQ_ROUTER);
    if (self->router == NULL)
        return false;
    engine_set_up_router(zsock_resolve(self->router));
    self->connections = connections_new(zsock_resolve(self->router));
    if (self->connections != NULL && bind_router(self)) {
        if (self->journal != NULL)
            journal_note(self->journal, 0, "Clipper listens on %s:%u", self->address, self->port);
        return true;
    }
    problem = errno;
    connections_destroy(&self->connections);
    zsock_destroy(&self->router);
    errno = problem;
    return false;
}

void engine_close(engine *self) {
    if (self->router == NULL)
        return;
    for (size_t i = 0; i < self->session_count; i++) {
        session *each = self->sessions[i];
        if (each->closed == 0)
            each->closed = clock_now();
        each->connection = NULL;
        each->registered = NULL;
    }
    zhashx_purge(self->by_identity);
    self->unbound = 0;
    engine_drop_waiting(self);
    connections_destroy(&self->connections);
    zsock_destroy(&self->router);
    if (self->journal != NULL)
        journal_note(self->journal, 0, "Clipper closes its socket and all connections");
}

void engine_attend(engine *self, bool attend) {
    self->attends = attend;
}

bool engine_attends(const engine *self) {
    return self->attends;
}

faults *engine_faults(engine *self) {
    return self->faults;
}

int engine_poll_items(engine *self, zmq_pollitem_t items[ENGINE_ITEMS]) {
    if (self->router == NULL)
        return 0;
    items[0] = (zmq_pollitem_t){.socket = zsock_resolve(self->router), .events = ZMQ_POLLIN};
    items[1] = (zmq_pollitem_t){.socket = connections_socket(self->connections), .events = ZMQ_POLLIN};
    return 2;
}

/* ---- Sessions --------------------------------------------------------------------------------------- */

/* Reads the news of connections. Some come later than the first message by that connection. */
static void update_connections(engine *self) {
    connections_update(self->connections);
    for (size_t i = self->session_count; self->unbound > 0 && i > 0; i--) {
        session *each = self->sessions[i - 1];
        connection *by = each->connection == NULL && each->closed == 0
                             ? connections_unclaimed(self->connections, each->descriptor)
                             : NULL;
        if (by != NULL) {
            each->connection = by;
            by->session = each;
            self->unbound--;
        }
    }
}

static session *begin_session(engine *self, const message *first, connection *by, const char *key) {
    session *begun = heap_new(sizeof *begun);
    self->sessions = heap_grow(self->sessions, self->session_count + 1, sizeof *self->sessions);
    self->sessions[self->session_count++] = begun;
    begun->number = (unsigned)self->session_count;
    begun->identity_len = first->identity.len;
    memcpy(begun->identity, first->identity.base, first->identity.len);
    begun->opened = first->at;
    begun->descriptor = first->connection;
    begun->connection = by;
    if (by != NULL)
        by->session = begun;
    else
        self->unbound++;
    zhashx_update(self->by_identity, key, begun);
    if (self->journal != NULL)
        journal_note_at(self->journal, first->at, begun->number, "new session, routing identity %s", key);
    return begun;
}

/* Whether libzmq gave the peer its routing identity: it gives none twice, and they begin with a zero byte. One that
 * the peer chose itself can come back by another connection. */
static bool is_given(const clipper_frame *identity) {
    return identity->len > 0 && ((const uint8_t *)identity->base)[0] == 0;
}

/* The session that a message belongs to, new when its routing identity is, or when an identity that the peer chose
 * now comes by another connection. (The descriptor alone does not tell a connection: the system reuses it at once.) */
static session *session_of(engine *self, const message *received) {
    char key[2 * 255 + 1];
    connection *by;
    session *known;
    hex_encode(received->identity.base, received->identity.len, key);
    key[2 * received->identity.len] = '\0';
    known = zhashx_lookup(self->by_identity, key);
    if (known != NULL && (is_given(&received->identity) || received->connection < 0))
        return known;
    update_connections(self);
    if (known != NULL && known->connection != NULL && known->connection->closed == 0 &&
        known->descriptor == received->connection)
        return known;
    by = connections_unclaimed(self->connections, received->connection);
    if (known != NULL && by == NULL && known->descriptor == received->connection)
        return known;
    return begin_session(self, received, by, key);
}

size_t engine_session_count(const engine *self) {
    return self->session_count;
}

session *engine_session(const engine *self, size_t index) {
    return self->sessions[index];
}

void engine_forget(session *whom) {
    whom->registered = NULL;
}

/* ---- Events ----------------------------------------------------------------------------------------- */

/* What Clipper does by itself with a message. */
static void answer(engine *self, session *from, message *received) {
    switch (received->content.kind) {
    case CLIPPER_HEARTBEAT:
        from->asked += from->registered == NULL;
        engine_send_heartbeat(self, from,
                              from->registered != NULL ? CLIPPER_KEEP_ALIVE : CLIPPER_SEND_METADATA);
        received->answered = true;
        break;
    case CLIPPER_NEW_CONTAINER:
        /* A container that was asked twice, as its heartbeats were quick, answers twice. */
        received->answered = from->asked > 0 && from->registered != NULL;
        from->asked -= from->asked > 0;
        engine_register(self, from, received);
        break;
    default:
        break;
    }
}

/* Takes a message in. False when a fault has it lost. */
static bool take_in(engine *self, session *from, message *received) {
    fault *fired;
    from->last_received = received->at;
    from->received++;
    from->heartbeats += received->content.kind == CLIPPER_HEARTBEAT;
    if (self->journal != NULL)
        journal_message(self->journal, received->at, from->number, received->frames, received->count,
                        CLIPPER_TO_CLIPPER, &received->content, &received->diagnosis);
    fired = faults_fire(self->faults, CLIPPER_TO_CLIPPER, received->content.kind, from->number);
    if (fired != NULL) {
        engine_note_fault(self, from, fired);
        engine_after_fault(self, from, fired);
    }
    return fired == NULL || fired->action != FAULT_DROP;
}

/* The next message that is not lost, or NULL. *FROM becomes its session. */
static message *next_message(engine *self, session **from) {
    message *received;
    while ((received = message_receive(zsock_resolve(self->router))) != NULL) {
        *from = session_of(self, received);
        if (take_in(self, *from, received))
            break;
        message_destroy(&received);
    }
    return received;
}

/* The next session whose connection has closed. Connections that never sent anything are passed over. */
static session *next_disconnected(engine *self) {
    connection *closed;
    while ((closed = connections_next_closed(self->connections)) != NULL) {
        if (closed->session != NULL && closed->session->connection == closed) {
            closed->session->closed = closed->closed;
            return closed->session;
        }
    }
    return NULL;
}

engine_event engine_next(engine *self) {
    engine_event event = {ENGINE_NOTHING, NULL, NULL};
    if (self->router != NULL && self->restart_due) {
        engine_close(self);
        (void)engine_open(self);
    }
    if (self->router == NULL)
        return event;
    engine_send_waiting(self);
    /* What a container sent before its connection closed comes before the closing. */
    update_connections(self);
    event.message = next_message(self, &event.session);
    if (event.message != NULL) {
        event.kind = ENGINE_MESSAGE;
        if (self->attends)
            answer(self, event.session, event.message);
        return event;
    }
    event.session = next_disconnected(self);
    if (event.session != NULL) {
        event.kind = ENGINE_DISCONNECT;
        if (self->journal != NULL)
            journal_note(self->journal, event.session->number, "connection closed by the container");
    }
    return event;
}

void engine_register(engine *self, session *from, const message *received) {
    if (from->registered == NULL)
        from->registered = registry_add(self->registry, &received->content);
}
