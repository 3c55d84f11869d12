/* Multipart messages that can be changed. */
#include "message.h"

#include <stdio.h>
#include <stdlib.h>

/* As malloc, but never NULL. */
static void *memory(size_t size) {
    void *block = malloc(size != 0 ? size : 1);
    if (block == NULL) {
        fprintf(stderr, "mutant: out of memory\n");
        abort();
    }
    return block;
}

unsigned char *message_bytes(message *m, size_t index) {
    return (unsigned char *)(uintptr_t)m->frames[index].base;
}

void message_truncate(message *m, size_t count) {
    while (m->count > count)
        free(message_bytes(m, --m->count));
}

void message_clear(message *m) {
    message_truncate(m, 0);
    free(m->frames);
    memset(m, 0, sizeof *m);
}

static clipper_frame copied(const void *bytes, size_t len) {
    void *copy = memory(len);
    const clipper_frame frame = {copy, len};
    if (bytes == NULL)
        memset(copy, 0, len);
    else
        memcpy(copy, bytes, len);
    return frame;
}

static void make_room(message *m) {
    clipper_frame *frames;
    if (m->count < m->capacity)
        return;
    m->capacity = 2 * m->capacity + 8;
    frames = memory(m->capacity * sizeof *frames);
    if (m->count != 0)
        memcpy(frames, m->frames, m->count * sizeof *frames);
    free(m->frames);
    m->frames = frames;
}

static void insert(message *m, size_t index, clipper_frame frame) {
    make_room(m);
    memmove(&m->frames[index + 1], &m->frames[index], (m->count - index) * sizeof *m->frames);
    m->frames[index] = frame;
    m->count++;
}

void message_insert(message *m, size_t index, const void *bytes, size_t len) {
    insert(m, index, copied(bytes, len));
}

void message_insert_u32(message *m, size_t index, uint32_t value) {
    message_insert(m, index, NULL, 4);
    message_set_u32(m, index, value);
}

void message_copy(message *m, const clipper_frame *frames, size_t count) {
    message_truncate(m, 0);
    for (size_t i = 0; i < count; i++)
        insert(m, m->count, copied(frames[i].len != 0 ? frames[i].base : NULL, frames[i].len));
}

void message_append(message *to, message *from) {
    for (size_t i = 0; i < from->count; i++)
        insert(to, to->count, from->frames[i]);
    from->count = 0;
}

void message_set(message *m, size_t index, const void *bytes, size_t len) {
    const clipper_frame frame = copied(bytes, len);
    free(message_bytes(m, index));
    m->frames[index] = frame;
}

static void set_number(message *m, size_t index, uint64_t value, size_t width) {
    unsigned char bytes[8];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(value >> 8 * i);
    message_set(m, index, bytes, width);
}

void message_set_u32(message *m, size_t index, uint32_t value) {
    set_number(m, index, value, 4);
}

void message_set_u64(message *m, size_t index, uint64_t value) {
    set_number(m, index, value, 8);
}

void message_remove(message *m, size_t index) {
    free(message_bytes(m, index));
    m->count--;
    memmove(&m->frames[index], &m->frames[index + 1], (m->count - index) * sizeof *m->frames);
}

void message_resize(message *m, size_t index, size_t len) {
    const clipper_frame old = m->frames[index];
    const clipper_frame frame = copied(NULL, len);
    m->frames[index] = frame;
    memcpy(message_bytes(m, index), old.base, old.len < len ? old.len : len);
    free((void *)(uintptr_t)old.base);
}

uint32_t message_u32(const message *m, size_t index) {
    return index < m->count && m->frames[index].len == 4 ? clipper_load_u32(m->frames[index].base)
                                                         : UINT32_MAX;
}

uint64_t message_word(const message *m, size_t frame, size_t index) {
    return frame < m->count && index < m->frames[frame].len / 8
               ? clipper_load_u64((const unsigned char *)m->frames[frame].base + 8 * index)
               : UINT64_MAX;
}

bool message_same(const message *m, size_t a, size_t b) {
    return m->frames[a].len == m->frames[b].len &&
           memcmp(m->frames[a].base, m->frames[b].base, m->frames[a].len) == 0;
}
