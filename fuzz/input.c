#include "input.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- Numbers ------------------------------------------------------------------------------------------- */

uint8_t input_octet(input *in) {
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->at++;
}

static uint64_t little_endian(input *in, unsigned octets) {
    uint64_t value = 0;
    for (unsigned i = 0; i < octets; i++)
        value |= (uint64_t)input_octet(in) << 8 * i;
    return value;
}

uint32_t input_u32(input *in) {
    return (uint32_t)little_endian(in, 4);
}

uint64_t input_u64(input *in) {
    return little_endian(in, 8);
}

uint64_t input_number(input *in) {
    static const uint64_t edges[] = {UINT64_C(1) << 31, UINT64_C(1) << 32, UINT64_C(1) << 63, UINT64_MAX - 7,
                                     UINT64_MAX};
    uint8_t first = input_octet(in);
    if (first >= 251)
        return edges[first - 251];
    return first < 248 ? first : little_endian(in, 2u << (first - 248));
}

clipper_frame input_bytes(input *in, size_t len) {
    clipper_frame bytes = {in->at, len < in->left ? len : in->left};
    if (bytes.len != 0)
        in->at += bytes.len;
    in->left -= bytes.len;
    return bytes;
}

/* ---- Options ------------------------------------------------------------------------------------------- */

const clipper_options *input_options(input *in, unsigned flags, clipper_options *options) {
    *options = clipper_default_options();
    if (flags & OPTION_NONE)
        return NULL;
    options->strict = (flags & OPTION_STRICT) != 0;
    if (flags & OPTION_UNKNOWN_ERA)
        options->era = (clipper_era)1;
    if (flags & OPTION_LIMITS) {
        options->limits.items = input_number(in);
        options->limits.item_bytes = input_number(in);
        options->limits.total_bytes = input_number(in);
        options->limits.text_bytes = input_number(in);
    }
    return options;
}

/* ---- Blocks -------------------------------------------------------------------------------------------- */

static void *allocate(size_t len) {
    void *block = malloc(len);
    if (!block) {
        fprintf(stderr, "out of memory\n");
        abort();
    }
    return block;
}

void *exact_block(size_t len) {
    void *block = allocate(len != 0 ? len : 1);
    memset(block, 0xa5, len);
    return block;
}

uint8_t *exact_copy(const void *bytes, size_t len) {
    uint8_t *block = exact_block(len);
    if (len != 0)
        memcpy(block, bytes, len);
    return block;
}

/* ---- Frames -------------------------------------------------------------------------------------------- */

static int holds_u32(const frames *all, size_t index, uint32_t value) {
    return index < all->count && all->list[index].len == 4 &&
           clipper_load_u32(all->list[index].base) == value;
}

/* What is known of the first frames: where items begin, or feedback frames. */
static size_t find_first_item(const frames *all, clipper_direction direction) {
    if (direction == CLIPPER_TO_CLIPPER)
        return holds_u32(all, 1, 1) ? 5 : SIZE_MAX;
    if (!holds_u32(all, 2, 1))
        return SIZE_MAX;
    return holds_u32(all, 4, 0) ? 7 : holds_u32(all, 4, 1) ? 5 : SIZE_MAX;
}

static void grow(frames *all) {
    if (all->count < all->capacity_)
        return;
    all->capacity_ = 2 * all->capacity_ + 8;
    all->list = realloc(all->list, all->capacity_ * sizeof *all->list);
    all->blocks_ = realloc(all->blocks_, all->capacity_ * sizeof *all->blocks_);
    if (!all->list || !all->blocks_)
        abort();
}

static void add(frames *all, clipper_frame frame, int claimed) {
    uint8_t *block = claimed ? NULL : exact_copy(frame.base, frame.len);
    grow(all);
    all->blocks_[all->count] = block;
    all->list[all->count].base = claimed ? UNREADABLE : frame.len != 0 ? block : block + 1;
    all->list[all->count].len = frame.len;
    all->count++;
}

static void store_u64(uint8_t *out, uint64_t value) {
    for (unsigned i = 0; i < 8; i++)
        out[i] = (uint8_t)(value >> 8 * i);
}

/* Makes metadata that is wrong, right: mutations alone seldom do. */
static void repair(frames *all, size_t first_item, unsigned flags) {
    size_t metadata = first_item - 1, head = 2, items;
    if (first_item == SIZE_MAX || metadata >= all->count || metadata == 0)
        return;
    clipper_frame field = all->list[metadata - 1], words = all->list[metadata];
    if (field.len != 8 || !all->blocks_[metadata - 1] || !all->blocks_[metadata])
        return; /* a feedback request, or not repairable */
    if (flags & OPTION_REPAIR_LENGTH)
        store_u64(all->blocks_[metadata - 1], words.len);
    items = all->count - first_item;
    if (first_item == 5 && words.len / 8 == items + 1)
        head = 1;
    if (words.len / 8 < head)
        return;
    if (flags & OPTION_REPAIR_COUNT)
        store_u64(all->blocks_[metadata] + 8 * (head - 1), words.len / 8 - head);
    for (size_t i = 0; (flags & OPTION_REPAIR_SIZES) && i < items && head + i < words.len / 8; i++)
        store_u64(all->blocks_[metadata] + 8 * (head + i), all->list[first_item + i].len);
}

/* The next frame; a claim only where nobody may read it. Returns 0 at the end of the message. */
static int next_frame(input *in, frames *all, int is_item) {
    unsigned len = in->left != 0 ? input_octet(in) : FRAMES_END;
    if (len >= FRAMES_END)
        return 0;
    if (len == FRAME_CLAIM) {
        uint64_t claim = input_number(in);
        size_t size = claim < SIZE_MAX ? (size_t)claim : SIZE_MAX;
        add(all, is_item ? (clipper_frame){NULL, size} : input_bytes(in, size), is_item);
    } else {
        add(all, input_bytes(in, len == FRAME_LONG ? (size_t)little_endian(in, 2) : len), 0);
    }
    return 1;
}

/* The frame array, grown until now, becomes a block of exactly its size. */
static void fit_exactly(frames *all) {
    clipper_frame *exact = (clipper_frame *)(void *)exact_copy(all->list, all->count * sizeof *all->list);
    free(all->list);
    all->list = exact;
}

frames input_frames(input *in, clipper_direction direction, unsigned flags) {
    frames all = {0};
    size_t first_item = SIZE_MAX;
    while (next_frame(in, &all, all.count >= first_item))
        if (all.count <= 5)
            first_item = find_first_item(&all, direction);
    repair(&all, first_item, flags);
    all.first_item = first_item < all.count ? first_item : all.count;
    fit_exactly(&all);
    return all;
}

frames input_items(input *in) {
    frames all = {0};
    while (next_frame(in, &all, 1))
        ;
    fit_exactly(&all);
    return all;
}

void frames_free(frames *all) {
    for (size_t i = 0; i < all->count; i++)
        free(all->blocks_[i]);
    free(all->blocks_);
    free(all->list);
}

clipper_frame *frames_without_items(const frames *all) {
    clipper_frame *copy = (clipper_frame *)(void *)exact_copy(all->list, all->count * sizeof *all->list);
    for (size_t i = all->first_item; i < all->count; i++)
        copy[i].base = UNREADABLE;
    return copy;
}
