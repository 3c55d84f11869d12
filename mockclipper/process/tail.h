/* The end of a stream of bytes. */
#ifndef MOCKCLIPPER_PROCESS_TAIL_H
#define MOCKCLIPPER_PROCESS_TAIL_H

#include <stddef.h>
#include <stdint.h>

typedef struct tail {
    char *ring;
    size_t capacity;
    uint64_t total; /* bytes ever added */
} tail;

void tail_init(tail *self, size_t capacity);
void tail_free(tail *self);
void tail_add(tail *self, const char *bytes, size_t len);

/* What is kept, oldest byte first, with a NUL after it. *LEN becomes its length. The caller's to free. */
char *tail_copy(const tail *self, size_t *len);

#endif
