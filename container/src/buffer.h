/* buffer.h: bytes that grow. */
#ifndef CLIPPER_CONTAINER_BUFFER_H
#define CLIPPER_CONTAINER_BUFFER_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Zeroed: empty. */
typedef struct clipper_buffer {
    unsigned char *bytes;
    size_t used;
    size_t capacity;
} clipper_buffer;

enum {
    CLIPPER_BUFFER_FIRST = 1 << 12,
    CLIPPER_BUFFER_KEPT = 1 << 20
};

/* Makes room for MORE bytes after those used. Returns 0, or -1 without memory. */
static inline int clipper_buffer_reserve(clipper_buffer *buffer, size_t more) {
    size_t capacity = buffer->capacity == 0 ? CLIPPER_BUFFER_FIRST : buffer->capacity;
    unsigned char *bytes;
    if (more <= buffer->capacity - buffer->used)
        return 0;
    if (more > SIZE_MAX / 2 - buffer->used)
        return -1;
    while (capacity < buffer->used + more)
        capacity *= 2;
    bytes = realloc(buffer->bytes, capacity);
    if (bytes == NULL)
        return -1;
    buffer->bytes = bytes;
    buffer->capacity = capacity;
    return 0;
}

static inline int clipper_buffer_append(clipper_buffer *buffer, const void *bytes, size_t len) {
    if (clipper_buffer_reserve(buffer, len) != 0)
        return -1;
    if (len > 0)
        memcpy(buffer->bytes + buffer->used, bytes, len);
    buffer->used += len;
    return 0;
}

/* Empties BUFFER; frees it if it is far larger than usual. */
static inline void clipper_buffer_clear(clipper_buffer *buffer) {
    buffer->used = 0;
    if (buffer->capacity > CLIPPER_BUFFER_KEPT) {
        free(buffer->bytes);
        buffer->bytes = NULL;
        buffer->capacity = 0;
    }
}

static inline void clipper_buffer_free(clipper_buffer *buffer) {
    free(buffer->bytes);
    memset(buffer, 0, sizeof *buffer);
}

#endif
