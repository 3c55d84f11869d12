/* What the command line of `serve` asks for. */
#ifndef MOCKCLIPPER_SERVE_SERVE_OPTIONS_H
#define MOCKCLIPPER_SERVE_SERVE_OPTIONS_H

#include "base/clock.h"
#include "cli/command.h"
#include "engine/faults.h"
#include "engine/oracle.h"
#include "engine/feed.h"

typedef struct fault_list {
    fault *faults;
    size_t count;
} fault_list;

typedef struct serve_options {
    endpoint bind; /* port 0: one that the system picks */
    bool handover; /* the second of equal routing identities takes the place of the first */
    const char *port_file;
    char **command;         /* starts a container; ended with NULL; NULL itself without one */
    const char *image;      /* to be run instead of a command; NULL without one */
    const char *advertised; /* the address that the container is told; NULL: where the kit listens */
    duration grace;         /* between SIGTERM and SIGKILL at its end */

    /* What is sent. */
    feed_choice feed;
    bool has_type;
    clipper_data_type type; /* of the rows; without a file, containers are sent what they registered for */
    size_t batch;           /* items in a request */
    uint64_t count;         /* requests, or passes over the file; 0: none were asked for */
    double rate;            /* requests a second; 0: as fast as they are answered */
    size_t in_flight;       /* requests at a time, for each container */
    uint64_t seed;

    /* What goes wrong. */
    fault_list faults;

    /* What is made of it. */
    oracle verify;
    double least_accuracy; /* of labels, in percent; below 0: does not matter */
    duration patience;     /* for a container to come, and for a response */
    duration prune;        /* a container that is silent for longer is forgotten */
    bool stay;             /* goes on when all is sent */
    const char *output;    /* where the answers go; NULL: nowhere */
    bool json;
    bool verbose;
} serve_options;

extern const cli_command serve_command;

/* Reads the command line. False when the command ends here, with *STATUS; SELF is to be freed either way. */
bool serve_options_read(serve_options *self, char **argv, int *status);
void serve_options_free(serve_options *self);

#endif
