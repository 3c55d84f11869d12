/* metrics_server.c: /metrics, by libmicrohttpd; or, built with METRICS=0, not at all. */
#include "metrics_server.h"

#ifndef CLIPPER_NO_METRICS

#include <microhttpd.h>
#include <stdlib.h>

struct metrics_server {
    const clipper_container *container;
    struct MHD_Daemon *daemon;
};

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status, const char *type,
                              void *body, size_t length) {
    struct MHD_Response *response = MHD_create_response_from_buffer(length, body, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result result;
    if (response == NULL)
        return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result answer_metrics(const metrics_server *server, struct MHD_Connection *connection) {
    /* The numbers may have grown between the two calls. */
    const size_t capacity = clipper_container_metrics(server->container, NULL, 0) + 1024;
    char *text = malloc(capacity);
    size_t length;
    enum MHD_Result result;
    if (text == NULL)
        return MHD_NO;
    length = clipper_container_metrics(server->container, text, capacity);
    result = answer(connection, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", text,
                    length < capacity ? length : capacity - 1);
    free(text);
    return result;
}

static enum MHD_Result on_request(void *self, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data, size_t *size,
                                  void **state) {
    static char not_found[] = "The counters are at /metrics.\n", not_allowed[] = "Only GET is served.\n";
    const metrics_server *server = self;
    (void)version;
    (void)data;
    (void)state;
    *size = 0;
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
        return answer(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain", not_allowed,
                      sizeof not_allowed - 1);
    if (strcmp(url, "/metrics") != 0)
        return answer(connection, MHD_HTTP_NOT_FOUND, "text/plain", not_found, sizeof not_found - 1);
    return answer_metrics(server, connection);
}

metrics_server *metrics_server_start(const clipper_container *container, unsigned *port, const char **why) {
    metrics_server *server = calloc(1, sizeof *server);
    const union MHD_DaemonInfo *info;
    *why = "out of memory";
    if (server == NULL)
        return NULL;
    server->container = container;
    server->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO, (uint16_t)*port, NULL,
                                      NULL, on_request, server, MHD_OPTION_CONNECTION_LIMIT, 16u,
                                      MHD_OPTION_CONNECTION_TIMEOUT, 10u, MHD_OPTION_END);
    if (server->daemon == NULL) {
        *why = "the port is in use, or not permitted";
        free(server);
        return NULL;
    }
    info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    *port = info != NULL ? info->port : *port;
    return server;
}

void metrics_server_stop(metrics_server *server) {
    if (server == NULL)
        return;
    MHD_stop_daemon(server->daemon);
    free(server);
}

#else

metrics_server *metrics_server_start(const clipper_container *container, unsigned *port, const char **why) {
    (void)container;
    (void)port;
    *why = "this program was built without them (METRICS=0)";
    return NULL;
}

void metrics_server_stop(metrics_server *server) {
    (void)server;
}

#endif
