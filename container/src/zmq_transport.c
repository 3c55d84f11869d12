/* zmq_transport.c: the ZeroMQ transport: a DEALER socket, on zmq_msg_t directly.
 *
 * Messages are received into an array of zmq_msg_t that is initialised once and reused. Only header frames are
 * read here; items are read when a model asks for them. */
#include "zmq_transport.h"
#include "memory.h"
#include "random.h"
#include "zmq_host.h"
#include "zmq_intake.h"
#include "zmq_outflow.h"
#include "zmq_received.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <zmq.h>

enum {
    BUFFER_BYTES = 256 * 1024, /* of the kernel, both ways: saves system calls with large frames */
    USUAL_QUEUE = 1000,        /* ZeroMQ's own high-water mark */
    RECONNECT_MS = 100,        /* the first pause before connecting again, give or take a quarter */
    RECONNECT_MAX_MS = 2000    /* the longest */
};

typedef struct zmq_transport {
    void *context;
    void *socket; /* NULL: not open */
    int socket_descriptor;
    clipper_zmq_link link;
    clipper_outflow outflow;
    clipper_wakeup wakeup;
    clipper_budget budget;
    int64_t max_frame_bytes;
    size_t max_frames;
    clipper_zmq_intake intake;
    clipper_memory_rest rest;
    int reconnect_ms;
    int reconnect_max_ms;
    uint64_t random;
    zmq_msg_t spare; /* for frames that are not kept, and for copies on their way out */
    const char *failure;
    char endpoint[];
} zmq_transport;

/* ---- Opening and closing ------------------------------------------------------------------------------- */

static int set_int(void *socket, int option, int value) {
    return zmq_setsockopt(socket, option, &value, sizeof value);
}

static int set_options(zmq_transport *transport, void *socket, int ipv6) {
    const int pause =
        (int)clipper_random_between(&transport->random, (uint64_t)transport->reconnect_ms * 3 / 4,
                                    (uint64_t)transport->reconnect_ms * 5 / 4);
    size_t size = sizeof transport->socket_descriptor;
    return set_int(socket, ZMQ_LINGER, 0) || set_int(socket, ZMQ_IPV6, ipv6) ||
           set_int(socket, ZMQ_RCVHWM, (int)transport->budget.received_messages) ||
           set_int(socket, ZMQ_SNDHWM, (int)transport->budget.unsent_messages) ||
           set_int(socket, ZMQ_SNDBUF, BUFFER_BYTES) || set_int(socket, ZMQ_RCVBUF, BUFFER_BYTES) ||
           set_int(socket, ZMQ_RECONNECT_IVL, pause) ||
           set_int(socket, ZMQ_RECONNECT_IVL_MAX, transport->reconnect_max_ms) ||
           zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &transport->max_frame_bytes,
                          sizeof transport->max_frame_bytes) ||
           zmq_getsockopt(socket, ZMQ_FD, &transport->socket_descriptor, &size);
}

/* ERROR ended an attempt to open: can another attempt succeed? */
static clipper_open_result open_failed(zmq_transport *transport, int error) {
    transport->failure = zmq_strerror(error);
    switch (error) {
    case EINVAL:
    case EPROTONOSUPPORT:
    case ENOCOMPATPROTO:
        return CLIPPER_OPEN_NEVER;
    default:
        return CLIPPER_OPEN_LATER;
    }
}

/* Has SOCKET connect, and its connection watched. Returns 0, or -1 with errno set. */
static int connect_socket(zmq_transport *transport, void *socket, int ipv6) {
    if (set_options(transport, socket, ipv6) != 0 ||
        clipper_zmq_link_open(&transport->link, transport->context, socket) != 0)
        return -1;
    if (zmq_connect(socket, transport->endpoint) == 0)
        return 0;
    clipper_zmq_link_close(&transport->link, socket);
    return -1;
}

static clipper_open_result transport_open(void *self) {
    zmq_transport *transport = self;
    int ipv6;
    void *socket;
    transport->failure = clipper_zmq_endpoint_problem(transport->endpoint);
    if (transport->failure != NULL)
        return CLIPPER_OPEN_NEVER;
    transport->failure = clipper_zmq_host_problem(transport->endpoint, &ipv6);
    if (transport->failure != NULL)
        return CLIPPER_OPEN_LATER;
    socket = zmq_socket(transport->context, ZMQ_DEALER);
    if (socket == NULL)
        return open_failed(transport, zmq_errno());
    if (connect_socket(transport, socket, ipv6) != 0) {
        const int error = zmq_errno();
        zmq_close(socket);
        return open_failed(transport, error);
    }
    transport->socket = socket;
    transport->intake.look_at_us = 0;
    transport->intake.exceeded = 0;
    clipper_zmq_link_read(&transport->link);
    return CLIPPER_OPENED;
}

