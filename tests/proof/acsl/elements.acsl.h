/* The contracts of what CLIPPER_ELEMENTS (codec.h) makes, with its parameters P and T; last, the annotation of its loop.
 * prove.py puts both into the opened macro: a preprocessor would leave comments out. */

/*@ assigns \nothing;
    ensures \result == item.len / sizeof(T); */
CLIPPER_INLINE size_t clipper_##P##_count(clipper_frame item);

/*@ requires \valid_read((uint8_t *)item.base + (0 .. item.len - 1)) && index < item.len / sizeof(T);
    assigns \nothing; */
CLIPPER_INLINE T clipper_##P##_at(clipper_frame item, size_t index);

/*@ requires \valid_read((uint8_t *)item.base + (0 .. item.len - 1));
    requires \valid(out + (0 .. \min(max, item.len / sizeof(T)) - 1));
    assigns out[0 .. \min(max, item.len / sizeof(T)) - 1];
    ensures \result == \min(max, item.len / sizeof(T)); */
CLIPPER_INLINE size_t clipper_##P##_copy(clipper_frame item, T *out, size_t max);

/*@ assigns \nothing;
    ensures \result == \null ||
            \result == (T *)item.base && item.len != 0 && item.len % sizeof(T) == 0; */
CLIPPER_INLINE const T *clipper_##P##_view(clipper_frame item);

/*@ requires index < SIZE_MAX / sizeof(T);
    requires \valid((uint8_t *)bytes + (index * sizeof(T) .. index * sizeof(T) + sizeof(T) - 1));
    assigns ((uint8_t *)bytes)[index * sizeof(T) .. index * sizeof(T) + sizeof(T) - 1]; */
CLIPPER_INLINE void clipper_##P##_put(void *bytes, size_t index, T value);

/*@ loop invariant 0 <= i <= count;
    loop assigns i, out[0 .. count - 1];
    loop variant count - i; */
for (i = 0; i < count; i++)
