/* elements.c: what a model does with an item: a loop over its elements. */
#include "elements.h"
#include "codec_case.h"
#include "clipper/codec.h"

static _Alignas(8) uint8_t bytes[ELEMENTS * 8];
static clipper_frame item;

/* The same loop three times for one type: over an array, by clipper_P_at, and over clipper_P_view. The
 * barrier keeps the compiler from adding up only once; the item is read anew each time. */
#define ELEMENT_LOOPS(P, T)                                                                                  \
    static uint64_t plain_##P(size_t times) {                                                                \
        T sum = 0;                                                                                           \
        for (; times > 0; times--) {                                                                         \
            const T *elements = item.base;                                                                   \
            const size_t count = item.len / sizeof(T);                                                       \
            sum = 0;                                                                                         \
            for (size_t i = 0; i < count; i++)                                                               \
                sum += elements[i];                                                                          \
            touch_memory();                                                                                  \
        }                                                                                                    \
        return (uint64_t)sum;                                                                                \
    }                                                                                                        \
    static uint64_t at_##P(size_t times) {                                                                   \
        T sum = 0;                                                                                           \
        for (; times > 0; times--) {                                                                         \
            const clipper_frame it = item;                                                                   \
            const size_t count = clipper_##P##_count(it);                                                    \
            sum = 0;                                                                                         \
            for (size_t i = 0; i < count; i++)                                                               \
                sum += clipper_##P##_at(it, i);                                                              \
            touch_memory();                                                                                  \
        }                                                                                                    \
        return (uint64_t)sum;                                                                                \
    }                                                                                                        \
    static uint64_t view_##P(size_t times) {                                                                 \
        T sum = 0;                                                                                           \
        for (; times > 0; times--) {                                                                         \
            const clipper_frame it = item;                                                                   \
            const T *elements = clipper_##P##_view(it);                                                      \
            const size_t count = elements ? clipper_##P##_count(it) : 0;                                     \
            sum = 0;                                                                                         \
            for (size_t i = 0; i < count; i++)                                                               \
                sum += elements[i];                                                                          \
            touch_memory();                                                                                  \
        }                                                                                                    \
        return (uint64_t)sum;                                                                                \
    }

ELEMENT_LOOPS(i32, int32_t)
ELEMENT_LOOPS(f32, float)
ELEMENT_LOOPS(f64, double)

const element_case element_cases[] = {
    {"array of int32_t", "array of int32_t", plain_i32}, {"clipper_i32_at", "array of int32_t", at_i32},
    {"clipper_i32_view", "array of int32_t", view_i32},  {"array of float", "array of float", plain_f32},
    {"clipper_f32_at", "array of float", at_f32},        {"clipper_f32_view", "array of float", view_f32},
    {"array of double", "array of double", plain_f64},   {"clipper_f64_at", "array of double", at_f64},
    {"clipper_f64_view", "array of double", view_f64},
};
const size_t element_case_count = sizeof element_cases / sizeof *element_cases;

/* The bytes are zero: what they say does not matter, only that they are read. */
__attribute__((constructor)) static void prepare(void) {
    item.base = bytes;
    item.len = sizeof bytes;
}
