/* memory.h: the memory of this process, as the system and the C library know it. */
#ifndef CLIPPER_CONTAINER_MEMORY_H
#define CLIPPER_CONTAINER_MEMORY_H

#include <stdint.h>

/* Bytes of memory that are this process's own and in use; 0 where that cannot be told. */
uint64_t clipper_memory_used(void);

/* What to give back, and when: after much has been moved, and then little for a while. Zeroed: nothing yet. */
typedef struct clipper_memory_rest {
    uint64_t moved;    /* bytes since memory was last given back */
    uint64_t noticed;  /* of these, when that was last looked at */
    uint64_t since_us; /* little has been moved since then */
} clipper_memory_rest;

/* Gives freed memory back to the system, where the C library can, if at NOW_US it is time to. Returns when it may be next;
 * UINT64_MAX: not before more is moved. */
uint64_t clipper_memory_rest_at(clipper_memory_rest *rest, uint64_t now_us);

#endif
