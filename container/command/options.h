/* options.h: the command line and the environment of clipper-container. */
#ifndef CLIPPER_COMMAND_OPTIONS_H
#define CLIPPER_COMMAND_OPTIONS_H

#include "clipper/container.h"

typedef struct command_options {
    clipper_container_config config;
    int model;                     /* index in builtin_models; -1: none of them */
    const char *model_library;     /* or a shared object */
    const char *model_path;        /* what that loads */
    uint64_t model_delay_ms;       /* added to the time of each request */
    const char *ready_file;        /* written when registered, removed when that is lost */
    const char *legacy_ready_file; /* written before connecting, and left */
    const char *metrics_port;      /* a number, or NULL */
    const char *metrics_address;   /* where that port is */
    clipper_log_output log;
} command_options;

typedef enum options_result {
    OPTIONS_RUN,  /* all is well */
    OPTIONS_DONE, /* --help or --version was printed */
    OPTIONS_BAD   /* a line about it was printed to stderr */
} options_result;

/* Reads flags, then the environment for what no flag was given. */
options_result read_options(int argc, char **argv, command_options *options);

#endif