static void transport_close(void *self, uint64_t linger_ms) {
    zmq_transport *transport = self;
    if (transport->socket == NULL)
        return;
    clipper_zmq_link_close(&transport->link, transport->socket);
    set_int(transport->socket, ZMQ_LINGER, (int)linger_ms);
    zmq_close(transport->socket);
    transport->socket = NULL;
}

static const char *transport_failure(void *self) {
    return ((const zmq_transport *)self)->failure;
}

/* ---- Receiving ----------------------------------------------------------------------------------------- */

/* Receives and drops the rest of a message. All of it has arrived: ZeroMQ delivers whole messages. */
static void drop_rest(zmq_transport *transport) {
    int length;
    while ((length = zmq_msg_recv(&transport->spare, transport->socket, ZMQ_DONTWAIT)) >= 0) {
        clipper_zmq_intake_add(&transport->intake, (size_t)length);
        if (!zmq_msg_more(&transport->spare))
            break;
    }
    zmq_msg_close(&transport->spare);
    zmq_msg_init(&transport->spare);
}

static clipper_receive_result receive_failed(zmq_transport *transport, size_t count) {
    const int error = zmq_errno();
    if (count == 0 && (error == EAGAIN || error == EINTR))
        return CLIPPER_RECEIVE_NOTHING;
    transport->failure = zmq_strerror(error);
    return CLIPPER_RECEIVE_CLOSED;
}

/* Of a message with more frames than any legal one, as many are kept as show that it is too long. */
static clipper_receive_result transport_receive(void *self, clipper_received *message) {
    zmq_transport *transport = self;
    clipper_zmq_received *received = (clipper_zmq_received *)message;
    size_t count = 0, bytes = 0;
    int more = 1;
    while (more && count < transport->max_frames) {
        zmq_msg_t *part;
        int length;
        if (clipper_zmq_received_grow(received, count, transport->max_frames) != 0) {
            drop_rest(transport);
            return CLIPPER_RECEIVE_LOST;
        }
        part = &received->parts[count];
        length = zmq_msg_recv(part, transport->socket, ZMQ_DONTWAIT);
        if (length < 0)
            return receive_failed(transport, count);
        message->frames[count].len = length < INT_MAX ? (size_t)length : zmq_msg_size(part);
        if (count < CLIPPER_HEAD_FRAMES_MAX)
            message->frames[count].base = zmq_msg_data(part);
        bytes += message->frames[count].len;
        clipper_zmq_intake_add(&transport->intake, message->frames[count].len);
        more = zmq_msg_more(part);
        count++;
    }
    if (more)
        drop_rest(transport);
    message->count = count;
    received->bytes = bytes;
    transport->rest.moved += bytes;
    return CLIPPER_RECEIVED;
}

/* What the socket is ready for: ZMQ_POLLIN, ZMQ_POLLOUT. */
static int socket_events(const zmq_transport *transport) {
    int events = 0;
    size_t size = sizeof events;
    if (transport->socket == NULL || zmq_getsockopt(transport->socket, ZMQ_EVENTS, &events, &size) != 0)
        return 0;
    return events;
}

static int transport_pending(void *self) {
    return socket_events(self) & ZMQ_POLLIN;
}

/* ---- Sending ------------------------------------------------------------------------------------------- */

static int send_bytes(zmq_transport *transport, clipper_frame frame, int flags) {
    return zmq_send(transport->socket, frame.base, frame.len, flags | ZMQ_DONTWAIT);
}

/* Sends a part of a received message unchanged: large ones are shared, not copied. */
static int send_part(zmq_transport *transport, const clipper_received *message, size_t index, int flags) {
    const clipper_zmq_received *received = (const clipper_zmq_received *)message;
    int result;
    if (zmq_msg_copy(&transport->spare, &received->parts[index]) != 0)
        return -1;
    result = zmq_msg_send(&transport->spare, transport->socket, flags | ZMQ_DONTWAIT);
    if (result < 0) {
        zmq_msg_close(&transport->spare);
        zmq_msg_init(&transport->spare);
    }
    return result;
}

/* Frame INDEX of OUTGOING: head, then items. */
static int send_frame(zmq_transport *transport, const clipper_outgoing *outgoing, size_t index, int flags) {
    if (index < outgoing->head_count)
        return send_bytes(transport, outgoing->head[index], flags);
    index -= outgoing->head_count;
    if (outgoing->sources != NULL && outgoing->sources[index] != 0)
        return send_part(transport, outgoing->received, outgoing->sources[index] - 1, flags);
    return send_bytes(transport, outgoing->items[index], flags);
}

