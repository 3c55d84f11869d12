/* stream_socket.h: non-blocking sockets to an address that is a text. */
#ifndef CLIPPER_CONTAINER_STREAM_SOCKET_H
#define CLIPPER_CONTAINER_STREAM_SOCKET_H

#include <stddef.h>
#include <sys/socket.h>

/* Where to connect to. */
typedef struct clipper_stream_address {
    struct sockaddr_storage bytes;
    socklen_t length;
} clipper_stream_address;

/* Reads TEXT ("tcp://HOST:PORT", "unix://PATH") and looks its host up. Returns 0, or -1 and *WHY (static). */
int clipper_stream_address_read(const char *text, clipper_stream_address *address, const char **why);

/* Begins to connect. Returns the socket, or -1 with errno set. */
int clipper_stream_connect(const clipper_stream_address *address);

/* Sends what there is room for. Returns the number of bytes, 0 when there is no room now, -1 with errno set when
 * the connection is gone. Raises no signal. */
ptrdiff_t clipper_stream_send(int socket, const void *bytes, size_t len);

#endif
