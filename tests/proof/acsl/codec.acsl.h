/* The contracts of codec.h's inline functions; those on elements of items are in elements.acsl.h. */
#include "clipper/codec.h"

/*@ logic integer width_of(integer type) =
        type == CLIPPER_TYPE_DOUBLES ? 8 : type == CLIPPER_TYPE_INTS || type == CLIPPER_TYPE_FLOATS ? 4 : 1; */

/*@ assigns \nothing;
    ensures \result == width_of(type); */
CLIPPER_INLINE size_t clipper_data_width(clipper_data_type type);

/*@ assigns \nothing; */
CLIPPER_INLINE clipper_limits clipper_default_limits(void);

/*@ assigns \nothing; */
CLIPPER_INLINE clipper_options clipper_default_options(void);

/*@ axiomatic loads { // what bytes say as an integer
        logic uint32_t u32_at{L}(uint8_t *p) reads p[0 .. 3];
        logic uint64_t u64_at{L}(uint8_t *p) reads p[0 .. 7];
    } */

/*@ requires \valid_read((uint8_t *)p + (0 .. 3));
    assigns \nothing;
    ensures \result == u32_at((uint8_t *)p); */
CLIPPER_INLINE uint32_t clipper_load_u32(const void *p);

/*@ requires \valid_read((uint8_t *)p + (0 .. 7));
    assigns \nothing;
    ensures \result == u64_at((uint8_t *)p); */
CLIPPER_INLINE uint64_t clipper_load_u64(const void *p);

/*@ requires \valid((uint8_t *)out + (0 .. 3));
    assigns ((uint8_t *)out)[0 .. 3]; */
CLIPPER_INLINE void clipper_store_u32(void *out, uint32_t value);

/*@ requires \valid((uint8_t *)out + (0 .. 7));
    assigns ((uint8_t *)out)[0 .. 7]; */
CLIPPER_INLINE void clipper_store_u64(void *out, uint64_t value);
