/* zmq_transport.c: the ZeroMQ transport: a DEALER socket, on zmq_msg_t directly.
 *
 * Messages are received into an array of zmq_msg_t that is initialised once and reused. Only header frames are
 * read here; items are read when a model asks for them. */
#include "clipper/transport.h"
#include "random.h"
#include "wakeup.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <zmq.h>

enum {
    FIRST_PARTS = 16,
    KEPT_PARTS = 1 << 14,         /* a received message keeps these for the next one, */
    KEPT_MESSAGE_BYTES = 1 << 16, /* and these of its bytes until then */
    BUFFER_BYTES = 256 * 1024,    /* of the kernel, both ways: saves system calls with large frames */
    RECONNECT_MS = 100,           /* the first pause before connecting again, give or take a quarter */
    RECONNECT_MAX_MS = 2000       /* the longest */
};

/* A received message and the parts that hold its bytes. */
typedef struct zmq_received {
    clipper_received received; /* first: the runtime knows only this */
    zmq_msg_t *parts;          /* all initialised */
    size_t capacity;           /* of parts and of received.frames */
    size_t bytes;              /* in all frames */
} zmq_received;

typedef struct zmq_transport {
    void *context;
    void *socket; /* NULL: not open */
    int socket_descriptor;
    clipper_wakeup wakeup;
    int64_t max_frame_bytes;
    size_t max_frames;
    int reconnect_ms;
    int reconnect_max_ms;
    uint64_t random;
    int ipv6;
    zmq_msg_t spare; /* for frames that are not kept, and for copies on their way out */
    const char *failure;
    char endpoint[];
} zmq_transport;

/* ---- Opening and closing ------------------------------------------------------------------------------- */

static int set_int(void *socket, int option, int value) {
    return zmq_setsockopt(socket, option, &value, sizeof value);
}

