/* Decoding a whole message: the recogniser (recognise.h) first; what it refuses, through the grammar frame by
 * frame (grammar.c). */
#include "grammar.h"
#include "recognise.h"

/* One frame after another through the grammar. */
static void push_all(clipper_decoder *d, const clipper_frame *frames, size_t count) {
    size_t i;
    /*@ loop invariant 0 <= i <= count;
        loop invariant sound(d) && d->direction_ == \at(d->direction_, Pre);
        loop invariant d->state_ != FAILED;
        loop invariant d->frame_ == i;
        loop invariant d->state_ == AT_END <==> i == count;
        loop invariant kept{Pre, Here}(frames, count);
        loop invariant d->direction_ == CLIPPER_TO_CONTAINER &&
            d->state_ \in {AT_METADATA_LENGTH, AT_METADATA} ==> says(\at(frames[4], Pre), WIRE_PREDICTION);
        loop invariant AT_NAME <= d->state_ <= AT_RPC_VERSION ==>
            says(\at(frames[1], Pre), WIRE_NEW_CONTAINER);
        loop assigns i, *d;
        loop variant count - i; */
    for (i = 0; i < count; i++) {
        //@ assert d->state_ != AT_ITEM && d->state_ != AT_FEEDBACK ==> i == place(d->direction_, d->state_);
        /*@ assert d->state_ != AT_ITEM && d->state_ != AT_FEEDBACK ==>
                bytes_at(\at(frames[\at(i, Here)], Pre)); */
        if (clipper_decoder_push(d, frames[i], i + 1 < count) == CLIPPER_EVENT_ERROR)
            return;
        //@ assert d->direction_ == CLIPPER_TO_CONTAINER && d->state_ == AT_METADATA_LENGTH ==> i == 4;
    }
}

/* The whole message through the grammar: the rare path. */
static clipper_error decode_by_frame(clipper_direction direction, const clipper_frame *frames, size_t count,
                                     const clipper_options *options, clipper_message *message,
                                     clipper_diagnosis *diagnosis) {
    clipper_decoder decoder;
    //@ assert headers_at(direction, frames, count);
    clipper_decoder_init(&decoder, direction, options);
    //@ assert kept{Pre, Here}(frames, count);
    //@ assert headers_at(direction, frames, count);
    if (count == 0)
        decoder.diagnosis.error = CLIPPER_EMPTY_MESSAGE;
    else
        push_all(&decoder, frames, count);
    /*@ assert decoder.diagnosis.error == CLIPPER_OK ? no_diagnosis(&decoder.diagnosis)
                                                     : no_message(&decoder.message); */
    *message = decoder.message;
    /*@ assert decoder.diagnosis.error != CLIPPER_OK ==>
            no_message(message) && message->kind == CLIPPER_NO_MESSAGE; */
    if (message->kind == CLIPPER_PREDICTION_REQUEST)
        message->as.request.items = frames + REQUEST_HEAD;
    else if (message->kind == CLIPPER_PREDICTION_RESPONSE)
        message->as.response.items = frames + RESPONSE_HEAD;
    else if (message->kind == CLIPPER_FEEDBACK_REQUEST)
        message->as.feedback.frames = frames + FEEDBACK_HEAD;
    //@ assert decoder.diagnosis.error != CLIPPER_OK ==> no_message(message);
    if (diagnosis)
        *diagnosis = decoder.diagnosis;
    //@ assert diagnosis != \null && decoder.diagnosis.error == CLIPPER_OK ==> no_diagnosis(diagnosis);
    return decoder.diagnosis.error;
}

clipper_error clipper_decode(clipper_direction direction, const clipper_frame *frames, size_t count,
                             const clipper_options *options, clipper_message *message,
                             clipper_diagnosis *diagnosis) {
    clipper_options chosen = options ? *options : clipper_default_options();
    clear_message(message);
    //@ assert kept{Pre, Here}(frames, count);
    //@ assert headers_at(direction, frames, count);
    if (chosen.era == CLIPPER_ERA_V3 && recognise(direction, frames, count, &chosen.limits, message)) {
        if (diagnosis)
            clear_diagnosis(diagnosis);
        return CLIPPER_OK;
    }
    //@ assert kept{Pre, Here}(frames, count);
    //@ assert headers_at(direction, frames, count);
    return decode_by_frame(direction, frames, count, &chosen, message, diagnosis);
}
