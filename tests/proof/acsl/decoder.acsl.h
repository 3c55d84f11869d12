/* The invariant of a decoder, which each of its steps keeps; the contracts of what grammar.c and readings.c do for
 * each other and for decode.c. */
#ifndef DECODER_ACSL_H
#define DECODER_ACSL_H

#include "grammar.h"
#include "wire.acsl.h"

/*@ // state_ names the frame that comes next, frame_ is its index. Frames come in this order; -1 where the
    // direction has no such frame.
    logic integer place(clipper_direction to, integer state) =
        to == CLIPPER_TO_CONTAINER
            ? (state == AT_DELIMITER ? 0 : state == AT_VERSION ? 1 : state == AT_MESSAGE_TYPE ? 2 :
               state == AT_HEARTBEAT_TYPE || state == AT_ID ? 3 : state == AT_REQUEST_TYPE ? 4 :
               state == AT_METADATA_LENGTH || state == AT_FEEDBACK ? 5 : state == AT_METADATA ? 6 :
               state == AT_ITEM ? 7 : -1)
            : (state == AT_DELIMITER ? 0 : state == AT_MESSAGE_TYPE ? 1 :
               state == AT_NAME || state == AT_ID ? 2 : state == AT_MODEL_VERSION ||
               state == AT_METADATA_LENGTH ? 3 : state == AT_INPUT_TYPE || state == AT_METADATA ? 4 :
               state == AT_RPC_VERSION || state == AT_ITEM ? 5 : -1);
    predicate in_place(clipper_decoder *d, integer state) =
        0 <= state <= AT_FEEDBACK && d->frame_ <= SIZE_MAX - 2 &&
        d->frame_ == place(d->direction_, state) + d->item_ &&
        (state == AT_ITEM || state == AT_FEEDBACK || d->item_ == 0) &&
        (state == AT_ITEM || d->readings_ == 0) &&
        (state == AT_FEEDBACK || d->feedback_bytes_ == 0) && no_diagnosis(&d->diagnosis);
    predicate has_failed(clipper_decoder *d) =
        d->state_ == FAILED && no_message(&d->message) && d->diagnosis.error != CLIPPER_OK;

    // A reading's sizes lie in the metadata frame.
    logic integer head_of(integer reading) = reading == TYPED ? TYPED_WORDS : UNTYPED_WORDS;
    predicate in_set(integer readings, integer reading) =
        readings == reading || readings == TYPED + UNTYPED;
    predicate words_at(clipper_decoder *d) =
        1 <= d->word_count_ <= SIZE_MAX / WORD && \valid_read(d->words_ + (0 .. WORD * d->word_count_ - 1));
    predicate reads(clipper_decoder *d, integer reading) =
        words_at(d) && reading \in {TYPED, UNTYPED} && head_of(reading) <= d->word_count_;
    predicate all_read(clipper_decoder *d, integer readings) =
        readings == 0 || words_at(d) && 0 < readings <= TYPED + UNTYPED &&
            (readings == UNTYPED || TYPED_WORDS <= d->word_count_);
    // Each reading has ITEMS items, or more.
    predicate items_at(clipper_decoder *d, integer items) =
        words_at(d) && 0 < d->readings_ <= TYPED + UNTYPED &&
        (d->readings_ == UNTYPED || items + TYPED_WORDS <= d->word_count_) &&
        (d->readings_ == TYPED || items + UNTYPED_WORDS <= d->word_count_);
    predicate feedback_left(clipper_decoder *d) =
        d->item_ <= d->options_.limits.items && d->feedback_bytes_ <= d->options_.limits.total_bytes;

    predicate sound(clipper_decoder *d) =
        d->state_ == FAILED ? has_failed(d) :
        d->state_ == AT_END ? no_diagnosis(&d->diagnosis) && all_read(d, d->readings_) :
        in_place(d, d->state_) && (d->state_ == AT_ITEM ==> items_at(d, d->item_ + 1)) &&
            (d->state_ == AT_FEEDBACK ==> feedback_left(d));

    // A frame was taken with EVENT and led to STATE: it has failed, or the message ends where MORE says so.
    predicate taken(integer event, integer state, integer more) =
        (event == CLIPPER_EVENT_ERROR <==> state == FAILED) &&
        (event == CLIPPER_EVENT_DONE <==> state == AT_END) &&
        (state != FAILED ==> (state == AT_END <==> more == 0));

    // Where FRAME led from state BEFORE to state AFTER: which frames of a message are read.
    predicate leads(clipper_direction to, integer before, clipper_frame frame, integer after) =
        (after == AT_METADATA_LENGTH && to == CLIPPER_TO_CONTAINER ==> says(frame, WIRE_PREDICTION)) &&
        (after == AT_METADATA ==> before == AT_METADATA_LENGTH) &&
        (after == AT_NAME ==> says(frame, WIRE_NEW_CONTAINER)) &&
        (after == AT_MODEL_VERSION ==> before == AT_NAME) &&
        (after == AT_INPUT_TYPE ==> before == AT_MODEL_VERSION) &&
        (after == AT_RPC_VERSION ==> before == AT_INPUT_TYPE);

    // A decoder that has not failed, in STATE.
    predicate at(clipper_decoder *d, integer state) =
        \valid(d) && d->state_ == state && in_place(d, state);
*/

