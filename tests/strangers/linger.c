/* Preloaded: what an author has who never heard of ZMQ_LINGER. */
#include <dlfcn.h>
#include <stddef.h>
#include <zmq.h>

typedef int set_option(void *, int, const void *, size_t);

int zmq_setsockopt(void *socket, int option, const void *value, size_t size) {
    set_option *real = (set_option *)dlsym(RTLD_NEXT, "zmq_setsockopt");
    return option == ZMQ_LINGER ? 0 : real(socket, option, value, size);
}
