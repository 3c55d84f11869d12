/* What the contracts of the codec speak of, and the contracts of wire.h. */
#ifndef WIRE_ACSL_H
#define WIRE_ACSL_H

#include "wire.h"
#include "codec.acsl.h"

/*@ // What the contracts of the codec speak of.

    predicate bytes_at(clipper_frame f) = \valid_read((uint8_t *)f.base + (0 .. f.len - 1));

    // An array of COUNT frames: no array is larger than its bytes can be counted.
    predicate frames_at(clipper_frame *f, integer count) =
        \valid_read(f + (0 .. count - 1)) && count <= SIZE_MAX / sizeof(clipper_frame);

    // Nothing has written to the array of frames.
    predicate kept{Before, After}(clipper_frame *f, integer count) = \forall integer i; 0 <= i < count ==>
        \at(f[i].base, After) == \at(f[i].base, Before) && \at(f[i].len, After) == \at(f[i].len, Before);

    // The bytes of header frames are there; what is said of items is that they are not needed.
    predicate says(clipper_frame f, integer value) = f.len == 4 && u32_at((uint8_t *)f.base) == value;
    predicate is_header(clipper_direction to, clipper_frame *f, integer i) = i < 5 ||
        (to == CLIPPER_TO_CONTAINER ? i < 7 && says(f[4], WIRE_PREDICTION)
                                    : i < 6 && says(f[1], WIRE_NEW_CONTAINER));
    predicate headers_at(clipper_direction to, clipper_frame *f, integer count) =
        \forall integer i; 0 <= i < count && is_header(to, f, i) ==> bytes_at(f[i]);

    predicate no_message(clipper_message *m) =
        m->kind == CLIPPER_NO_MESSAGE && m->direction == 0 && m->wire == 0 && m->leniencies == 0 &&
        m->rpc_version == 0 && m->as.heartbeat.type == 0 && m->as.new_container.name.base == \null &&
        m->as.new_container.name.len == 0 && m->as.new_container.model_version.base == \null &&
        m->as.new_container.model_version.len == 0 && m->as.new_container.input_type == 0 &&
        m->as.request.id == 0 && m->as.request.data_type == 0 && m->as.request.items == \null &&
        m->as.request.item_count == 0 && m->as.response.id == 0 && m->as.response.data_type == 0 &&
        m->as.response.items == \null && m->as.response.item_count == 0 && m->as.feedback.id == 0 &&
        m->as.feedback.frames == \null && m->as.feedback.frame_count == 0;

    predicate no_diagnosis(clipper_diagnosis *d) =
        d->error == CLIPPER_OK && d->field == 0 && d->frame == 0 && d->item == 0 && d->offset == 0 &&
        d->expected == 0 && d->actual == 0;
*/

/*@ requires \valid_read(words + (WORD * index .. WORD * index + 7));
    requires WORD * index <= SIZE_MAX;
    assigns \nothing;
    ensures \result == u64_at(words + WORD * index); */
static inline uint64_t load_word(const uint8_t *words, size_t index);

/*@ requires \valid(message);
    assigns *message;
    ensures no_message(message); */
static inline void clear_message(clipper_message *message);

/*@ requires \valid(diagnosis);
    assigns *diagnosis;
    ensures no_diagnosis(diagnosis); */
static inline void clear_diagnosis(clipper_diagnosis *diagnosis);

/*@ requires \valid(diagnosis);
    assigns *diagnosis;
    ensures \result == error && diagnosis->error == error && diagnosis->field == field;
    ensures diagnosis->frame == frame && diagnosis->item == 0 && diagnosis->offset == 0;
    ensures diagnosis->expected == expected && diagnosis->actual == actual; */
CLIPPER_INTERNAL clipper_error clipper_diagnose_(clipper_diagnosis *diagnosis, clipper_error error,
                                                 clipper_field field, size_t frame, uint64_t expected,
                                                 uint64_t actual);

#endif
