#include "engine/message.h"

#include "base/heap.h"

#include <stdlib.h>

/* Room for one more part. zmq_msg_t must be moved by libzmq, not by realloc. */
static void make_room(message *self, size_t *capacity) {
    zmq_msg_t *moved;
    size_t i;
    if (self->part_count_ < *capacity)
        return;
    *capacity = *capacity != 0 ? 2 * *capacity : 8;
    moved = heap_array(*capacity, sizeof *moved);
    for (i = 0; i < self->part_count_; i++) {
        zmq_msg_init(&moved[i]);
        zmq_msg_move(&moved[i], &self->parts_[i]);
        zmq_msg_close(&self->parts_[i]);
    }
    free(self->parts_);
    self->parts_ = moved;
}

/* Receives the next part into the message. False when there is none. */
static bool take_part(message *self, void *router, size_t *capacity) {
    make_room(self, capacity);
    zmq_msg_init(&self->parts_[self->part_count_]);
    if (zmq_msg_recv(&self->parts_[self->part_count_], router, ZMQ_DONTWAIT) < 0) {
        zmq_msg_close(&self->parts_[self->part_count_]);
        return false;
    }
    self->part_count_++;
    return true;
}

/* Reads the rest of a message that is longer than any that we keep. */
static void skip_rest(void *router) {
    zmq_msg_t part;
    bool more = true;
    zmq_msg_init(&part);
    while (more && zmq_msg_recv(&part, router, ZMQ_DONTWAIT) >= 0)
        more = zmq_msg_more(&part);
    zmq_msg_close(&part);
}

static bool take_parts(message *self, void *router) {
    size_t capacity = 0;
    do {
        /* libzmq hands over a message only when all of its parts have come. */
        if (!take_part(self, router, &capacity))
            return false;
        if (self->part_count_ == MESSAGE_FRAMES_MAX) {
            skip_rest(router);
            break;
        }
    } while (zmq_msg_more(&self->parts_[self->part_count_ - 1]));
    return true;
}

message *message_receive(void *router) {
    message *self = heap_new(sizeof *self);
    if (!take_parts(self, router)) {
        message_destroy(&self);
        return NULL;
    }
    self->at = clock_now();
    self->connection = zmq_msg_get(&self->parts_[self->part_count_ - 1], ZMQ_SRCFD);
    self->identity.base = zmq_msg_data(&self->parts_[0]);
    self->identity.len = zmq_msg_size(&self->parts_[0]);
    self->count = self->part_count_ - 1;
    self->frames = heap_array(self->count, sizeof *self->frames);
    for (size_t i = 0; i < self->count; i++) {
        self->frames[i].base = zmq_msg_data(&self->parts_[i + 1]);
        self->frames[i].len = zmq_msg_size(&self->parts_[i + 1]);
    }
    (void)clipper_decode(CLIPPER_TO_CLIPPER, self->frames, self->count, NULL, &self->content,
                         &self->diagnosis);
    return self;
}

void message_destroy(message **self_p) {
    message *self = *self_p;
    if (self == NULL)
        return;
    for (size_t i = 0; i < self->part_count_; i++)
        zmq_msg_close(&self->parts_[i]);
    free(self->parts_);
    free(self->frames);
    free(self);
    *self_p = NULL;
}
