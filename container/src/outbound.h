/* outbound.h: what goes to Clipper: heartbeats, metadata, responses. */
#ifndef CLIPPER_CONTAINER_OUTBOUND_H
#define CLIPPER_CONTAINER_OUTBOUND_H

#include "jobs.h"

typedef struct clipper_outbound {
    clipper_transport transport;
    clipper_jobs *jobs;
    clipper_stats *stats;
    clipper_reporter *reporter;
    clipper_wire wire;
    uint64_t session; /* the number of the open session; 0: none is open */

    /* New container messages that found no room yet. */
    const clipper_frame *metadata;
    size_t metadata_frames;
    unsigned metadata_owed;

    clipper_frame head[CLIPPER_HEAD_FRAMES_MAX];
    unsigned char *scratch; /* for the header frames of a response */
    size_t scratch_capacity;
} clipper_outbound;

/* JOBS, STATS and REPORTER outlive it. */
void clipper_outbound_init(clipper_outbound *outbound, clipper_wire wire, const clipper_transport *transport,
                           clipper_jobs *jobs, clipper_stats *stats, clipper_reporter *reporter);
void clipper_outbound_free(clipper_outbound *outbound);

/* Session number SESSION was opened. */
void clipper_outbound_begin(clipper_outbound *outbound, uint64_t session);
/* The session is over: what was to be sent in it is dropped. */
void clipper_outbound_end(clipper_outbound *outbound);

/* The next three return CLIPPER_SEND_CLOSED when the connection is gone. */

/* A heartbeat that finds no room is not sent later: Clipper has not read the ones before it. */
clipper_send_result clipper_outbound_heartbeat(clipper_outbound *outbound, const clipper_frame *frames,
                                               size_t count);
/* Metadata that finds no room is sent when there is some. FRAMES stay as they are. */
clipper_send_result clipper_outbound_metadata(clipper_outbound *outbound, const clipper_frame *frames,
                                              size_t count);
/* Sends owed metadata and the answers of finished jobs. Returns CLIPPER_SENT when anything was done, and
 * CLIPPER_SEND_LATER when there was nothing to do or no room. */
clipper_send_result clipper_outbound_send(clipper_outbound *outbound);
/* Not 0: a message waits for room. */
int clipper_outbound_is_waiting(const clipper_outbound *outbound);

#endif
