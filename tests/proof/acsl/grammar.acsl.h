/* The contracts of grammar.c's own functions. */
#include "decoder.acsl.h"

/*@ requires \valid(d) && error != CLIPPER_OK && 0 <= d->state_ <= AT_FEEDBACK;
    assigns d->message, d->state_, d->diagnosis;
    ensures \result == CLIPPER_EVENT_ERROR && has_failed(d); */
static clipper_event fail(clipper_decoder *d, clipper_error error, uint64_t expected, uint64_t actual);

/*@ requires \valid(d) && d->frame_ < 6 && d->readings_ == 0 && no_diagnosis(&d->diagnosis);
    requires d->item_ == 0 && d->feedback_bytes_ == 0 && 0 <= d->state_ <= AT_FEEDBACK;
    requires next == AT_END || 0 <= next <= AT_FEEDBACK && next != AT_ITEM &&
        place(d->direction_, next) == d->frame_ + 1;
    assigns d->message, d->state_, d->diagnosis, d->frame_;
    ensures sound(d);
    ensures taken(\result, d->state_, more);
    ensures d->state_ != FAILED ==> d->frame_ == \old(d->frame_) + 1;
    ensures d->state_ \in {next, FAILED}; */
static clipper_event go_on(clipper_decoder *d, int next, int more);

/*@ // After a step: failed, or NEXT may follow the frame.
    predicate stepped(clipper_decoder *d, integer next) =
        next == FAILED ? has_failed(d) :
            no_diagnosis(&d->diagnosis) && 0 <= d->state_ <= AT_FEEDBACK && 0 <= next <= AT_END &&
            next != AT_ITEM && (next == AT_END || place(d->direction_, next) == d->frame_ + 1); */

/*@ requires \valid(d) && error != CLIPPER_OK && 0 <= d->state_ <= AT_FEEDBACK;
    assigns d->message, d->state_, d->diagnosis;
    ensures \result == FAILED && has_failed(d); */
static int failed(clipper_decoder *d, clipper_error error, uint64_t expected, uint64_t actual);

/*@ requires at(d, AT_VERSION);
    assigns d->message, d->state_, d->diagnosis;
    ensures stepped(d, \result);
    ensures \result \in {AT_MESSAGE_TYPE, FAILED}; */
static int on_version(clipper_decoder *d, uint32_t value);

/*@ requires at(d, AT_MESSAGE_TYPE);
    assigns d->message, d->state_, d->diagnosis;
    ensures stepped(d, \result);
    ensures \result == AT_NAME ==> value == WIRE_NEW_CONTAINER;
    ensures \result \in {AT_HEARTBEAT_TYPE, AT_END, AT_ID, AT_NAME, FAILED}; */
static int on_message_type(clipper_decoder *d, uint32_t value);

/*@ requires at(d, AT_HEARTBEAT_TYPE);
    assigns d->message, d->state_, d->diagnosis;
    ensures stepped(d, \result);
    ensures \result \in {AT_END, FAILED}; */
static int on_heartbeat_type(clipper_decoder *d, uint32_t value);

/*@ requires at(d, AT_ID);
    assigns d->message, d->state_, d->diagnosis;
    ensures stepped(d, \result);
    ensures \result != FAILED;
    ensures \result == (d->direction_ == CLIPPER_TO_CONTAINER ? AT_REQUEST_TYPE : AT_METADATA_LENGTH); */
static int on_id(clipper_decoder *d, uint32_t value);

/*@ requires at(d, AT_REQUEST_TYPE);
    assigns d->message, d->state_, d->diagnosis;
    ensures stepped(d, \result);
    ensures \result == AT_METADATA_LENGTH ==> value == WIRE_PREDICTION;
    ensures \result \in {AT_FEEDBACK, AT_METADATA_LENGTH, FAILED}; */
static int on_request_type(clipper_decoder *d, uint32_t value);

/*@ requires at(d, d->state_) && bytes_at(frame);
    requires d->state_ == AT_VERSION && step == on_version ||
        d->state_ == AT_MESSAGE_TYPE && step == on_message_type ||
        d->state_ == AT_HEARTBEAT_TYPE && step == on_heartbeat_type || d->state_ == AT_ID && step == on_id ||
        d->state_ == AT_REQUEST_TYPE && step == on_request_type;
    assigns d->message, d->state_, d->diagnosis, d->frame_;
    ensures sound(d);
    ensures taken(\result, d->state_, more);
    ensures d->state_ != FAILED ==> d->frame_ == \old(d->frame_) + 1;
    ensures leads(d->direction_, \old(d->state_), frame, d->state_); */
