/* zmq_received.c: storage of received messages. */
#include "zmq_received.h"

#include <stdlib.h>

enum {
    FIRST_PARTS = 16,
    KEPT_PARTS = 1 << 14,        /* a received message keeps these for the next one, */
    KEPT_MESSAGE_BYTES = 1 << 16 /* and these of its bytes until then */
};

static void close_parts(zmq_msg_t *parts, size_t count) {
    for (size_t i = 0; i < count; i++)
        zmq_msg_close(&parts[i]);
    free(parts);
}

/* Gives RECEIVED room for CAPACITY parts, and moves its first COUNT parts there. Returns 0, or -1 without memory. */
static int set_capacity(clipper_zmq_received *received, size_t capacity, size_t count) {
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

clipper_received *clipper_zmq_received_new(void *self) {
    clipper_zmq_received *received = calloc(1, sizeof *received);
    (void)self;
    if (received == NULL)
        return NULL;
    if (set_capacity(received, FIRST_PARTS, 0) != 0) {
        free(received);
        return NULL;
    }
    return &received->received;
}

void clipper_zmq_received_destroy(void *self, clipper_received *message) {
    clipper_zmq_received *received = (clipper_zmq_received *)message;
    (void)self;
    close_parts(received->parts, received->capacity);
    free(received->received.frames);
    free(received);
}

clipper_frame clipper_zmq_received_item(void *self, const clipper_received *message, size_t index) {
    const clipper_zmq_received *received = (const clipper_zmq_received *)message;
    clipper_frame frame;
    (void)self;
    frame.base = zmq_msg_data(&received->parts[index]);
    frame.len = received->received.frames[index].len;
    return frame;
}

/* Small messages stay until the next one overwrites them; large ones are freed at once. */
void clipper_zmq_received_release(void *self, clipper_received *message) {
    clipper_zmq_received *received = (clipper_zmq_received *)message;
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

int clipper_zmq_received_grow(clipper_zmq_received *received, size_t index, size_t most) {
    size_t capacity = 2 * received->capacity;
    if (index < received->capacity)
        return 0;
    if (capacity > most)
        capacity = most;
    return set_capacity(received, capacity, index);
}
