#include "engine/registry.h"

#include "base/heap.h"

#include <czmq.h>

struct registry {
    zlistx_t *registrations;
    zhashx_t *next_replica; /* by name and version: a count, as a pointer */
};

static void destroy_registration(void **item) {
    registration *entry = *item;
    free(entry->name);
    free(entry->model_version);
    free(entry);
    *item = NULL;
}

registry *registry_new(void) {
    registry *self = heap_new(sizeof *self);
    self->registrations = zlistx_new();
    zlistx_set_destructor(self->registrations, destroy_registration);
    self->next_replica = zhashx_new();
    return self;
}

void registry_destroy(registry **self_p) {
    registry *self = *self_p;
    if (self == NULL)
        return;
    zlistx_destroy(&self->registrations);
    zhashx_destroy(&self->next_replica);
    free(self);
    *self_p = NULL;
}

/* The number for the next replica of that name and version. */
static unsigned count_replica(registry *self, const registration *entry) {
    /* The name's length keeps "a" "b:c" apart from "a:b" "c". */
    char *key = heap_format("%zu:%s:%s", strlen(entry->name), entry->name, entry->model_version);
    uintptr_t next = (uintptr_t)zhashx_lookup(self->next_replica, key);
    zhashx_update(self->next_replica, key, (void *)(next + 1));
    free(key);
    return (unsigned)next;
}

const registration *registry_add(registry *self, const clipper_message *content) {
    const clipper_new_container *container = &content->as.new_container;
    registration *entry = heap_new(sizeof *entry);
    entry->name = heap_copy(container->name.base, container->name.len);
    entry->model_version = heap_copy(container->model_version.base, container->model_version.len);
    entry->input_type = container->input_type;
    entry->wire = content->wire;
    entry->replica = count_replica(self, entry);
    zlistx_add_end(self->registrations, entry);
    return entry;
}
