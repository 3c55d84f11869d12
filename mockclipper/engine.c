#include "engine.h"

#include "connections.h"
#include "hex.h"
#include "heap.h"
#include "port.h"

#include <czmq.h>
#include <errno.h>

struct engine {
    char *address;
    unsigned port;
    int held; /* keeps the port ours while nobody listens */
    journal *journal;
    bool attends;

    zsock_t *router; /* NULL while closed */
    connections *connections;
    registry *registry;
    session **sessions; /* oldest first */
    size_t session_count;
    zhashx_t *by_identity; /* the latest session of each routing identity, by its hex digits */
};

/* ---- Opening and closing ------------------------------------------------------------------------------- */

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

bool engine_is_open(const engine *self) {
    return self->router != NULL;
}

static void set_up(void *router) {
    int yes = 1, none = 0, buffer = 256 * 1024;
    int64_t largest = ENGINE_FRAME_MAX;
    /* A message to a container that is gone must be an error, not a silent loss; none may be lost to a
     * high-water mark either. */
    zmq_setsockopt(router, ZMQ_ROUTER_MANDATORY, &yes, sizeof yes);
    zmq_setsockopt(router, ZMQ_SNDHWM, &none, sizeof none);
    zmq_setsockopt(router, ZMQ_RCVHWM, &none, sizeof none);
    /* A container that names its own identity must still be seen when it comes back with it. */
    zmq_setsockopt(router, ZMQ_ROUTER_HANDOVER, &yes, sizeof yes);
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
    self->router = zsock_new(ZMQ_ROUTER);
    if (self->router == NULL)
        return false;
    set_up(zsock_resolve(self->router));
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
    connections_destroy(&self->connections);
    zsock_destroy(&self->router);
    if (self->journal != NULL)
        journal_note(self->journal, 0, "Clipper closes its socket and all connections");
}

void engine_attend(engine *self, bool attend) {
    self->attends = attend;
}

int engine_poll_items(engine *self, zmq_pollitem_t items[ENGINE_ITEMS]) {
    if (self->router == NULL)
        return 0;
    items[0] = (zmq_pollitem_t){.socket = zsock_resolve(self->router), .events = ZMQ_POLLIN};
    items[1] = (zmq_pollitem_t){.socket = connections_socket(self->connections), .events = ZMQ_POLLIN};
    return 2;
}

/* ---- Sessions -------------------------------------------------------------------------------------------
 */

static session *begin_session(engine *self, const message *first, connection *by, const char *key) {
    session *begun = heap_new(sizeof *begun);
    self->sessions = heap_grow(self->sessions, self->session_count + 1, sizeof *self->sessions);
    self->sessions[self->session_count++] = begun;
    begun->number = (unsigned)self->session_count;
    begun->identity_len = first->identity.len;
    memcpy(begun->identity, first->identity.base, first->identity.len);
    begun->opened = first->at;
    begun->connection = by;
    if (by != NULL)
        by->session = begun;
    zhashx_update(self->by_identity, key, begun);
    if (self->journal != NULL)
        journal_note(self->journal, begun->number, "new session, routing identity %s", key);
    return begun;
}

/* The session that a message belongs to, new when its routing identity is, or when that identity now comes by
 * another connection. */
