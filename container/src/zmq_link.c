/* zmq_link.c: the monitor of a ZeroMQ socket, and Linux's account of a TCP connection. */
#include "zmq_link.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

enum {
    EVENTS = ZMQ_EVENT_CONNECTED | ZMQ_EVENT_CONNECT_RETRIED | ZMQ_EVENT_CLOSED | ZMQ_EVENT_DISCONNECTED |
             ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
             ZMQ_EVENT_HANDSHAKE_FAILED_AUTH
};

/* ---- Bytes --------------------------------------------------------------------------------------------- */

#ifdef __linux__
#include <asm/socket.h> /* SO_COOKIE, which is Linux's own */
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static uint64_t cookie_of(int descriptor) {
    uint64_t cookie = 0;
    socklen_t size = sizeof cookie;
    return getsockopt(descriptor, SOL_SOCKET, SO_COOKIE, &cookie, &size) == 0 ? cookie : 0;
}

static int taken(int descriptor, uint64_t *bytes) {
    struct tcp_info info;
    socklen_t size = sizeof info;
    int unread = 0;
    if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
        size < offsetof(struct tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received ||
        ioctl(descriptor, FIONREAD, &unread) != 0)
        return -1;
    *bytes = info.tcpi_bytes_received - (unsigned)unread;
    return 0;
}

/* ZeroMQ may close its descriptor meanwhile, and another socket may get its number: a duplicate stays what it is. */
int clipper_zmq_link_taken(const clipper_zmq_link *link, uint64_t *bytes) {
    const int own = link->descriptor < 0 ? -1 : dup(link->descriptor);
    int result = -1;
    if (own < 0)
        return -1;
    if (link->cookie != 0 && cookie_of(own) == link->cookie)
        result = taken(own, bytes);
    close(own);
    return result;
}

#else

static uint64_t cookie_of(int descriptor) {
    (void)descriptor;
    return 0;
}

int clipper_zmq_link_taken(const clipper_zmq_link *link, uint64_t *bytes) {
    (void)link;
    (void)bytes;
    return -1;
}

#endif

/* ---- Events -------------------------------------------------------------------------------------------- */

/* When nobody asks, the latest matters. */
static void tell(clipper_zmq_link *link, clipper_transport_event event) {
    const unsigned most = sizeof link->told / sizeof link->told[0];
    if (link->count == most)
        link->count--;
    link->told[link->count++] = event;
}

static void tell_failure(clipper_zmq_link *link, clipper_transport_event event) {
    if (!link->failure_told)
        tell(link, event);
    link->failure_told = 1;
}

static void take_event(clipper_zmq_link *link, uint16_t event, uint32_t value) {
    switch (event) {
    case ZMQ_EVENT_CONNECTED:
        link->descriptor = (int)value;
        link->cookie = cookie_of(link->descriptor);
        link->connections++;
        link->failure_told = 0;
        tell(link, CLIPPER_EVENT_CONNECTED);
        break;
    case ZMQ_EVENT_DISCONNECTED:
        link->descriptor = -1;
        tell(link, CLIPPER_EVENT_DISCONNECTED);
        break;
    case ZMQ_EVENT_CLOSED:
        link->closed = 1;
        break;
    case ZMQ_EVENT_CONNECT_RETRIED:
        tell_failure(link, link->closed ? CLIPPER_EVENT_REFUSED : CLIPPER_EVENT_NO_HOST);
        link->closed = 0;
        break;
    default:
        tell_failure(link, CLIPPER_EVENT_NOT_ZEROMQ);
        break;
    }
}

/* Receives one event: a frame with its number and value, and one with the address. Returns 0 when there is none. */
static int receive_event(clipper_zmq_link *link) {
    unsigned char bytes[6];
    char address[256];
    uint16_t event;
    uint32_t value;
    if (zmq_recv(link->monitor, bytes, sizeof bytes, ZMQ_DONTWAIT) != (int)sizeof bytes)
        return 0;
    (void)zmq_recv(link->monitor, address, sizeof address, ZMQ_DONTWAIT);
    memcpy(&event, bytes, sizeof event); /* in the byte order of this machine */
    memcpy(&value, bytes + sizeof event, sizeof value);
    take_event(link, event, value);
    return 1;
}

void clipper_zmq_link_read(clipper_zmq_link *link) {
    while (link->monitor != NULL && receive_event(link))
        ;
}

clipper_transport_event clipper_zmq_link_next(clipper_zmq_link *link) {
    clipper_transport_event event;
    if (link->count == 0)
        return CLIPPER_EVENT_NONE;
    event = link->told[0];
    link->count--;
    memmove(link->told, link->told + 1, link->count * sizeof link->told[0]);
    return event;
}

/* ---- Opening and closing ------------------------------------------------------------------------------- */

static void *connect_monitor(clipper_zmq_link *link, void *context, const char *address) {
    void *monitor = zmq_socket(context, ZMQ_PAIR);
    size_t size = sizeof link->monitor_descriptor;
    const int no_linger = 0;
    if (monitor == NULL)
        return NULL;
    if (zmq_setsockopt(monitor, ZMQ_LINGER, &no_linger, sizeof no_linger) == 0 &&
        zmq_connect(monitor, address) == 0 &&
        zmq_getsockopt(monitor, ZMQ_FD, &link->monitor_descriptor, &size) == 0)
        return monitor;
    zmq_close(monitor);
    return NULL;
}

int clipper_zmq_link_open(clipper_zmq_link *link, void *context, void *socket) {
    char address[64];
    const unsigned number = link->number + 1;
    memset(link, 0, sizeof *link);
    link->number = number;
    link->descriptor = -1;
    snprintf(address, sizeof address, "inproc://clipper-link-%u", number);
    if (zmq_socket_monitor(socket, address, EVENTS) != 0)
        return -1;
    link->monitor = connect_monitor(link, context, address);
    return link->monitor != NULL ? 0 : -1;
}

void clipper_zmq_link_close(clipper_zmq_link *link, void *socket) {
    zmq_socket_monitor(socket, NULL, 0);
    if (link->monitor != NULL)
        zmq_close(link->monitor);
    link->monitor = NULL;
    link->descriptor = -1;
    link->count = 0;
}
