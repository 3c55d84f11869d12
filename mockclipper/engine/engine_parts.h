/* The inside of the engine, for the files that make it up; each calls only those before it:
 *   engine_sessions.c  which session a message belongs to
 *   engine_send.c      sending, with what faults do to it
 *   engine.c           opening, closing, events */
#ifndef MOCKCLIPPER_ENGINE_ENGINE_PARTS_H
#define MOCKCLIPPER_ENGINE_ENGINE_PARTS_H

#include "engine/connections.h"
#include "engine/engine.h"

#include <czmq.h>

/* A message that waits to be sent. */
typedef struct waiting {
    session *to;
    draft *frames;
    instant due; /* 0: after the next message to that session */
} waiting;

struct engine {
    char *address;
    unsigned port;
    int held; /* keeps the port ours while nobody listens */
    journal *journal;
    bool attends;
    bool plain; /* the first of equal routing identities stays */

    zsock_t *router; /* NULL while closed */
    connections *connections;
    connection_counts before; /* connections of sockets that were closed */
    registry *registry;
    session **sessions; /* oldest first */
    size_t session_count;
    size_t unbound;        /* open sessions of which the connection is not known yet */
    zhashx_t *by_identity; /* the latest session of each routing identity, by its hex digits */

    faults *faults;
    bool restart_due; /* by a fault; done when no event is being handled */
    waiting *waiting;
    size_t waiting_count;
};

/* Reads the events of connections. Some come after the first message of that connection. */
void engine_update_connections(engine *self);

/* The session that a message belongs to, new when its routing identity is, or when an identity that the peer chose
 * now comes by another connection. (The descriptor alone does not tell a connection: the system reuses it at once.) */
session *engine_session_of(engine *self, const message *received);

/* Closes all sessions and forgets their registrations. */
void engine_end_sessions(engine *self);

/* Does what FIRED asks for besides what it does to the message, which was sent to or received from S. */
void engine_after_fault(engine *self, session *s, const fault *fired);

/* Notes that FIRED did something to a message of S. */
void engine_note_fault(engine *self, const session *s, const fault *fired);

/* Sends the waiting messages that are due. */
void engine_send_waiting(engine *self);

/* Drops all waiting messages. */
void engine_drop_waiting(engine *self);

#endif
