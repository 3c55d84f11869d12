/* budget.h: how the memory that a container may use is shared out. Pure. */
#ifndef CLIPPER_CONTAINER_BUDGET_H
#define CLIPPER_CONTAINER_BUDGET_H

#include "clipper/codec.h"

/* What a frame costs beside its bytes: its places in ZeroMQ's queue, in a job and in the outputs. */
#define CLIPPER_FRAME_COST 160u

/* All bytes, but for the numbers of messages; UINT64_MAX: no bound. */
typedef struct clipper_budget {
    clipper_limits limits;    /* of a request: those of the configuration, or what the memory allows */
    size_t received_messages; /* that the transport keeps until they are received */
    size_t unsent_messages;   /* and until they are sent, of those below: */
    uint64_t counted_from;    /* a response of this cost or more counts in UNSENT */
    uint64_t unsent;          /* responses that the transport holds; one more may begin */
    uint64_t under_way;       /* requests and their outputs, from receiving to sending; one more may begin */
    uint64_t kept_per_job;    /* a job that costs more is not kept for the next request */
    uint64_t unfinished;      /* bytes on the wire of a message that is still coming */
    uint64_t growth;          /* of the process since the connection was opened, while one is coming */
    uint64_t look_every_us;   /* how often a connection is looked at for these two */
} clipper_budget;

/* Shares out MEMORY bytes (0: as the limits and the queue need) for requests within LIMITS, QUEUE of them under way. */
clipper_budget clipper_budget_of(const clipper_limits *limits, size_t queue, uint64_t memory);

/* The connection has brought WIRE bytes of a message that is still coming, and the process has grown by GROWN bytes:
 * is that more than BUDGET has? */
int clipper_budget_is_exceeded(const clipper_budget *budget, uint64_t wire, uint64_t grown);

#endif
