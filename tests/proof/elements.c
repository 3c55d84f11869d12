/* What EVA runs the functions on elements of items on: items of up to ITEM_MAX bytes, each at the end of its memory, and
 * outputs of exactly their room. Read without comments, as the codec's own files are (see prove.py). */
#include "clipper/codec.h"

enum {
    ITEM_MAX = 26,
    OUT_MAX = 4
};

static volatile uint8_t anything;
static uint8_t memory[ITEM_MAX], out_bytes[ITEM_MAX];

#define ALL_OF(P, T)                                                                                         \
    static void all_##P(clipper_frame item) {                                                                \
        T out[OUT_MAX];                                                                                      \
        const T *view = clipper_##P##_view(item);                                                            \
        size_t count = clipper_##P##_count(item), i;                                                         \
        for (i = 0; i < count; i++)                                                                          \
            (void)clipper_##P##_at(item, i);                                                                 \
        for (i = 0; i <= OUT_MAX; i++)                                                                       \
            (void)clipper_##P##_copy(item, out + (OUT_MAX - i), i);                                          \
        (void)view;                                                                                          \
        for (i = 0; i < count; i++)                                                                          \
            clipper_##P##_put(out_bytes, i, clipper_##P##_at(item, i));                                      \
    }

ALL_OF(i32, int32_t)
ALL_OF(f32, float)
ALL_OF(f64, double)

void elements(void) {
    clipper_frame item;
    size_t i;
    for (i = 0; i < ITEM_MAX; i++)
        memory[i] = anything;
    for (item.len = 0; item.len <= ITEM_MAX; item.len++) {
        item.base = memory + (ITEM_MAX - item.len);
        all_i32(item);
        all_f32(item);
        all_f64(item);
    }
}
