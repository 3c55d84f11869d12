/* The contracts of readings.c's own functions. */
#include "decoder.acsl.h"

/*@ requires reading \in {TYPED, UNTYPED};
    assigns \nothing;
    ensures \result == head_of(reading); */
static size_t head_words(unsigned reading);

/*@ requires \valid_read(d) && reads(d, reading);
    assigns \nothing;
    ensures \result == d->word_count_ - head_of(reading); */
static size_t items_of(const clipper_decoder *d, unsigned reading);

/*@ requires \valid_read(d) && reads(d, reading) && item < d->word_count_ - head_of(reading);
    assigns \nothing; */
static uint64_t size_of_item(const clipper_decoder *d, unsigned reading, size_t item);

/*@ requires readings \in {0, TYPED, UNTYPED, TYPED + UNTYPED} && reading \in {TYPED, UNTYPED};
    assigns \nothing;
    ensures \result != 0 <==> in_set(readings, reading); */
static inline int may_be(unsigned readings, unsigned reading);

/*@ requires \valid(d) && error != CLIPPER_OK && word_index <= 1;
    assigns d->message, d->state_, d->diagnosis;
    ensures \result == CLIPPER_EVENT_ERROR && has_failed(d); */
static clipper_event fail_word(clipper_decoder *d, clipper_error error, clipper_field field,
                               size_t word_index, uint64_t expected, uint64_t actual);

/*@ requires \valid(d) && reads(d, reading);
    assigns d->diagnosis;
    ensures \result != CLIPPER_OK ==> d->diagnosis.error == \result; */
static clipper_error check_sizes(clipper_decoder *d, unsigned reading);

/*@ requires \valid_read(d) && words_at(d);
    assigns \nothing;
    ensures all_read(d, \result); */
static unsigned fitting_readings(const clipper_decoder *d);

/*@ requires at(d, AT_METADATA) && words_at(d);
    requires d->message.kind == CLIPPER_PREDICTION_REQUEST ==> d->word_count_ >= TYPED_WORDS;
    assigns d->message, d->state_, d->diagnosis;
    ensures \result == CLIPPER_EVENT_ERROR && has_failed(d); */
static clipper_event fail_metadata(clipper_decoder *d);

/*@ requires \valid(d) && all_read(d, d->readings_) && d->readings_ != 0;
    assigns d->message; */
static void describe_items(clipper_decoder *d);

/*@ predicate agreeable(clipper_decoder *d, integer reading, integer taken, clipper_frame *last) =
        \valid_read(d) && reads(d, reading) && (last == \null ? taken == 0 : \valid_read(last) &&
        1 <= taken <= d->word_count_ - head_of(reading));
    predicate settling(clipper_decoder *d, integer taken, clipper_frame *last) =
        \valid_read(d) && items_at(d, taken) &&
        (last == \null ? taken == 0 : \valid_read(last) && 1 <= taken); */

/*@ requires agreeable(d, reading, taken, last);
    assigns \nothing;
    ensures last == \null ==> \result == 1;
    ensures \result \in {0, 1}; */
static int size_agrees(const clipper_decoder *d, unsigned reading, size_t taken, const clipper_frame *last);

/*@ requires \valid_read(d) && reads(d, reading);
    assigns \nothing;
    ensures \result \in {0, 1};
    ensures \result != 0 && more != 0 ==> taken < d->word_count_ - head_of(reading); */
static int more_agrees(const clipper_decoder *d, unsigned reading, size_t taken, int more);

/*@ requires settling(d, taken, last) && reading \in {TYPED, UNTYPED};
    assigns \nothing;
    ensures in_set(d->readings_, reading) ? 0 <= \result <= 3 : \result == -1; */
static int nearness(const clipper_decoder *d, unsigned reading, size_t taken, const clipper_frame *last,
                    int more);

/*@ requires \valid(d) && settling(d, taken, last) && 0 <= d->state_ <= AT_FEEDBACK;
    requires taken <= d->frame_ + 1 <= taken + 7;
    assigns d->message, d->state_, d->diagnosis;
    ensures \result == CLIPPER_EVENT_ERROR && has_failed(d); */
static clipper_event fail_items(clipper_decoder *d, size_t taken, const clipper_frame *last, int more);

/*@ requires settling(d, taken, last) && reading \in {TYPED, UNTYPED};
    assigns \nothing;
    ensures \result \in {0, reading};
    ensures \result != 0 ==> in_set(d->readings_, reading);
    ensures \result != 0 && more != 0 ==> taken < d->word_count_ - head_of(reading); */
static unsigned still_fits(const clipper_decoder *d, unsigned reading, size_t taken,
                           const clipper_frame *last, int more);

/*@ requires \valid(d) && all_read(d, fitting) && reading \in {TYPED, UNTYPED};
    assigns d->diagnosis;
    ensures \result \in {0, reading};
    ensures \result != 0 ==> in_set(fitting, reading);
    ensures \result == 0 && in_set(fitting, reading) ==> d->diagnosis.error != CLIPPER_OK;
    ensures !in_set(fitting, reading) ==> d->diagnosis.error == \old(d->diagnosis.error); */
static unsigned sound_reading(clipper_decoder *d, unsigned fitting, unsigned reading);

/*@ requires \valid_read(d) && all_read(d, d->readings_);
    assigns \nothing; */
uint64_t clipper_decoder_item_size(const clipper_decoder *d, size_t index);
