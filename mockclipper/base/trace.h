/* Uncaught exceptions, as the runtimes of languages report them on stderr. */
#ifndef MOCKCLIPPER_BASE_TRACE_H
#define MOCKCLIPPER_BASE_TRACE_H

#include <stddef.h>

/* The last uncaught exception in the LEN bytes of TEXT, the end of some output: of what language ("Python"; a string
 * constant), or NULL when there is none. *MESSAGE becomes what the runtime says of it in at most a few hundred bytes, any
 * bytes, such as "ValueError: bad"; empty where that is cut off. It is the caller's to free, and NULL without one. */
const char *trace_find(const char *text, size_t len, char **message);

#endif
