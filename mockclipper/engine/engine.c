#include "engine/engine_parts.h"

#include "base/heap.h"
#include "base/port.h"
#include "engine/reaction.h"

#include <errno.h>

/* ---- Opening and closing ---------------------------------------------------------------------------- */

static char *cannot_listen(const char *address, unsigned port) {
    const char *why = strerror(errno);
    char *where = port_text(address, port);
    char *text = heap_format("cannot listen on %s: %s", where, why);
    free(where);
    return text;
}

engine *engine_new(const char *address, unsigned port, journal *log, char **problem) {
    engine *self;
    int held = port_hold(address, &port);
    if (held < 0) {
        int number = errno;
        *problem = cannot_listen(address, port);
        errno = number;
        return NULL;
    }
    self = heap_new(sizeof *self);
    self->port = port;
    self->held = held;
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

bool engine_bind(void *router, const char *address, unsigned port) {
    int v6 = strchr(address, ':') != NULL;
    char *where = port_text(address, port), *whole = heap_format("tcp://%s", where);
    bool bound = zmq_setsockopt(router, ZMQ_IPV6, &v6, sizeof v6) == 0 && zmq_bind(router, whole) == 0;
    int problem = errno;
    free(whole);
    free(where);
    errno = problem;
    return bound;
}

/* Binds, waiting a while for a socket that was just closed here to let go of the port. */
static bool bind_router(engine *self) {
    instant give_up = clock_now() + 2 * SECOND;
    while (!engine_bind(zsock_resolve(self->router), self->address, self->port)) {
        if (errno != EADDRINUSE || clock_now() > give_up)
            return false;
        zmq_poll(NULL, 0, 1);
    }
    return true;
}

bool engine_open(engine *self, char **problem) {
    int handover = !self->plain;
    self->restart_due = false;
    self->router = zsock_new(ZMQ_ROUTER);
    if (self->router != NULL) {
        engine_set_up_router(zsock_resolve(self->router));
        zmq_setsockopt(zsock_resolve(self->router), ZMQ_ROUTER_HANDOVER, &handover, sizeof handover);
        self->connections = connections_new(zsock_resolve(self->router));
    }
    if (self->connections != NULL && bind_router(self)) {
        if (self->journal != NULL)
            journal_note(self->journal, 0, "Clipper listens on %s:%u", self->address, self->port);
        return true;
    }
    *problem = cannot_listen(self->address, self->port);
    connections_destroy(&self->connections);
    zsock_destroy(&self->router);
    return false;
}

void engine_close(engine *self) {
    if (self->router == NULL)
        return;
    engine_end_sessions(self);
    engine_drop_waiting(self);
    connections_update(self->connections);
    connections_count(self->connections, &self->before);
    connections_destroy(&self->connections);
    zsock_destroy(&self->router);
    if (self->journal != NULL)
        journal_note(self->journal, 0, "Clipper closes its socket and all connections");
}

void engine_keep_first(engine *self, bool keep) {
    self->plain = keep;
}

char *engine_library(char buffer[ENGINE_LIBRARY_TEXT]) {
    int major, minor, patch;
    zmq_version(&major, &minor, &patch);
    snprintf(buffer, ENGINE_LIBRARY_TEXT, "%d.%d.%d", major, minor, patch);
    return buffer;
}

connection_counts engine_connections(const engine *self) {
    connection_counts counts = self->before;
    if (self->connections != NULL)
        connections_count(self->connections, &counts);
    return counts;
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

/* ---- Events ----------------------------------------------------------------------------------------- */

/* Does what Clipper does by itself with a message. */
static void react(engine *self, session *from, message *received) {
    reaction wanted = reaction_to(received->content.kind, from->registered != NULL);
    /* A container that was asked twice, as its heartbeats were quick, answers twice. */
    received->answered = wanted == REACTION_KEEP_ALIVE || wanted == REACTION_ASK ||
                         (wanted == REACTION_IGNORE && from->asked > 0);
    if (wanted == REACTION_KEEP_ALIVE)
        engine_send_heartbeat(self, from, CLIPPER_KEEP_ALIVE);
    if (wanted == REACTION_ASK) {
        from->asked++;
        engine_send_heartbeat(self, from, CLIPPER_SEND_METADATA);
    }
    received->invited = wanted == REACTION_REGISTER && from->asked > 0;
    if (wanted == REACTION_REGISTER || wanted == REACTION_IGNORE)
        from->asked -= from->asked > 0;
    if (wanted == REACTION_REGISTER)
        engine_register(self, from, received);
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
        *from = engine_session_of(self, received);
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

static void restart(engine *self) {
    char *problem;
    engine_close(self);
    if (engine_open(self, &problem))
        return;
    if (self->journal != NULL)
        journal_note(self->journal, 0, "%s", problem);
    free(problem);
}

engine_event engine_next(engine *self) {
    engine_event event = {ENGINE_NOTHING, NULL, NULL};
    if (self->router != NULL && self->restart_due)
        restart(self);
    if (self->router == NULL)
        return event;
    engine_send_waiting(self);
    /* What a container sent before its connection closed comes before the closing. */
    engine_update_connections(self);
    event.message = next_message(self, &event.session);
    if (event.message != NULL) {
        event.kind = ENGINE_MESSAGE;
        if (self->attends)
            react(self, event.session, event.message);
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
