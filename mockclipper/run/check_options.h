/* What the command line of `check` asks for. */
#ifndef MOCKCLIPPER_RUN_CHECK_OPTIONS_H
#define MOCKCLIPPER_RUN_CHECK_OPTIONS_H

#include "cli/cli.h"
#include "engine/oracle.h"
#include "rules/requirements.h"
#include "talk/time_limits.h"

/* A list of texts that belong to argv. */
typedef struct text_list {
    const char **texts;
    size_t count;
} text_list;

typedef struct check_options {
    text_list scenarios;  /* globs; none: all */
    text_list skips;      /* globs */
    text_list reports;    /* "FORMAT" or "FORMAT=FILE" */
    const char *baseline; /* a file of known failures; NULL without one */
    char *attach_address; /* where containers that somebody else starts connect to; NULL without */
    unsigned attach_port;
    double acceleration; /* of the container's clock; 1 without */
    unsigned types;      /* bits 1 << clipper_data_type; 0: none was named */
    profile profile;
    oracle model;
    timing timing; /* as the container is told */
    unsigned jobs;
    unsigned rounds; /* of each case */
    uint64_t seed;
    bool strict;
    bool verbose;
    cli_color color;
    char **command; /* ended with NULL; NULL itself when attached */
} check_options;

/* Reads the command line, argv[0] being "check". Returns -1 to go on, or the exit status to end with at once,
 * the reason having been said. */
int check_options_read(check_options *self, int argc, char **argv);
void check_options_free(check_options *self);

/* The options that a repetition of one case needs, with a blank before each. The caller's to free. */
char *check_options_to_repeat(const check_options *self);

#endif
