/* zmq_intake.h: how much of a message that is still coming ZeroMQ holds. It delivers whole messages, and keeps whatever
 * the frames of one bring: nothing but the connection's own account tells how much that is. */
#ifndef CLIPPER_CONTAINER_ZMQ_INTAKE_H
#define CLIPPER_CONTAINER_ZMQ_INTAKE_H

#include "budget.h"
#include "zmq_link.h"

/* Zeroed: nothing was received. */
typedef struct clipper_zmq_intake {
    uint64_t received;    /* bytes on the wire of all frames received so far */
    uint64_t before;      /* of these, what came before the connection */
    uint64_t connections; /* of the link, when BEFORE and USED were found; 0: not yet */
    uint64_t used;        /* memory of the process then */
    uint64_t look_at_us;  /* when to look again */
    int exceeded;         /* the message that is coming, at the latest look */
    int ended;            /* the one before: USED may have some of it */
} clipper_zmq_intake;

/* A frame of LEN bytes was received: with ZMTP's flags and length. */
static inline void clipper_zmq_intake_add(clipper_zmq_intake *intake, size_t len) {
    intake->received += len + (len < 256 ? 2 : 9);
}

/* Looks at LINK's connection, if it is time to: sets intake->exceeded. All that was whole has been received. */
void clipper_zmq_intake_look(clipper_zmq_intake *intake, const clipper_zmq_link *link,
                             const clipper_budget *budget, uint64_t now_us);
/* When to look next; UINT64_MAX: there is no connection. */
uint64_t clipper_zmq_intake_due(const clipper_zmq_intake *intake, const clipper_zmq_link *link);

#endif
