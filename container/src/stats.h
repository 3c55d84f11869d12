/* stats.h: what the polling thread counts and measures, for any thread to read. */
#ifndef CLIPPER_CONTAINER_STATS_H
#define CLIPPER_CONTAINER_STATS_H

#include "clipper/container.h"
#include "histogram.h"
#include "report.h"

/* Zeroed: nothing has happened yet. */
typedef struct clipper_stats {
#define CLIPPER_COUNTER(name, help) clipper_counter name;
    CLIPPER_COUNTERS(CLIPPER_COUNTER)
#undef CLIPPER_COUNTER
    clipper_histogram latency;    /* from receiving a request until its answer is ready */
    clipper_histogram model_time; /* the model's part of it */
    clipper_counter executing;    /* requests waiting for the model or running */
    clipper_counter registered;   /* 1 when config.ready was last called with 1 */
} clipper_stats;

clipper_counters clipper_stats_counters(const clipper_stats *stats);
/* Reports counters and latencies. */
void clipper_stats_report(const clipper_stats *stats, clipper_reporter *reporter);
/* As clipper_container_metrics. */
size_t clipper_stats_metrics(const clipper_stats *stats, char *buffer, size_t capacity);

#endif
