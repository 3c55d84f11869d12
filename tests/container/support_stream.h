/* A small Clipper on a byte stream, TCP or Unix-domain, that reads and writes the flat form. */
#ifndef SUPPORT_STREAM_H
#define SUPPORT_STREAM_H

#include "support_peer.h"

typedef struct stream_peer {
    int listener;
    int stream; /* -1: none accepted */
    char address[128];
    char path[96];        /* of a Unix-domain socket; or empty */
    unsigned char *bytes; /* read and not yet taken */
    size_t used;
    size_t taken; /* of BYTES, by the message that was received last */
    clipper_frame frames[256];
    size_t count;
    clipper_message message;
} stream_peer;

/* Listens on any port of 127.0.0.1, or, when LOCAL, on a Unix-domain socket. */
void stream_peer_open(stream_peer *peer, int local);
void stream_peer_close(stream_peer *peer);
/* Ends and begins to listen on the Unix-domain socket. */
void stream_peer_leave(stream_peer *peer);
void stream_peer_return(stream_peer *peer);

/* Waits for a connection, in place of the present one. */
void stream_peer_accept(stream_peer *peer);
void stream_peer_hang_up(stream_peer *peer);
/* Fails the test unless the other side closes the connection. */
void stream_peer_expect_end(const stream_peer *peer);

/* Reads the next message. It is valid until the next call. Fails the test when the stream ends first, */
void stream_peer_receive(stream_peer *peer);
/* or returns 0 then. */
int stream_peer_try(stream_peer *peer);
/* Reads on until a message of KIND comes. */
void stream_peer_expect(stream_peer *peer, clipper_kind kind);
/* The same; returns 0 when the stream ends first. */
int stream_peer_await(stream_peer *peer, clipper_kind kind);
/* Accepts a connection, asks it for the metadata at each heartbeat, and waits for it; again, when the connection is
 * lost meanwhile. */
void stream_peer_register(stream_peer *peer);

/* Writes BYTES, PIECE at a time. A closed connection is noticed by the next receive. */
void stream_peer_write(const stream_peer *peer, const unsigned char *bytes, size_t len, size_t piece);
void stream_peer_heartbeat(const stream_peer *peer, clipper_heartbeat_type type);
/* A request for doubles. */
void stream_peer_request(const stream_peer *peer, uint32_t id, const clipper_frame *items, size_t count,
                         size_t piece);

#endif
