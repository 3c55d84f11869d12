/* The stand-in Clipper: one ROUTER socket, who is connected to it, and what Clipper does by itself.
 *
 * It knows the codec and nothing of containers' code. One thread owns an engine; it never blocks: the owner
 * polls the engine's items and then asks for events until there are none.
 *
 *   session     what one socket of a container is to Clipper: a routing identity, on one connection
 *   connection  the TCP connection under it, watched through ZeroMQ's socket monitor
 */
#ifndef MOCKCLIPPER_ENGINE_ENGINE_H
#define MOCKCLIPPER_ENGINE_ENGINE_H

#include "base/clock.h"
#include "engine/connections.h"
#include "engine/faults.h"
#include "engine/journal.h"
#include "engine/message.h"
#include "engine/registry.h"

#include <stdbool.h>
#include <zmq.h>

typedef struct session {
    unsigned number; /* from 1, in the order of their first messages */
    uint8_t identity[256];
    size_t identity_len;
    /* The session with the same identity that was open when this began; 0: none. A plain ROUTER, as released Clipper has,
     * ignores this one for as long. */
    unsigned twin;
    struct connection *connection; /* NULL when unknown, or when the engine was closed since */
    char socket_type[16];  /* of the container's socket: "DEALER"; empty when it does not say (ZMTP 1, 2) */
    int descriptor;        /* of the connection, by libzmq; -1 when it does not report it */
    instant opened;        /* when its first message came */
    instant closed;        /* when its connection closed; 0 while it is open */
    instant last_received; /* when its latest message came */
    instant last_sent;     /* just before the latest message to it was sent; 0 before the first */
    duration last_gap;     /* what had passed then since the message before, or the opening */
    size_t received;       /* messages from it */
    size_t heartbeats;     /* of these, heartbeats */
    const registration *registered; /* NULL while Clipper has no metadata of it */
    unsigned asked;                 /* how often Clipper asked for its metadata by itself, unanswered yet */
    void *inbox;                    /* of a conversation: its messages that nobody has taken yet */
    size_t in_flight;               /* requests to it that are not answered yet, counted by serve/flights */
} session;

typedef enum engine_event_kind {
    ENGINE_NOTHING,    /* no event is left */
    ENGINE_MESSAGE,    /* a message: session, message */
    ENGINE_DISCONNECT, /* the connection of a session has closed: session */
} engine_event_kind;

typedef struct engine_event {
    engine_event_kind kind;
    session *session;
    message *message; /* the receiver's to destroy */
} engine_event;

typedef enum engine_sent {
    ENGINE_SENT,
    ENGINE_GONE, /* the container is not connected any more */
    ENGINE_FAILED
} engine_sent;

typedef struct engine engine;

/* A new engine that holds PORT of ADDRESS (in numbers; port 0: one that the system picks) so that nobody
 * else can take it, but does not listen yet: connections are refused. LOG, if not NULL, records everything. NULL on
 * failure: *PROBLEM says why then, and is the caller's to free; errno says it, too. */
engine *engine_new(const char *address, unsigned port, journal *log, char **problem);
void engine_destroy(engine **self_p);

const char *engine_address(const engine *self);
unsigned engine_port(const engine *self);

/* What becomes of a connection with the routing identity of another that is open, from the next engine_open() on. At first
 * it takes the identity over. With KEEP the first stays and the second is ignored, as by released Clipper. */
void engine_keep_first(engine *self, bool keep);

/* A session with a routing identity that its container chose, when another connection, which was not returned before,
 * has been open for AFTER and nothing came by it: it probably has the same identity, and is ignored. Else NULL. */
const session *engine_next_ignored(engine *self, duration after);

/* Begins to listen. False on failure: *PROBLEM says why then, and is the caller's to free. */
bool engine_open(engine *self, char **problem);

/* Stops to listen and closes all connections, as a Clipper that ends; forgets all sessions' registrations.
 * The port stays held. Sessions stay valid as records until the engine is destroyed. */
void engine_close(engine *self);

/* Whether to answer heartbeats and register containers as Clipper does. Not at first. */
void engine_attend(engine *self, bool attend);
bool engine_attends(const engine *self);

/* Its faults; more may be added. */
faults *engine_faults(engine *self);

/* When the owner must call engine_next() although nothing was received. INT64_MAX: never. */
instant engine_wake_at(const engine *self);

/* What to poll: returns how many ITEMS (at most ENGINE_ITEMS) were filled. */
#define ENGINE_ITEMS 2
int engine_poll_items(engine *self, zmq_pollitem_t items[ENGINE_ITEMS]);

/* The next event, without waiting. When attending, what Clipper does by itself is done then; such messages
 * come as events too, marked as answered. */
engine_event engine_next(engine *self);

/* Sends frames as they are: delimiter first. */
engine_sent engine_send_frames(engine *self, session *to, const clipper_frame *frames, size_t count);

/* Sends a well-formed message. */
engine_sent engine_send_heartbeat(engine *self, session *to, clipper_heartbeat_type type);
engine_sent engine_send_request(engine *self, session *to, uint32_t id, clipper_data_type type,
                                const clipper_frame *items, size_t count);

/* Enters the container that RECEIVED, a new container message of FROM, announces; a duplicate is ignored,
 * as Clipper does. */
void engine_register(engine *self, session *from, const message *received);

/* libzmq's version, "4.3.4". */
#define ENGINE_LIBRARY_TEXT 40
char *engine_library(char buffer[ENGINE_LIBRARY_TEXT]);

/* The connections of all that the engine has listened so far. */
connection_counts engine_connections(const engine *self);

/* Forgets what WHOM registered: Clipper has pruned it. */
void engine_forget(session *whom);

/* Whether a ZeroMQ socket has connected since it began to listen, whether a message came from it or not. */
bool engine_was_connected(const engine *self);

/* Sessions so far, and the one of that index, oldest first. */
size_t engine_session_count(const engine *self);
session *engine_session(const engine *self, size_t index);

/* Sets the options of Clipper's socket on ROUTER, a ZeroMQ socket that is not bound yet. */
void engine_set_up_router(void *router);

/* Binds it to PORT of ADDRESS. False on failure, with errno set. */
bool engine_bind(void *router, const char *address, unsigned port);

/* The largest frame taken from a peer; a connection that sends a larger one is closed. */
#define ENGINE_FRAME_MAX ((int64_t)1 << 28)

#endif
