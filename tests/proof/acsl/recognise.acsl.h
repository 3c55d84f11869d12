/* The contracts of recognise.h. */
#include "recognise.h"
#include "wire.acsl.h"

/*@ requires frames_at(items, count) && \valid_read(sizes + (0 .. WORD * count - 1));
    requires width >= 1 && \valid_read(limits);
    assigns \nothing;
    ensures \result != 0 ==> count <= limits->items; */
static inline int items_agree(const uint8_t *sizes, const clipper_frame *items, size_t count, size_t width,
                              const clipper_limits *limits);

/*@ requires frames_at(f, count) && headers_at(CLIPPER_TO_CONTAINER, f, count);
    requires \valid_read(limits) && \valid(m) && \separated(m, f + (0 .. count - 1), limits);
    assigns *m;
    ensures \result == 0 ==> *m == \old(*m);
    ensures \result != 0 ==> m->as.request.item_count == count - REQUEST_HEAD; */
static inline int recognise_request(const clipper_frame *f, size_t count, const clipper_limits *limits,
                                    clipper_message *m);

/*@ requires frames_at(f, count) && headers_at(CLIPPER_TO_CLIPPER, f, count);
    requires \valid_read(limits) && \valid(m) && \separated(m, f + (0 .. count - 1), limits);
    assigns *m;
    ensures \result == 0 ==> *m == \old(*m);
    ensures \result != 0 ==> m->as.response.item_count == count - RESPONSE_HEAD; */
static inline int recognise_response(const clipper_frame *f, size_t count, const clipper_limits *limits,
                                     clipper_message *m);

/*@ requires frames_at(frames, count) && headers_at(direction, frames, count);
    requires \valid_read(limits) && \valid(message) && \separated(message, frames + (0 .. count - 1), limits);
    assigns *message; */
static inline int recognise(clipper_direction direction, const clipper_frame *frames, size_t count,
                            const clipper_limits *limits, clipper_message *message);
