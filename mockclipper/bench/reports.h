/* The reports that a benchmark was asked for: opened before it, so that one that cannot be written is known
 * at once, and written after it. */
#ifndef MOCKCLIPPER_BENCH_REPORTS_H
#define MOCKCLIPPER_BENCH_REPORTS_H

#include "bench/run.h"

typedef struct bench_reports bench_reports;

/* Opens what OPTIONS ask for. NULL, and reported, when that cannot be done. */
bench_reports *bench_reports_open(bench_options *options);

/* What to call while the load is on: shows a line on a terminal. NULL where there is none, or a report goes
 * there. */
bench_progress *bench_reports_progress(const bench_reports *self);

/* Writes and closes all. False when one could not be written, which is on stderr then. */
bool bench_reports_finish(bench_reports *self, const bench_result *result);

void bench_reports_destroy(bench_reports **self_p);

#endif
