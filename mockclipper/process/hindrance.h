/* What this machine did to a measured time: a limit that is missed meanwhile may say nothing of the container. */
#ifndef MOCKCLIPPER_PROCESS_HINDRANCE_H
#define MOCKCLIPPER_PROCESS_HINDRANCE_H

#include "process/starvation.h"

#include <stdbool.h>

typedef struct hindrance {
    duration lag;    /* the kit's scheduling lag (lag.h) */
    duration waited; /* the container's wait for a processor (starvation.h) */
} hindrance;

/* Since FROM; CONTAINER may be NULL, for a container of which nothing is known. */
hindrance hindrance_since(starvation *container, instant from);

/* What it may have added to a time: four times the lag, and the wait. */
duration hindrance_total(const hindrance *h);

/* Whether that is more than a quarter of SPAN. */
bool hindrance_is_large(const hindrance *h, duration span);

#endif
