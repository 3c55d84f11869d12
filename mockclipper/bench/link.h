/* The load's connection to a container: a ROUTER socket, used as fast as libzmq allows. Registration and heartbeats
 * are done inside, as Clipper does them; the owner sends requests and receives responses.
 *
 * The engine (engine.h) plays Clipper for any number of containers, with faults, a journal and connections
 * watched; each message is an object then. Here a message is decoded where libzmq has put it, nothing is
 * allocated for one, and it is gone with the next.
 *
 * Any number of containers may connect: they are registered and kept alive. The first is the one that
 * requests go to; when it is gone, the next. */
#ifndef MOCKCLIPPER_BENCH_LINK_H
#define MOCKCLIPPER_BENCH_LINK_H

#include "base/clock.h"

#include <clipper/codec.h>

#include <stdbool.h>

typedef struct bench_link bench_link;

/* Listens on PORT of ADDRESS (an IPv4 address; port 0: one that the system picks). Messages of up to ITEMS
 * items are sent and taken. NULL on failure: *PROBLEM says why then, and is the caller's to free. */
bench_link *bench_link_new(const char *address, unsigned port, size_t items, char **problem);

/* Closes the socket. Then nothing borrows from requests that were sent any more. */
void bench_link_destroy(bench_link **self_p);

unsigned bench_link_port(const bench_link *self);

/* The container that requests go to, as it registered: NULL while there is none. The texts are NUL-terminated
 * copies. */
typedef struct bench_peer {
    char *name;
    char *model_version;
    clipper_data_type input_type;
    clipper_wire wire;
} bench_peer;
const bench_peer *bench_link_peer(const bench_link *self);

/* How many others are registered. */
size_t bench_link_others(const bench_link *self);

typedef enum bench_event {
    BENCH_NOTHING,    /* nothing was received in time */
    BENCH_ANSWER,     /* a response of the container: bench_link_message() has it */
    BENCH_STRAY,      /* a response by a connection that no request goes to: likewise */
    BENCH_MALFORMED,  /* what came from the container is no message: bench_link_diagnosis() says why */
    BENCH_REGISTERED, /* there is a container to send requests to: the first, or another than before */
    BENCH_OTHER       /* something else, which needs nothing more */
} bench_event;

/* The next event; waits for it until UNTIL, to a few microseconds. BENCH_A_MOMENT: for 50 ms, at the
 * cost of fewer system calls and timers. */
#define BENCH_A_MOMENT ((instant)0)
bench_event bench_link_next(bench_link *self, instant until);

/* Valid until the next call of bench_link_next(). The bytes of items are looked up where OUTPUTS were asked
 * for. */
const clipper_message *bench_link_message(const bench_link *self);
const clipper_diagnosis *bench_link_diagnosis(const bench_link *self);

/* Whether the bytes of items will be looked at. Not at first: then only their lengths are known. */
void bench_link_want_outputs(bench_link *self, bool wanted);

/* Sends REQUEST with that id. Large items are borrowed until the link is destroyed. False when the container
 * is gone, and when the request cannot be sent; bench_link_peer() is then the next container, or NULL. */
bool bench_link_send(bench_link *self, const clipper_message *request, uint32_t id);

/* Checks that the container that requests go to is still connected: if not, the next one takes its place, and this is
 * false. What was under way is lost then. */
bool bench_link_probe(bench_link *self);

#endif
