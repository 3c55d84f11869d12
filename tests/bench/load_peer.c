/* load_peer.c: starting, registering, observing and ending a container. */
#include "load_peer.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

enum {
    RECEIVE_TIMEOUT_MS = 20000,
    HIGH_WATER_MARK = 10000, /* messages: far more than any window, so that nothing is dropped */
    BUFFER_BYTES = 256 * 1024,
    MOST_ARGUMENTS = 32
};

void load_fail(const char *what, const char *why) {
    fprintf(stderr, "load: %s: %s\n", what, why);
    exit(1);
}

/* ---- The socket --------------------------------------------------------------------------------------- */

static void set_int(void *socket, int option, int value) {
    if (zmq_setsockopt(socket, option, &value, sizeof value) != 0)
        load_fail("socket option", zmq_strerror(zmq_errno()));
}

/* A ROUTER that says so when it cannot send, bound to a port that the system picks: written to PORT. */
static void *bound_router(void *context, char *port, size_t size) {
    void *socket = zmq_socket(context, ZMQ_ROUTER);
    char endpoint[64];
    size_t length = sizeof endpoint;
    if (socket == NULL)
        load_fail("socket", zmq_strerror(zmq_errno()));
    set_int(socket, ZMQ_ROUTER_MANDATORY, 1);
    set_int(socket, ZMQ_SNDHWM, HIGH_WATER_MARK);
    set_int(socket, ZMQ_RCVHWM, HIGH_WATER_MARK);
    set_int(socket, ZMQ_SNDBUF, BUFFER_BYTES);
    set_int(socket, ZMQ_RCVBUF, BUFFER_BYTES);
    set_int(socket, ZMQ_RCVTIMEO, RECEIVE_TIMEOUT_MS);
    set_int(socket, ZMQ_SNDTIMEO, RECEIVE_TIMEOUT_MS);
    set_int(socket, ZMQ_LINGER, 0);
    if (zmq_bind(socket, "tcp://127.0.0.1:*") != 0 ||
        zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, endpoint, &length) != 0)
        load_fail("bind", zmq_strerror(zmq_errno()));
    snprintf(port, size, "%s", strrchr(endpoint, ':') + 1);
    return socket;
}

/* ---- The process -------------------------------------------------------------------------------------- */

/* Makes a file for the counts, at PATH (a template for mkstemp), and maps it. */
static const volatile allocation_counts *map_counts(char *path) {
    const int file = mkostemp(path, O_CLOEXEC);
    void *mapped;
    if (file < 0 || ftruncate(file, sizeof(allocation_counts)) != 0)
        load_fail(path, strerror(errno));
    mapped = mmap(NULL, sizeof(allocation_counts), PROT_READ, MAP_SHARED, file, 0);
    if (mapped == MAP_FAILED)
        load_fail(path, strerror(errno));
    close(file);
    return mapped;
}

/* In the child. */
static void run_command(char *command, const char *port, int core, const char *counter, const char *counts) {
    char *arguments[MOST_ARGUMENTS + 1];
    size_t count = 0;
    for (char *word = strtok(command, " "); word != NULL && count < MOST_ARGUMENTS; word = strtok(NULL, " "))
        arguments[count++] = word;
    arguments[count] = NULL;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (core >= 0) {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET((size_t)core, &set);
        sched_setaffinity(0, sizeof set, &set);
    }
    setenv("CLIPPER_IP", "127.0.0.1", 1);
    setenv("CLIPPER_PORT", port, 1);
    setenv("CLIPPER_MODEL_NAME", "bench", 1);
    setenv("CLIPPER_MODEL_VERSION", "1", 1);
    setenv("CLIPPER_INPUT_TYPE", "bytes", 1);
    if (counter != NULL) {
        setenv("LD_PRELOAD", counter, 1);
        setenv("BENCH_ALLOCATIONS", counts, 1);
    }
    execvp(arguments[0], arguments);
    fprintf(stderr, "load: %s: %s\n", arguments[0], strerror(errno));
    _exit(127);
}

