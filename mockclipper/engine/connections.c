#include "engine/connections.h"

#include "base/heap.h"

#include <czmq.h>
#include <errno.h>
#include <stdatomic.h>

struct connections {
    void *router;
    zsock_t *news;       /* the monitor's events */
    zlistx_t *all;       /* connection, newest first; they live as long as this */
    zlistx_t *closed;    /* connections that closed, not reported yet */
    unsigned handshakes; /* done, of any connection: libzmq does not report which */
    unsigned before;     /* handshakes, when the latest connection was reported open */
    bool failed;         /* a handshake failed, and the end of its connection is not reported yet */
    connection early;    /* closed before it was reported open; its descriptor is -1 when there is none */
};

enum {
    HANDSHAKE_FAILED = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                       ZMQ_EVENT_HANDSHAKE_FAILED_AUTH
};

/* A monitor sends each event with a lock held, and blocks at the high-water mark: closing the router, which takes the
 * lock, would then never return. So there is no mark. Unread events take a few hundred bytes a connection. */
static zsock_t *new_unlimited_pair(void) {
    static const int no_mark = 0;
    zsock_t *pair = zsock_new(ZMQ_PAIR);
    if (pair != NULL)
        zmq_setsockopt(zsock_resolve(pair), ZMQ_RCVHWM, &no_mark, sizeof no_mark);
    return pair;
}

connections *connections_new(void *router) {
    static atomic_uint number;
    connections *self = heap_new(sizeof *self);
    char *endpoint = heap_format("inproc://mockclipper-monitor-%u", atomic_fetch_add(&number, 1));
    int problem = 0;
    self->router = router;
    self->early.descriptor = -1;
    self->all = zlistx_new();
    self->closed = zlistx_new();
    if (zmq_socket_monitor(router, endpoint,
                           ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED |
                               HANDSHAKE_FAILED) != 0)
        problem = errno;
    else if ((self->news = new_unlimited_pair()) == NULL || zsock_connect(self->news, "%s", endpoint) != 0)
        problem = errno;
    free(endpoint);
    if (problem != 0) {
        connections_destroy(&self);
        errno = problem;
    }
    return self;
}

void connections_destroy(connections **self_p) {
    connections *self = *self_p;
    if (self == NULL)
        return;
    zmq_socket_monitor(self->router, NULL, 0);
    zsock_destroy(&self->news);
    for (void *each = zlistx_first(self->all); each != NULL; each = zlistx_next(self->all))
        free(each);
    zlistx_destroy(&self->all);
    zlistx_destroy(&self->closed);
    free(self);
    *self_p = NULL;
}

bool connections_any_handshake(const connections *self) {
    return self->handshakes != 0;
}

void *connections_socket(connections *self) {
    return zsock_resolve(self->news);
}

/* A connection is handed to its I/O thread before the accepting thread reports it, so its first events may be reported
 * before. The accepting thread reports one before it accepts the next: there is at most one such connection. */
static void note_opened(connections *self, int descriptor) {
    connection *opened = heap_new(sizeof *opened);
    opened->descriptor = descriptor;
    opened->opened = clock_now();
    opened->handshakes = self->before;
    if (self->early.descriptor == descriptor) {
        opened->opened = opened->closed = self->early.closed;
        opened->silent = self->early.silent;
        zlistx_add_end(self->closed, opened);
    }
    self->early.descriptor = -1;
    self->before = self->handshakes;
    zlistx_add_start(self->all, opened);
}

static void note_closed(connections *self, int descriptor) {
    connection *found = zlistx_first(self->all);
    bool failed = self->failed;
    self->failed = false;
    while (found != NULL && found->descriptor != descriptor)
        found = zlistx_next(self->all);
    if (found == NULL || found->closed != 0) {
        self->early = (connection){.descriptor = descriptor,
                                   .closed = clock_now(),
                                   .silent = failed || self->handshakes == self->before};
        return;
    }
    found->closed = clock_now();
    found->silent = failed || self->handshakes == found->handshakes;
    zlistx_add_end(self->closed, found);
}

void connections_hear(connections *self, unsigned event, int descriptor) {
    if (event == ZMQ_EVENT_ACCEPTED)
        note_opened(self, descriptor);
    else if (event == ZMQ_EVENT_DISCONNECTED)
        note_closed(self, descriptor);
    self->handshakes += event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED;
    /* libzmq reports a failed handshake just before the end of its connection; events of other threads may come
     * between the two. */
    self->failed = self->failed || (event & HANDSHAKE_FAILED) != 0;
}

void connections_count(const connections *self, connection_counts *counts) {
    counts->opened += (unsigned)zlistx_size(self->all);
    counts->handshakes += self->handshakes;
}

/* One event: a frame of a 16-bit event and a 32-bit value, both of this host, and a frame with an address. */
static bool take_event(connections *self) {
    void *socket = connections_socket(self);
    uint8_t head[6];
    uint16_t event;
    int32_t descriptor;
    char address[256];
    if (zmq_recv(socket, head, sizeof head, ZMQ_DONTWAIT) != sizeof head)
        return false;
    (void)zmq_recv(socket, address, sizeof address, ZMQ_DONTWAIT);
    memcpy(&event, head, sizeof event);
    memcpy(&descriptor, head + sizeof event, sizeof descriptor);
    connections_hear(self, event, descriptor);
    return true;
}

void connections_update(connections *self) {
    while (take_event(self))
        ;
}

/* Whether a message may have come by EACH, which no session has claimed. */
static bool may_be(const connection *each, int descriptor) {
    if (each->over)
        return false;
    if (descriptor >= 0)
        return each->descriptor == descriptor && !each->silent && (each->session == NULL || each->guessed);
    return each->session == NULL && (each->closed == 0 || each->silent);
}

connection *connections_unclaimed(connections *self, int descriptor) {
    connection *each = zlistx_last(self->all);
    while (each != NULL && !may_be(each, descriptor))
        each = zlistx_prev(self->all);
    if (each != NULL)
        each->guessed = descriptor < 0;
    return each;
}

connection *connections_next_quiet(connections *self, instant since) {
    connection *each = zlistx_last(self->all);
    while (each != NULL && (each->quiet || each->closed != 0 || each->session != NULL ||
                            each->opened > since || self->handshakes == each->handshakes))
        each = zlistx_prev(self->all);
    if (each != NULL)
        each->quiet = true;
    return each;
}

connection *connections_next_closed(connections *self) {
    connection *next = zlistx_size(self->closed) != 0 ? zlistx_detach(self->closed, NULL) : NULL;
    if (next != NULL)
        next->over = true;
    return next;
}
