/* What this machine did to a measured time: a limit that is missed meanwhile may say nothing of the container. */
#ifndef MOCKCLIPPER_PROCESS_HINDRANCE_H
#define MOCKCLIPPER_PROCESS_HINDRANCE_H

#include "process/starvation.h"

#include <stdbool.h>

typedef struct hindrance {
    duration lag;    /* the kit's scheduling lag (lag.h) */
    duration waited; /* for a processor, by the container and by the kit's threads for it (starvation.h) */
} hindrance;

/* Since FROM; CONTAINER may be NULL, for a container of which nothing is known. */
hindrance hindrance_since(starvation *container, instant from);

/* For how long since FROM kit or container may have done nothing: by as much a long time may have become longer, and not
 * by more. */
duration hindrance_lost(starvation *container, instant from);

/* What it may have added to a time: four times the lag, and the wait. */
duration hindrance_total(const hindrance *h);

/* Whether that is more than a quarter of SPAN. */
bool hindrance_is_large(const hindrance *h, duration span);

#endif
