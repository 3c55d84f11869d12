/* What the command line of `check` asks for. */
#ifndef MOCKCLIPPER_RUN_CHECK_OPTIONS_H
#define MOCKCLIPPER_RUN_CHECK_OPTIONS_H

#include "cli/cli.h"
#include "cli/command.h"
#include "cli/report_files.h"
#include "engine/feed.h"
#include "engine/oracle.h"
#include "rules/requirements.h"
#include "talk/time_limits.h"

/* Indices of the formats of --report. */
typedef enum check_report {
    CHECK_REPORT_TAP,
    CHECK_REPORT_TAP13,
    CHECK_REPORT_JSON,
    CHECK_REPORT_JUNIT,
    CHECK_REPORT_HTML,
    CHECK_REPORT_MARKDOWN
} check_report;

typedef struct check_options {
    text_list scenarios; /* globs; none: all */
    text_list skips;     /* globs */
    report_files reports;
    const char *baseline; /* a file of known failures; NULL without one */
    endpoint attach;      /* where containers that somebody else starts connect to */
    double acceleration;  /* of the container's clock; 1 without */
    unsigned types;       /* bits 1 << clipper_data_type; 0: none was named */
    profile profile;
    oracle model;
    feed_choice feed;
    timing timing;          /* as the container is told */
    const char *image;      /* to be run instead of a command; NULL without one */
    const char *advertised; /* the address that the container is told; NULL: where the kit listens */
    duration grace;         /* between SIGTERM and SIGKILL at a container's end */
    size_t jobs;
    size_t rounds; /* of each case */
    uint64_t seed;
    bool strict;
    bool verbose;
    cli_color color;
    char **command; /* ended with NULL; NULL itself when attached */
} check_options;

extern const cli_command check_command;

/* Reads the command line. False when the command ends here, with *STATUS; SELF is to be freed
 * either way. */
bool check_options_read(check_options *self, char **argv, int *status);
void check_options_free(check_options *self);

#endif
