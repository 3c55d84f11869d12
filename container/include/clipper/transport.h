/* clipper/transport.h: how a container sends and receives multipart messages, over ZeroMQ or anything else.
 *
 * WHAT IT IS
 *   A transport is a table of functions and some state. The runtime (clipper/container.h) decides what is
 *   sent and when; the transport moves it. ZeroMQ is the usual one (clipper_zmq_transport_new), a byte stream
 *   over TCP or a Unix-domain socket another (clipper_stream_transport_new); write your own for anything else.
 *
 * THREADS
 *   One thread, the polling thread, makes all calls, but for `item`, which any one thread at a time may call
 *   for a message, and `wake`, which any thread and any signal handler may call at any time.
 *
 * OWNERSHIP
 *   A received message lives in storage that the transport makes, the runtime holds and the transport fills
 *   again and again. Frames to send are borrowed for the length of the call.
 */
#ifndef CLIPPER_TRANSPORT_H
#define CLIPPER_TRANSPORT_H

#include "clipper/codec.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A received multipart message. The transport may embed it in something larger of its own. */
typedef struct clipper_received {
    clipper_frame *frames; /* the delimiter first. LEN is right for all; BASE for the first
                              CLIPPER_HEAD_FRAMES_MAX at least, for the others ask `item`. */
    size_t count;          /* frames */
} clipper_received;

/* What came of an attempt to receive. */
typedef enum clipper_receive_result {
    CLIPPER_RECEIVED,        /* a whole message */
    CLIPPER_RECEIVE_NOTHING, /* none is waiting */
    CLIPPER_RECEIVE_LOST,    /* a message came and could not be kept: out of memory. It is gone. */
    CLIPPER_RECEIVE_CLOSED   /* the connection is gone; close and open again */
} clipper_receive_result;

/* What came of an attempt to send. */
typedef enum clipper_send_result {
    CLIPPER_SENT,       /* the transport has it */
    CLIPPER_SEND_LATER, /* no room now; nothing of it was sent */
    CLIPPER_SEND_CLOSED /* the connection is gone; the message may be lost. Close and open again. */
} clipper_send_result;

/* What came of an attempt to open. */
typedef enum clipper_open_result {
    CLIPPER_OPENED,
    CLIPPER_OPEN_LATER, /* not now (refused, no memory, no descriptors): try again after a while */
    CLIPPER_OPEN_NEVER  /* it never will: the address is bad */
} clipper_open_result;

/* What a connection did that the runtime did not ask for. */
typedef enum clipper_transport_event {
    CLIPPER_EVENT_NONE,
    CLIPPER_EVENT_CONNECTED, /* to the peer; also again, after DISCONNECTED */
    CLIPPER_EVENT_NO_HOST, /* the peer's name has no address. The transport goes on trying, as with the next two */
    CLIPPER_EVENT_REFUSED,      /* nobody listens at its address, or it cannot be reached */
    CLIPPER_EVENT_NOT_ZEROMQ,   /* who listens there does not speak ZeroMQ's protocol */
    CLIPPER_EVENT_DISCONNECTED, /* by the peer, or on the way; the transport connects again by itself */
    CLIPPER_EVENT_ENDED         /* by the transport: close and open again. `failure` says why. */
} clipper_transport_event;

/* What a wait is for; bits. */
enum {
    CLIPPER_WAIT_READ = 1, /* until a message may be waiting */
    CLIPPER_WAIT_WRITE = 2 /* until there may be room to send */
};

/* A message to send: the header frames, then the items. */
typedef struct clipper_outgoing {
    const clipper_frame *head;
    size_t head_count; /* at least 1 */
    const clipper_frame *items;
    size_t item_count;
    /* NULL, or for each item: 0 where ITEMS has its bytes, otherwise 1 + the index of the frame of RECEIVED
     * that the item is, unchanged (BASE is then not set). A transport may move it without copying. */
    const size_t *sources;
    const clipper_received *received;
} clipper_outgoing;

