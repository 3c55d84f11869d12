#include "process/tail.h"

#include "base/heap.h"

#include <stdlib.h>
#include <string.h>

void tail_init(tail *self, size_t capacity) {
    self->ring = heap_new(capacity);
    self->capacity = capacity;
    self->total = 0;
}

void tail_free(tail *self) {
    free(self->ring);
    self->ring = NULL;
}

void tail_add(tail *self, const char *bytes, size_t len) {
    size_t at, before_end;
    if (len > self->capacity) {
        self->total += len - self->capacity;
        bytes += len - self->capacity;
        len = self->capacity;
    }
    at = (size_t)(self->total % self->capacity);
    before_end = self->capacity - at < len ? self->capacity - at : len;
    memcpy(self->ring + at, bytes, before_end);
    memcpy(self->ring, bytes + before_end, len - before_end);
    self->total += len;
}

char *tail_copy(const tail *self, size_t *len) {
    size_t kept = self->total < self->capacity ? (size_t)self->total : self->capacity;
    size_t from = (size_t)((self->total - kept) % self->capacity);
    size_t before_end = self->capacity - from < kept ? self->capacity - from : kept;
    char *copy = heap_new(kept + 1);
    memcpy(copy, self->ring + from, before_end);
    memcpy(copy + before_end, self->ring, kept - before_end);
    *len = kept;
    return copy;
}
