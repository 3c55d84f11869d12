/* zmq_host.c: getaddrinfo, before ZeroMQ does it. */
#include "zmq_host.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* Returns 0 when HOST has an address of FAMILY; getaddrinfo's error otherwise. */
static int look_up(const char *host, int family) {
    struct addrinfo hints, *found = NULL;
    int error;
    memset(&hints, 0, sizeof hints);
    hints.ai_family = family;
    hints.ai_socktype = SOCK_STREAM;
    error = getaddrinfo(host, NULL, &hints, &found);
    if (error == 0)
        freeaddrinfo(found);
    return error;
}

enum {
    MOST_NAME = 1025 /* of any name service */
};

static const char scheme[] = "tcp://";

static int is_port(const char *text) {
    const size_t digits = strspn(text, "0123456789");
    return digits > 0 && digits < 6 && text[digits] == '\0' && atol(text) >= 1 && atol(text) <= 65535;
}

const char *clipper_zmq_endpoint_problem(const char *endpoint) {
    const char *host = endpoint + sizeof scheme - 1, *colon = strrchr(endpoint, ':');
    if (strncmp(endpoint, scheme, sizeof scheme - 1) != 0)
        return NULL;
    if (colon < host || !is_port(colon + 1))
        return "the endpoint has no port from 1 to 65535";
    return colon == host || *host == '*' ? "the endpoint has no host" : NULL;
}

const char *clipper_zmq_host_problem(const char *endpoint, int *ipv6) {
    char host[MOST_NAME];
    const char *begin = endpoint + sizeof scheme - 1, *colon = strrchr(endpoint, ':');
    int error;
    *ipv6 = strchr(endpoint, '[') != NULL;
    if (*ipv6 || strncmp(endpoint, scheme, sizeof scheme - 1) != 0 || colon <= begin ||
        (size_t)(colon - begin) >= sizeof host || memchr(begin, ';', (size_t)(colon - begin)) != NULL)
        return NULL; /* an address, or for ZeroMQ to judge */
    memcpy(host, begin, (size_t)(colon - begin));
    host[colon - begin] = '\0';
    error = look_up(host, AF_INET);
    if (error == 0)
        return NULL;
    *ipv6 = look_up(host, AF_INET6) == 0;
    return *ipv6 ? NULL : gai_strerror(error);
}
