/* The reports of a benchmark. */
#ifndef MOCKCLIPPER_BENCH_REPORT_H
#define MOCKCLIPPER_BENCH_REPORT_H

#include "bench/result.h"

#include <stdio.h>

/* Figures and a histogram, for people. COLOR: with colours of a terminal. */
void bench_report_text(const bench_result *result, FILE *out, bool color);

/* One JSON object (spec/bench-report.schema.json). */
void bench_report_json(const bench_result *result, FILE *out);

/* One HTML page that needs nothing else: no script, no network. */
void bench_report_html(const bench_result *result, FILE *out);

/* The percentiles that all reports tell. */
typedef struct bench_percentile {
    const char *name; /* "p99.9" */
    const char *key;  /* "p99_9_ns" */
    double part;      /* 0.999 */
} bench_percentile;
extern const bench_percentile bench_percentiles[];
extern const size_t bench_percentile_count;

/* A latency for people, three digits: "312 us", "4.56 ms". In BUFFER of BENCH_TIME_TEXT bytes, which is
 * returned. */
#define BENCH_TIME_TEXT 32
char *bench_time_text(double ns, char buffer[BENCH_TIME_TEXT]);

/* The same with "-" where so few were measured that the percentile is but the slowest. */
char *bench_percentile_text(const histogram *latencies, const bench_percentile *which,
                            char buffer[BENCH_TIME_TEXT]);

/* A count or a rate, thousands apart: "183,210"; with up to two decimals below 100. Likewise. */
char *bench_number_text(double number, char buffer[BENCH_TIME_TEXT]);

/* What the processor time and memory of the container amount to, in words; NULL where they are not known. The
 * caller's to free. */
char *bench_usage_text(const bench_result *result);

/* What was made sure of, and what was wrong, in words: "30,000 outputs (sum)". The caller's to free. */
char *bench_verified_text(const bench_result *result);

/* How late requests were sent in the open loop, and how many were not, in words; NULL in the closed loop. */
char *bench_schedule_text(const bench_result *result);

#endif
