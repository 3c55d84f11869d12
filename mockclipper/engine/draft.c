#include "engine/draft.h"

#include "base/heap.h"

#include <stdlib.h>

draft *draft_new(void) {
    return heap_new(sizeof(draft));
}

draft *draft_copy(const clipper_frame *frames, size_t count) {
    draft *self = draft_new();
    for (size_t i = 0; i < count; i++)
        draft_append(self, frames[i].base, frames[i].len);
    return self;
}

static draft *draft_message(const clipper_message *content, size_t items) {
    clipper_storage storage = {NULL, CLIPPER_FRAMES_MAX(items), NULL, CLIPPER_SCRATCH_MAX(items)};
    clipper_encoded encoded;
    draft *self;
    storage.frames = heap_array(storage.frame_capacity, sizeof *storage.frames);
    storage.scratch = heap_new(storage.scratch_capacity);
    (void)clipper_encode(content, CLIPPER_WIRE_ANY, &storage, &encoded, NULL);
    self = draft_copy(storage.frames, encoded.frames);
    free(storage.frames);
    free(storage.scratch);
    return self;
}

draft *draft_heartbeat(clipper_heartbeat_type type) {
    clipper_message content = {.kind = CLIPPER_HEARTBEAT, .direction = CLIPPER_TO_CONTAINER};
    content.as.heartbeat.type = type;
    return draft_message(&content, 0);
}

draft *draft_request(uint32_t id, const batch *items) {
    clipper_message content = {.kind = CLIPPER_PREDICTION_REQUEST, .direction = CLIPPER_TO_CONTAINER};
    content.as.request.id = id;
    content.as.request.data_type = items->type;
    content.as.request.items = items->items;
    content.as.request.item_count = items->count;
    return draft_message(&content, items->count);
}

/* Gives the bytes of a frame back: they are our own, though a frame only borrows. */
static void free_bytes(clipper_frame *frame) {
    void *bytes;
    memcpy(&bytes, &frame->base, sizeof bytes);
    free(bytes);
}

void draft_destroy(draft **self_p) {
    draft *self = *self_p;
    if (self == NULL)
        return;
    for (size_t i = 0; i < self->count; i++)
        free_bytes(&self->frames[i]);
    free(self->frames);
    free(self);
    *self_p = NULL;
}

void draft_insert(draft *self, size_t index, const void *bytes, size_t len) {
    self->frames = heap_grow(self->frames, self->count + 1, sizeof *self->frames);
    memmove(&self->frames[index + 1], &self->frames[index], (self->count - index) * sizeof *self->frames);
    self->frames[index] = (clipper_frame){heap_copy(bytes, len), len};
    self->count++;
}

void draft_append(draft *self, const void *bytes, size_t len) {
    draft_insert(self, self->count, bytes, len);
}

void draft_remove(draft *self, size_t index) {
    free_bytes(&self->frames[index]);
    self->count--;
    memmove(&self->frames[index], &self->frames[index + 1], (self->count - index) * sizeof *self->frames);
}

void draft_cut(draft *self, size_t count) {
    while (self->count > count)
        draft_remove(self, self->count - 1);
}

void draft_replace(draft *self, size_t index, const void *bytes, size_t len) {
    clipper_frame old = self->frames[index];
    self->frames[index] = (clipper_frame){heap_copy(bytes, len), len};
    free_bytes(&old);
}

void draft_resize(draft *self, size_t index, size_t len) {
    size_t kept = self->frames[index].len < len ? self->frames[index].len : len;
    uint8_t *bytes = heap_new(len);
    if (kept != 0)
        memcpy(bytes, self->frames[index].base, kept);
    free_bytes(&self->frames[index]);
    self->frames[index] = (clipper_frame){bytes, len};
}

static void store(uint8_t *at, uint64_t value, size_t width) {
    for (size_t i = 0; i < width; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

void draft_set_u32(draft *self, size_t index, uint32_t value) {
    uint8_t bytes[4];
    store(bytes, value, sizeof bytes);
    draft_replace(self, index, bytes, sizeof bytes);
}

void draft_set_u64(draft *self, size_t index, uint64_t value) {
    uint8_t bytes[8];
    store(bytes, value, sizeof bytes);
    draft_replace(self, index, bytes, sizeof bytes);
}

void draft_set_word(draft *self, size_t word, uint64_t value) {
    clipper_frame metadata = self->frames[FRAME_METADATA];
    uint8_t *bytes = heap_copy(metadata.base, metadata.len);
    store(bytes + 8 * word, value, 8);
    draft_replace(self, FRAME_METADATA, bytes, metadata.len);
    free(bytes);
}
