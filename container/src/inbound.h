/* inbound.h: messages from Clipper, and what becomes of them. */
#ifndef CLIPPER_CONTAINER_INBOUND_H
#define CLIPPER_CONTAINER_INBOUND_H

#include "clipper/session.h"
#include "jobs.h"

typedef struct clipper_inbound {
    clipper_transport transport;
    clipper_session *session;
    clipper_jobs *jobs;
    clipper_stats *stats;
    clipper_reporter *reporter;
} clipper_inbound;

typedef enum clipper_inbound_result {
    CLIPPER_INBOUND_NOTHING,          /* no message is waiting */
    CLIPPER_INBOUND_CLOSED,           /* the connection is gone */
    CLIPPER_INBOUND_TAKEN,            /* a message came and was dealt with */
    CLIPPER_INBOUND_METADATA,         /* Clipper asks for the metadata: send session->frames */
    CLIPPER_INBOUND_VERSION_MISMATCH, /* Clipper speaks another RPC version, which was reported */
} clipper_inbound_result;

/* Receives one message and has a request predicted. The jobs have room. */
clipper_inbound_result clipper_inbound_receive(clipper_inbound *inbound);

#endif
