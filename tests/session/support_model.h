/* Drives a real session through steps of the model (tests/spin) and holds it to what the model says. */
#ifndef SUPPORT_MODEL_H
#define SUPPORT_MODEL_H

#include "support_session.h"

/* What can happen to a session, in the order of the model's list of events. */
#define MODEL_EVENTS(X)                                                                                      \
    X(on_open)                                                                                               \
    X(keep_alive)                                                                                            \
    X(asks_metadata)                                                                                         \
    X(request)                                                                                               \
    X(wrong_type)                                                                                            \
    X(feedback_request)                                                                                      \
    X(malformed)                                                                                             \
    X(other_version)                                                                                         \
    X(on_activity)                                                                                           \
    X(on_time)                                                                                               \
    X(on_backlog)                                                                                            \
    X(on_disconnect)                                                                                         \
    X(tick)

typedef enum model_event {
#define MODEL_X(name) MODEL_##name,
    MODEL_EVENTS(MODEL_X)
#undef MODEL_X
    MODEL_EVENT_COUNT
} model_event;

/* The event's name in the model. Static. */
const char *model_event_name(model_event event);

/* What of a session's state can be seen from outside. */
typedef struct model_state {
    uint8_t open, asked, registered;
    uint8_t poll; /* ticks since the poll began, D at most; 0 when not open */
} model_state;

/* The automaton of the model for one D and TO (model_automata.h, made by tests/spin/automaton.py). Row 0 is the
 * session before it was opened for the first time. */
typedef struct model_edge {
    char
        action; /* - none, w wait, h send_heartbeat, m send_metadata, p predict, f feedback, i wrong_input_type,
                    b bad_message, r reopen, x exit */
    uint8_t next; /* row */
} model_edge;

typedef struct model_row {
    model_state state;
    model_edge edges[MODEL_EVENT_COUNT];
} model_row;

typedef struct model_automaton {
    uint8_t poll_timeout, activity_timeout; /* D and TO, in ticks */
    size_t state_count;
    const model_row *rows;
} model_automaton;

typedef struct model_replay {
    clipper_session session;
    uint64_t poll_timeout; /* D, in ticks */
    uint64_t tick_ms;
    uint64_t now;  /* ms */
    uint64_t seen; /* the latest time passed to the session */
    uint64_t opened;
    uint64_t seed;
    model_state state;
    char problem[160]; /* what was wrong, after model_step returned -1 */
} model_replay;

/* A session that is not open, with D and TO in ticks of TICK_MS. SEED chooses what the model leaves open:
 * message ids, sizes, which malformed message, and when a clock runs backwards. The clock begins at NOW. */
void model_begin(model_replay *replay, uint64_t poll_timeout, uint64_t activity_timeout, uint64_t tick_ms,
                 uint64_t now, uint64_t seed);

/* Does EVENT and compares: the model says that the session answers with ACTION (a name as of
 * clipper_session_action_name, or "none" where the call returns nothing) and is in state AFTER then. Returns 0 when
 * it does, and is; -1 otherwise. */
int model_step(model_replay *replay, model_event event, const char *action, model_state after);

/* A small number below LIMIT from the replay's own generator. */
uint32_t model_choose(model_replay *replay, uint32_t limit);

#endif
