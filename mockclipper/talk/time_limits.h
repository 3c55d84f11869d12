/* How long a container may take, and how early it may be. Every limit is a formula of D, TO, the bytes to
 * move and the lag that the kit measures; its text goes into the report beside the value. */
#ifndef MOCKCLIPPER_TALK_TIME_LIMITS_H
#define MOCKCLIPPER_TALK_TIME_LIMITS_H

#include "process/hindrance.h"

#include <stddef.h>
#include <stdint.h>

typedef struct limit {
    duration at_least;
    duration at_most;    /* without lag */
    const char *formula; /* of at_most */
} limit;

/* How long a model works, as a trial has measured it; zero where none has. */
typedef struct answer_times {
    duration at_most;             /* --answer-timeout; 0: it follows from the others */
    duration first;               /* the first answer of a process, which may load its model for it */
    duration median;              /* of the later ones, to requests of one item */
    duration item;                /* what each further item of a request adds */
    duration surely, surely_item; /* the last two without what this machine may have added */
} answer_times;

/* The times of the container under test. */
typedef struct timing {
    duration poll;     /* D, as the environment says */
    duration activity; /* TO */
    duration start;    /* from starting the command to its first message, at most */
    duration starts;   /* the same as a trial has measured it; 0 where none has */
    answer_times answers;
} timing;

/* From the start of the process to its first message. */
limit limit_start(const timing *t);

/* What is added to any other limit that is counted from the start of the process: twice the measured time. */
duration limit_starting(const timing *t);

/* The response to a request of ITEMS items and BYTES in all; the FIRST of a process may take longer. */
limit limit_answer(const timing *t, bool first, size_t items, uint64_t bytes);

/* What no model works on: a registration, a connection that closes. */
limit limit_reaction(void);

/* What a model surely needs for so many requests, one after the other, and for ITEMS more items than one in each. */
duration limit_work(const timing *t, size_t requests, size_t items);

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
