#include "process/launch.h"

#include "base/heap.h"

#include <stdlib.h>

struct launch {
    char *const *command;
    char **changes; /* the last is NULL */
    size_t count;   /* without that */
    duration grace;
};

launch *launch_new(char *const command[], const char *name, const char *version, const char *input_type,
                   const char *address, unsigned port) {
    launch *self = heap_new(sizeof *self);
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

process *launch_start(launch **self_p, char **problem) {
    launch *self = *self_p;
    const process_plan plan = {self->command, (const char *const *)self->changes, self->grace, NULL};
    process *started = process_start(&plan, problem);
    for (size_t i = 0; i < self->count; i++)
        free(self->changes[i]);
    free(self->changes);
    free(self);
    *self_p = NULL;
    return started;
}
