/* zmq_received.h: a received message: an array of zmq_msg_t that is initialised once and reused. */
#ifndef CLIPPER_CONTAINER_ZMQ_RECEIVED_H
#define CLIPPER_CONTAINER_ZMQ_RECEIVED_H

#include <zmq.h>

#include "clipper/transport.h"

/* A received message and the parts that hold its bytes. */
typedef struct clipper_zmq_received {
    clipper_received received; /* first: the runtime knows only this */
    zmq_msg_t *parts;          /* all initialised */
    size_t capacity;           /* of parts and of received.frames */
    size_t bytes;              /* in all frames */
} clipper_zmq_received;

/* As the functions of clipper_transport_functions of these names. */
clipper_received *clipper_zmq_received_new(void *self);
void clipper_zmq_received_destroy(void *self, clipper_received *message);
void clipper_zmq_received_release(void *self, clipper_received *message);
clipper_frame clipper_zmq_received_item(void *self, const clipper_received *message, size_t index);

/* Makes room for part INDEX where those before it are in use; there are never more than MOST. Returns 0, or -1 without
 * memory. */
int clipper_zmq_received_grow(clipper_zmq_received *received, size_t index, size_t most);

#endif
