/* A simulated world for the container's runtime: a clock that stands still until the runtime waits, a network
 * that loses, delays, duplicates and reorders, a Clipper that restarts, falls silent and sends invalid messages, and
 * models that are slow or fail. Everything follows from one seed.
 *
 * The world keeps its own account of what a container may do, and records the first breach. */
#ifndef SUPPORT_WORLD_H
#define SUPPORT_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "internal.h"

/* ---- Messages and connections -------------------------------------------------------------------------- */

/* A message in transit, with its own copy of the bytes. */
typedef struct world_message {
    struct world_message *next;
    uint64_t at_us; /* when it arrives */
    size_t count;
    clipper_frame frames[];
} world_message;

/* In the order of arrival. */
typedef struct world_queue {
    world_message *first;
    size_t count;
} world_queue;

/* One socket of the container. */
typedef struct world_connection {
    int open;
    world_queue to_container;
    world_queue to_clipper;
    /* Clipper's view. */
    int registered;
    /* The account of what the container may do, in milliseconds, as the protocol has it. */
    uint64_t poll_began_ms;
    uint64_t last_activity_ms;
    uint64_t opened_us;
    unsigned sent;           /* messages from the container */
    unsigned answers;        /* messages that the container has received */
    unsigned metadata_asked; /* heartbeats of type 1 among them */
    unsigned metadata_sent;
} world_connection;

enum {
    MOST_CONNECTIONS = 512,
    MOST_REQUESTS = 8192
};

/* What became of a prediction request. */
typedef struct world_request {
    uint32_t id;
    size_t items;
    size_t connection;
    int fails;     /* the model refuses it, or gives a wrong number of outputs */
    int received;  /* by the container, how often (the network may duplicate) */
    int predicted; /* by the model */
    int answered;
} world_request;

/* ---- The world ----------------------------------------------------------------------------------------- */

/* The faults of network, Clipper and model. Probabilities are in percent. */
typedef struct world_faults {
    unsigned loss, duplicate, reorder, invalid;
    unsigned open_fails, receive_fails, send_fails;
    uint64_t delay_us;         /* the longest, one way */
    uint64_t request_every_us; /* on average; 0: no requests */
    uint64_t service_us;       /* the longest prediction */
    uint64_t outage_every_us;  /* a restart or a silence of Clipper, on average; 0: none */
    uint64_t silence_us;       /* the longest silence */
} world_faults;

typedef struct sim_world {
    uint64_t seed;
    uint64_t random;
    uint64_t now_us;
    int verbose;
    char breach[256]; /* the first thing that was not as it must be */

    /* The container. */
    clipper_container_config config;
    clipper_runtime runtime;
    clipper_transport transport;
    clipper_executor executor;
    unsigned workers;  /* of the simulated executor; 0: the runtime's inline one */
    size_t send_limit; /* messages on their way to Clipper before there is no room */
    int ready;         /* as the container last reported */
    int woken;
    int looked;       /* for messages, and found none; nothing was sent since */
    uint64_t stop_us; /* when it is stopped */
    unsigned stops;   /* how often it was */
    int ready_at_stop;
    int stops_early;    /* it is stopped while there are faults */
    int told_closed;    /* it was told that the connection is gone */
    uint64_t closed_us; /* when it last closed a connection or failed to open one */
    unsigned backlogs;  /* heartbeats sent while messages were left unread */
    unsigned refusals;  /* messages that found no room */
    clipper_job_queue waiting, finished;
    clipper_job *running[8];
    uint64_t done_us[8];

    /* Clipper and the network. */
    world_faults faults;
    uint64_t faults_end_us; /* from when on there are no faults */
    uint64_t silent_until_us;
    uint64_t next_request_us, next_outage_us;
    world_connection connections[MOST_CONNECTIONS];
    size_t connection_count; /* the last one is the latest */
    world_request requests[MOST_REQUESTS];
    size_t request_count;
} sim_world;

/* Makes a world from SEED. */
void world_init(sim_world *world, uint64_t seed);
void world_free(sim_world *world);
/* Runs the container in it until it is stopped, and checks what must hold at the end. Returns 0, or -1 with
 * world->breach filled. */
int world_run(sim_world *world);

/* Records a breach, if it is the first. */
__attribute__((format(printf, 2, 3))) void world_breach(sim_world *world, const char *format, ...);
/* Prints a line of the trace, when the world is verbose. */
__attribute__((format(printf, 2, 3))) void world_note(const sim_world *world, const char *format, ...);
int world_chance(sim_world *world, unsigned percent);
uint64_t world_up_to(sim_world *world, uint64_t high);
uint64_t world_now_ms(const sim_world *world);
static inline world_connection *world_latest(sim_world *world) {
    return &world->connections[world->connection_count - 1];
}

/* ---- support_clipper.c: Clipper and the network -------------------------------------------------------- */

world_message *message_copy(const clipper_frame *frames, size_t count);
void message_free(world_message *message);
void queue_free(world_queue *queue);
/* The first message, if it has arrived. */
world_message *queue_arrived(const world_queue *queue, uint64_t now_us);
world_message *queue_pop(world_queue *queue);
/* Puts MESSAGE where its time of arrival belongs. */
void queue_insert(world_queue *queue, world_message *message);
/* Does what Clipper and the network do at the present time. */
void clipper_acts(sim_world *world);
/* When Clipper or the network next does anything. */
uint64_t clipper_next_us(const sim_world *world);

/* ---- support_transport.c: the in-memory transport ------------------------------------------------------ */

extern const clipper_transport_functions world_transport_functions;

/* ---- support_executor.c: simulated workers and the model ----------------------------------------------- */

extern const clipper_executor_functions world_executor_functions;
int world_predict(void *model, const clipper_batch *batch, clipper_outputs *outputs);
/* Finishes what is due. Returns not 0 when anything was. */
int workers_act(sim_world *world);
uint64_t workers_next_us(const sim_world *world);
/* Not 0 while a request waits for the model or is with it. */
int world_executing(const sim_world *world);

#endif
