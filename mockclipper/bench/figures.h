/* The figures of a benchmark as text. */
#ifndef MOCKCLIPPER_BENCH_FIGURES_H
#define MOCKCLIPPER_BENCH_FIGURES_H

#include "bench/result.h"

/* The percentiles in all reports. */
typedef struct bench_percentile {
    const char *name; /* "p99.9" */
    const char *key;  /* "p99_9_ns" */
    double part;      /* 0.999 */
} bench_percentile;
extern const bench_percentile bench_percentiles[];
extern const size_t bench_percentile_count;

/* A latency in three digits: "312 us", "4.56 ms". Written to BUFFER, which is returned. */
#define BENCH_TIME_TEXT 32
char *bench_time_text(double ns, char buffer[BENCH_TIME_TEXT]);

/* A percentile likewise; "-" where so few requests were measured that it is the slowest. */
char *bench_percentile_text(const histogram *latencies, const bench_percentile *which,
                            char buffer[BENCH_TIME_TEXT]);

/* A count or a rate, with commas: "183,210"; with up to two decimals below 100. Likewise. */
char *bench_number_text(double number, char buffer[BENCH_TIME_TEXT]);

/* Sentences. All are the caller's to free.
 *
 * The command under test as one would type it, or "attached at HOST:PORT"; how it was loaded: "64 in flight, 1 item of
 * 8 bytes a request, doubles"; how many outputs were verified: "30,000 outputs (sum)". */
char *bench_subject_text(const bench_result *result);
char *bench_load_text(const bench_result *result);
char *bench_verified_text(const bench_result *result);

/* How late requests were sent in the open loop, and how many were not sent; NULL in the closed loop. */
char *bench_schedule_text(const bench_result *result);

/* The processor time and memory of the container; NULL where they are not known. */
char *bench_usage_text(const bench_result *result);

/* Whether the figures are stable. */
char *bench_stability_text(const bench_result *result);

#endif
