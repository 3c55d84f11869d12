#include "port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

static bool bind_to(int descriptor, struct sockaddr_in *where) {
    int yes = 1;
    socklen_t size = sizeof *where;
    return setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
           bind(descriptor, (const struct sockaddr *)where, size) == 0 &&
           getsockname(descriptor, (struct sockaddr *)where, &size) == 0;
}

int port_hold(const char *address, unsigned *port) {
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*port)};
    int descriptor;
    if (inet_pton(AF_INET, address, &where.sin_addr) != 1) {
        errno = EINVAL;
        return -1;
    }
    descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return -1;
    if (!bind_to(descriptor, &where)) {
        int problem = errno;
        close(descriptor);
        errno = problem;
        return -1;
    }
    *port = ntohs(where.sin_port);
    return descriptor;
}
