/* The inside of a conversation, for the files that make it up:
 *   conversation.c         its beginning and end
 *   conversation_events.c  waiting
 *   judge.c                verdicts and times
 *   send.c                 what is sent
 *   expect.c               messages that are expected
 *   expect_time.c          heartbeats and sessions that are expected at their times
 *   expect_process.c       what is expected of the process */
#ifndef MOCKCLIPPER_TALK_CONVERSATION_PARTS_H
#define MOCKCLIPPER_TALK_CONVERSATION_PARTS_H

#include "process/process.h"
#include "process/starvation.h"
#include "talk/talk.h"
#include "talk/scenario.h"

#include <czmq.h>

/* What containers are told to call themselves, unless a scenario says otherwise. */
#define CONVERSATION_MODEL_NAME    "kit-model"
#define CONVERSATION_MODEL_VERSION "1"

struct conversation {
    const subject *subject;
    const scenario *scenario;
    clipper_data_type type;
    random_source random;
    outcome *outcome;
    const requirement *requirement; /* that is being checked */
    const requirement *only;        /* that alone is checked; NULL: no such */
    const char *excuse;             /* why a breach would prove nothing now; NULL: it would */
    bool over;

    engine *engine;
    bool listens_later;
    instant listening; /* since when; 0: not yet */
    zlistx_t *changes; /* of the environment: char* */
    zlistx_t *batches; /* batch* */
    uint32_t next_id;

    process *process;       /* NULL before the start */
    process *second;        /* the one beside it; NULL without one */
    starvation *starvation; /* of it; NULL before the start */
    instant started;
    bool starting;          /* holds a place in the start gate */
    bool end_expected;      /* the process may have ended by now */
    size_t noted_output[2]; /* bytes of stdout and stderr that are not looked at for words */
    instant signalled;      /* when a signal was sent to it; 0: never */

    session *session;      /* the current one; NULL: the next that begins */
    session blank;         /* stands for it then */
    size_t known_sessions; /* how many sessions a scenario knows of */
    message *latest;       /* the message last handed out */
    int clock_memory;      /* says what the container's wall clock shows; -1 without one */
    duration delay;        /* how long the model takes for each request, by our wish */
};

/* A new conversation, with a Clipper that is not listening yet. */
conversation *conversation_new(const subject *about, const scenario *plot, clipper_data_type type);

/* Whether the container is started by somebody else. */
bool is_attached(const conversation *c);

/* Ends it, with the container killed, and returns what came of it. */
outcome *conversation_end(conversation **self_p);

/* ---- Waiting ---------------------------------------------------------------------------------------- */

/* Whether the container's process has ended. */
bool has_ended(const conversation *c);

/* Waits until UNTIL, or shorter when something happens; messages go to the inboxes of their sessions. */
void conversation_pump(conversation *c, instant until);

/* The next message in the inbox of S, or NULL. The caller's to destroy. */
message *inbox_take(session *s);
void inbox_destroy(session *s);

/* Takes the next session that no scenario knows of for the current one. False when there is none yet. */
bool adopt_session(conversation *c);

/* Sees how the processes are. */
void update_processes(conversation *c);

/* Lets another container start. */
void leave_start_gate(conversation *c);

/* What is waited for, in words and in time. */
typedef struct awaited {
    const char *what; /* "a heartbeat" */
    instant since;    /* what the limit is counted from */
    limit limit;
    bool heartbeats_pass; /* heartbeats that come before it are passed over */
} awaited;

/* Waits for the next message of the current session (before the first: of a new one), answered heartbeats
 * passed over. NULL when it did not come, which has then been noted. It stays the conversation's until the
 * next call. */
const message *await_message(conversation *c, const awaited *what);

/* Whether what is awaited can still come: notes why not. */
bool can_still_come(conversation *c, const char *what);

/* How much this machine has stood in the way since then. */
hindrance hindrance_since(conversation *c, instant from);

/* When to give up waiting: the limit, and what is added for hindrances. */
instant give_up_at(conversation *c, const awaited *what);

/* The latest of: start, listening, last message in either direction of the current session. */
instant last_event(const conversation *c);

/* As expect_new_container(), of whatever input type. */
void expect_any_new_container(conversation *c);

/* ---- Judging ---------------------------------------------------------------------------------------- */

/* Notes that the limit was missed: by the container, or, where the lag was long, by this machine. ACTUAL is
 * freed. */
void miss(conversation *c, const awaited *what, char *actual);

/* Notes when WHAT came, and judges it against its limit; too early is a breach of EARLY, too late one of LATE
 * (NULL for both: of what is being checked). */
void judge_time(conversation *c, const awaited *what, instant at, const char *early, const char *late);

/* A breach that may be this machine's doing, H being its hindrance: inconclusive where that is DOUBTFUL. */
void breach_if_sure(conversation *c, bool doubtful, const hindrance *h, const char *id, char *expected,
                    char *actual);

/* The kit could not do its part. WHAT becomes the outcome's. */
void kit_error(conversation *c, char *what);

/* What came instead of what was expected. */
void breach_by_message(conversation *c, const char *id, const char *expected, const message *actual);

/* The process ended, or runs on, instead of what was expected. */
void breach_by_process(conversation *c, const char *id, const char *expected);

#endif
