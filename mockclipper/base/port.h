/* A TCP port that is held without being listened on: connections to it are refused, no other program gets it,
 * and whoever knows it (with SO_REUSEADDR, as libzmq) may begin to listen on it, more than once. */
#ifndef MOCKCLIPPER_BASE_PORT_H
#define MOCKCLIPPER_BASE_PORT_H

#include <stdbool.h>

/* Holds *PORT of ADDRESS, in numbers (IPv4, or IPv6 without brackets); when *PORT is 0, a free one, which is then stored: if
 * possible below the ephemeral ports, where forgotten programs may still try to connect to a peer that has gone.
 * Returns a descriptor, which the caller closes, or -1 with errno set
 * (EINVAL: no such address). */
int port_hold(const char *address, unsigned *port);

/* Whether the host NAME has the address ADDRESS, an IPv4 address in numbers. */
bool port_host_is(const char *name, const char *address);

/* "127.0.0.1:7000", "[::1]:7000": ADDRESS in numbers, and PORT. The caller's to free. */
char *port_text(const char *address, unsigned port);

/* Where a program of this machine reaches who listens at ADDRESS: the loopback address, where that is all of them. */
const char *port_reached_at(const char *address);

/* Whether this machine can listen at ADDRESS, in numbers. */
bool port_address_is_ours(const char *address);

/* Where to listen for who is told the host NAME: at its IPv4 address if that is this machine's, everywhere if not, and at
 * 127.0.0.1 when NAME is NULL. */
void port_listening_address(const char *name, char address[16]);

/* A name of this machine that stands for one of its IPv4 addresses alone, which is not 127.0.0.1: false where it has
 * none. */
bool port_own_name(char name[256], char address[16]);

#endif