static session *session_of(engine *self, const message *received) {
    char key[2 * 255 + 1];
    connection *by;
    session *known;
    hex_encode(received->identity.base, received->identity.len, key);
    key[2 * received->identity.len] = '\0';
    known = zhashx_lookup(self->by_identity, key);
    if (known != NULL && known->connection != NULL && known->connection->closed == 0 &&
        known->connection->descriptor == received->connection)
        return known;
    connections_update(self->connections);
    by = connections_find(self->connections, received->connection);
    if (known != NULL && (by == NULL || by == known->connection))
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

/* ---- Events ---------------------------------------------------------------------------------------------
 */

/* What Clipper does by itself with a message. */
static void answer(engine *self, session *from, message *received) {
    switch (received->content.kind) {
    case CLIPPER_HEARTBEAT:
        engine_send_heartbeat(self, from,
                              from->registered != NULL ? CLIPPER_KEEP_ALIVE : CLIPPER_SEND_METADATA);
        received->answered = true;
        break;
    case CLIPPER_NEW_CONTAINER:
        engine_register(self, from, received);
        received->answered = true;
        break;
    default:
        break;
    }
}

static engine_event message_event(engine *self, message *received) {
    session *from = session_of(self, received);
    from->last_received = received->at;
    from->received++;
    if (self->journal != NULL)
        journal_message(self->journal, received->at, from->number, received->frames, received->count,
                        CLIPPER_TO_CLIPPER, &received->content, &received->diagnosis);
    if (self->attends)
        answer(self, from, received);
    return (engine_event){ENGINE_MESSAGE, from, received};
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
    message *received;
    if (self->router == NULL)
        return event;
    /* What a container sent before its connection closed comes before the closing. */
    connections_update(self->connections);
    received = message_receive(zsock_resolve(self->router));
    if (received != NULL)
        return message_event(self, received);
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

/* ---- Sending --------------------------------------------------------------------------------------------
 */

static engine_sent transmit(engine *self, session *to, const clipper_frame *frames, size_t count) {
    void *router = zsock_resolve(self->router);
    if (zmq_send(router, to->identity, to->identity_len, ZMQ_SNDMORE) < 0)
        return errno == EHOSTUNREACH ? ENGINE_GONE : ENGINE_FAILED;
    for (size_t i = 0; i < count; i++) {
        if (zmq_send(router, frames[i].base, frames[i].len, i + 1 < count ? ZMQ_SNDMORE : 0) < 0)
            return ENGINE_FAILED;
    }
    return ENGINE_SENT;
}

engine_sent engine_send_frames(engine *self, session *to, const clipper_frame *frames, size_t count) {
    instant at = clock_now();
    engine_sent sent;
    if (self->router == NULL || to->closed != 0)
        return ENGINE_GONE;
    if (self->journal != NULL) {
        clipper_message content;
        clipper_diagnosis diagnosis;
        (void)clipper_decode(CLIPPER_TO_CONTAINER, frames, count, NULL, &content, &diagnosis);
        journal_message(self->journal, at, to->number, frames, count, CLIPPER_TO_CONTAINER, &content,
                        &diagnosis);
    }
    sent = transmit(self, to, frames, count);
    if (sent == ENGINE_SENT)
        to->last_sent = at;
    return sent;
}

engine_sent engine_send(engine *self, session *to, const clipper_message *content) {
    size_t items = content->kind == CLIPPER_PREDICTION_REQUEST ? content->as.request.item_count : 0;
    clipper_storage storage = {NULL, CLIPPER_FRAMES_MAX(items), NULL, CLIPPER_SCRATCH_MAX(items)};
    clipper_encoded encoded;
    engine_sent sent = ENGINE_FAILED;
    storage.frames = heap_array(storage.frame_capacity, sizeof *storage.frames);
    storage.scratch = heap_new(storage.scratch_capacity);
    if (clipper_encode(content, CLIPPER_WIRE_ANY, &storage, &encoded, NULL) == CLIPPER_OK)
        sent = engine_send_frames(self, to, storage.frames, encoded.frames);
    free(storage.frames);
    free(storage.scratch);
    return sent;
}

engine_sent engine_send_heartbeat(engine *self, session *to, clipper_heartbeat_type type) {
    clipper_message content = {.kind = CLIPPER_HEARTBEAT, .direction = CLIPPER_TO_CONTAINER};
    content.as.heartbeat.type = type;
    return engine_send(self, to, &content);
}

engine_sent engine_send_request(engine *self, session *to, uint32_t id, clipper_data_type type,
                                const clipper_frame *items, size_t count) {
    clipper_message content = {.kind = CLIPPER_PREDICTION_REQUEST, .direction = CLIPPER_TO_CONTAINER};
    content.as.request.id = id;
    content.as.request.data_type = type;
    content.as.request.items = items;
    content.as.request.item_count = count;
    return engine_send(self, to, &content);
}
