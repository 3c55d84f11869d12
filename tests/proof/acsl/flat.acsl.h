/* The invariant of a reader, and the contracts of flat.c. */
#include "wire.acsl.h"

/*@ requires \valid(header + (0 .. CLIPPER_FLAT_HEADER_MAX - 1));
    assigns header[0 .. CLIPPER_FLAT_HEADER_MAX - 1];
    ensures \result == (len <= 255 ? 2 : CLIPPER_FLAT_HEADER_MAX); */
size_t clipper_flat_header(uint64_t len, int more, uint8_t header[CLIPPER_FLAT_HEADER_MAX]);

/*@ logic integer flat_bytes(clipper_frame *f, integer count) =
        count <= 0 ? 0 : flat_bytes(f, count - 1) + (f[count - 1].len <= 255 ? 2 : CLIPPER_FLAT_HEADER_MAX) +
            f[count - 1].len; */

/*@ assigns \nothing;
    ensures \result == (len <= 255 ? 2 : CLIPPER_FLAT_HEADER_MAX); */
static size_t header_size(size_t len);

/*@ requires frames_at(frames, count);
    assigns \nothing;
    ensures \result == SIZE_MAX || \result == flat_bytes(frames, count);
    ensures count == 0 ==> \result == 0;
    ensures \result != SIZE_MAX ==> \forall integer i; 0 <= i <= count ==>
        0 <= flat_bytes(frames, i) <= \result; */
static size_t flat_size(const clipper_frame *frames, size_t count);

/*@ requires frames_at(frames, count) && \valid((uint8_t *)out.base + (0 .. out.len - 1)) && \valid(used);
    requires \forall integer i; 0 <= i < count ==> bytes_at(frames[i]) &&
        \separated((uint8_t *)out.base + (0 .. out.len - 1),
                   (uint8_t *)frames[i].base + (0 .. frames[i].len - 1));
    requires \separated(used, frames + (0 .. count - 1), (uint8_t *)out.base + (0 .. out.len - 1));
    assigns *used, ((uint8_t *)out.base)[0 .. out.len - 1];
    ensures \result == CLIPPER_OK ==> *used == flat_bytes{Pre}(frames, count) && *used <= out.len;
    ensures \result == CLIPPER_EMPTY_MESSAGE ==> *used == 0;
    ensures \result == CLIPPER_NO_SPACE ==> \forall integer i; 0 <= i < out.len ==>
        ((uint8_t *)out.base)[i] == \old(((uint8_t *)out.base)[i]); */
clipper_error clipper_flat_write(const clipper_frame *frames, size_t count, clipper_span out, size_t *used);

/*@ assigns \nothing;
    ensures \result == \min(a + b, UINT64_MAX); */
static uint64_t add(uint64_t a, uint64_t b);

/*@ requires b != 0;
    assigns \nothing; */
static uint64_t times(uint64_t a, uint64_t b);

//@ assigns \nothing;
static uint64_t larger(uint64_t a, uint64_t b);

