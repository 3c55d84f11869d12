/* Causes beneath the messages: whether the container connects, with what socket, and whether it sends anything whole. */
#include "run/cause_rules.h"

#include "base/heap.h"

#include <stdlib.h>
#include <string.h>

/* Whether a case that found fault had a container of which nothing was heard. */
static bool was_mute(const ledger_case *one) {
    return cause_is_fault(one) && one->scenario->prerequisite && one->outcome->sessions == 0;
}

static const ledger_case *first_of(const ledger *book, bool (*picks)(const ledger_case *one)) {
    for (size_t i = 0; i < book->count; i++) {
        if (picks(&book->cases[i]))
            return &book->cases[i];
    }
    return NULL;
}

static bool has_met_any(const ledger_case *one) {
    return one->outcome != NULL && one->outcome->sessions != 0;
}

/* It ended before its first message: what it said then. */
static void add_early_end(const ledger *book, cause_list *found, const ledger_case *one, bool connected) {
    char *trace = cause_trace(one);
    const char *end = one->outcome->process_end;
    char *text = trace != NULL ? heap_format("an uncaught exception before the first message (%s)", trace)
                               : heap_format("the container %s before its first message", end);
    cause_add(book, found, was_mute, trace != NULL ? "uncaught-exception" : "ends-at-once", text,
              heap_text(connected ? "it had connected; what it wrote on stderr is in the case"
                        : trace != NULL
                            ? "the trace on stderr names the line"
                            : "run the command by itself, with the variables that `check --help` names"));
    free(trace);
}

static void add_mute(const ledger *book, cause_list *found, const ledger_case *one) {
    const connection_counts *seen = &one->outcome->connections;
    if (seen->opened == 0)
        cause_add(
            book, found, was_mute, "never-connects", heap_text("the container never connects to Clipper"),
            heap_text(
                "it connects to tcp://CLIPPER_IP:CLIPPER_PORT: does it read these variables, and no other "
                "port, such as 7000?"));
    else if (seen->handshakes == 0) /* which side saw it fail is a matter of chance */
        cause_add(
            book, found, was_mute, "no-peer-of-a-router",
            heap_text("the container connects, but not with a socket that a ROUTER talks to"),
            heap_text("Clipper's socket is a ZeroMQ ROUTER: it wants a DEALER (not PUB, SUB, PUSH or PAIR), "
                      "without encryption, and not a plain TCP connection"));
    else
        cause_add(
            book, found, was_mute, "no-whole-message",
            heap_text("the container is connected, but never sent a whole message"),
            heap_text("is the \"more\" flag (SNDMORE) set on the last frame, as in the document's sample of "
                      "the heartbeat? Nothing goes out before a frame without it. The first message is the "
                      "container's: a heartbeat"));
}

static bool has_another_socket(const ledger_case *one) {
    return cause_is_fault(one) && *one->outcome->socket_type != '\0' &&
           strcmp(one->outcome->socket_type, "DEALER") != 0;
}

void cause_of_contact(const ledger *book, cause_list *found) {
    const ledger_case *mute = first_of(book, was_mute), *other = first_of(book, has_another_socket);
    if (other != NULL)
        cause_add(book, found, has_another_socket, "socket-type",
                  heap_format("the container's socket is a %s, not a DEALER", other->outcome->socket_type),
                  heap_format("ZeroMQ tells a peer's type. A %s",
                              strcmp(other->outcome->socket_type, "REQ") == 0
                                  ? "REQ adds a delimiter of its own, and must wait "
                                    "for an answer before it sends again"
                                  : "container uses a DEALER socket (zmq.DEALER)"));
    if (mute == NULL || first_of(book, has_met_any) != NULL)
        return;
    if (mute->outcome->process_end != NULL && strncmp(mute->outcome->process_end, "running", 7) != 0)
        add_early_end(book, found, mute, mute->outcome->connections.opened != 0);
    else
        add_mute(book, found, mute);
}
