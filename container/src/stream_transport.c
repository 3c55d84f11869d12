/* stream_transport.c: messages over a byte stream, in the codec's flat form.
 *
 * What is read goes through a clipper_flat_reader, which cuts it into frames; their bodies are gathered in
 * one buffer, each at an address that any type of element may be read from in place. What is to be sent is
 * written to another buffer, and leaves it as the connection takes it. */
#include "buffer.h"
#include "clipper/flat.h"
#include "clipper/transport.h"
#include "stream_socket.h"
#include "wakeup.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

enum {
    INPUT_BYTES = 1 << 16,
    MOST_UNSENT = 1 << 20, /* bytes not sent yet: beyond them there is no room for a message */
    ALIGNMENT = 8          /* of the bodies of frames */
};

/* A message: where its frames begin in BODIES, until they are complete, is in their BASE. */
typedef struct stream_received {
    clipper_received received; /* first: the runtime knows only this */
    size_t capacity;           /* of received.frames */
    clipper_buffer bodies;
} stream_received;

typedef struct stream_transport {
    clipper_stream_address address;
    clipper_limits limits;
    int stream; /* -1: not open */
    clipper_wakeup wakeup;
    clipper_flat_reader reader;
    clipper_frame unread;      /* of INPUT */
    stream_received assembled; /* the message that is being read */
    int losing;                /* not 0: there was no memory for it */
    clipper_buffer unsent;
    size_t sent; /* of UNSENT */
    int broken;  /* not 0: nothing more can be sent; the next receive or send reports it */
    char failure[CLIPPER_DIAGNOSIS_TEXT];
    unsigned char input[INPUT_BYTES];
} stream_transport;

static void fail(stream_transport *transport, const char *why) {
    snprintf(transport->failure, sizeof transport->failure, "%s", why);
}

static const char *stream_failure(void *self) {
    return ((const stream_transport *)self)->failure;
}

/* ---- Opening and closing ------------------------------------------------------------------------------- */

static clipper_open_result stream_open(void *self) {
    stream_transport *transport = self;
    transport->stream = clipper_stream_connect(&transport->address);
    if (transport->stream < 0) {
        fail(transport, strerror(errno));
        return CLIPPER_OPEN_LATER;
    }
    clipper_flat_reader_init(&transport->reader, &transport->limits);
    memset(&transport->unread, 0, sizeof transport->unread);
    transport->assembled.received.count = 0;
    clipper_buffer_clear(&transport->assembled.bodies);
    transport->losing = 0;
    clipper_buffer_clear(&transport->unsent);
    transport->sent = 0;
    transport->broken = 0;
    return CLIPPER_OPENED;
}

/* Sends what can be sent now. Returns -1 when the connection is gone. */
static int flush(stream_transport *transport) {
    while (transport->sent < transport->unsent.used) {
        const ptrdiff_t sent =
            clipper_stream_send(transport->stream, transport->unsent.bytes + transport->sent,
                                transport->unsent.used - transport->sent);
        if (sent < 0) {
            fail(transport, strerror(errno));
            transport->broken = 1;
            return -1;
        }
        if (sent == 0)
            return 0;
        transport->sent += (size_t)sent;
    }
    clipper_buffer_clear(&transport->unsent);
    transport->sent = 0;
    return 0;
}

/* Waits until all is sent, or the connection is gone, or LINGER_MS are over. */
static void linger(stream_transport *transport, uint64_t linger_ms) {
    const uint64_t end_us = clipper_monotonic_us() + linger_ms * 1000;
    struct pollfd item = {transport->stream, POLLOUT, 0};
    while (flush(transport) == 0 && transport->unsent.used > 0) {
        const uint64_t now_us = clipper_monotonic_us();
        if (now_us >= end_us)
            return;
        poll(&item, 1, clipper_wakeup_poll_timeout(now_us, end_us));
    }
}

static void stream_close(void *self, uint64_t linger_ms) {
    stream_transport *transport = self;
    if (transport->stream < 0)
        return;
    linger(transport, linger_ms);
    close(transport->stream);
    transport->stream = -1;
}

/* ---- Received messages --------------------------------------------------------------------------------- */

static clipper_received *stream_received_new(void *self) {
    stream_received *received = calloc(1, sizeof *received);
    (void)self;
    return received == NULL ? NULL : &received->received;
}

static void free_received(stream_received *received) {
    free(received->received.frames);
    clipper_buffer_free(&received->bodies);
}

static void stream_received_destroy(void *self, clipper_received *message) {
    (void)self;
    free_received((stream_received *)message);
    free(message);
}

static void stream_release(void *self, clipper_received *message) {
    (void)self;
    clipper_buffer_clear(&((stream_received *)message)->bodies);
}

