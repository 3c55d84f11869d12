/* A benchmark from start to end. */
#ifndef MOCKCLIPPER_BENCH_RUN_H
#define MOCKCLIPPER_BENCH_RUN_H

#include "bench/result.h"

typedef struct bench_run bench_run;

/* A benchmark that OPTIONS ask for. */
bench_run *bench_run_new(const bench_options *options);
void bench_run_destroy(bench_run **self_p);

/* Starts or awaits the container, loads it, and ends it. SIGNALS is what signals_open() returned; the warden
 * must have been started. PROGRESS, unless NULL, is called about as often as a window ends. Returns -1, or
 * the exit status when there is nothing to report, and the reason is on stderr. *SIGNAL becomes the signal
 * that ended it early, or 0. */
typedef void bench_progress(const bench_result *so_far, double rate, duration median);
int bench_run_play(bench_run *self, int signals, bench_progress *progress, int *signal);

/* Its result, which lives as long as SELF. */
const bench_result *bench_run_result(const bench_run *self);

#endif
