/* Images of containers, run by docker or podman. */
#ifndef MOCKCLIPPER_PROCESS_IMAGE_H
#define MOCKCLIPPER_PROCESS_IMAGE_H

#include <stdbool.h>

typedef struct container_image {
    const char *name;   /* NULL: there is none */
    const char *client; /* "docker" or "podman", whichever has it */
} container_image;

/* Finds out who has the image NAME. False when nobody has: *PROBLEM says why then, and is the caller's to free. Needs the
 * warden. */
bool image_find(container_image *self, const char *name, char **problem);

/* The command that runs the image as a container called CONTAINER, with the words ARGUMENTS (ended with NULL, or NULL) and an
 * environment changed by CHANGES (as in process_plan) and with this program's variables whose names begin with CLIPPER_; the
 * command that removes it, whatever state it is in. Ended with NULL; free them with image_command_free(). */
char **image_run_command(const container_image *self, const char *container, char *const arguments[],
                         const char *const changes[]);
char **image_remove_command(const container_image *self, const char *container);
void image_command_free(char **command);

#endif
