/* The states of the grammar, and the invariant that each of its steps keeps: what Frama-C proves of grammar.c,
 * and what decode.c builds on. */
#ifndef CLIPPER_CODEC_GRAMMAR_H
#define CLIPPER_CODEC_GRAMMAR_H

#include "wire.h"

enum state {
    AT_DELIMITER,
    AT_VERSION,
    AT_MESSAGE_TYPE,
    AT_HEARTBEAT_TYPE,
    AT_NAME,
    AT_MODEL_VERSION,
    AT_INPUT_TYPE,
    AT_RPC_VERSION,
    AT_ID,
    AT_REQUEST_TYPE,
    AT_METADATA_LENGTH,
    AT_METADATA,
    AT_ITEM,
    AT_FEEDBACK,
    AT_END,
    FAILED
};

/* Readings of the metadata, as bits. */
enum {
    TYPED = 1,  /* {type, n, sizes}: requests, and responses as the document has them */
    UNTYPED = 2 /* {n, sizes}: responses as released Clipper has them */
};

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
*/

#endif
