/* How long a container may take, and how early it may be. Every limit is a formula of D, TO, the bytes to
 * move and the lag that the kit measures; its text goes into the report beside the value. */
#ifndef MOCKCLIPPER_TALK_TIME_LIMITS_H
#define MOCKCLIPPER_TALK_TIME_LIMITS_H

#include "process/hindrance.h"

#include <stdint.h>

typedef struct limit {
    duration at_least;
    duration at_most;    /* without lag */
    const char *formula; /* of at_most */
} limit;

/* The timers in the environment of the container under test. */
typedef struct timing {
    duration poll;     /* D */
    duration activity; /* TO */
    duration start;    /* from starting the command to its first message */
} timing;

/* From the start of the process to its first message. */
limit limit_start(const timing *t);

/* A message that follows from one that was just sent, with BYTES of items on the way. */
limit limit_answer(uint64_t bytes);

/* The heartbeat of that number (from 1) of a container in silence, since the last message to it; the
 * heartbeat before it came BEFORE after that message (0: there was none). The lower limit rests on what we
 * sent ourselves: that nothing can come too early for is true however late anything was seen. */
limit limit_heartbeat(const timing *t, unsigned number, duration before);

/* A new session of a container in silence, since the last message to it. */
limit limit_new_session(const timing *t);

/* An exit that was asked for. */
limit limit_exit(void);

/* What a hindrance adds to at_most: its total, but no more than a quarter of the limit. */
duration limit_extension(const limit *l, const hindrance *h);

/* Whether more would have to be added than that: a limit missed then says nothing of the container. */
bool limit_is_doubtful(const limit *l, const hindrance *h);

#endif
