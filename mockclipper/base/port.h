/* A TCP port that is held without being listened on: connections to it are refused, nobody else is given it,
 * and whoever knows it (with SO_REUSEADDR, as libzmq) may begin to listen on it, more than once. */
#ifndef MOCKCLIPPER_BASE_PORT_H
#define MOCKCLIPPER_BASE_PORT_H

#include <stdbool.h>

/* Holds *PORT of ADDRESS, an IPv4 address in numbers; when *PORT is 0, a free one, which is then stored: if
 * possible one below those that the system gives away by itself, as some forgotten program may still try to
 * reach somebody who is gone at one of these. Returns a descriptor, to be closed when done, or -1 with errno set
 * (EINVAL: no such address). */
int port_hold(const char *address, unsigned *port);

/* Whether this machine knows the host NAME by ADDRESS, an IPv4 address in numbers. */
bool port_host_is(const char *name, const char *address);

#endif