static clipper_event take_u32(clipper_decoder *d, clipper_frame frame, int more,
                              int (*step)(clipper_decoder *, uint32_t));

/*@ requires at(d, AT_DELIMITER);
    assigns d->message, d->state_, d->diagnosis, d->frame_;
    ensures sound(d);
    ensures taken(\result, d->state_, more);
    ensures d->state_ != FAILED ==> d->frame_ == \old(d->frame_) + 1;
    ensures d->state_ \in {AT_VERSION, AT_MESSAGE_TYPE, FAILED}; */
static clipper_event take_delimiter(clipper_decoder *d, clipper_frame frame, int more);

/*@ requires at(d, AT_METADATA_LENGTH) && bytes_at(frame);
    assigns d->message, d->state_, d->diagnosis, d->frame_, d->declared_;
    ensures sound(d);
    ensures taken(\result, d->state_, more);
    ensures d->state_ != FAILED ==> d->frame_ == \old(d->frame_) + 1;
    ensures d->state_ \in {AT_METADATA, FAILED}; */
static clipper_event take_metadata_length(clipper_decoder *d, clipper_frame frame, int more);

/*@ requires at(d, d->state_) && d->state_ \in {AT_NAME, AT_MODEL_VERSION};
    requires text == &d->message.as.new_container.name || text == &d->message.as.new_container.model_version;
    assigns d->message, d->state_, d->diagnosis, d->frame_;
    ensures sound(d);
    ensures taken(\result, d->state_, more);
    ensures d->state_ != FAILED ==> d->frame_ == \old(d->frame_) + 1;
    ensures d->state_ \in {\old(d->state_) + 1, FAILED}; */
static clipper_event take_text(clipper_decoder *d, clipper_frame frame, int more, clipper_frame *text);

//@ assigns \nothing;
static int is_digit(uint8_t byte);

/*@ requires at(d, AT_INPUT_TYPE) && bytes_at(frame);
    assigns d->message, d->state_, d->diagnosis, d->frame_;
    ensures sound(d);
    ensures taken(\result, d->state_, more);
    ensures d->state_ != FAILED ==> d->frame_ == \old(d->frame_) + 1;
    ensures d->state_ \in {AT_RPC_VERSION, AT_END, FAILED}; */
static clipper_event take_input_type(clipper_decoder *d, clipper_frame frame, int more);

/*@ requires at(d, AT_RPC_VERSION) && bytes_at(frame);
    assigns d->message, d->state_, d->diagnosis, d->frame_;
    ensures sound(d);
    ensures taken(\result, d->state_, more);
    ensures d->state_ != FAILED ==> d->frame_ == \old(d->frame_) + 1;
    ensures d->state_ \in {AT_END, FAILED}; */
static clipper_event take_rpc_version(clipper_decoder *d, clipper_frame frame, int more);

/*@ requires at(d, AT_FEEDBACK) && feedback_left(d) && d->frame_ <= SIZE_MAX - 3;
    assigns d->message, d->state_, d->diagnosis, d->frame_, d->item_, d->feedback_bytes_;
    ensures sound(d);
    ensures taken(\result, d->state_, more);
    ensures d->state_ != FAILED ==> d->frame_ == \old(d->frame_) + 1;
    ensures d->state_ \in {AT_FEEDBACK, AT_END, FAILED}; */
static clipper_event take_feedback(clipper_decoder *d, clipper_frame frame, int more);

/*@ requires \valid(d);
    assigns d->message, d->diagnosis, d->state_, d->frame_, d->words_, d->word_count_, d->readings_, d->item_,
        d->feedback_bytes_;
    ensures at(d, AT_DELIMITER) && no_message(&d->message); */
static void begin_message(clipper_decoder *d);

/*@ requires \valid(d) && sound(d) && d->state_ != AT_END && d->frame_ <= SIZE_MAX - 3;
    requires d->state_ != AT_ITEM && d->state_ != AT_FEEDBACK ==> bytes_at(frame);
    assigns *d;
    ensures sound(d) && d->direction_ == \old(d->direction_);
    ensures taken(\result, d->state_, more);
    ensures d->state_ != FAILED ==> d->frame_ == \old(d->frame_) + 1;
    ensures leads(d->direction_, \old(d->state_), frame, d->state_); */
static clipper_event take_frame(clipper_decoder *d, clipper_frame frame, int more);
