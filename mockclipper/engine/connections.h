/* The TCP connections of a ROUTER socket, by the events of ZeroMQ's socket monitor. */
#ifndef MOCKCLIPPER_ENGINE_CONNECTIONS_H
#define MOCKCLIPPER_ENGINE_CONNECTIONS_H

#include "base/clock.h"

#include <stdbool.h>

struct session;

typedef struct connection {
    int descriptor; /* of the TCP socket; the system reuses the number later */
    instant opened;
    instant closed;          /* 0 while it is open */
    unsigned handshakes;     /* of any connection, that were surely done before it opened */
    bool silent;             /* it closed, and its ZMTP 3 handshake was surely not done */
    bool guessed;            /* that SESSION came by it: libzmq did not report by which */
    bool over;               /* connections_next_closed() has returned it */
    bool quiet;              /* connections_next_quiet() has */
    struct session *session; /* the latest that came by it; NULL before the first message */
} connection;

typedef struct connections connections;

/* Begins to watch ROUTER. NULL on failure, with errno set. Destroy it before the socket. */
connections *connections_new(void *router);
void connections_destroy(connections **self_p);

/* The socket to poll. */
void *connections_socket(connections *self);

/* Reads all events. */
void connections_update(connections *self);

/* Whether the ZMTP handshake of any was done, by the events read so far. */
bool connections_any_handshake(const connections *self);

/* Takes one event of libzmq's monitor; DESCRIPTOR is its value. */
void connections_hear(connections *self, unsigned event, int descriptor);

/* The connection by which the first message of a session came, when libzmq says that it came by DESCRIPTOR: the oldest
 * without a session, as messages of a connection that closed come before those of the next on that descriptor, and
 * none comes by one without a handshake. Of peers of ZMTP 1 and 2, which have none, libzmq does not say it (-1): the
 * oldest that may be it without a session then, until a session claims it whose descriptor is known. NULL when there is
 * none (yet: the first message may come before the news of the connection). */
connection *connections_unclaimed(connections *self, int descriptor);

/* The next open connection that was not returned before, opened before SINCE, with its handshake probably done, and by
 * which no message came; or NULL. */
connection *connections_next_quiet(connections *self, instant since);

typedef struct connection_counts {
    unsigned opened;
    unsigned handshakes; /* of these, with a ZMTP handshake that was done */
} connection_counts;

/* Adds what has been seen so far to COUNTS. */
void connections_count(const connections *self, connection_counts *counts);

/* The next connection that closed and was not returned before, or NULL. */
connection *connections_next_closed(connections *self);

#endif
