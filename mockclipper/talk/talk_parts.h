/* The inside of a conversation, for the files of this room alone:
 *   talk.c            its beginning and end
 *   judge.c           findings and their verdicts, measured times
 *   waiting.c         events, and the inboxes of sessions
 *   send.c            what is sent
 *   expect.c          messages that are expected
 *   alone.c           items alone and in batches: a container is its own oracle
 *   varied.c          many requests in flight, which differ
 *   expect_time.c     heartbeats and sessions that are expected at their times
 *   expect_process.c  what is expected of the process
 *   wall_clock.c      a wall clock of the container's own */
#ifndef MOCKCLIPPER_TALK_TALK_PARTS_H
#define MOCKCLIPPER_TALK_TALK_PARTS_H

#include "process/process.h"
#include "process/starvation.h"
#include "talk/talk.h"

#include <czmq.h>

/* The name and version in the environment of containers, unless a scenario sets others. */
#define TALK_MODEL_NAME    "kit-model"
#define TALK_MODEL_VERSION "1"

/* The outputs of a response, to be checked later. */
typedef struct kept_outputs {
    uint32_t id;
    batch *outputs;
} kept_outputs;

struct talk {
    const run_parameters *parameters;
    const scenario *scenario;
    clipper_data_type type;
    int stop; /* becomes readable when the kit has to stop */
    random_source random;
    outcome *outcome;
    const requirement *requirement; /* that is being checked */
    const requirement *only;        /* checked in place of any other; NULL without one */
    const char *excuse;             /* why a breach would prove nothing now; NULL: it would */
    bool over;
    bool unsent_sent;      /* a message that no Clipper sends was sent */
    bool judges_an_answer; /* to a legal request */
    uint32_t refused[8];   /* ids of requests that must not be answered (talk_must_not_answer()) */
    size_t refused_count;
    bool has_open_reply; /* the reply to the request of this id may have been left open */
    uint32_t open_reply;
    bool asks_first; /* an answer is awaited to the run's first prediction */

    engine *engine;
    char address[16]; /* where Clipper listens, in numbers */
    bool listens_later;
    bool was_away;     /* Clipper has closed its socket once */
    instant listening; /* since when; 0: not yet */
    zlistx_t *changes; /* of the environment: char* */
    zlistx_t *batches; /* batch* */
    uint32_t next_id;
    size_t next_sample; /* of the feed, where it has samples */
    batch *pool;        /* of the items of varied requests; NULL before the first */
    batch *alone;       /* the outputs of its items alone; NULL while they are not known */
    kept_outputs *kept; /* of varied requests, while these are not known */
    size_t kept_count;

    process *process;       /* NULL before the start */
    process *second;        /* the one beside it; NULL without one */
    starvation *starvation; /* of it, and of this conversation; NULL before the start */
    instant started;
    instant heard;          /* its first message came; 0: none has */
    bool has_answered;      /* a prediction request */
    bool starting;          /* holds a place among those that start */
    bool end_expected;      /* the process may have ended by now */
    size_t noted_output[2]; /* bytes of stdout and stderr that are not looked at for words */
    instant signalled;      /* when a signal was sent to it; 0: never */

    session *session;      /* the current one; NULL: the next that begins */
    session blank;         /* returned in its place then */
    size_t known_sessions; /* sessions that have been the current one, or were passed over */
    message *latest;       /* the last expected message */
    int clock_memory;      /* descriptor: the setting of the container's wall clock; -1 without one */
    duration slow_for;     /* a request has to take so long (talk_slow_model()) */
    bool is_slow;          /* it was seen to */
    bool slow_by_item;     /* by its item, not by CLIPPER_MODEL_DELAY_MS */
    duration delay;        /* what a request may take longer for that */
};

/* A new conversation, with a Clipper that is not listening yet. */
talk *talk_new(const scenario *plot, const run_parameters *about, clipper_data_type type, int stop);

/* Whether the kit has not started the container (--attach). */
bool talk_is_attached(const talk *t);

/* Looks back on the conversation, and begins to end the container. Its port stays taken until that is gone: what it still
 * sends is for nobody else. */
void talk_close(talk *t);

/* Adds an item that the container is fed; ELEMENTS: its length, where the user asked for nothing else. */
void talk_feed(talk *t, batch *items, size_t elements);

/* The elements of the smallest input that a model of any length takes. */
#define TALK_FIRST_ELEMENTS 1

