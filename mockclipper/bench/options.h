/* What the command line of `bench` asks for. */
#ifndef MOCKCLIPPER_BENCH_OPTIONS_H
#define MOCKCLIPPER_BENCH_OPTIONS_H

#include "bench/meter.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/report_files.h"
#include "engine/feed.h"
#include "engine/oracle.h"

/* Indices of the formats of --report. */
typedef enum bench_format {
    BENCH_FORMAT_TEXT,
    BENCH_FORMAT_JSON,
    BENCH_FORMAT_HTML
} bench_format;

typedef struct bench_options {
    char **command;         /* starts the container; ended with NULL; NULL itself when attached */
    endpoint attach;        /* where a container that is started elsewhere connects to */
    duration start_timeout; /* from its start to its registration */
    const char *image;      /* to be run instead of a command; NULL without one */
    const char *advertised; /* the address that the container is told; NULL: where the kit listens */
    duration grace;         /* between SIGTERM and SIGKILL at its end */

    /* What is sent. */
    bool has_type; /* asked for by name: then the container must take it */
    clipper_data_type type;
    size_t batch;      /* items in a request */
    size_t item_bytes; /* of each that is made up, where the feed does not say it */
    feed_choice feed;
    oracle model;
    uint64_t seed;

    meter_plan plan;
    bool strict; /* a measurement that is not stable fails */
    bool json;
    report_files reports;
    cli_color color;
} bench_options;

extern const cli_command bench_command;

/* What is started, for messages: the image or the command. */
const char *bench_options_container(const bench_options *self);

/* Reads the command line. False when the command ends here, with *STATUS; SELF is to be freed
 * either way. */
bool bench_options_read(bench_options *self, char **argv, int *status);
void bench_options_free(bench_options *self);

#endif