/*@ requires \valid(d) && d->diagnosis.error != CLIPPER_OK;
    assigns d->message, d->state_;
    ensures \result == CLIPPER_EVENT_ERROR && has_failed(d); */
static inline clipper_event stay_failed(clipper_decoder *d);

/*@ requires \valid(d) && error != CLIPPER_OK;
    assigns d->message, d->state_, d->diagnosis;
    ensures \result == CLIPPER_EVENT_ERROR && has_failed(d); */
static inline clipper_event fail_at(clipper_decoder *d, clipper_error error, clipper_field field,
                                    size_t frame, uint64_t expected, uint64_t actual);

/*@ requires at(d, AT_METADATA) && bytes_at(frame);
    assigns d->message, d->state_, d->diagnosis, d->frame_, d->item_, d->readings_, d->words_, d->word_count_;
    ensures sound(d);
    ensures taken(\result, d->state_, more);
    ensures d->state_ != FAILED ==> d->frame_ == \old(d->frame_) + 1;
    ensures d->state_ \in {AT_ITEM, AT_END, FAILED}; */
clipper_event clipper_take_metadata_(clipper_decoder *d, clipper_frame frame, int more);

/*@ requires \valid(d) && no_diagnosis(&d->diagnosis) && d->frame_ <= SIZE_MAX - 2;
    requires d->state_ == (last == \null ? AT_METADATA : AT_ITEM) && d->feedback_bytes_ == 0;
    requires d->frame_ == place(d->direction_, d->state_) + d->item_ && (last == \null ==> d->item_ == 0);
    requires items_at(d, last == \null ? 0 : d->item_ + 1);
    requires last != \null ==> \valid_read(last) && \separated(d, last);
    assigns d->message, d->state_, d->diagnosis, d->frame_, d->item_, d->readings_;
    ensures sound(d);
    ensures taken(\result, d->state_, more);
    ensures d->state_ != FAILED ==> d->frame_ == \old(d->frame_) + 1;
    ensures d->state_ \in {AT_ITEM, AT_END, FAILED}; */
clipper_event clipper_settle_readings_(clipper_decoder *d, const clipper_frame *last, int more);

/*@ requires \valid(decoder) && (options != \null ==> \valid_read(options) && \separated(decoder, options));
    assigns *decoder;
    ensures sound(decoder) && decoder->state_ == AT_DELIMITER && decoder->direction_ == direction;
    ensures no_message(&decoder->message); */
void clipper_decoder_init(clipper_decoder *decoder, clipper_direction direction,
                          const clipper_options *options);

/*@ requires \valid(decoder) && sound(decoder) && decoder->frame_ <= SIZE_MAX - 3;
    requires decoder->state_ != AT_ITEM && decoder->state_ != AT_FEEDBACK ==> bytes_at(frame);
    assigns *decoder;
    ensures sound(decoder) && decoder->direction_ == \old(decoder->direction_);
    ensures taken(\result, decoder->state_, more);
    ensures decoder->state_ != FAILED ==>
        decoder->frame_ == (\old(decoder->state_) == AT_END ? 0 : \old(decoder->frame_)) + 1;
    ensures \old(decoder->state_) != AT_END ==>
        leads(decoder->direction_, \old(decoder->state_), frame, decoder->state_); */
clipper_event clipper_decoder_push(clipper_decoder *decoder, clipper_frame frame, int more);

#endif
