/* zmq_intake.c: bytes that came, less those received. */
#include "zmq_intake.h"

#include "memory.h"

/* The connection is a new one. After a message that was too large the memory may not be free yet: the less counts. */
static void begin(clipper_zmq_intake *intake, const clipper_zmq_link *link) {
    const uint64_t used = clipper_memory_used();
    intake->before = intake->received;
    if (!intake->ended || used < intake->used)
        intake->used = used;
    intake->ended = 0;
    intake->connections = link->connections;
}

/* Of the TAKEN bytes of this connection, those not received. */
static uint64_t pending(clipper_zmq_intake *intake, uint64_t taken) {
    if (intake->received - intake->before >
        taken) /* what an earlier connection had brought was received since */
        intake->before = intake->received - taken;
    return taken - (intake->received - intake->before);
}

void clipper_zmq_intake_look(clipper_zmq_intake *intake, const clipper_zmq_link *link,
                             const clipper_budget *budget, uint64_t now_us) {
    uint64_t taken, wire, used;
    if (link->descriptor < 0 || now_us < intake->look_at_us)
        return;
    intake->look_at_us = now_us + budget->look_every_us;
    if (intake->connections != link->connections)
        begin(intake, link);
    if (clipper_zmq_link_taken(link, &taken) != 0)
        return;
    wire = pending(intake, taken);
    if (!clipper_budget_is_exceeded(budget, wire, UINT64_MAX)) /* spares the question */
        return;
    used = clipper_memory_used();
    intake->exceeded =
        clipper_budget_is_exceeded(budget, wire, used > intake->used ? used - intake->used : 0);
}

uint64_t clipper_zmq_intake_due(const clipper_zmq_intake *intake, const clipper_zmq_link *link) {
    return link->descriptor < 0 ? UINT64_MAX : intake->look_at_us;
}
