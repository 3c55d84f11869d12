/* metrics_server.h: a container's counters over HTTP, for Prometheus. */
#ifndef CLIPPER_COMMAND_METRICS_SERVER_H
#define CLIPPER_COMMAND_METRICS_SERVER_H

#include "clipper/container.h"

typedef struct metrics_server metrics_server;

/* Serves CONTAINER's counters at /metrics of PORT (0: any free one; *PORT becomes it), on a thread of its
 * own. Returns NULL and *WHY (static) when it cannot. */
metrics_server *metrics_server_start(const clipper_container *container, unsigned *port, const char **why);
/* NULL is fine. */
void metrics_server_stop(metrics_server *server);

#endif
