/* The outcome of playing one scenario once: verdict, findings, measured times, journal, output. */
#ifndef MOCKCLIPPER_TALK_OUTCOME_H
#define MOCKCLIPPER_TALK_OUTCOME_H

#include "base/clock.h"
#include "engine/connections.h"
#include "engine/journal.h"
#include "rules/verdict.h"

#include <stddef.h>

typedef struct finding {
    verdict verdict;
    const requirement *requirement; /* NULL for what is the kit's own */
    char *expected;                 /* "a heartbeat within 350 ms (D + D/2 + 250 ms)" */
    char *actual;                   /* "no message for 350 ms" */
} finding;

/* A time that was judged, whatever the verdict. */
typedef struct measurement {
    char *what;
    duration measured;
    duration at_least; /* 0 for no lower limit */
    duration at_most;
    char *formula;
} measurement;

typedef struct outcome {
    verdict verdict;
    char *reason; /* of a skip; else NULL */
    finding *findings;
    size_t finding_count;
    measurement *measurements;
    size_t measurement_count;
    journal *journal; /* NULL when nothing was played */
    instant began;
    duration took;
    duration lag; /* the longest scheduling lag meanwhile */

    /* The container's process. */
    char *process_end; /* "exited with status 1"; NULL without a process */
    char *output[2];   /* the end of stdout and stderr; may be NULL */
    size_t output_len[2];
    size_t output_total[2];
    unsigned left_behind; /* processes that it had started and that had to be killed at the end */

    /* What was seen beneath the messages. */
    connection_counts connections;
    size_t sessions;      /* by which whole messages came */
    char socket_type[16]; /* of the first; empty when it is not known */

    bool refused;     /* the container ended by itself, with a failure, before its first message */
    bool connected;   /* it connected, at least */
    bool registered;  /* it registered */
    bool interrupted; /* the kit had to stop */
} outcome;

outcome *outcome_new(void);
void outcome_destroy(outcome **self_p);

/* Adds a finding; the outcome's verdict becomes the worst. EXPECTED and ACTUAL become the outcome's. */
void outcome_find(outcome *self, verdict v, const requirement *r, char *expected, char *actual);

/* Adds a measurement. WHAT and FORMULA are copied. */
void outcome_measure(outcome *self, const char *what, duration measured, duration at_least, duration at_most,
                     const char *formula);

/* An outcome that only says why there is none. REASON is copied. */
outcome *outcome_skipped(const char *reason);

/* The finding that the verdict comes from; NULL when there is none. */
const finding *outcome_worst(const outcome *self);

#endif