/* Sends the last frame of OUTGOING, which costs COST: where that is much, so that its end is seen. */
static int send_last(zmq_transport *transport, const clipper_outgoing *outgoing, size_t index,
                     uint64_t cost) {
    const size_t item = index - outgoing->head_count;
    const int is_item = index >= outgoing->head_count;
    const clipper_frame *frame = is_item ? &outgoing->items[item] : &outgoing->head[index];
    zmq_msg_t *shared = NULL;
    if (cost < transport->budget.counted_from)
        return send_frame(transport, outgoing, index, 0);
    if (is_item && outgoing->sources != NULL && outgoing->sources[item] != 0)
        shared = &((const clipper_zmq_received *)outgoing->received)->parts[outgoing->sources[item] - 1];
    return clipper_outflow_send(&transport->outflow, transport->socket, frame->base,
                                shared != NULL ? zmq_msg_size(shared) : frame->len, shared, cost);
}

static uint64_t cost_of(const clipper_outgoing *outgoing) {
    uint64_t cost = (outgoing->head_count + outgoing->item_count) * CLIPPER_FRAME_COST;
    for (size_t i = 0; i < outgoing->item_count; i++)
        cost += outgoing->items[i].len;
    return cost;
}

/* Only the first frame of a message can find no room: ZeroMQ then accepts the others. */
static clipper_send_result transport_send(void *self, const clipper_outgoing *outgoing) {
    zmq_transport *transport = self;
    const size_t last = outgoing->head_count + outgoing->item_count - 1;
    const uint64_t cost = cost_of(outgoing);
    if (!clipper_outflow_has_room(&transport->outflow))
        return CLIPPER_SEND_LATER;
    for (size_t i = 0; i <= last; i++) {
        while ((i < last ? send_frame(transport, outgoing, i, ZMQ_SNDMORE)
                         : send_last(transport, outgoing, i, cost)) < 0) {
            const int error = zmq_errno();
            if (error == EINTR)
                continue;
            if (error == EAGAIN && i == 0)
                return CLIPPER_SEND_LATER;
            transport->failure = zmq_strerror(error);
            return CLIPPER_SEND_CLOSED;
        }
    }
    transport->rest.moved += cost;
    return CLIPPER_SENT;
}

/* ---- Waiting ------------------------------------------------------------------------------------------- */

/* Has an event of INTEREST happened already? */
static int is_ready(zmq_transport *transport, int interest) {
    const int events = socket_events(transport);
    return ((events & ZMQ_POLLOUT) != 0 && clipper_outflow_has_room(&transport->outflow)) ||
           (interest & CLIPPER_WAIT_READ && events & ZMQ_POLLIN);
}

/* What is to be done beside the messages, and when the next of it is. Sets *LATER, unless that is sooner. */
static void keep_house(zmq_transport *transport, int interest, uint64_t *later) {
    const uint64_t now = clipper_monotonic_us();
    const uint64_t rest = clipper_memory_rest_at(&transport->rest, now);
    uint64_t look;
    if (interest & CLIPPER_WAIT_READ)
        clipper_zmq_intake_look(&transport->intake, &transport->link, &transport->budget, now);
    look = interest & CLIPPER_WAIT_READ ? clipper_zmq_intake_due(&transport->intake, &transport->link)
                                        : UINT64_MAX;
    if (rest < *later)
        *later = rest;
    if (look < *later)
        *later = look;
}

/* ZeroMQ's descriptors become readable when something has changed since the last use of the socket: a message,
 * room to send, a connection. The caller has just found nothing to read. That same use may have noticed room to
 * send, which the descriptor then does not signal: so it is asked for. */
static void transport_wait(void *self, int interest, uint64_t deadline_us) {
    zmq_transport *transport = self;
    struct pollfd items[3] = {{transport->wakeup.readable, POLLIN, 0},
                              {transport->socket_descriptor, POLLIN, 0},
                              {transport->link.monitor_descriptor, POLLIN, 0}};
    const nfds_t count = transport->socket == NULL ? 1 : 3;
    if (interest & CLIPPER_WAIT_WRITE && is_ready(transport, interest))
        return;
    keep_house(transport, interest, &deadline_us);
    if (transport->intake.exceeded ||
        poll(items, count, clipper_wakeup_poll_timeout(clipper_monotonic_us(), deadline_us)) <= 0)
        return;
    if (items[0].revents != 0)
        clipper_wakeup_clear(&transport->wakeup);
    if (count > 1 && items[2].revents != 0)
        clipper_zmq_link_read(&transport->link);
}