/* ---- Waiting ---------------------------------------------------------------------------------------- */

/* Whether the container's process has ended. */
bool talk_process_ended(const talk *t);

/* Waits until UNTIL, or until an event; messages go to the inboxes of their sessions. */
void talk_pump(talk *t, instant until);

/* The next message in the inbox of S, or NULL. The caller's to destroy. */
message *inbox_take(session *s);
void inbox_destroy(session *s);

/* Makes the next new session the current one. False when there is none yet. */
bool talk_adopt_session(talk *t);

/* Lets another container start. */
void talk_leave_start_place(talk *t);

/* What is waited for, in words and in time. */
typedef struct awaited {
    const char *what; /* "a heartbeat" */
    instant since;    /* what the limit is counted from */
    limit limit;
    bool heartbeats_pass; /* heartbeats that come before it are passed over */
} awaited;

/* The response to a request of ITEMS items and BYTES, the last message to the container. */
awaited talk_answer_to(talk *t, const char *what, size_t items, uint64_t bytes);

/* Waits for the next message of the current session (before the first: of a new one), answered heartbeats
 * passed over. NULL when it did not come, which is then a finding. It is the conversation's, until the next
 * call. */
const message *talk_await_message(talk *t, const awaited *what);

/* Waits for the next event. When the limit is reached, or the process has ended, that is a finding; MISSED: what there is
 * instead of WHAT at the limit. */
void talk_wait(talk *t, const awaited *what, const char *missed);

/* Whether the current session, which ended at END, may have ended by TO because this machine kept messages from arriving
 * in time: *H is by how much. What is known to have been no silence of TO is the container's doing on any machine. */
bool talk_may_have_timed_out(talk *t, instant end, hindrance *h);

/* Whether what is awaited can still come; if not, that is a finding. */
bool talk_can_still_come(talk *t, const char *what);

/* What is added to a limit that is counted from SINCE, as the container may still be starting then. */
duration talk_time_to_start(const talk *t, instant since);

/* When to give up waiting: the limit, and what is added for hindrances. */
instant talk_give_up_at(talk *t, const awaited *what);

/* The latest of: start, listening, last message in either direction of the current session. */
instant talk_last_event(const talk *t);

/* ---- A container as its own oracle ------------------------------------------------------------------ */

/* Whether ITEM is answered the same twice; if not, that is information. */
bool talk_is_steady(talk *t, clipper_frame item);

/* The outputs of ITEMS, each asked alone; the caller's to destroy. NULL when the conversation is over. */
batch *talk_ask_alone(talk *t, const batch *items);

/* ---- Judging ---------------------------------------------------------------------------------------- */

/* The limit was missed: a breach, or inconclusive where the hindrance was large. ACTUAL is freed. */
void talk_miss(talk *t, const awaited *what, char *actual);

/* Whether the process, which has ended, was ended by a signal that a fault in a program raises; a shell that started it
 * says so by its status. */
bool talk_ended_by_fault(const talk *t);

/* Whether there is a process that has ended by that or any other signal. */
bool talk_has_crashed(const talk *t);

/* What is expected, with its limit. The caller's to free. */
char *talk_expected_within(const awaited *what, const hindrance *h);

/* Measures when WHAT came, and compares it with its limit; too early is a breach of EARLY, too late one of LATE
 * (NULL for both: of what is being checked). */
void talk_judge_time(talk *t, const awaited *what, instant at, const char *early, const char *late);

/* A finding that is information only. */
void talk_inform(talk *t, const char *id, char *expected, char *actual);

/* A breach; inconclusive where it is DOUBTFUL, as this machine may have caused it by H. */
void talk_breach_if_sure(talk *t, bool doubtful, const hindrance *h, const char *id, char *expected,
                         char *actual);

/* The id of the case that says that predictions are not answered, the caller's to free; NULL when they are. */
char *talk_unanswered_elsewhere(const talk *t);

/* Skips the scenario, which needs a prediction, when they are not. Returns whether it does. */
bool talk_skip_unanswered(talk *t);

/* The kit failed: verdict error. WHAT becomes the outcome's. */
void talk_kit_error(talk *t, char *what);

/* A breach: the message ACTUAL came instead. */
void talk_breach_by_message(talk *t, const char *id, const char *expected, const message *actual);

/* A breach: the process ended, or still runs, instead. */
void talk_breach_by_process(talk *t, const char *id, const char *expected);

#endif
