/* zmq_outflow.c: the last frame of a message, and its end. */
#include "zmq_outflow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct last_frame {
    clipper_outflow *outflow;
    uint64_t cost;
    zmq_msg_t shared; /* initialised; the frame, or empty */
    unsigned char bytes[];
} last_frame;

int clipper_outflow_has_room(clipper_outflow *outflow) {
    if (atomic_load_explicit(&outflow->held, memory_order_relaxed) <= outflow->most)
        return 1;
    atomic_store(&outflow->awaited, 1);
    return atomic_load(&outflow->held) <=
           outflow->most; /* now, after AWAITED is seen, or it will be signalled */
}

/* On ZeroMQ's own thread. */
static void was_sent(void *bytes, void *hint) {
    last_frame *frame = hint;
    clipper_outflow *outflow = frame->outflow;
    (void)bytes;
    if (atomic_fetch_sub(&outflow->held, frame->cost) - frame->cost <= outflow->most &&
        atomic_exchange(&outflow->awaited, 0))
        clipper_wakeup_signal(outflow->wakeup);
    zmq_msg_close(&frame->shared);
    free(frame);
}

static last_frame *frame_new(const void *base, size_t len, zmq_msg_t *shared) {
    last_frame *frame = malloc(sizeof *frame + (shared == NULL ? len : 0));
    if (frame == NULL)
        return NULL;
    zmq_msg_init(&frame->shared);
    if (shared != NULL)
        zmq_msg_copy(&frame->shared, shared);
    else if (len > 0)
        memcpy(frame->bytes, base, len);
    return frame;
}

int clipper_outflow_send(clipper_outflow *outflow, void *socket, const void *base, size_t len,
                         zmq_msg_t *shared, uint64_t cost) {
    last_frame *frame = frame_new(base, len, shared);
    zmq_msg_t part;
    int result;
    errno = ENOMEM;
    if (frame == NULL)
        return -1;
    frame->outflow = outflow;
    frame->cost = cost;
    if (zmq_msg_init_data(&part, shared != NULL ? zmq_msg_data(&frame->shared) : frame->bytes, len, was_sent,
                          frame) != 0) {
        zmq_msg_close(&frame->shared);
        free(frame);
        return -1;
    }
    atomic_fetch_add(&outflow->held, cost);
    result = zmq_msg_send(&part, socket, ZMQ_DONTWAIT);
    if (result < 0) {
        const int error = zmq_errno();
        zmq_msg_close(&part);
        errno = error;
    }
    return result;
}
