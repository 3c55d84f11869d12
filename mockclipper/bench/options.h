/* What the command line of `bench` asks for. */
#ifndef MOCKCLIPPER_BENCH_OPTIONS_H
#define MOCKCLIPPER_BENCH_OPTIONS_H

#include "bench/meter.h"
#include "cli/cli.h"
#include "engine/oracle.h"

typedef struct bench_options {
    char **command;       /* starts the container; ended with NULL; NULL itself when attached */
    char *attach_address; /* where a container that somebody else starts connects to; NULL without */
    unsigned attach_port;
    duration start_timeout; /* from its start to its registration */

    /* What is sent. */
    bool has_type; /* asked for by name: then the container must take it */
    clipper_data_type type;
    size_t batch;      /* items in a request */
    size_t item_bytes; /* of each */
    oracle model;
    uint64_t seed;

    meter_plan plan;
    bool strict;          /* a measurement that is not stable fails */
    const char **reports; /* "FORMAT" or "FORMAT=FILE"; the array is ours, the texts belong to argv */
    size_t report_count;
    cli_color color;
} bench_options;

/* Reads the command line, argv[0] being "bench". Returns -1 to go on, or the exit status to end with at once,
 * the reason having been said. */
int bench_options_read(bench_options *self, int argc, char **argv);
void bench_options_free(bench_options *self);

#endif
