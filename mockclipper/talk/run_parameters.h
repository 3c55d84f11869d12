/* What is being checked, and how: the same for all scenarios of a run. */
#ifndef MOCKCLIPPER_TALK_RUN_PARAMETERS_H
#define MOCKCLIPPER_TALK_RUN_PARAMETERS_H

#include "engine/feed.h"
#include "engine/oracle.h"
#include "process/image.h"
#include "rules/requirements.h"
#include "talk/first_answers.h"
#include "talk/time_limits.h"

#define RUN_TYPES (CLIPPER_TYPE_STRINGS + 1)

typedef struct run_parameters {
    container_image image;  /* what is started; without a name, a command is */
    const char *advertised; /* the address that the container is told; NULL: where the kit listens */
    /* What starts the container, or words for the image; ended with NULL; NULL when attached. */
    char *const *command;
    oracle model; /* what it computes */
    profile profile;
    timing timing; /* by the kit's clock: D and TO over the acceleration */
    uint64_t seed;
    feed *feeds[RUN_TYPES];         /* by input type; NULL: items are random */
    first_answers *first_answers;   /* NULL: predictions are known to be answered */
    char *feed_problems[RUN_TYPES]; /* why there is none: the samples are no items of that type; else NULL */
    char *own_timers; /* that it has instead of those it was told: "D is 5 s, not 100 ms"; else NULL */
    duration grace;   /* between SIGTERM and SIGKILL at a container's end */

    /* Containers that run faster than time. */
    double acceleration;    /* 1: they do not */
    char *faketime_library; /* what makes them; NULL without acceleration */

    /* Containers that the kit does not start (--attach). */
    const char *attach_address; /* where they connect to; NULL when the kit starts them itself */
    unsigned attach_port;
    char *attached_name; /* what the first of them called itself; NULL before */
    char *attached_version;
} run_parameters;

#endif
