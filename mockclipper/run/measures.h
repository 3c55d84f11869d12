/* What the kit measures of a container before it judges: how long it takes to start and to answer, and its timers. */
#ifndef MOCKCLIPPER_RUN_MEASURES_H
#define MOCKCLIPPER_RUN_MEASURES_H

#include "run/ledger.h"
#include "talk/talk.h"

/* How often a trial is made at most that this machine may have spoilt. */
#define MEASURES_TRIALS 4

/* What a trial has seen; 0 for what it has not. */
typedef struct measures {
    duration starts;      /* from the start of the process to its first message */
    answer_times answers; /* without at_most */
    silence_seen silence;
} measures;

/* Whether a D or TO that was measured is the one that the container was told. A kept one may be longer by what limits
 * allow for. */
bool measures_keep_poll(duration told, duration measured);
bool measures_keep_activity(const timing *told, duration measured);

/* Whether what was seen is not to be believed: this machine may have made it. */
bool measures_are_doubtful(const silence_seen *seen);

/* A measured time without what this machine added to it: rounded down to two digits. */
duration measures_round(duration measured);

/* Takes the times of the container into the parameters of BOOK, and notes on stderr which of the timers that it was
 * told it does not keep: times are judged by its own then. Cases of which the model would make too long a wait are
 * skipped, with the reason. STOP as for scenario_play(). */
void measures_take(ledger *book, int stop);

#endif
