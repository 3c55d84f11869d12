/* The result of a benchmark: every report is a view of it. */
#ifndef MOCKCLIPPER_BENCH_RESULT_H
#define MOCKCLIPPER_BENCH_RESULT_H

#include "bench/meter.h"
#include "bench/options.h"

/* Exit statuses of `bench` beyond those of all commands. */
enum {
    BENCH_NOT_STABLE = 4,
    BENCH_NOTHING_MEASURED = 5
};

/* Errors, from the first request on, the warm-up included. */
typedef enum bench_error {
    BENCH_WRONG_OUTPUT, /* outputs that are not what the model answers */
    BENCH_WRONG_COUNT,  /* responses with another number of outputs than the request has items */
    BENCH_UNASKED,      /* responses to no request under way: never asked, answered twice, or too late */
    BENCH_NOT_DECODED,  /* messages of the container that are none */
    BENCH_UNANSWERED,   /* requests given up */
    BENCH_LOST,         /* requests under way when the container went away or began a new session */
    BENCH_ENDED,        /* the container's process ended: 1 */
    BENCH_ERROR_COUNT
} bench_error;

typedef struct bench_result {
    const bench_options *options;
    char *name; /* what the container called itself; NULL when none registered, and so on */
    char *model_version;
    clipper_data_type type; /* of what was sent */
    clipper_wire wire;      /* that it registered with */
    size_t item_bytes;      /* of an item, on average */
    size_t others;          /* containers that were connected, too */

    uint64_t sent;
    uint64_t items;    /* outputs of responses that had as many as their requests */
    uint64_t verified; /* of these, outputs that were judged */
    uint64_t errors[BENCH_ERROR_COUNT];
    char *examples[BENCH_ERROR_COUNT]; /* the first of each kind, in words; NULL without */

    /* Of the measurement, without the warm-up. */
    uint64_t answered;
    duration measured;
    uint64_t behind; /* requests that the open loop owes at the end */
    bool rate_kept;  /* it owes none because too many were under way */
    const histogram *latencies;
    const histogram *lateness;
    const stability *stability;
    const meter_window *windows;
    size_t window_count;

    /* From the middle of the warm-up to the end: how long, and how many answers came then. */
    duration used_over;
    uint64_t used_for;
    duration own_cpu; /* processor time of the kit itself */
    bool has_usage;   /* of the container's process group: not where it was attached, or has ended */
    duration cpu;
    uint64_t rss_before; /* bytes */
    uint64_t rss;
    uint64_t peak;

    char *end;    /* how the container's process ended; NULL while it ran */
    char *output; /* the end of its stderr, where it ended; else NULL */
    size_t output_len;
    bool interrupted;
} bench_result;

void bench_result_clear(bench_result *self);

/* Counts COUNT errors of a kind. EXAMPLE, which becomes the result's, describes the first. */
void bench_result_error(bench_result *self, bench_error kind, uint64_t count, char *example);

/* "wrong_output", and in words: "wrong outputs". */
const char *bench_error_name(bench_error kind);
const char *bench_error_words(bench_error kind);

uint64_t bench_result_errors(const bench_result *self);      /* of all kinds */
double bench_result_rate(const bench_result *self);          /* requests answered a second; 0 of nothing */
size_t bench_result_request_bytes(const bench_result *self); /* of the items of a request */
bool bench_result_is_stable(const bench_result *self);

/* The exit status, and what it says in words. */
int bench_result_status(const bench_result *self);
const char *bench_result_text(const bench_result *self);

#endif
