#include "base/port.h"

#include "base/clock.h"
#include "base/heap.h"
#include "base/random.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Ports below are left to services. */
#define LOWEST_PORT 10000u

/* Shares the port with other sockets that have SO_REUSEADDR; one of them may listen. */
static bool share(int descriptor) {
    int yes = 1;
    return setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0;
}

/* An address and a port, of either family. */
typedef union place {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} place;

static bool place_set(place *where, const char *address, unsigned port) {
    memset(where, 0, sizeof *where);
    if (inet_pton(AF_INET, address, &where->v4.sin_addr) == 1) {
        where->v4.sin_family = AF_INET;
        where->v4.sin_port = htons((uint16_t)port);
        return true;
    }
    where->v6.sin6_family = AF_INET6;
    where->v6.sin6_port = htons((uint16_t)port);
    return inet_pton(AF_INET6, address, &where->v6.sin6_addr) == 1;
}

/* Where its port is. */
static in_port_t *place_port(place *where) {
    return where->any.sa_family == AF_INET ? &where->v4.sin_port : &where->v6.sin6_port;
}

static bool bind_to(int descriptor, place *where) {
    socklen_t size = where->any.sa_family == AF_INET ? sizeof where->v4 : sizeof where->v6;
    return bind(descriptor, &where->any, size) == 0 && getsockname(descriptor, &where->any, &size) == 0;
}

/* The first ephemeral port of the system. */
static unsigned first_ephemeral(void) {
    unsigned first = 0;
    FILE *file = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");
    if (file == NULL || fscanf(file, "%u", &first) != 1)
        first = 0;
    if (file != NULL)
        fclose(file);
    return first;
}

/* Binds to a free port: some random ones are tried, then the system chooses. */
static bool bind_to_any(int descriptor, place *where) {
    random_source random = {(uint64_t)clock_now() ^ (uint64_t)getpid() << 32};
    unsigned end = first_ephemeral();
    for (int i = 0; i < 50 && end > LOWEST_PORT + 1000; i++) {
        *place_port(where) = htons((uint16_t)(LOWEST_PORT + random_below(&random, end - LOWEST_PORT)));
        if (bind_to(descriptor, where))
            return true;
    }
    *place_port(where) = 0;
    return bind_to(descriptor, where);
}

int port_hold(const char *address, unsigned *port) {
    place where;
    int descriptor;
    if (!place_set(&where, address, *port)) {
        errno = EINVAL;
        return -1;
    }
    descriptor = socket(where.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return -1;
    /* A port that is chosen here must be free; a given one may have been this program's a moment ago. */
    if (!(*port != 0 ? share(descriptor) && bind_to(descriptor, &where)
                     : bind_to_any(descriptor, &where) && share(descriptor))) {
        int problem = errno;
        close(descriptor);
        errno = problem;
        return -1;
    }
    *port = ntohs(*place_port(&where));
    return descriptor;
}

char *port_text(const char *address, unsigned port) {
    bool v6 = strchr(address, ':') != NULL;
    return heap_format("%s%s%s:%u", v6 ? "[" : "", address, v6 ? "]" : "", port);
}

const char *port_reached_at(const char *address) {
    if (strcmp(address, "0.0.0.0") == 0)
        return "127.0.0.1";
    return strcmp(address, "::") == 0 ? "::1" : address;
}

bool port_address_is_ours(const char *address) {
    unsigned port = 0;
    int held = port_hold(address, &port);
    if (held >= 0)
        close(held);
    return held >= 0;
}

bool port_own_name(char name[256], char address[16]) {
    struct addrinfo wanted = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *found = NULL;
    bool only = false;
    if (gethostname(name, 256) != 0 || getaddrinfo(name, NULL, &wanted, &found) != 0)
        return false;
    if (found->ai_next == NULL && found->ai_family == AF_INET) {
        struct sockaddr_in where;
        memcpy(&where, found->ai_addr, sizeof where);
        only = where.sin_addr.s_addr != htonl(INADDR_LOOPBACK) &&
               inet_ntop(AF_INET, &where.sin_addr, address, 16) != NULL && port_address_is_ours(address);
    }
    freeaddrinfo(found);
    return only;
}

bool port_host_is(const char *name, const char *address) {
    struct addrinfo wanted = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found = NULL;
    struct in_addr ours;
    bool known = false;
    if (inet_pton(AF_INET, address, &ours) != 1 || getaddrinfo(name, NULL, &wanted, &found) != 0)
        return false;
    for (const struct addrinfo *each = found; each != NULL; each = each->ai_next) {
        struct sockaddr_in where;
        memcpy(&where, each->ai_addr, sizeof where);
        known = known || where.sin_addr.s_addr == ours.s_addr;
    }
    freeaddrinfo(found);
    return known;
}

void port_listening_address(const char *name, char address[16]) {
    struct addrinfo wanted = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found = NULL;
    struct sockaddr_in where;
    strcpy(address, name == NULL ? "127.0.0.1" : "0.0.0.0");
    if (name == NULL || getaddrinfo(name, NULL, &wanted, &found) != 0)
        return;
    memcpy(&where, found->ai_addr, sizeof where);
    freeaddrinfo(found);
    inet_ntop(AF_INET, &where.sin_addr, address, 16);
    if (!port_address_is_ours(address))
        strcpy(address, "0.0.0.0");
}
