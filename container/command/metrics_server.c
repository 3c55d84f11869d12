/* metrics_server.c: /metrics, by libmicrohttpd.
 *
 * That library is loaded only when it is asked for: with the TLS libraries that it brings, it takes more
 * memory than all the rest of a container. */
#include "metrics_server.h"

#include <dlfcn.h>
#include <microhttpd.h>
#include <stdlib.h>

/* The functions of libmicrohttpd that are used here. */
#define FUNCTIONS(X)                                                                                         \
    X(MHD_start_daemon)                                                                                      \
    X(MHD_get_daemon_info)                                                                                   \
    X(MHD_stop_daemon)                                                                                       \
    X(MHD_create_response_from_buffer)                                                                       \
    X(MHD_add_response_header)                                                                               \
    X(MHD_queue_response)                                                                                    \
    X(MHD_destroy_response)

struct metrics_server {
    const clipper_container *container;
    void *library;
#define X(function) __typeof__(&function) function;
    FUNCTIONS(X)
#undef X
    struct MHD_Daemon *daemon;
};

/* Finds the function NAME and puts its address to FUNCTION, a pointer to a function. */
static int find(void *library, const char *name, void *function) {
    void *address = dlsym(library, name);
    memcpy(function, &address, sizeof address);
    return address == NULL ? -1 : 0;
}

static int load(metrics_server *server) {
    server->library = dlopen("libmicrohttpd.so.12", RTLD_NOW | RTLD_LOCAL);
    if (server->library == NULL)
        return -1;
#define X(function)                                                                                          \
    if (find(server->library, #function, &server->function) != 0)                                            \
        return -1;
    FUNCTIONS(X)
#undef X
    return 0;
}

static enum MHD_Result answer(const metrics_server *server, struct MHD_Connection *connection,
                              unsigned status, const char *type, void *body, size_t length) {
    struct MHD_Response *response =
        server->MHD_create_response_from_buffer(length, body, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result result;
    if (response == NULL)
        return MHD_NO;
    server->MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    result = server->MHD_queue_response(connection, status, response);
    server->MHD_destroy_response(response);
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
    result = answer(server, connection, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", text,
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
        return answer(server, connection, MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain", not_allowed,
                      sizeof not_allowed - 1);
    if (strcmp(url, "/metrics") != 0)
        return answer(server, connection, MHD_HTTP_NOT_FOUND, "text/plain", not_found, sizeof not_found - 1);
    return answer_metrics(server, connection);
}

metrics_server *metrics_server_start(const clipper_container *container, unsigned *port, const char **why) {
    metrics_server *server = calloc(1, sizeof *server);
    const union MHD_DaemonInfo *info;
    *why = "out of memory";
    if (server == NULL)
        return NULL;
    *why = "libmicrohttpd.so.12 is not there (Debian: libmicrohttpd12)";
    if (load(server) != 0) {
        metrics_server_stop(server);
        return NULL;
    }
    server->container = container;
    server->daemon = server->MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO, (uint16_t)*port,
                                              NULL, NULL, on_request, server, MHD_OPTION_CONNECTION_LIMIT,
                                              16u, MHD_OPTION_CONNECTION_TIMEOUT, 10u, MHD_OPTION_END);
    *why = "the port is in use, or not for us";
    if (server->daemon == NULL) {
        metrics_server_stop(server);
        return NULL;
    }
    info = server->MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    *port = info != NULL ? info->port : *port;
    return server;
}

void metrics_server_stop(metrics_server *server) {
    if (server == NULL)
        return;
    if (server->daemon != NULL)
        server->MHD_stop_daemon(server->daemon);
    if (server->library != NULL)
        dlclose(server->library);
    free(server);
}