/* A message that was whole after all is received, and was not too much. */
static clipper_transport_event transport_event(void *self) {
    zmq_transport *transport = self;
    const clipper_transport_event event = clipper_zmq_link_next(&transport->link);
    if (event != CLIPPER_EVENT_NONE || !transport->intake.exceeded)
        return event;
    transport->intake.exceeded = 0;
    if (transport_pending(transport))
        return CLIPPER_EVENT_NONE;
    transport->intake.ended = 1;
    transport->rest.moved = UINT64_MAX / 2;
    transport->failure = "a message was coming that is larger than the limits or the memory allow";
    return CLIPPER_EVENT_ENDED;
}

static void transport_wake(void *self) {
    clipper_wakeup_signal(&((const zmq_transport *)self)->wakeup);
}

static uint64_t transport_now(void *self) {
    (void)self;
    return clipper_monotonic_us();
}

/* ---- The transport itself ------------------------------------------------------------------------------ */

static void transport_destroy(void *self) {
    zmq_transport *transport = self;
    transport_close(transport, 0);
    zmq_msg_close(&transport->spare);
    while (zmq_ctx_term(transport->context) != 0 && zmq_errno() == EINTR)
        ;
    clipper_wakeup_close(&transport->wakeup);
    free(transport);
}

static const clipper_transport_functions zmq_functions = {
    transport_open,
    transport_close,
    transport_failure,
    clipper_zmq_received_new,
    clipper_zmq_received_destroy,
    transport_receive,
    clipper_zmq_received_release,
    clipper_zmq_received_item,
    transport_pending,
    transport_send,
    transport_wait,
    transport_wake,
    transport_now,
    transport_destroy,
    transport_event,
};

static uint64_t max3(uint64_t a, uint64_t b, uint64_t c) {
    const uint64_t ab = a > b ? a : b;
    return ab > c ? ab : c;
}

/* The largest frame and the most frames that a message can have under LIMITS. */
static void set_limits(zmq_transport *transport, const clipper_limits *limits) {
    const uint64_t words = limits->items > UINT64_MAX / 8 - 2 ? UINT64_MAX : 8 * (limits->items + 2);
    const uint64_t frame = max3(limits->item_bytes, limits->text_bytes, words);
    const uint64_t frames = CLIPPER_HEAD_FRAMES_MAX + 1;
    transport->max_frame_bytes = frame > INT64_MAX ? INT64_MAX : (int64_t)frame;
    transport->max_frames = limits->items > SIZE_MAX / sizeof(zmq_msg_t) - frames
                                ? SIZE_MAX / sizeof(zmq_msg_t)
                                : (size_t)(limits->items + frames);
}

static int reconnect_pause(uint64_t poll_timeout_ms, int most) {
    return poll_timeout_ms < (uint64_t)most ? (int)poll_timeout_ms : most;
}

int clipper_zmq_transport_make(clipper_transport *handle, const char *endpoint, const clipper_budget *budget,
                               uint64_t poll_timeout_ms, uint64_t seed) {
    const size_t length = strlen(endpoint) + 1;
    zmq_transport *transport = calloc(1, sizeof *transport + length);
    if (transport == NULL)
        return -1;
    memcpy(transport->endpoint, endpoint, length);
    transport->budget = *budget;
    set_limits(transport, &budget->limits);
    transport->outflow.most = budget->unsent;
    transport->outflow.wakeup = &transport->wakeup;
    transport->random = seed;
    transport->reconnect_max_ms = reconnect_pause(poll_timeout_ms, RECONNECT_MAX_MS);
    transport->reconnect_ms = reconnect_pause(poll_timeout_ms, RECONNECT_MS);
    transport->failure = "";
    zmq_msg_init(&transport->spare);
    if (clipper_wakeup_open(&transport->wakeup) != 0) {
        free(transport);
        return -1;
    }
    transport->context = zmq_ctx_new();
    if (transport->context == NULL) {
        clipper_wakeup_close(&transport->wakeup);
        free(transport);
        return -1;
    }
    handle->call = &zmq_functions;
    handle->self = transport;
    return 0;
}

int clipper_zmq_transport_new(clipper_transport *handle, const char *endpoint, const clipper_limits *limits,
                              uint64_t poll_timeout_ms, uint64_t seed) {
    const clipper_limits usual = clipper_default_limits();
    const clipper_budget budget = clipper_budget_of(limits != NULL ? limits : &usual, USUAL_QUEUE, 0);
    return clipper_zmq_transport_make(handle, endpoint, &budget, poll_timeout_ms, seed);
}
