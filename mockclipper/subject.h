/* What is being checked, and how: the same for all scenarios of a run. */
#ifndef MOCKCLIPPER_SUBJECT_H
#define MOCKCLIPPER_SUBJECT_H

#include "time_limits.h"
#include "model.h"
#include "requirements.h"

typedef struct subject {
    char *const *command; /* what starts the container, ended with NULL */
    model model;          /* what it computes */
    profile profile;
    timing timing;
    uint64_t seed;
    int stop; /* a descriptor that becomes readable when the kit is told to stop */
} subject;

#endif
