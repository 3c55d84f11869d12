/* The typed accessors on any item, at any alignment.
 *
 * Input: octet (alignment), octet (the most elements to copy), the item. */
#include "check.h"
#include "input.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Element INDEX of WIDTH bytes as a number, byte by byte. */
static uint64_t element(const uint8_t *item, size_t index, size_t width) {
    uint64_t value = 0;
    for (size_t i = width; i > 0; i--)
        value = value << 8 | item[index * width + i - 1];
    return value;
}

/* One type's four functions. BITS is the unsigned type of its size. */
#define CHECK(P, T, BITS)                                                                                    \
    static void check_##P(clipper_frame item, size_t max) {                                                  \
        size_t count = item.len / sizeof(T), taken = count < max ? count : max;                              \
        T *out = exact_block(taken * sizeof(T));                                                             \
        const T *view = clipper_##P##_view(item);                                                            \
        PROMISE("T-1", clipper_##P##_count(item) == count, "left-over bytes do not count");                  \
        PROMISE("T-3", clipper_##P##_copy(item, out, max) == taken, "no more is copied than there is room"); \
        PROMISE("T-4", !view || (const void *)view == item.base, "a view is the item itself");               \
        PROMISE("T-4",                                                                                       \
                (view != NULL) == (CLIPPER_LITTLE_ENDIAN_HOST && item.len != 0 &&                            \
                                   item.len % sizeof(T) == 0 && (uintptr_t)item.base % sizeof(T) == 0),      \
                "there is a view exactly where one can be");                                                 \
        for (size_t i = 0; i < count; i++) {                                                                 \
            T value = clipper_##P##_at(item, i);                                                             \
            BITS bits = (BITS)element(item.base, i, sizeof(T));                                              \
            PROMISE("T-2", memcmp(&value, &bits, sizeof bits) == 0, "an element is its bytes, bit for bit"); \
            PROMISE("T-2", i >= taken || memcmp(out + i, &bits, sizeof bits) == 0, "so is a copied one");    \
            PROMISE("T-2", !view || memcmp(view + i, &bits, sizeof bits) == 0, "so is a viewed one");        \
        }                                                                                                    \
        free(out);                                                                                           \
    }

CHECK(i32, int32_t, uint32_t)
CHECK(f32, float, uint32_t)
CHECK(f64, double, uint64_t)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input in = {data, size};
    size_t shift = input_octet(&in) % 16, max = input_octet(&in);
    clipper_frame bytes = input_bytes(&in, in.left);
    uint8_t *block = exact_block(shift + bytes.len);
    clipper_frame item = {block + shift, bytes.len};
    if (bytes.len != 0)
        memcpy(block + shift, bytes.base, bytes.len);
    check_i32(item, max);
    check_f32(item, max);
    check_f64(item, max);
    PROMISE("T-1",
            clipper_i32_count((clipper_frame){NULL, 0}) == 0 && !clipper_f64_view((clipper_frame){NULL, 0}),
            "no item has no elements");
    free(block);
    return 0;
}
