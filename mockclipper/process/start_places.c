#include "process/start_places.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* A counter of free places that can be polled together with other descriptors. */
static int places = -1;

void start_places_open(unsigned count) {
    places = eventfd(count, EFD_SEMAPHORE | EFD_CLOEXEC | EFD_NONBLOCK);
}

bool start_places_take(int stop) {
    struct pollfd items[2] = {{.fd = stop, .events = POLLIN}, {.fd = places, .events = POLLIN}};
    uint64_t one;
    if (places < 0)
        return true;
    for (;;) {
        if (poll(items, 2, -1) < 0 && errno != EINTR)
            return true;
        if (items[0].revents != 0)
            return false;
        if (read(places, &one, sizeof one) == sizeof one)
            return true;
    }
}

void start_places_give_back(void) {
    uint64_t one = 1;
    if (places >= 0)
        (void)!write(places, &one, sizeof one);
}