static clipper_frame stream_item(void *self, const clipper_received *message, size_t index) {
    (void)self;
    return message->frames[index];
}

/* ---- Receiving ----------------------------------------------------------------------------------------- */

/* Begins the next frame of the assembled message. Returns -1 without memory. */
static int begin_frame(stream_received *assembled) {
    static const unsigned char zeros[ALIGNMENT];
    clipper_received *received = &assembled->received;
    if (received->count == assembled->capacity) {
        const size_t capacity = assembled->capacity == 0 ? 16 : 2 * assembled->capacity;
        clipper_frame *frames = capacity > SIZE_MAX / sizeof *frames
                                    ? NULL
                                    : realloc(received->frames, capacity * sizeof *frames);
        if (frames == NULL)
            return -1;
        received->frames = frames;
        assembled->capacity = capacity;
    }
    if (clipper_buffer_append(&assembled->bodies, zeros,
                              (ALIGNMENT - assembled->bodies.used % ALIGNMENT) % ALIGNMENT) != 0)
        return -1;
    received->frames[received->count].base = NULL;
    received->frames[received->count].len = 0;
    received->count++;
    return 0;
}

/* Allocates as bytes come, not by the length in the header, which a peer can set to anything. */
static int add_data(stream_received *assembled, clipper_frame data) {
    if (clipper_buffer_append(&assembled->bodies, data.base, data.len) != 0)
        return -1;
    assembled->received.frames[assembled->received.count - 1].len += data.len;
    return 0;
}

/* The bodies are complete and move no more: sets the address of each. */
static void place_frames(stream_received *assembled) {
    size_t offset = 0;
    for (size_t i = 0; i < assembled->received.count; i++) {
        clipper_frame *frame = &assembled->received.frames[i];
        frame->base = assembled->bodies.bytes == NULL ? NULL : assembled->bodies.bytes + offset;
        offset += frame->len;
        offset += (ALIGNMENT - offset % ALIGNMENT) % ALIGNMENT;
    }
}

/* Hands the message over, in exchange for storage for the next one. */
static clipper_receive_result deliver(stream_transport *transport, stream_received *received) {
    stream_received empty = *received;
    const int lost = transport->losing;
    place_frames(&transport->assembled);
    *received = transport->assembled;
    empty.received.count = 0;
    clipper_buffer_clear(&empty.bodies);
    transport->assembled = empty;
    transport->losing = 0;
    return lost ? CLIPPER_RECEIVE_LOST : CLIPPER_RECEIVED;
}

/* Handles one event of the reader. Returns not 0 when the message is complete. */
static int handle_event(stream_transport *transport, clipper_flat_event event, clipper_frame data) {
    if (event == CLIPPER_FLAT_FRAME && !transport->losing)
        transport->losing = begin_frame(&transport->assembled) != 0;
    if (event == CLIPPER_FLAT_DATA && !transport->losing)
        transport->losing = add_data(&transport->assembled, data) != 0;
    return event == CLIPPER_FLAT_END && !transport->reader.more;
}

/* Reads more bytes. Returns how many: 0 when there are none now, -1 when the connection is gone. */
static int read_more(stream_transport *transport) {
    const ssize_t got = recv(transport->stream, transport->input, sizeof transport->input, 0);
    if (got > 0) {
        transport->unread.base = transport->input;
        transport->unread.len = (size_t)got;
        return 1;
    }
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR || errno == ENOTCONN))
        return 0;
    fail(transport, got == 0 ? "the peer closed the connection" : strerror(errno));
    return -1;
}

static clipper_receive_result stream_receive(void *self, clipper_received *message) {
    stream_transport *transport = self;
    for (;;) {
        clipper_frame data;
        const clipper_flat_event event = clipper_flat_read(&transport->reader, &transport->unread, &data);
        if (event == CLIPPER_FLAT_ERROR) {
            clipper_diagnosis_text(&transport->reader.diagnosis, transport->failure,
                                   sizeof transport->failure);
            return CLIPPER_RECEIVE_CLOSED;
        }
        if (event == CLIPPER_FLAT_STARVED) {
            const int got = read_more(transport);
            if (got <= 0)
                return got == 0 ? CLIPPER_RECEIVE_NOTHING : CLIPPER_RECEIVE_CLOSED;
        } else if (handle_event(transport, event, data)) {
            return deliver(transport, (stream_received *)message);
        }
    }
}

static int stream_pending(void *self) {
    const stream_transport *transport = self;
    struct pollfd item = {transport->stream, POLLIN, 0};
    return transport->unread.len > 0 || (poll(&item, 1, 0) > 0 && item.revents & POLLIN);
}

