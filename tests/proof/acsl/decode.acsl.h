/* The contracts of decode.c. */
#include "decoder.acsl.h"
#include "recognise.acsl.h"

/*@ requires frames_at(frames, count) && headers_at(d->direction_, frames, count) && count > 0;
    requires \valid(d) && sound(d) && d->state_ == AT_DELIMITER && d->frame_ == 0;
    requires \separated(d, frames + (0 .. count - 1));
    assigns *d;
    ensures d->state_ == FAILED ? has_failed(d) : no_diagnosis(&d->diagnosis); */
static void push_all(clipper_decoder *d, const clipper_frame *frames, size_t count);

/*@ requires frames_at(frames, count) && headers_at(direction, frames, count);
    requires \valid_read(options) && \valid(message) && (diagnosis != \null ==> \valid(diagnosis));
    requires \separated(message, diagnosis, frames + (0 .. count - 1)) &&
        \separated(options, message, diagnosis);
    assigns *message, *diagnosis;
    ensures \result != CLIPPER_OK ==> no_message(message);
    ensures diagnosis != \null ==> diagnosis->error == \result;
    ensures diagnosis != \null && \result == CLIPPER_OK ==> no_diagnosis(diagnosis); */
static clipper_error decode_by_frame(clipper_direction direction, const clipper_frame *frames, size_t count,
                                     const clipper_options *options, clipper_message *message,
                                     clipper_diagnosis *diagnosis);

/*@ requires frames_at(frames, count) && headers_at(direction, frames, count);
    requires options != \null ==> \valid_read(options);
    requires \valid(message) && (diagnosis != \null ==> \valid(diagnosis));
    requires \separated(message, diagnosis, frames + (0 .. count - 1)) &&
        \separated(options, message, diagnosis);
    assigns *message, *diagnosis;
    ensures \result != CLIPPER_OK ==> no_message(message);
    ensures diagnosis != \null ==> diagnosis->error == \result;
    ensures diagnosis != \null && \result == CLIPPER_OK ==> no_diagnosis(diagnosis); */
clipper_error clipper_decode(clipper_direction direction, const clipper_frame *frames, size_t count,
                             const clipper_options *options, clipper_message *message,
                             clipper_diagnosis *diagnosis);
