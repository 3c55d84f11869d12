#include "process/order.h"

#include <errno.h>
#include <sys/socket.h>

bool order_read(int from, void *bytes, size_t len) {
    char *at = bytes;
    while (len != 0) {
        ssize_t got = recv(from, at, len, 0);
        if (got == 0 || (got < 0 && errno != EINTR))
            return false;
        at += got > 0 ? got : 0;
        len -= got > 0 ? (size_t)got : 0;
    }
    return true;
}

bool order_write(int to, const void *bytes, size_t len) {
    const char *at = bytes;
    while (len != 0) {
        ssize_t put = send(to, at, len, MSG_NOSIGNAL);
        if (put < 0 && errno != EINTR)
            return false;
        at += put > 0 ? put : 0;
        len -= put > 0 ? (size_t)put : 0;
    }
    return true;
}