/* ---- Sending ------------------------------------------------------------------------------------------- */

/* Writes FRAME to the unsent bytes. */
static int write_frame(stream_transport *transport, clipper_frame frame, int more) {
    uint8_t header[CLIPPER_FLAT_HEADER_MAX];
    const size_t length = clipper_flat_header(frame.len, more, header);
    return clipper_buffer_append(&transport->unsent, header, length) != 0 ||
                   clipper_buffer_append(&transport->unsent, frame.base, frame.len) != 0
               ? -1
               : 0;
}

static int write_message(stream_transport *transport, const clipper_outgoing *outgoing) {
    for (size_t i = 0; i < outgoing->head_count; i++) {
        if (write_frame(transport, outgoing->head[i],
                        i + 1 < outgoing->head_count || outgoing->item_count > 0))
            return -1;
    }
    for (size_t i = 0; i < outgoing->item_count; i++) {
        const size_t source = outgoing->sources == NULL ? 0 : outgoing->sources[i];
        const clipper_frame item = source == 0 ? outgoing->items[i] : outgoing->received->frames[source - 1];
        if (write_frame(transport, item, i + 1 < outgoing->item_count))
            return -1;
    }
    return 0;
}

static clipper_send_result stream_send(void *self, const clipper_outgoing *outgoing) {
    stream_transport *transport = self;
    if (flush(transport) != 0)
        return CLIPPER_SEND_CLOSED;
    if (transport->unsent.used - transport->sent > MOST_UNSENT)
        return CLIPPER_SEND_LATER;
    if (write_message(transport, outgoing) != 0) {
        fail(transport, "out of memory"); /* part of the message may be written already */
        return CLIPPER_SEND_CLOSED;
    }
    return flush(transport) == 0 ? CLIPPER_SENT : CLIPPER_SEND_CLOSED;
}

/* ---- Waiting ------------------------------------------------------------------------------------------- */

static void stream_wait(void *self, int interest, uint64_t deadline_us) {
    stream_transport *transport = self;
    const int unsent = transport->unsent.used > 0 && !transport->broken;
    struct pollfd items[2] = {{transport->wakeup.readable, POLLIN, 0}, {transport->stream, 0, 0}};
    if (interest & CLIPPER_WAIT_READ)
        items[1].events |= POLLIN;
    if (unsent || interest & CLIPPER_WAIT_WRITE)
        items[1].events |= POLLOUT;
    if (items[1].events == 0)
        items[1].fd = -1; /* else poll would report a closed connection again and again */
    if (poll(items, 2, clipper_wakeup_poll_timeout(clipper_monotonic_us(), deadline_us)) <= 0)
        return;
    if (items[0].revents != 0)
        clipper_wakeup_clear(&transport->wakeup);
    if (unsent && items[1].revents != 0)
        (void)flush(transport);
}

static void stream_wake(void *self) {
    clipper_wakeup_signal(&((const stream_transport *)self)->wakeup);
}

static uint64_t stream_now(void *self) {
    (void)self;
    return clipper_monotonic_us();
}

/* ---- The transport itself ------------------------------------------------------------------------------ */

static void stream_destroy(void *self) {
    stream_transport *transport = self;
    stream_close(transport, 0);
    free_received(&transport->assembled);
    clipper_buffer_free(&transport->unsent);
    clipper_wakeup_close(&transport->wakeup);
    free(transport);
}

static const clipper_transport_functions stream_functions = {
    stream_open,    stream_close,   stream_failure, stream_received_new, stream_received_destroy,
    stream_receive, stream_release, stream_item,    stream_pending,      stream_send,
    stream_wait,    stream_wake,    stream_now,     stream_destroy,      NULL,
};

static int prepare_stream(stream_transport *transport, const char *address, const char **why) {
    if (clipper_stream_address_read(address, &transport->address, why) != 0)
        return -1;
    *why = "no descriptors are left";
    return clipper_wakeup_open(&transport->wakeup);
}

int clipper_stream_transport_new(clipper_transport *handle, const char *address, const clipper_limits *limits,
                                 char error[CLIPPER_TRANSPORT_ERROR_TEXT]) {
    stream_transport *transport = calloc(1, sizeof *transport);
    const char *why = "out of memory";
    if (transport == NULL || prepare_stream(transport, address, &why) != 0) {
        snprintf(error, CLIPPER_TRANSPORT_ERROR_TEXT, "%.80s: %s", address, why);
        free(transport);
        return -1;
    }
    transport->stream = -1;
    transport->limits = limits != NULL ? *limits : clipper_default_limits();
    handle->call = &stream_functions;
    handle->self = transport;
    return 0;
}
