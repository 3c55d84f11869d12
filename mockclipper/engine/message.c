#include "engine/message.h"

#include "base/heap.h"

#include <stdlib.h>

zmq_msg_t *message_move_parts(zmq_msg_t *parts, size_t count, size_t capacity) {
    zmq_msg_t *moved = heap_array(capacity, sizeof *moved);
    for (size_t i = 0; i < capacity; i++)
        zmq_msg_init(&moved[i]);
    for (size_t i = 0; i < count; i++) {
        zmq_msg_move(&moved[i], &parts[i]);
        zmq_msg_close(&parts[i]);
    }
    free(parts);
    return moved;
}

void message_skip_rest(void *router) {
    zmq_msg_t part;
    bool more = true;
    zmq_msg_init(&part);
    while (more && zmq_msg_recv(&part, router, ZMQ_DONTWAIT) >= 0)
        more = zmq_msg_more(&part);
    zmq_msg_close(&part);
}

/* Receives the next part into the message. False when there is none. */
static bool take_part(message *self, void *router, size_t *capacity) {
    if (self->part_count_ == *capacity) {
        *capacity = *capacity != 0 ? 2 * *capacity : 8;
        self->parts_ = message_move_parts(self->parts_, self->part_count_, *capacity);
    }
    if (zmq_msg_recv(&self->parts_[self->part_count_], router, ZMQ_DONTWAIT) < 0)
        return false;
    self->part_count_++;
    return true;
}

static bool take_parts(message *self, void *router) {
    size_t capacity = 0;
    do {
        /* libzmq hands over a message only when all of its parts have come. */
        if (!take_part(self, router, &capacity))
            return false;
        if (self->part_count_ == MESSAGE_FRAMES_MAX) {
            message_skip_rest(router);
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

const char *message_property(const message *self, const char *name) {
    const char *value = zmq_msg_gets(&self->parts_[self->part_count_ - 1], name);
    return value != NULL ? value : "";
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
