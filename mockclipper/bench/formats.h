/* The reports of a benchmark. */
#ifndef MOCKCLIPPER_BENCH_FORMATS_H
#define MOCKCLIPPER_BENCH_FORMATS_H

#include "base/json_out.h"
#include "bench/result.h"

#include <stdio.h>

/* Figures and a histogram as text. COLOR: with colours of a terminal. */
void bench_report_text(const bench_result *result, FILE *out, bool color);

/* One JSON object (spec/bench-report.schema.json), and a line feed. */
void bench_report_json(const bench_result *result, FILE *out);

/* The same object as a value in OUT. */
void bench_report_value(const bench_result *result, json_out *out);

/* One HTML page that needs nothing else. */
void bench_report_html(const bench_result *result, FILE *out);

#endif
