/* Starting a container: its command, and the environment that names Clipper's address and the model. */
#ifndef MOCKCLIPPER_PROCESS_LAUNCH_H
#define MOCKCLIPPER_PROCESS_LAUNCH_H

#include "process/image.h"
#include "process/process.h"

typedef struct launch launch;

/* For a container of the model NAME, version VERSION, that takes INPUT_TYPE and connects to PORT of ADDRESS. COMMAND is
 * ended with NULL; with an IMAGE that has a name it is words for that, and may be NULL. */
launch *launch_new(const container_image *image, char *const command[], const char *name, const char *version,
                   const char *input_type, const char *address, unsigned port);

/* Changes the environment further: "NAME=VALUE" sets, "NAME" alone removes; the last change of a variable counts. */
void launch_set(launch *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The grace that it is ended with, 2 s otherwise. */
void launch_end_with(launch *self, duration grace);

/* Starts the process, as process_start(); frees the launch. */
process *launch_start(launch **self_p, char **problem);

#endif
