/* memory.h: how the command treats its memory. */
#ifndef CLIPPER_COMMAND_MEMORY_H
#define CLIPPER_COMMAND_MEMORY_H

/* Both are for the start: before there are other threads and before a model is loaded. */

/* Has the C library keep freed memory for the next request: up to 64 MiB, for each thread that allocates. */
void keep_freed_memory(void);

/* Unmaps the pages of the program and its libraries that only loading them has touched. */
void forget_loading(void);

#endif
