#include "run/cause.h"

#include "base/heap.h"

#include <stdlib.h>

cause *cause_list_add(cause_list *self, const char *id, char *text, char *hint) {
    self->all = heap_grow(self->all, self->count + 1, sizeof *self->all);
    self->all[self->count] = (cause){.id = id, .text = text, .hint = hint};
    return &self->all[self->count++];
}

void cause_show(cause *self, size_t index) {
    self->cases = heap_grow(self->cases, self->count + 1, sizeof *self->cases);
    self->cases[self->count++] = index;
    self->explains = self->count;
}

void cause_list_clear(cause_list *self) {
    for (size_t i = 0; i < self->count; i++) {
        free(self->all[i].text);
        free(self->all[i].hint);
        free(self->all[i].cases);
    }
    free(self->all);
    *self = (cause_list){0};
}
