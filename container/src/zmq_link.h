/* zmq_link.h: what a ZeroMQ socket does with its connection: its monitor, and how many bytes came. */
#ifndef CLIPPER_CONTAINER_ZMQ_LINK_H
#define CLIPPER_CONTAINER_ZMQ_LINK_H

#include "clipper/transport.h"

/* A socket with one connection at a time, and its monitor. */
typedef struct clipper_zmq_link {
    void *monitor;          /* NULL: none */
    int monitor_descriptor; /* readable when something may have happened */
    int descriptor;         /* of the connection, which is ZeroMQ's: it may be closed at any time; -1: none */
    uint64_t cookie;        /* of the socket that had that descriptor: no other ever has the same */
    uint64_t connections;   /* made so far */
    int closed;             /* an attempt went as far as a socket */
    int failure_told;       /* since the last connection */
    clipper_transport_event told[4]; /* not taken yet: the first COUNT */
    unsigned count;
    unsigned number; /* of monitors so far: names them */
} clipper_zmq_link;

/* Watches SOCKET of CONTEXT, which is not connected yet. Returns 0, or -1 with errno set. */
int clipper_zmq_link_open(clipper_zmq_link *link, void *context, void *socket);
/* To be called before SOCKET is closed. */
void clipper_zmq_link_close(clipper_zmq_link *link, void *socket);
/* Takes what the monitor has seen. */
void clipper_zmq_link_read(clipper_zmq_link *link);
/* The next event; CLIPPER_EVENT_NONE when there is none. */
clipper_transport_event clipper_zmq_link_next(clipper_zmq_link *link);
/* Finds how many bytes of the connection ZeroMQ has taken from the system. Returns 0, or -1 where that cannot be told. */
int clipper_zmq_link_taken(const clipper_zmq_link *link, uint64_t *bytes);

#endif