static int set_options(zmq_transport *transport, void *socket) {
    const int pause =
        (int)clipper_random_between(&transport->random, (uint64_t)transport->reconnect_ms * 3 / 4,
                                    (uint64_t)transport->reconnect_ms * 5 / 4);
    size_t size = sizeof transport->socket_descriptor;
    return set_int(socket, ZMQ_LINGER, 0) || set_int(socket, ZMQ_IPV6, transport->ipv6) ||
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

static clipper_open_result transport_open(void *self) {
    zmq_transport *transport = self;
    void *socket = zmq_socket(transport->context, ZMQ_DEALER);
    if (socket == NULL)
        return open_failed(transport, zmq_errno());
    if (set_options(transport, socket) != 0 || zmq_connect(socket, transport->endpoint) != 0) {
        const int error = zmq_errno();
        zmq_close(socket);
        return open_failed(transport, error);
    }
    transport->socket = socket;
    return CLIPPER_OPENED;
}

static void transport_close(void *self, uint64_t linger_ms) {
    zmq_transport *transport = self;
    if (transport->socket == NULL)
        return;
    set_int(transport->socket, ZMQ_LINGER, (int)linger_ms);
    zmq_close(transport->socket);
    transport->socket = NULL;
}

static const char *transport_failure(void *self) {
    return ((const zmq_transport *)self)->failure;
}

/* ---- Received messages --------------------------------------------------------------------------------- */

static void close_parts(zmq_msg_t *parts, size_t count) {
    for (size_t i = 0; i < count; i++)
        zmq_msg_close(&parts[i]);
    free(parts);
}

/* Gives RECEIVED room for CAPACITY parts, and moves its first COUNT parts there. Returns 0, or -1 without memory. */
static int set_capacity(zmq_received *received, size_t capacity, size_t count) {
    zmq_msg_t *parts = malloc(capacity * sizeof *parts);
    clipper_frame *frames = parts == NULL ? NULL : malloc(capacity * sizeof *frames);
    if (frames == NULL) {
        free(parts);
        return -1;
    }
    for (size_t i = 0; i < capacity; i++) {
        zmq_msg_init(&parts[i]);
        if (i >= count)
            continue;
        zmq_msg_move(&parts[i], &received->parts[i]);
        /* A small frame lies within its part, so its address has changed. */
        frames[i].base = i < CLIPPER_HEAD_FRAMES_MAX ? zmq_msg_data(&parts[i]) : NULL;
        frames[i].len = received->received.frames[i].len;
    }
    close_parts(received->parts, received->capacity);
    free(received->received.frames);
    received->parts = parts;
    received->received.frames = frames;
    received->capacity = capacity;
    return 0;
}

static clipper_received *transport_received_new(void *self) {
    zmq_received *received = calloc(1, sizeof *received);
    (void)self;
    if (received == NULL)
        return NULL;
    if (set_capacity(received, FIRST_PARTS, 0) != 0) {
        free(received);
        return NULL;
    }
    return &received->received;
}

static void transport_received_destroy(void *self, clipper_received *message) {
    zmq_received *received = (zmq_received *)message;
    (void)self;
    close_parts(received->parts, received->capacity);
    free(received->received.frames);
    free(received);
}

static clipper_frame transport_item(void *self, const clipper_received *message, size_t index) {
    const zmq_received *received = (const zmq_received *)message;
    clipper_frame frame;
    (void)self;
    frame.base = zmq_msg_data(&received->parts[index]);
    frame.len = received->received.frames[index].len;
    return frame;
}

/* ---- Receiving ----------------------------------------------------------------------------------------- */

/* Receives and drops the rest of a message. All of it has arrived: ZeroMQ delivers whole messages. */
static void drop_rest(zmq_transport *transport) {
    while (zmq_msg_recv(&transport->spare, transport->socket, ZMQ_DONTWAIT) >= 0 &&
           zmq_msg_more(&transport->spare))
        ;
    zmq_msg_close(&transport->spare);
    zmq_msg_init(&transport->spare);
}

/* Room for one more part. */
static int grow_parts(zmq_transport *transport, zmq_received *received, size_t count) {
    size_t capacity = 2 * received->capacity;
    if (count < received->capacity)
        return 0;
    if (capacity > transport->max_frames)
        capacity = transport->max_frames;
    return set_capacity(received, capacity, count);
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
    zmq_received *received = (zmq_received *)message;
    size_t count = 0, bytes = 0;
    int more = 1;
    while (more && count < transport->max_frames) {
        zmq_msg_t *part;
        int length;
        if (grow_parts(transport, received, count) != 0) {
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
        more = zmq_msg_more(part);
        count++;
    }
    if (more)
        drop_rest(transport);
    message->count = count;
    received->bytes = bytes;
    return CLIPPER_RECEIVED;
}

/* Small messages stay until the next one overwrites them; large ones are freed at once. */
static void transport_release(void *self, clipper_received *message) {
    zmq_received *received = (zmq_received *)message;
    (void)self;
    if (received->capacity > KEPT_PARTS && set_capacity(received, FIRST_PARTS, 0) == 0)
        return;
    if (received->bytes <= KEPT_MESSAGE_BYTES)
        return;
    for (size_t i = 0; i < message->count; i++) {
        zmq_msg_close(&received->parts[i]);
        zmq_msg_init(&received->parts[i]);
    }
    received->bytes = 0;
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
    const zmq_received *received = (const zmq_received *)message;
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

/* Only the first frame of a message can find no room: ZeroMQ then accepts the others. */
static clipper_send_result transport_send(void *self, const clipper_outgoing *outgoing) {
    zmq_transport *transport = self;
    const size_t count = outgoing->head_count + outgoing->item_count;
    for (size_t i = 0; i < count; i++) {
        const int flags = i + 1 < count ? ZMQ_SNDMORE : 0;
        while (send_frame(transport, outgoing, i, flags) < 0) {
            const int error = zmq_errno();
            if (error == EINTR)
                continue;
            if (error == EAGAIN && i == 0)
                return CLIPPER_SEND_LATER;
            transport->failure = zmq_strerror(error);
            return CLIPPER_SEND_CLOSED;
        }
    }
    return CLIPPER_SENT;
}

/* ---- Waiting ------------------------------------------------------------------------------------------- */

/* Has an event of INTEREST happened already? */
static int is_ready(const zmq_transport *transport, int interest) {
    const int events = socket_events(transport);
    return (events & ZMQ_POLLOUT) != 0 || (interest & CLIPPER_WAIT_READ && events & ZMQ_POLLIN);
}

/* ZeroMQ's descriptor becomes readable when something has changed since the last use of the socket: a message,
 * room to send, a connection. The caller has just found nothing to read. That same use may have noticed room to
 * send, which the descriptor then does not signal: so it is asked for. */
static void transport_wait(void *self, int interest, uint64_t deadline_us) {
    zmq_transport *transport = self;
    struct pollfd items[2] = {{transport->wakeup.readable, POLLIN, 0},
                              {transport->socket_descriptor, POLLIN, 0}};
    const nfds_t count = transport->socket == NULL ? 1 : 2;
    if (interest & CLIPPER_WAIT_WRITE && is_ready(transport, interest))
        return;
    if (poll(items, count, clipper_wakeup_poll_timeout(clipper_monotonic_us(), deadline_us)) > 0 &&
        items[0].revents != 0)
        clipper_wakeup_clear(&transport->wakeup);
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
    transport_received_new,
    transport_received_destroy,
    transport_receive,
    transport_release,
    transport_item,
    transport_pending,
    transport_send,
    transport_wait,
    transport_wake,
    transport_now,
    transport_destroy,
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

int clipper_zmq_transport_new(clipper_transport *handle, const char *endpoint, const clipper_limits *limits,
                              uint64_t poll_timeout_ms, uint64_t seed) {
    const clipper_limits usual = clipper_default_limits();
    const size_t length = strlen(endpoint) + 1;
    zmq_transport *transport = calloc(1, sizeof *transport + length);
    if (transport == NULL)
        return -1;
    memcpy(transport->endpoint, endpoint, length);
    set_limits(transport, limits != NULL ? limits : &usual);
    transport->ipv6 =
        strchr(endpoint, '[') != NULL; /* else "localhost" might mean ::1, where no Clipper is */
    transport->random = seed;
    transport->reconnect_max_ms =
        poll_timeout_ms < RECONNECT_MAX_MS ? (int)poll_timeout_ms : RECONNECT_MAX_MS;
    transport->reconnect_ms =
        transport->reconnect_max_ms < RECONNECT_MS ? transport->reconnect_max_ms : RECONNECT_MS;
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
