#include "process/launch.h"

#include "base/heap.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

struct launch {
    container_image image;
    char *const *command;
    char **changes; /* the last is NULL */
    size_t count;   /* without that */
    duration grace;
};

launch *launch_new(const container_image *image, char *const command[], const char *name, const char *version,
                   const char *input_type, const char *address, unsigned port) {
    launch *self = heap_new(sizeof *self);
    self->image = *image;
    self->command = command;
    self->grace = 2 * SECOND;
    launch_set(self, "CLIPPER_MODEL_NAME=%s", name);
    launch_set(self, "CLIPPER_MODEL_VERSION=%s", version);
    launch_set(self, "CLIPPER_INPUT_TYPE=%s", input_type);
    launch_set(self, "CLIPPER_IP=%s", address);
    launch_set(self, "CLIPPER_PORT=%u", port);
    return self;
}

void launch_set(launch *self, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    self->changes = heap_grow(self->changes, self->count + 2, sizeof *self->changes);
    self->changes[self->count++] = heap_vformat(format, arguments);
    self->changes[self->count] = NULL;
    va_end(arguments);
}

void launch_end_with(launch *self, duration grace) {
    self->grace = grace;
}

/* Runs the image, under a name that nobody else uses, by which it is removed at the end. */
static process *start_image(const launch *self, char **problem) {
    static const char *const no_changes[] = {NULL};
    static atomic_uint runs;
    const char *const *changes = (const char *const *)self->changes;
    char *name = heap_format("mockclipper-%d-%jx-%u", (int)getpid(), (intmax_t)clock_now(),
                             atomic_fetch_add(&runs, 1));
    char **run = image_run_command(&self->image, name, self->command, changes),
         **remove = image_remove_command(&self->image, name);
    const process_plan plan = {run, no_changes, self->grace, remove};
    process *started = process_start(&plan, problem);
    image_command_free(run);
    image_command_free(remove);
    free(name);
    return started;
}

process *launch_start(launch **self_p, char **problem) {
    launch *self = *self_p;
    const process_plan plan = {self->command, (const char *const *)self->changes, self->grace, NULL};
    process *started = self->image.name != NULL ? start_image(self, problem) : process_start(&plan, problem);
    for (size_t i = 0; i < self->count; i++)
        free(self->changes[i]);
    free(self->changes);
    free(self);
    *self_p = NULL;
    return started;
}
