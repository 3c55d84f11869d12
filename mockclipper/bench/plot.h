/* The pictures of a benchmark's HTML report, and text in HTML. */
#ifndef MOCKCLIPPER_BENCH_PLOT_H
#define MOCKCLIPPER_BENCH_PLOT_H

#include "bench/result.h"

#include <stdio.h>

/* TEXT as text of a page, whatever bytes it has: never markup, always UTF-8. */
void bench_html_text(const char *text, size_t len, FILE *out);

/* The latency histogram as an inline SVG: both axes logarithmic, so that the few slow requests are seen
 * beside the many quick ones; the percentiles are marked. Nothing without requests. */
void bench_html_histogram(const bench_result *result, FILE *out);

/* Throughput from window to window. Nothing without windows. */
void bench_html_windows(const bench_result *result, FILE *out);

#endif
