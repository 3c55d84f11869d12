/* A message from a container, taken whole from the socket and then decoded: nothing that a peer sends can
 * leave the kit waiting in the middle of a message, or take the next message for a part of this one. */
#ifndef MOCKCLIPPER_ENGINE_MESSAGE_H
#define MOCKCLIPPER_ENGINE_MESSAGE_H

#include "base/clock.h"

#include <clipper/codec.h>

#include <stdbool.h>
#include <zmq.h>

/* Frames kept of one message; further ones are read and dropped (the message is malformed anyway). */
#define MESSAGE_FRAMES_MAX ((size_t)1 << 20)

typedef struct message {
    instant at;              /* when it was taken from the socket */
    clipper_frame identity;  /* the sender's routing identity */
    int connection;          /* the descriptor of the TCP connection it came by, or -1 when unknown */
    clipper_frame *frames;   /* delimiter first */
    size_t count;            /* frames */
    clipper_message content; /* zeroed (CLIPPER_NO_MESSAGE) when the frames do not decode */
    clipper_diagnosis diagnosis;

    zmq_msg_t *parts_; /* the identity, then the frames */
    size_t part_count_;
    bool answered; /* Clipper has done by itself what there was to do */
    bool invited;  /* metadata that Clipper has asked for by itself */
} message;

/* Takes the next whole message from the ROUTER socket, or returns NULL when none is there. The caller's to
 * destroy. */
message *message_receive(void *router);
void message_destroy(message **self_p);

/* What the peer said of itself in its ZMTP handshake, such as its "Socket-Type"; empty when it said nothing of that. */
const char *message_property(const message *self, const char *name);

/* For those who receive parts themselves: moves COUNT parts to a new array of CAPACITY, all of it initialised (zmq_msg_t
 * must be moved by libzmq, not by realloc), and frees PARTS. */
zmq_msg_t *message_move_parts(zmq_msg_t *parts, size_t count, size_t capacity);

/* Reads and drops the rest of a message. */
void message_skip_rest(void *router);

#endif