/*@ // With OCTETS of a length to come, what there is of it has room for them.
    predicate len_begun(integer len, integer octets) =
        (octets == 1 ==> len <= 0xffffffffffffff) && (octets == 2 ==> len <= 0xffffffffffff) &&
        (octets == 3 ==> len <= 0xffffffffff) && (octets == 4 ==> len <= 0xffffffff) &&
        (octets == 5 ==> len <= 0xffffff) && (octets == 6 ==> len <= 0xffff) &&
        (octets == 7 ==> len <= 0xff) && (octets == 8 ==> len == 0);

    // The invariant of a reader.
    predicate in_frame(integer state) = state == AT_BODY || state == IN_BODY;
    predicate is_command(clipper_flat_reader *r) = (r->flags_ & FLAG_COMMAND) != 0;
    predicate sound(clipper_flat_reader *r) =
        AT_STREAM <= r->state_ <= FLAT_FAILED && r->message_bytes_ <= r->message_limit_ &&
        r->next_ <= r->frames_limit_ && (r->state_ == FLAT_FAILED ==> r->diagnosis.error != CLIPPER_OK) &&
        (r->state_ == IN_GREETING ==> 1 <= r->remaining_ <= GREETING_SIZE) &&
        (r->state_ == IN_LENGTH ==> 1 <= r->remaining_ <= 8 && len_begun(r->len, r->remaining_)) &&
        (in_frame(r->state_) ==> r->index == r->next_) &&
        (in_frame(r->state_) && !is_command(r) ==> r->index < r->frames_limit_);

    // What is left to do: every octet and every step without one makes it less.
    logic integer to_do(integer state, integer octets) =
        3 * octets + (state == AT_BODY ? 2 : state == IN_BODY ? 1 : 0);
    // Frames begun and not ended: each has taken an octet or more.
    logic integer begun(integer state) = state == AT_BODY || state == IN_BODY ? 1 : 0; */

/*@ requires \valid(reader) && (limits != \null ==> \valid_read(limits) && \separated(reader, limits));
    assigns *reader;
    ensures sound(reader) && reader->state_ == AT_STREAM && reader->next_ == 0; */
void clipper_flat_reader_init(clipper_flat_reader *reader, const clipper_limits *limits);

/*@ requires \valid(r) && error != CLIPPER_OK;
    assigns r->diagnosis, r->state_;
    ensures \result == CLIPPER_FLAT_ERROR && r->state_ == FLAT_FAILED && r->diagnosis.error != CLIPPER_OK; */
static clipper_flat_event fail_stream(clipper_flat_reader *r, clipper_error error, clipper_field field,
                                      size_t offset, uint64_t expected, uint64_t actual);

/*@ requires \valid(r) && sound(r) && r->state_ == IN_GREETING;
    assigns r->diagnosis, r->state_, r->remaining_;
    ensures sound(r) && !in_frame(r->state_) && (\result != 0 <==> r->state_ == FLAT_FAILED); */
static int greeting_fails(clipper_flat_reader *r, uint8_t octet);

/*@ requires \valid(r) && sound(r) && r->state_ == AT_FLAGS;
    assigns r->diagnosis, r->state_, r->remaining_, r->message_bytes_, r->index, r->flags_, r->len;
    ensures sound(r) && !in_frame(r->state_) && (\result != 0 <==> r->state_ == FLAT_FAILED); */
static int flags_fail(clipper_flat_reader *r, uint8_t octet);

/*@ requires \valid(r) && AT_STREAM <= r->state_ < FLAT_FAILED && r->message_bytes_ <= r->message_limit_;
    requires r->state_ == AT_BODY && r->index == r->next_ <= r->frames_limit_ && r->next_ < SIZE_MAX;
    assigns r->diagnosis, r->state_, r->message_bytes_;
    ensures sound(r) && r->state_ \in {AT_BODY, FLAT_FAILED} && (\result != 0 <==> r->state_ == FLAT_FAILED); */
static int length_fails(clipper_flat_reader *r);

/*@ requires \valid(r) && sound(r) && AT_STREAM <= r->state_ <= IN_LENGTH && r->next_ < SIZE_MAX;
    assigns *r;
    ensures r->next_ == \old(r->next_);
    ensures sound(r) && r->state_ != IN_BODY && (\result != 0 <==> r->state_ == FLAT_FAILED); */
static int octet_fails(clipper_flat_reader *r, uint8_t octet);

/*@ // What was taken of the input was at its beginning: its end is where it was.
    predicate moved{L1, L2}(clipper_frame *input) = \at(input->len, L2) <= \at(input->len, L1) &&
        \at((uint8_t *)input->base + input->len, L2) == \at((uint8_t *)input->base + input->len, L1); */

/*@ requires \valid(input) && len <= input->len;
    assigns input->base, input->len;
    ensures input->len == \old(input->len) - len && input->base == \old((uint8_t *)input->base) + len;
    ensures \result.base == \old(input->base) && \result.len == len; */
