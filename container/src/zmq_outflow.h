/* zmq_outflow.h: how much of what was sent ZeroMQ still holds. */
#ifndef CLIPPER_CONTAINER_ZMQ_OUTFLOW_H
#define CLIPPER_CONTAINER_ZMQ_OUTFLOW_H

#include <stdatomic.h>
#include <stdint.h>
#include <zmq.h>

#include "wakeup.h"

/* ZeroMQ sends in order, and frees a frame that it has sent: when it frees the last frame of a message, it has sent all.
 * Zeroed but for MOST and WAKEUP: nothing is held. */
typedef struct clipper_outflow {
    _Atomic uint64_t held; /* the costs of the messages that ZeroMQ holds */
    _Atomic int awaited;   /* WAKEUP is to be signalled when there is room */
    uint64_t most;         /* HELD beyond this: no room */
    const clipper_wakeup *wakeup;
} clipper_outflow;

/* Not 0: another message may be sent. 0: WAKEUP will be signalled when one may. */
int clipper_outflow_has_room(clipper_outflow *outflow);

/* Sends the last frame of a message that costs COST: LEN bytes at BASE, copied, or, unless it is NULL, SHARED. Returns as
 * zmq_msg_send. */
int clipper_outflow_send(clipper_outflow *outflow, void *socket, const void *base, size_t len,
                         zmq_msg_t *shared, uint64_t cost);

#endif
