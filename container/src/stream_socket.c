/* stream_socket.c: addresses and sockets of the byte-stream transport. */
#include "stream_socket.h"
#include "wakeup.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef SOCK_CLOEXEC
#define SOCK_CLOEXEC 0 /* clipper_descriptor_prepare does it, a moment later */
#endif

static int read_unix(const char *path, clipper_stream_address *address, const char **why) {
    struct sockaddr_un unix_address;
    const size_t length = strlen(path);
    *why = length == 0 ? "a path is missing after unix://" : "the path is too long for a Unix-domain socket";
    if (length == 0 || length >= sizeof unix_address.sun_path)
        return -1;
    memset(&unix_address, 0, sizeof unix_address);
    unix_address.sun_family = AF_UNIX;
    memcpy(unix_address.sun_path, path, length);
    memcpy(&address->bytes, &unix_address, sizeof unix_address);
    address->length = sizeof unix_address;
    return 0;
}

static int look_up(const char *host, const char *port, clipper_stream_address *address, const char **why) {
    struct addrinfo hints, *found;
    int error;
    memset(&hints, 0, sizeof hints);
    hints.ai_socktype = SOCK_STREAM;
    error = getaddrinfo(host, port, &hints, &found);
    if (error != 0) {
        *why = gai_strerror(error);
        return -1;
    }
    memcpy(&address->bytes, found->ai_addr, found->ai_addrlen);
    address->length = found->ai_addrlen;
    freeaddrinfo(found);
    return 0;
}

/* HOST:PORT, where HOST may be in brackets. */
static int read_tcp(const char *text, clipper_stream_address *address, const char **why) {
    char host[256];
    const char *colon = strrchr(text, ':');
    size_t length;
    *why = "a port is missing: tcp://HOST:PORT";
    if (colon == NULL || colon[1] == '\0')
        return -1;
    length = (size_t)(colon - text);
    if (length >= 2 && text[0] == '[' && text[length - 1] == ']') {
        text++;
        length -= 2;
    }
    *why = "a host is missing, or too long: tcp://HOST:PORT";
    if (length == 0 || length >= sizeof host)
        return -1;
    memcpy(host, text, length);
    host[length] = '\0';
    return look_up(host, colon + 1, address, why);
}

int clipper_stream_address_read(const char *text, clipper_stream_address *address, const char **why) {
    memset(address, 0, sizeof *address);
    if (strncmp(text, "unix://", 7) == 0)
        return read_unix(text + 7, address, why);
    if (strncmp(text, "tcp://", 6) == 0)
        return read_tcp(text + 6, address, why);
    *why = "the address is neither tcp://HOST:PORT nor unix://PATH";
    return -1;
}

int clipper_stream_connect(const clipper_stream_address *address) {
    const int family = address->bytes.ss_family, on = 1;
    const int stream = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (stream < 0)
        return -1;
    if (family != AF_UNIX)
        setsockopt(stream, IPPROTO_TCP, TCP_NODELAY, &on,
                   sizeof on); /* an answer does not wait for the next */
    if (clipper_descriptor_prepare(stream) != 0 ||
        (connect(stream, (const struct sockaddr *)&address->bytes, address->length) != 0 &&
         errno != EINPROGRESS)) {
        const int error = errno;
        close(stream);
        errno = error;
        return -1;
    }
    return stream;
}

ptrdiff_t clipper_stream_send(int socket, const void *bytes, size_t len) {
    ssize_t sent;
    do
        sent = send(socket, bytes, len, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    /* ENOTCONN: still connecting. */
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOTCONN))
        return 0;
    return sent;
}
