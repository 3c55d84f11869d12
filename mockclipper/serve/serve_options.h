/* What the command line of `serve` asks for. */
#ifndef MOCKCLIPPER_SERVE_SERVE_OPTIONS_H
#define MOCKCLIPPER_SERVE_SERVE_OPTIONS_H

#include "base/clock.h"
#include "engine/faults.h"
#include "engine/oracle.h"
#include "serve/rows.h"

typedef struct serve_options {
    char *address; /* to bind to */
    unsigned port; /* 0: one that the system picks */
    const char *port_file;
    char **command; /* starts a container; ended with NULL; NULL itself without one */

    /* What is sent. */
    const char *csv;
    range_list rows;
    range_list columns;
    size_t label; /* column; 0 for none */
    bool has_type;
    clipper_data_type type; /* of the rows; without a file, containers are sent what they registered for */
    size_t batch;           /* items in a request */
    size_t elements;        /* in an item that is made up */
    uint64_t count;         /* requests, or passes over the file; 0: none were asked for */
    double rate;            /* requests a second; 0: as fast as they are answered */
    size_t in_flight;       /* requests at a time, for each container */
    uint64_t seed;

    /* What goes wrong. */
    fault *faults;
    size_t fault_count;

    /* What is made of it. */
    oracle verify;
    double least_accuracy; /* of labels, in percent; below 0: does not matter */
    duration patience;     /* for a container to come, and for a response */
    duration prune;        /* a container that is silent for longer is forgotten */
    bool stay;             /* goes on when all is sent */
    bool json;
    bool verbose;
} serve_options;

/* Reads the command line, argv[0] being "serve". Returns -1 to go on, or the exit status to end with at once,
 * the reason having been said. */
int serve_options_read(serve_options *self, int argc, char **argv);
void serve_options_free(serve_options *self);

#endif
