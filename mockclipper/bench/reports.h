/* The reports of a benchmark: opened before it, so that one that cannot be written is reported at once, and written
 * after it. */
#ifndef MOCKCLIPPER_BENCH_REPORTS_H
#define MOCKCLIPPER_BENCH_REPORTS_H

#include "bench/run.h"

typedef struct bench_reports bench_reports;

/* Opens what OPTIONS ask for. NULL, and reported, when that cannot be done. */
bench_reports *bench_reports_open(bench_options *options);

/* What to call during the load: shows a line of progress on a terminal. NULL where stdout is no terminal, or gets a
 * report. */
bench_progress *bench_reports_progress(const bench_reports *self);

/* Writes and closes all. False, and reported, when one could not be written. */
bool bench_reports_finish(bench_reports *self, const bench_result *result);

void bench_reports_destroy(bench_reports **self_p);

#endif
