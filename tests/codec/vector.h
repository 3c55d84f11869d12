/* The test vectors of spec/vectors as C data, so that they run where no JSON is at hand.
 *
 * spec/vectors/to_c.py prints the tables; see spec/vectors/README.md for what a vector is. */
#ifndef CLIPPER_TESTS_VECTOR_H
#define CLIPPER_TESTS_VECTOR_H

#include "clipper/codec.h"

enum vector_form {
    VECTOR_FRAMES, /* decode FRAMES: EXPECTED or MESSAGE comes out */
    VECTOR_FLAT,   /* split FLAT, decode what comes of it: EXPECTED or MESSAGE comes out */
    VECTOR_ENCODE  /* encode MESSAGE on ENCODE_WIRE: EXPECTED.error or FRAMES come out */
};

/* The views point to constant arrays and, where their LEN is 0, nowhere. A frame may end inside an array, so
 * a test that wants reads beyond a frame to show copies it to a block of its own. */
struct vector {
    const char *id;
    enum vector_form form;
    clipper_direction direction;
    const clipper_frame *frames; /* FRAMES: to be decoded; ENCODE: expected, NULL where an error is */
    size_t frame_count;
    clipper_frame flat;       /* FLAT: one message in the flat form */
    clipper_options options;  /* era, strict and limits: the defaults where the vector has none */
    int strict;               /* as in OPTIONS */
    int has_limits;           /* whether OPTIONS has limits of the vector's own */
    clipper_wire encode_wire; /* ENCODE: the wire to write */
    /* The error, or CLIPPER_OK and all zero. ENCODE: only .error is set. */
    clipper_diagnosis expected;
    /* Valid when EXPECTED.error is CLIPPER_OK, and always in the form ENCODE: all that the decoder finds
     * (items and feedback frames as copies), or all that is to be encoded. */
    clipper_message message;
};

extern const struct vector vectors[];
extern const size_t vector_count;

/* Those of the eras before version 3, and messages recorded in those days: where such a recording states no truth, its
 * message has no kind. */
extern const struct vector era_vectors[];
extern const size_t era_vector_count;

#endif
