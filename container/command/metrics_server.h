/* metrics_server.h: a container's counters over HTTP, for Prometheus. */
#ifndef CLIPPER_COMMAND_METRICS_SERVER_H
#define CLIPPER_COMMAND_METRICS_SERVER_H

#include "clipper/container.h"

typedef struct metrics_server metrics_server;

enum {
    METRICS_ERROR_TEXT = 256
};

/* Where metrics are served. */
typedef struct metrics_place {
    const char *address; /* of this host; "*" for all */
    const char *port;    /* a number; "0": any free one */
    unsigned bound;      /* the port that it became */
} metrics_place;

/* Serves CONTAINER's counters at /metrics of PLACE, on a thread of its own. Of more connections than there may be the
 * oldest is closed. Returns NULL and a line in ERROR when it cannot. */
metrics_server *metrics_server_start(const clipper_container *container, metrics_place *place,
                                     char error[METRICS_ERROR_TEXT]);
/* NULL is fine. */
void metrics_server_stop(metrics_server *server);

#endif