static void start_process(load_peer *peer, const char *port, int core, const char *counter,
                          const char *counts) {
    char *command = strdup(peer->command);
    if (command == NULL)
        load_fail("strdup", strerror(errno));
    peer->pid = fork();
    if (peer->pid < 0)
        load_fail("fork", strerror(errno));
    if (peer->pid == 0)
        run_command(command, port, core, counter, counts);
    free(command);
}

/* ---- Registration ------------------------------------------------------------------------------------- */

void load_peer_heartbeat(load_peer *peer, uint32_t type) {
    const uint32_t fields[] = {3, 2, type};
    zmq_send(peer->socket, peer->identity, peer->identity_size, ZMQ_SNDMORE);
    zmq_send(peer->socket, "", 0, ZMQ_SNDMORE);
    zmq_send(peer->socket, &fields[0], 4, ZMQ_SNDMORE);
    zmq_send(peer->socket, &fields[1], 4, ZMQ_SNDMORE);
    zmq_send(peer->socket, &fields[2], 4, 0);
}

/* Receives a message; notes the identity, and returns the message type that follows the delimiter. */
static uint32_t receive_type(load_peer *peer) {
    zmq_msg_t part;
    uint32_t type = UINT32_MAX;
    int more = 1;
    zmq_msg_init(&part);
    for (size_t frame = 0; more; frame++) {
        if (zmq_msg_recv(&part, peer->socket, 0) < 0)
            load_fail(peer->name, "does not register");
        if (frame == 0 && zmq_msg_size(&part) <= IDENTITY_MAX) {
            peer->identity_size = zmq_msg_size(&part);
            memcpy(peer->identity, zmq_msg_data(&part), peer->identity_size);
        }
        if (frame == 2 && zmq_msg_size(&part) == sizeof type)
            memcpy(&type, zmq_msg_data(&part), sizeof type);
        more = zmq_msg_more(&part);
    }
    zmq_msg_close(&part);
    return type;
}

void load_peer_start(load_peer *peer, void *context, const char *name, const char *command, int core,
                     const char *counter) {
    char port[8], counts[] = "/tmp/clipper-bench-XXXXXX";
    memset(peer, 0, sizeof *peer);
    peer->name = name;
    peer->command = command;
    peer->socket = bound_router(context, port, sizeof port);
    if (counter != NULL)
        peer->allocations = map_counts(counts);
    start_process(peer, port, core, counter, counts);
    while (receive_type(peer) != 0)
        load_peer_heartbeat(peer, 1);
    load_peer_heartbeat(peer, 0);
    if (counter == NULL)
        return;
    unlink(counts); /* it has been mapped by now */
    if (!peer->allocations->program)
        load_fail(peer->name, "its allocations are not counted");
}

/* ---- Observing and ending ----------------------------------------------------------------------------- */

int64_t load_peer_cpu_ns(const load_peer *peer) {
    clockid_t clock;
    struct timespec used;
    if (clock_getcpuclockid(peer->pid, &clock) != 0 || clock_gettime(clock, &used) != 0)
        load_fail(peer->name, "has ended");
    return (int64_t)used.tv_sec * 1000000000 + used.tv_nsec;
}

long load_peer_memory(const load_peer *peer, const char *field) {
    char path[64], line[256];
    long kib = -1;
    FILE *file;
    snprintf(path, sizeof path, "/proc/%d/status", (int)peer->pid);
    file = fopen(path, "r");
    if (file == NULL)
        load_fail(path, strerror(errno));
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, field, strlen(field)) == 0)
            kib = strtol(line + strlen(field), NULL, 10);
    fclose(file);
    return kib;
}

void load_peer_stop(load_peer *peer) {
    const struct timespec pause = {0, 10 * 1000 * 1000};
    int ended = 0;
    kill(peer->pid, SIGTERM);
    for (int i = 0; i < 300 && !ended; i++) {
        ended = waitpid(peer->pid, NULL, WNOHANG) != 0;
        if (!ended)
            nanosleep(&pause, NULL);
    }
    if (!ended) {
        kill(peer->pid, SIGKILL);
        waitpid(peer->pid, NULL, 0);
    }
    zmq_close(peer->socket);
}