typedef struct clipper_transport_functions {
    /* Makes a new connection, with a new identity. Called when there is none. Does not wait for the peer. On failure
     * `failure` says why. */
    clipper_open_result (*open)(void *self);
    /* Closes the connection, if there is one. Messages not sent yet get up to LINGER_MS more, which `destroy`
     * waits for. */
    void (*close)(void *self, uint64_t linger_ms);
    /* Why the latest `open`, `receive` or `send` failed: one line, static or the transport's own. */
    const char *(*failure)(void *self);

    /* Storage for one received message, or NULL without memory; and its end. */
    clipper_received *(*received_new)(void *self);
    void (*received_destroy)(void *self, clipper_received *received);

    /* Receives the next whole message into RECEIVED, over what was there before. Never blocks. */
    clipper_receive_result (*receive)(void *self, clipper_received *received);
    /* The runtime is done with RECEIVED for now: what holds much memory may be given back. */
    void (*release)(void *self, clipper_received *received);
    /* Frame INDEX of RECEIVED, with its bytes. INDEX is below received->count. */
    clipper_frame (*item)(void *self, const clipper_received *received, size_t index);
    /* Not 0: a message is waiting to be received. */
    int (*pending)(void *self);
    /* Sends one whole message. Never blocks. */
    clipper_send_result (*send)(void *self, const clipper_outgoing *outgoing);

    /* Blocks until one of the events in INTEREST may have happened, `wake` was called, a signal came, or
     * `now` has reached DEADLINE_US (UINT64_MAX: none). May return early. Called only directly after
     * `receive` found nothing or `pending` was asked; with no connection it waits for the rest. */
    void (*wait)(void *self, int interest, uint64_t deadline_us);
    /* Ends the current `wait`, or the next one. From any thread, and from signal handlers. */
    void (*wake)(void *self);
    /* Microseconds of a clock that never steps. */
    uint64_t (*now)(void *self);

    /* Frees the transport. All received storage was destroyed before. */
    void (*destroy)(void *self);

    /* What the connection did since it was last asked, one after the other, then NONE. Never blocks. NULL: it has
     * nothing to say. */
    clipper_transport_event (*event)(void *self);
} clipper_transport_functions;

typedef struct clipper_transport {
    const clipper_transport_functions *call;
    void *self;
} clipper_transport;

/* A ZeroMQ DEALER socket that connects to ENDPOINT ("tcp://127.0.0.1:7000").
 * LIMITS       of a received message. A frame larger than any item or text may be ends the connection
 *              (ZMQ_MAXMSGSIZE), and libzmq makes no other: what follows is silence, and after TO a new session. A
 *              message far beyond them that is still coming is ENDED, where the system can say how much of it came
 *              (Linux, over TCP). Borrowed for the call; NULL for the defaults.
 * POLL_TIMEOUT_MS  D: paces ZeroMQ's own attempts to reconnect.
 * SEED         of the jitter of those attempts.
 * Returns 0; -1 without memory. */
CLIPPER_API int clipper_zmq_transport_new(clipper_transport *transport, const char *endpoint,
                                          const clipper_limits *limits, uint64_t poll_timeout_ms,
                                          uint64_t seed);

/* A byte stream that carries the flat form of clipper/flat.h both ways, one message after the other, for use where
 * there is no ZeroMQ; also an example of the codec on a custom transport.
 * ADDRESS      "tcp://HOST:PORT" (HOST is looked up now, once) or "unix://PATH"
 * LIMITS       of a received message; NULL for the defaults. A stream that exceeds them, or is not the flat form,
 *              is closed: the bytes after the error have no meaning.
 * Returns 0, or -1 and a line in ERROR: a bad address, or no memory. */
#define CLIPPER_TRANSPORT_ERROR_TEXT 256
CLIPPER_API int clipper_stream_transport_new(clipper_transport *transport, const char *address,
                                             const clipper_limits *limits,
                                             char error[CLIPPER_TRANSPORT_ERROR_TEXT]);

#ifdef __cplusplus
}
#endif

#endif
