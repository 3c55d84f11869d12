#include "engine/batch.h"

#include "base/heap.h"

#include <stdlib.h>

batch *batch_new(clipper_data_type type) {
    batch *self = heap_new(sizeof *self);
    self->type = type;
    return self;
}

void batch_destroy(batch **self_p) {
    batch *self = *self_p;
    if (self == NULL)
        return;
    for (size_t i = 0; i < self->count; i++) {
        void *bytes;
        memcpy(&bytes, &self->items[i].base, sizeof bytes);
        free(bytes);
    }
    free(self->items);
    free(self);
    *self_p = NULL;
}

/* Adds an item of LEN bytes and returns where they go. */
static uint8_t *add_item(batch *self, size_t len) {
    uint8_t *bytes = heap_new(len);
    self->items = heap_grow(self->items, self->count + 1, sizeof *self->items);
    self->items[self->count++] = (clipper_frame){bytes, len};
    self->bytes += len;
    return bytes;
}

void batch_add_bytes(batch *self, const void *bytes, size_t len) {
    uint8_t *item = add_item(self, len);
    if (len != 0)
        memcpy(item, bytes, len);
}

static void store_u32(uint8_t *at, uint32_t value) {
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

static void store_u64(uint8_t *at, uint64_t value) {
    store_u32(at, (uint32_t)value);
    store_u32(at + 4, (uint32_t)(value >> 32));
}

void batch_add_u32(batch *self, const uint32_t *values, size_t count) {
    uint8_t *item = add_item(self, 4 * count);
    for (size_t i = 0; i < count; i++)
        store_u32(item + 4 * i, values[i]);
}

void batch_add_i32(batch *self, const int32_t *values, size_t count) {
    uint8_t *item = add_item(self, 4 * count);
    for (size_t i = 0; i < count; i++)
        store_u32(item + 4 * i, (uint32_t)values[i]);
}

void batch_add_u64(batch *self, const uint64_t *values, size_t count) {
    uint8_t *item = add_item(self, 8 * count);
    for (size_t i = 0; i < count; i++)
        store_u64(item + 8 * i, values[i]);
}

static void store_element(clipper_data_type type, uint8_t *at, random_source *source) {
    /* A quarter of a whole number: few bits, so sums are exact. */
    int32_t whole = (int32_t)random_below(source, 8001) - 4000;
    float single = (float)whole / 4;
    double wide = (double)whole / 4;
    uint32_t single_bits;
    uint64_t wide_bits;
    switch (type) {
    case CLIPPER_TYPE_INTS:
        store_u32(at, (uint32_t)whole);
        break;
    case CLIPPER_TYPE_FLOATS:
        memcpy(&single_bits, &single, sizeof single_bits);
        store_u32(at, single_bits);
        break;
    case CLIPPER_TYPE_DOUBLES:
        memcpy(&wide_bits, &wide, sizeof wide_bits);
        store_u64(at, wide_bits);
        break;
    case CLIPPER_TYPE_STRINGS:
        *at = (uint8_t)(' ' + random_below(source, '~' - ' ' + 1));
        break;
    default:
        *at = (uint8_t)random_next(source);
        break;
    }
}

void batch_add_random(batch *self, random_source *source, size_t elements) {
    size_t width = clipper_data_width(self->type);
    uint8_t *item = add_item(self, elements * width);
    for (size_t i = 0; i < elements; i++)
        store_element(self->type, item + i * width, source);
}

void batch_repeat_last(batch *self) {
    clipper_frame last = self->items[self->count - 1];
    batch_add_bytes(self, last.base, last.len);
}