static clipper_frame take(clipper_frame *input, size_t len);

/*@ requires \valid(r) && sound(r) && r->state_ == IN_BODY && r->next_ < SIZE_MAX;
    requires \valid(input) && \valid(data) && \separated(r, input, data);
    assigns *r, *input, *data;
    ensures sound(r);
    ensures moved{Pre, Post}(input);
    ensures \result \in {CLIPPER_FLAT_STARVED, CLIPPER_FLAT_DATA, CLIPPER_FLAT_END};
    ensures r->state_ == (\result == CLIPPER_FLAT_END ? AT_FLAGS : IN_BODY);
    ensures \result == CLIPPER_FLAT_DATA ==> 1 <= data->len == \old(input->len) - input->len &&
        (uint8_t *)data->base + data->len == input->base;
    ensures \result != CLIPPER_FLAT_DATA ==>
        data->base == \old(data->base) && data->len == \old(data->len) && input->len == \old(input->len);
    ensures r->next_ <= \old(r->next_) + (\result == CLIPPER_FLAT_END ? 1 : 0);
    ensures \old(is_command(r)) ==> r->next_ == \old(r->next_); */
static clipper_flat_event read_body(clipper_flat_reader *r, clipper_frame *input, clipper_frame *data);

/*@ requires \valid(reader) && sound(reader) && reader->next_ < SIZE_MAX;
    requires \valid(input) && bytes_at(*input) && \valid(data) && \separated(reader, input, data);
    requires \separated(reader, (uint8_t *)input->base + (0 .. input->len - 1));
    assigns *reader, *input, *data;
    ensures sound(reader);
    ensures moved{Pre, Post}(input);
    ensures CLIPPER_FLAT_ERROR <= \result <= CLIPPER_FLAT_END;
    ensures \result == CLIPPER_FLAT_ERROR <==> reader->state_ == FLAT_FAILED;
    ensures \result == CLIPPER_FLAT_DATA ==> 1 <= data->len <= \old(input->len) - input->len &&
        (uint8_t *)data->base + data->len == input->base;
    ensures \result != CLIPPER_FLAT_DATA ==> data->base == \null && data->len == 0;
    ensures \result > CLIPPER_FLAT_STARVED ==>
        to_do(reader->state_, input->len) < \old(to_do(reader->state_, input->len));
    ensures reader->next_ <= \old(reader->next_) + (\result == CLIPPER_FLAT_END ? 1 : 0);
    ensures begun(reader->state_) + (\result == CLIPPER_FLAT_END ? 1 : 0) - \old(begun(reader->state_)) <=
        \old(input->len) - input->len; */
clipper_flat_event clipper_flat_read(clipper_flat_reader *reader, clipper_frame *input, clipper_frame *data);

/*@ requires bytes_at(bytes) && bytes.len < SIZE_MAX && (limits != \null ==> \valid_read(limits));
    requires \valid(frames + (0 .. capacity - 1)) && \valid(count) && \valid(used);
    requires diagnosis != \null ==> \valid(diagnosis);
    requires \separated(count, used, diagnosis, frames + (0 .. capacity - 1),
                        (uint8_t *)bytes.base + (0 .. bytes.len - 1));
    assigns frames[0 .. capacity - 1], *count, *used, *diagnosis;
    ensures \result == CLIPPER_OK ==> *count <= capacity;
    ensures \result != CLIPPER_OK && \result != CLIPPER_NO_SPACE ==> *count == 0;
    ensures \result == CLIPPER_OK ? *used <= bytes.len : *used == 0;
    ensures diagnosis != \null ==> diagnosis->error == \result; */
clipper_error clipper_flat_split(clipper_frame bytes, const clipper_limits *limits, clipper_frame *frames,
                                 size_t capacity, size_t *count, size_t *used, clipper_diagnosis *diagnosis);
