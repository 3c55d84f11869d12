/* allocator.c: what the C library does with freed memory. */
#include "allocator.h"

#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>

enum {
    MIB = 1 << 20,
    MAPPED_BYTES = 32 * MIB, /* a block of this size is mapped by itself */
    KEPT_BYTES = 64 * MIB    /* free memory beyond this is given back: the most that glibc would come to */
};

/* The items of a request are allocated as they come and freed when it is answered. glibc begins by giving back
 * all that exceeds 128 KiB: with each large request hundreds of pages are returned, mapped and cleared again,
 * which costs more than all the container's own work. It adapts to single large blocks, never to many of a few
 * KiB, so it gets from the start what it would adapt to. */
void keep_freed_memory(uint64_t memory) {
    const uint64_t share = memory == 0 ? UINT64_MAX : memory / 32;
    mallopt(M_MMAP_THRESHOLD, share < MAPPED_BYTES ? (int)share : MAPPED_BYTES);
    mallopt(M_TRIM_THRESHOLD, share < KEPT_BYTES ? (int)share : KEPT_BYTES);
}

#else

void keep_freed_memory(uint64_t memory) {
    (void)memory;
}

#endif
