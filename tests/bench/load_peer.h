/* load_peer.h: a container under load: its process, and the ROUTER socket that plays Clipper for it. */
#ifndef BENCH_LOAD_PEER_H
#define BENCH_LOAD_PEER_H

#include "allocations.h"

#include <stdint.h>
#include <sys/types.h>

enum {
    IDENTITY_MAX = 255
};

typedef struct load_peer {
    const char *name;
    const char *command;
    pid_t pid;
    void *socket; /* ROUTER */
    uint8_t identity[IDENTITY_MAX];
    size_t identity_size;
    const volatile allocation_counts *allocations; /* NULL: not counted */
} load_peer;

/* Ends the program with a message. */
void load_fail(const char *what, const char *why) __attribute__((noreturn));

/* Binds a socket, starts COMMAND (split at spaces) on CORE, or where we are when CORE is negative, and waits
 * until it has registered. COUNTER, the path of count_allocations.so, may be NULL. */
void load_peer_start(load_peer *peer, void *context, const char *name, const char *command, int core,
                     const char *counter);

/* Sends a heartbeat of TYPE. */
void load_peer_heartbeat(load_peer *peer, uint32_t type);

/* CPU time that its process has used, all threads, in ns. */
int64_t load_peer_cpu_ns(const load_peer *peer);

/* A line of /proc/PID/status, such as "VmRSS:", in KiB. */
long load_peer_memory(const load_peer *peer, const char *field);

/* Ends the process (first kindly) and closes the socket. */
void load_peer_stop(load_peer *peer);

#endif
