/* A container that is correct but for one bug.
 *
 * The container is clipper/container.h's, unchanged. Bugs sit at its edge: in a transport that is wrapped
 * around the real one and alters, drops, adds or delays messages; in the container's settings; in the model;
 * in how the process handles signals and its end.
 *
 * A bug is one entry of a table: its functions are called where they say, and those that are NULL are not.
 * A process has one bug at most. */
#ifndef MUTANTS_MUTANT_H
#define MUTANTS_MUTANT_H

#include "clipper/container.h"
#include "message.h"

typedef struct mutant mutant;

/* What becomes of a message. */
typedef enum fate {
    PASS, /* it is sent, or taken, as it is now */
    DROP
} fate;

typedef struct bug {
    const char *name;         /* lower case, words joined by dashes */
    const char *what;         /* one line */
    const char *requirements; /* ids of those that it breaks, with a blank between */

    /* First of all; the environment can be changed. */
    void (*begin)(mutant *m);
    /* The configuration is complete. */
    void (*configure)(mutant *m);
    /* The signals' handlers are in place, and the container is about to run. */
    void (*ready)(mutant *m);
    /* A connection was opened. */
    void (*opened)(mutant *m);
    /* A connection is to be closed. Returns whether it may be. */
    bool (*closing)(mutant *m);
    /* A message is to be sent. */
    fate (*sending)(mutant *m, message *out);
    /* A message came. */
    fate (*received)(mutant *m, message *in);
    /* The time of m->alarm_us has come; the alarm is off. */
    void (*alarm)(mutant *m);
    /* The container's clock. */
    uint64_t (*clock)(const mutant *m, uint64_t now_us);
    /* In place of the model. */
    clipper_predict predict;
    /* A signal to stop came. Returns whether the container gets it. In a signal handler. */
    bool (*signalled)(int number);
    /* The container has ended: the exit status in place of STATUS. */
    int (*leaving)(mutant *m, int status);
} bug;

/* Bugs of one subject. */
typedef struct bug_group {
    const bug *bugs;
    size_t count;
} bug_group;

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NO_ALARM     UINT64_MAX

struct mutant {
    const bug *bug; /* NULL: none */
    clipper_container_config config;
    clipper_predict model;  /* the correct one */
    uint64_t delay_ms;      /* that it takes longer for each request */
    clipper_transport real; /* the transport that is wrapped */

    uint64_t alarm_us;      /* of the monotonic clock, or NO_ALARM */
    unsigned session;       /* counted from 1 */
    unsigned heard;         /* messages that came in this session */
    unsigned said;          /* messages that the container sent in this session */
    uint64_t opened_us;     /* when the session began */
    bool open;              /* there is a connection */
    bool lost;              /* the connection is to be reported as gone */
    message injected[1024]; /* what is to come next as if received */
    size_t injected_count;

    /* A bug's own memory. */
    uint64_t number;
    message kept;
};

/* ---- The wrapped transport: edge.c ------------------------------------------------------------------ */

/* Puts the wrapping transport into m->config. Returns 0, or -1 without memory. */
int edge_wrap(mutant *m, const char *endpoint);

uint64_t edge_now(const mutant *m);
/* Sends MESSAGE at once, past the bug. */
void edge_send(mutant *m, const message *out);
/* The container will receive IN, past the bug. IN has no frames then. */
void edge_inject(mutant *m, message *in);
/* A new connection in place of the present one, of which the container learns nothing. */
void edge_reconnect(mutant *m);

/* ---- What a message is: judge.c --------------------------------------------------------------------- */

/* Outbound, as the correct container makes them. */
bool is_heartbeat(const message *out);
bool is_new_container(const message *out);
bool is_response(const message *out);
/* Inbound. */
bool is_keep_alive(const message *in);
bool is_metadata_request(const message *in);
bool is_inbound_heartbeat(const message *in);
bool is_request(const message *in);
bool is_feedback(const message *in);
/* The codec's judgement of an inbound message. */
clipper_error judge(const message *in);
bool is_malformed(const message *in);
bool is_version_mismatch(const message *in);

/* Makes length, count and sizes fit the items again. */
void settle_request(message *in);
void settle_response(mutant *m, message *out);

/* New messages. */
void make_heartbeat(message *out);
void make_new_container(const mutant *m, message *out);
void make_keep_alive(message *in);
/* One "" output for the request of that id. */
void make_response(mutant *m, message *out, uint32_t id);

/* ---- Calls of libzmq: sockets.c --------------------------------------------------------------------- */

/* Called with each socket before it connects; NULL. */
extern void (*before_connect)(void *socket);
/* Sockets are never closed. */
extern bool sockets_stay_open;

/* ---- The tables ------------------------------------------------------------------------------------- */

extern const bug_group framing_bugs, version_bugs, heartbeat_bugs, registration_bugs, field_bugs,
    timeout_bugs, response_bugs, batch_bugs, value_bugs, in_flight_bugs, malformed_bugs, process_bugs,
    load_bugs, deployment_bugs;

/* Containers that are right in another way: these break nothing. */
extern const bug_group variants;

#endif
