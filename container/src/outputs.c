/* outputs.c: clipper_batch and clipper_outputs; clipper/model.h is their manual. */
#include "outputs.h"

#include <stdlib.h>

/* The first block, and the most that is kept for the next batch. */
enum {
    BLOCK_BYTES = 4096,
    KEPT_BYTES = 1 << 20,
    FIRST_ITEMS = 16,
    KEPT_ITEMS = 1 << 14
};

size_t clipper_batch_count(const clipper_batch *batch) {
    return batch->request->item_count;
}

clipper_data_type clipper_batch_type(const clipper_batch *batch) {
    return batch->request->data_type;
}

uint32_t clipper_batch_id(const clipper_batch *batch) {
    return batch->request->id;
}

uint64_t clipper_batch_bytes(const clipper_batch *batch) {
    uint64_t bytes = 0;
    for (size_t i = 0; i < batch->request->item_count; i++)
        bytes += batch->request->items[i].len;
    return bytes;
}

size_t clipper_batch_size(const clipper_batch *batch, size_t index) {
    return batch->request->items[index].len;
}

clipper_frame clipper_batch_item(const clipper_batch *batch, size_t index) {
    return batch->transport->call->item(batch->transport->self, batch->received, batch->first + index);
}

void clipper_outputs_init(clipper_outputs *outputs) {
    memset(outputs, 0, sizeof *outputs);
    outputs->block_bytes = BLOCK_BYTES;
    outputs->type = CLIPPER_TYPE_STRINGS;
}

static void free_blocks(clipper_outputs *outputs) {
    while (outputs->block != NULL) {
        clipper_outputs_block *older = outputs->block->older;
        free(outputs->block);
        outputs->block = older;
    }
}

static void free_items(clipper_outputs *outputs) {
    free(outputs->items);
    free(outputs->sources);
    outputs->items = NULL;
    outputs->sources = NULL;
    outputs->capacity = 0;
}

void clipper_outputs_free(clipper_outputs *outputs) {
    free_blocks(outputs);
    free_items(outputs);
    clipper_outputs_init(outputs);
}

/* Where the batch needed several blocks, the next batch gets one of their size. */
static void reset_blocks(clipper_outputs *outputs) {
    size_t total = 0;
    if (outputs->block == NULL)
        return;
    for (const clipper_outputs_block *block = outputs->block; block != NULL; block = block->older)
        total += block->capacity;
    if (outputs->block->older == NULL && total <= KEPT_BYTES) {
        outputs->block->used = 0;
        return;
    }
    free_blocks(outputs);
    outputs->block_bytes = total <= KEPT_BYTES ? total : BLOCK_BYTES;
}

void clipper_outputs_reset(clipper_outputs *outputs) {
    reset_blocks(outputs);
    if (outputs->capacity > KEPT_ITEMS)
        free_items(outputs);
    outputs->count = 0;
    outputs->type = CLIPPER_TYPE_STRINGS;
    outputs->has_sources = 0;
    outputs->failed = 0;
}

uint64_t clipper_outputs_cost(const clipper_outputs *outputs) {
    uint64_t cost = (uint64_t)outputs->capacity * sizeof *outputs->items;
    for (const clipper_outputs_block *block = outputs->block; block != NULL; block = block->older)
        cost += block->capacity;
    return cost;
}

/* Makes room for one more item. */
static int grow_items(clipper_outputs *outputs) {
    const size_t capacity = outputs->capacity == 0 ? FIRST_ITEMS : 2 * outputs->capacity;
    clipper_frame *items;
    if (outputs->count < outputs->capacity)
        return 0;
    if (capacity > SIZE_MAX / sizeof *items)
        return -1;
    if (outputs->sources != NULL) {
        size_t *sources = realloc(outputs->sources, capacity * sizeof *sources);
        if (sources == NULL)
            return -1;
        outputs->sources = sources;
    }
    items = realloc(outputs->items, capacity * sizeof *items);
    if (items == NULL)
        return -1;
    outputs->items = items;
    outputs->capacity = capacity;
    return 0;
}

static int add(clipper_outputs *outputs, const void *base, size_t len, size_t source) {
    if (outputs->failed || grow_items(outputs) != 0) {
        outputs->failed = 1;
        return -1;
    }
    outputs->items[outputs->count].base = base;
    outputs->items[outputs->count].len = len;
    if (outputs->has_sources)
        outputs->sources[outputs->count] = source;
    outputs->count++;
    return 0;
}

static clipper_outputs_block *new_block(clipper_outputs *outputs, size_t len) {
    const size_t capacity = len > outputs->block_bytes ? len : outputs->block_bytes;
    clipper_outputs_block *block;
    if (capacity > SIZE_MAX - sizeof *block)
        return NULL;
    block = malloc(sizeof *block + capacity);
    if (block == NULL)
        return NULL;
    block->older = outputs->block;
    block->capacity = capacity;
    block->used = 0;
    outputs->block = block;
    if (outputs->block_bytes <= KEPT_BYTES / 2)
        outputs->block_bytes *= 2;
    return block;
}

void *clipper_outputs_reserve(clipper_outputs *outputs, size_t len) {
    clipper_outputs_block *block = outputs->block;
    unsigned char *bytes;
    if (block == NULL || len > block->capacity - block->used)
        block = new_block(outputs, len);
    if (block == NULL) {
        outputs->failed = 1;
        return NULL;
    }
    bytes = block->bytes + block->used;
    if (add(outputs, bytes, len, 0) != 0)
        return NULL;
    block->used += len;
    return bytes;
}

int clipper_outputs_add_bytes(clipper_outputs *outputs, const void *bytes, size_t len) {
    void *room = clipper_outputs_reserve(outputs, len);
    if (room == NULL)
        return -1;
    if (len != 0)
        memcpy(room, bytes, len);
    return 0;
}

int clipper_outputs_add_text(clipper_outputs *outputs, const char *text) {
    return clipper_outputs_add_bytes(outputs, text, strlen(text));
}

int clipper_outputs_add_constant(clipper_outputs *outputs, const char *text, size_t len) {
    return add(outputs, text, len, 0);
}

/* Once one output is an input, every output has a source. */
static int begin_sources(clipper_outputs *outputs) {
    if (outputs->sources == NULL) {
        if (grow_items(outputs) != 0)
            return -1;
        outputs->sources = calloc(outputs->capacity, sizeof *outputs->sources);
        if (outputs->sources == NULL)
            return -1;
    } else {
        memset(outputs->sources, 0, outputs->count * sizeof *outputs->sources);
    }
    outputs->has_sources = 1;
    return 0;
}

int clipper_outputs_add_input(clipper_outputs *outputs, const clipper_batch *batch, size_t index) {
    if (!outputs->has_sources && begin_sources(outputs) != 0) {
        outputs->failed = 1;
        return -1;
    }
    return add(outputs, NULL, clipper_batch_size(batch, index), 1 + batch->first + index);
}

size_t clipper_outputs_count(const clipper_outputs *outputs) {
    return outputs->count;
}

void clipper_outputs_set_type(clipper_outputs *outputs, clipper_data_type type) {
    outputs->type = type;
}
