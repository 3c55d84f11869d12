/* What is no bug: ways of other libraries and languages in which a container is as right as without. They break no
 * requirement, and the kit must find nothing. */
#include "mutant.h"

#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <zmq.h>

/* ---- Sockets that linger ------------------------------------------------------------------------------ */

/* The first socket comes back to a Clipper that was away later than the second. */
static void reconnect_by_turns(void *socket) {
    static bool later;
    const int interval = later ? 20 : 400;
    later = true;
    zmq_setsockopt(socket, ZMQ_RECONNECT_IVL, &interval, sizeof interval);
}

static void reconnects_by_turns(mutant *m) {
    (void)m;
    before_connect = reconnect_by_turns;
}

static volatile sig_atomic_t stopping;

static bool note_signal(int number) {
    (void)number;
    stopping = 1;
    return true;
}

/* What was sent to a Clipper that is away is delivered when it is back soon, as by libzmq's default; there it may be back
 * at any time. */
static bool close_lingering(mutant *m) {
    if (stopping)
        return true;
    m->real.call->close(m->real.self, 1500);
    m->open = false;
    return false;
}

/* So slow after the first session that what lingers comes before the answer. */
static int answer_slowly(void *context, const clipper_batch *batch, clipper_outputs *outputs) {
    mutant *m = context;
    const struct timespec while_old_ones_come = {1, 0};
    if (m->session > 1)
        nanosleep(&while_old_ones_come, NULL);
    return m->model(NULL, batch, outputs);
}

/* ---- A heap that is collected --------------------------------------------------------------------------- */

enum {
    GARBAGE = 2000, /* bytes for each request */
    HEAP = 12000    /* pieces of garbage at which it is collected: 24 MB */
};

static void *heap[HEAP];

static fate make_garbage(mutant *m, message *in) {
    void *piece = is_request(in) ? malloc(GARBAGE) : NULL;
    if (piece == NULL)
        return PASS;
    memset(piece, 1, GARBAGE);
    heap[m->number++] = piece;
    if (m->number == HEAP) {
        while (m->number > 0)
            free(heap[--m->number]);
    }
    return PASS;
}

static const bug rows[] = {
    {"lingering-sockets", "what was sent before the end of a session is delivered when Clipper is back", "",
     .ready = reconnects_by_turns, .closing = close_lingering, .predict = answer_slowly,
     .signalled = note_signal},
    {"collected-heap", "2,000 bytes of garbage for each request, collected at 24 MB", "",
     .received = make_garbage},
};

const bug_group variants = {rows, COUNT(rows)};
