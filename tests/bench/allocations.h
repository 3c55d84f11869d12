/* allocations.h: how many blocks of memory were asked for: counted by count_allocations.so, which is put
 * before the C library with LD_PRELOAD, in a file of ALLOCATION_FILE bytes that others can map, too.
 *
 *     LD_PRELOAD=count_allocations.so BENCH_ALLOCATIONS=FILE COMMAND
 *
 * Without BENCH_ALLOCATIONS it counts all the same, in memory. */
#ifndef BENCH_ALLOCATIONS_H
#define BENCH_ALLOCATIONS_H

#include <stdint.h>

typedef struct allocation_counts {
    uint64_t all;     /* malloc, calloc, realloc, aligned_alloc, posix_memalign: calls by anyone */
    uint64_t own;     /* of these, the calls made by the program's own code, not by a shared library */
    uint64_t program; /* not 0 once the program's own code is known */
} allocation_counts;

/* Defined by count_allocations.so. */
__attribute__((weak)) extern volatile allocation_counts *bench_allocation_counts(void);

static inline int allocations_are_counted(void) {
    return bench_allocation_counts != 0;
}

static inline uint64_t allocations_so_far(void) {
    return bench_allocation_counts()->all;
}

#endif
