/* allocator.h: how the C library treats freed memory. */
#ifndef CLIPPER_COMMAND_ALLOCATOR_H
#define CLIPPER_COMMAND_ALLOCATOR_H

#include <stdint.h>

/* Has it keep freed memory for the next request: up to 64 MiB for each thread that allocates, or less where the container
 * may use MEMORY bytes (0: no bound). To be called before there are other threads. Does nothing where the C library is not
 * glibc. */
void keep_freed_memory(uint64_t memory);

#endif
