/* The TCP connections of a ROUTER socket, as ZeroMQ's socket monitor tells of them. */
#ifndef MOCKCLIPPER_CONNECTIONS_H
#define MOCKCLIPPER_CONNECTIONS_H

#include "clock.h"

struct session;

typedef struct connection {
    int descriptor; /* of the TCP socket; the system reuses the number later */
    instant opened;
    instant closed;          /* 0 while it is open */
    struct session *session; /* the latest that came by it; NULL before the first message */
} connection;

typedef struct connections connections;

/* Begins to watch ROUTER. NULL on failure, with errno set. Destroy it before the socket. */
connections *connections_new(void *router);
void connections_destroy(connections **self_p);

/* The socket to poll. */
void *connections_socket(connections *self);

/* Reads all news. */
void connections_update(connections *self);

/* The newest connection on that descriptor. NULL when there is none. */
connection *connections_find(connections *self, int descriptor);

/* The oldest open connection that has no session yet. NULL when there is none. */
connection *connections_unclaimed(connections *self);

/* The next connection that closed and was not returned before, or NULL. */
connection *connections_next_closed(connections *self);

#endif
