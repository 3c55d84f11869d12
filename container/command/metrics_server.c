/* metrics_server.c: /metrics, by libmicrohttpd; or, built with METRICS=0, not at all. */
#include "metrics_server.h"

#ifndef CLIPPER_NO_METRICS

#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    MOST_CLIENTS = 16,     /* that may stay; */
    MOST_CONNECTIONS = 64, /* more are there only until they are closed */
    TIMEOUT_S = 10
};

struct metrics_server {
    const clipper_container *container;
    struct MHD_Daemon *daemon;
    struct MHD_Connection *clients[MOST_CLIENTS]; /* the oldest first; the server's thread alone uses them */
    size_t client_count;
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

/* ---- Connections --------------------------------------------------------------------------------------- */

static void forget(metrics_server *server, const struct MHD_Connection *connection) {
    size_t kept = 0;
    for (size_t i = 0; i < server->client_count; i++) {
        if (server->clients[i] != connection)
            server->clients[kept++] = server->clients[i];
    }
    server->client_count = kept;
}

/* Clients that say nothing make room for those that do: the oldest is made to see the end of its connection. */
static void on_connection(void *self, struct MHD_Connection *connection, void **state,
                          enum MHD_ConnectionNotificationCode code) {
    metrics_server *server = self;
    (void)state;
    if (code != MHD_CONNECTION_NOTIFY_STARTED) {
        forget(server, connection);
        return;
    }
    if (server->client_count == MOST_CLIENTS) {
        shutdown(MHD_get_connection_info(server->clients[0], MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
                 SHUT_RDWR);
        forget(server, server->clients[0]);
    }
    server->clients[server->client_count++] = connection;
}

/* ---- Starting and stopping ----------------------------------------------------------------------------- */

/* A socket that listens at FOUND. Returns -1 with errno set when there cannot be one. */
static int listen_at(const struct addrinfo *found) {
    const int listener = socket(found->ai_family, SOCK_STREAM, 0), on = 1;
    if (listener < 0)
        return -1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, found->ai_addr, found->ai_addrlen) != 0 || listen(listener, MOST_CONNECTIONS) != 0) {
        const int error = errno;
        close(listener);
        errno = error;
        return -1;
    }
    return listener;
}

/* The socket that listens at PLACE, or -1 and *WHY. */
static int listen_at_place(const metrics_place *place, const char **why) {
    const int everywhere = strcmp(place->address, "*") == 0;
    struct addrinfo hints, *found;
    int listener, error;
    memset(&hints, 0, sizeof hints);
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE;
    hints.ai_family = everywhere ? AF_INET : AF_UNSPEC;
    error = getaddrinfo(everywhere ? NULL : place->address, place->port, &hints, &found);
    *why = error != 0 ? gai_strerror(error) : NULL;
    if (error != 0)
        return -1;
    listener = listen_at(found);
    if (listener < 0)
        *why = strerror(errno);
    freeaddrinfo(found);
    return listener;
}

static unsigned port_of(int listener) {
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    if (getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        return 0;
    return ntohs(address.ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)&address)->sin6_port
                                               : ((const struct sockaddr_in *)&address)->sin_port);
}

/* MHD_USE_ITC: without it the end waits for a server that accepts no more connections. */
static metrics_server *start_on(const clipper_container *container, int listener) {
    metrics_server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return NULL;
    server->container = container;
    server->daemon =
        MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO | MHD_USE_ITC, 0, NULL, NULL,
                         on_request, server, MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_NOTIFY_CONNECTION,
                         on_connection, server, MHD_OPTION_CONNECTION_LIMIT, (unsigned)MOST_CONNECTIONS,
                         MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_S, MHD_OPTION_END);
    if (server->daemon != NULL)
        return server;
    free(server);
    return NULL;
}

metrics_server *metrics_server_start(const clipper_container *container, metrics_place *place,
                                     char error[METRICS_ERROR_TEXT]) {
    const char *why = NULL;
    const int listener = listen_at_place(place, &why);
    metrics_server *server = listener < 0 ? NULL : start_on(container, listener);
    if (server != NULL) {
        place->bound = port_of(listener);
        return server;
    }
    if (listener >= 0)
        close(listener);
    snprintf(error, METRICS_ERROR_TEXT, "cannot serve metrics at %.100s port %s: %s", place->address,
             place->port, why != NULL ? why : "out of memory, descriptors or threads");
    return NULL;
}

void metrics_server_stop(metrics_server *server) {
    if (server == NULL)
        return;
    MHD_stop_daemon(server->daemon);
    free(server);
}

#else

#include <stdio.h>

metrics_server *metrics_server_start(const clipper_container *container, metrics_place *place,
                                     char error[METRICS_ERROR_TEXT]) {
    (void)container;
    (void)place;
    snprintf(error, METRICS_ERROR_TEXT, "this program was built without metrics (METRICS=0)");
    return NULL;
}

void metrics_server_stop(metrics_server *server) {
    (void)server;
}

#endif
