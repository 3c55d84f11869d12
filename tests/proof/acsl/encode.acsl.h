/* What the contracts of encode.c speak of, and the contracts. */
#include "wire.acsl.h"

/*@ // The caller's storage, the result and the diagnosis (W may be NULL): no two of them overlap.
    predicate room(clipper_storage *s, clipper_encoded *e, clipper_diagnosis *w) =
        \valid_read(s) && \valid(e) && (w == \null || \valid(w)) &&
        frames_at(s->frames, s->frame_capacity) && \valid(s->frames + (0 .. s->frame_capacity - 1)) &&
        \valid((uint8_t *)s->scratch + (0 .. s->scratch_capacity - 1)) &&
        \separated(s, e, w, s->frames + (0 .. s->frame_capacity - 1),
                   (uint8_t *)s->scratch + (0 .. s->scratch_capacity - 1));
    predicate task_at(task *t) =
        \valid_read(t) && t->wrong != \null && room(t->storage, t->encoded, t->wrong) &&
        \separated(t, t->storage, t->encoded, t->wrong,
                   t->storage->frames + (0 .. t->storage->frame_capacity - 1),
                   (uint8_t *)t->storage->scratch + (0 .. t->storage->scratch_capacity - 1));

    // COUNT frames to be sent after HEAD others: there, and apart from what is written or just where they go.
    predicate sendable(clipper_storage *s, clipper_encoded *e, clipper_diagnosis *w, clipper_frame *f,
                       integer count, integer head) =
        \valid_read(f + (0 .. count - 1)) && \separated(f + (0 .. count - 1), e) &&
        \separated(f + (0 .. count - 1), w) &&
        \separated(f + (0 .. count - 1), (uint8_t *)s->scratch + (0 .. s->scratch_capacity - 1)) &&
        (f == s->frames + head || \separated(f + (0 .. count - 1), s->frames + (0 .. s->frame_capacity - 1)));
    predicate prediction_at(task *t, clipper_prediction *p, integer head) =
        \valid_read(p) && \separated(p, t->encoded, t->wrong,
            t->storage->frames + (0 .. t->storage->frame_capacity - 1),
            (uint8_t *)t->storage->scratch + (0 .. t->storage->scratch_capacity - 1)) &&
        sendable(t->storage, t->encoded, t->wrong, p->items, p->item_count, head);
    predicate feedback_at(task *t, clipper_feedback *f) =
        \valid_read(f) && \separated(f, t->encoded, t->wrong,
            t->storage->frames + (0 .. t->storage->frame_capacity - 1),
            (uint8_t *)t->storage->scratch + (0 .. t->storage->scratch_capacity - 1)) &&
        sendable(t->storage, t->encoded, t->wrong, f->frames, f->frame_count, FEEDBACK_HEAD);
    predicate message_at(clipper_storage *s, clipper_encoded *e, clipper_diagnosis *w, clipper_message *m) =
        \valid_read(m) && \separated(m, e, w, s->frames + (0 .. s->frame_capacity - 1),
                                     (uint8_t *)s->scratch + (0 .. s->scratch_capacity - 1)) &&
        (m->kind == CLIPPER_PREDICTION_REQUEST ==>
            sendable(s, e, w, m->as.request.items, m->as.request.item_count, REQUEST_HEAD)) &&
        (m->kind == CLIPPER_PREDICTION_RESPONSE ==>
            sendable(s, e, w, m->as.response.items, m->as.response.item_count, RESPONSE_HEAD)) &&
        (m->kind == CLIPPER_FEEDBACK_REQUEST ==>
            sendable(s, e, w, m->as.feedback.frames, m->as.feedback.frame_count, FEEDBACK_HEAD));

    // What is told at the end: only success and too little space tell of a need.
    predicate told(clipper_encoded *e, integer error) =
        error != CLIPPER_OK && error != CLIPPER_NO_SPACE ==> e->frames == 0 && e->scratch == 0;
    predicate ended(task *t, integer error) = t->wrong->error == error && told(t->encoded, error);
    // Without space nothing is written to the storage: neither to its frames nor to its scratch.
    predicate frames_kept{Before, After}(clipper_storage *s) =
        kept{Before, After}(\at(s->frames, Before), \at(s->frame_capacity, Before));
    predicate scratch_kept{Before, After}(clipper_storage *s) =
        \forall integer i; 0 <= i < \at(s->scratch_capacity, Before) ==>
            \at(((uint8_t *)\at(s->scratch, Before))[i], After) == \at(((uint8_t *)s->scratch)[i], Before);
    predicate unwritten{Before, After}(clipper_storage *s, integer error) =
        error == CLIPPER_NO_SPACE ==> frames_kept{Before, After}(s) && scratch_kept{Before, After}(s);
    // A task of which nothing is done yet.
    predicate fresh(task *t) =
        task_at(t) && t->wrong->error == CLIPPER_OK && t->encoded->frames == 0 && t->encoded->scratch == 0;

    // Admitted here, proved in tests/proof/bits.smt2.
    axiomatic Bits {
        axiom or_keeps_zeros: \forall uint64_t a, b, mask;
            (a & mask) == 0 && (b & mask) == 0 ==> ((a | b) & mask) == 0;
        axiom or_of_words: \forall uint64_t a, b; 0 <= (a | b) <= UINT64_MAX;
    }

    // The sizes of items are not changed; those of the first COUNT have no bit of MASK.
    logic integer size_at(clipper_frame *items, integer i) = items[i].len;
    predicate same_sizes{Before, After}(clipper_frame *items, integer count) =
        \forall integer i; 0 <= i < count ==> size_at{Before}(items, i) == size_at{After}(items, i);
    predicate all_whole(clipper_frame *items, integer count, integer mask) =
        \forall integer i; 0 <= i < count ==> (size_at(items, i) & mask) == 0;
    // SEEN has only bits that the size of one of the first COUNT items has.
    predicate bits_of(clipper_frame *items, integer count, uint64_t seen) =
        \forall uint64_t mask; all_whole(items, count, mask) ==> (seen & mask) == 0;
*/

/*@ requires \valid(frame);
    assigns *frame;
    ensures frame->base == base && frame->len == len; */
static inline void put(clipper_frame *frame, const void *base, size_t len);

/*@ requires task_at(t) && 1 <= fields <= 4 && fields < head_frames <= 7;
    requires head_frames + item_count <= SIZE_MAX && 4 * fields <= scratch;
    assigns *t->encoded, t->wrong->error, t->storage->frames[0 .. t->storage->frame_capacity - 1];
    ensures \result \in {CLIPPER_OK, CLIPPER_NO_SPACE};
    ensures t->encoded->frames == head_frames + (t->with_items ? item_count : 0);
    ensures t->encoded->scratch == scratch;
    ensures \result == CLIPPER_OK <==> t->encoded->frames <= t->storage->frame_capacity &&
        scratch <= t->storage->scratch_capacity;
    ensures t->wrong->error == (\result == CLIPPER_OK ? \old(t->wrong->error) : CLIPPER_NO_SPACE);
    ensures \result == CLIPPER_NO_SPACE ==> frames_kept{Pre, Post}(t->storage); */
static inline clipper_error begin(const task *t, size_t fields, size_t head_frames, size_t item_count,
                                  size_t scratch);

/*@ assigns \nothing;
    ensures \result != 0 <==> type <= CLIPPER_TYPE_STRINGS; */
static int is_data_type(clipper_data_type type);

/*@ assigns \nothing;
    ensures \result != 0 <==> wire \in {CLIPPER_WIRE_DOCUMENT, CLIPPER_WIRE_RELEASE}; */
static int is_wire(clipper_wire wire);

/*@ requires fresh(t) && fields \in {2, 4} && head_words \in {UNTYPED_WORDS, TYPED_WORDS};
    requires prediction_at(t, p, fields + 3);
    assigns *t->encoded, *t->wrong, t->storage->frames[0 .. t->storage->frame_capacity - 1];
    ensures ended(t, \result);
    ensures \result == CLIPPER_NO_SPACE ==> frames_kept{Pre, Post}(t->storage);
    ensures \result == CLIPPER_OK ==> p->item_count <= (SIZE_MAX - 40) / WORD;
    ensures \result == CLIPPER_OK ==>
        fields + 3 + (t->with_items ? p->item_count : 0) <= t->storage->frame_capacity &&
        4 * fields + WORD * (1 + head_words + p->item_count) <= t->storage->scratch_capacity; */
static inline clipper_error begin_prediction(const task *t, const clipper_prediction *p, size_t fields,
                                             size_t head_words);

/*@ requires \valid(word + (0 .. 7)) && \valid_read(item);
    assigns word[0 .. 7];
    ensures \result == item->len; */
static inline uint64_t put_size(uint8_t *word, const clipper_frame *item);

/*@ requires \valid(word + (0 .. 7)) && \valid_read(item) && \valid(out) && \separated(out, item);
    assigns word[0 .. 7], *out;
    ensures \result == item->len;
    ensures out->base == item->base && out->len == item->len; */
static inline uint64_t put_item(uint8_t *word, const clipper_frame *item, clipper_frame *out);

/*@ requires \valid(words + (0 .. 4 * WORD - 1)) && \valid_read(items + (0 .. 3)) && \valid(out + (0 .. 3));
    requires \separated(words + (0 .. 4 * WORD - 1), items + (0 .. 3)) && \separated(out + (0 .. 3), items + (0 .. 3));
    assigns words[0 .. 4 * WORD - 1], out[0 .. 3];
    ensures \forall uint64_t mask; (items[0].len & mask) == 0 && (items[1].len & mask) == 0 &&
        (items[2].len & mask) == 0 && (items[3].len & mask) == 0 ==> (\result & mask) == 0; */
static inline uint64_t put_four(uint8_t *words, const clipper_frame *items, clipper_frame *out);

/*@ requires \valid(words + (0 .. WORD * count - 1)) && \valid_read(items + (0 .. count - 1));
    requires count <= SIZE_MAX / WORD &&
        \separated(words + (0 .. WORD * count - 1), items + (0 .. count - 1));
    requires out != \null ==> \valid(out + (0 .. count - 1)) &&
        \separated(words + (0 .. WORD * count - 1), out + (0 .. count - 1)) &&
        \separated(out + (0 .. count - 1), items + (0 .. count - 1));
    assigns words[0 .. WORD * count - 1], out[0 .. count - 1];
    ensures same_sizes{Pre, Post}(items, count);
    ensures bits_of(items, count, \result); */
static OUT_OF_LINE uint64_t put_items(uint8_t *words, const clipper_frame *items, size_t count,
                                      clipper_frame *out);

/*@ requires \valid_read(t) && \valid(t->encoded) && \valid(t->wrong);
    requires \separated(t, t->encoded, t->wrong) && t->wrong != \null;
    requires \valid_read(p) && \separated(p, t->encoded, t->wrong);
    requires \valid_read(p->items + (0 .. p->item_count - 1));
    requires \separated(p->items + (0 .. p->item_count - 1), t->encoded);
    requires \separated(p->items + (0 .. p->item_count - 1), t->wrong);
    requires p->item_count <= (SIZE_MAX - 40) / WORD && head_words <= TYPED_WORDS;
    requires !all_whole(p->items, p->item_count, width_of(p->data_type) - 1);
    assigns *t->encoded, *t->wrong;
    ensures \result == t->wrong->error == CLIPPER_ITEM_WIDTH;
    ensures t->encoded->frames == 0 && t->encoded->scratch == 0; */
static OUT_OF_LINE clipper_error find_odd_item(const task *t, const clipper_prediction *p,
                                               size_t metadata_frame, size_t head_words);

/*@ requires task_at(t) && fields \in {2, 4} && head_words \in {UNTYPED_WORDS, TYPED_WORDS};
    requires prediction_at(t, p, fields + 3) && p->item_count <= (SIZE_MAX - 40) / WORD;
    requires fields + 3 + (t->with_items ? p->item_count : 0) <= t->storage->frame_capacity;
    requires 4 * fields + WORD * (1 + head_words + p->item_count) <= t->storage->scratch_capacity;
    requires at == (uint8_t *)t->storage->scratch + 4 * fields && t->wrong->error == CLIPPER_OK;
    assigns *t->encoded, *t->wrong, t->storage->frames[0 .. t->storage->frame_capacity - 1],
        ((uint8_t *)t->storage->scratch)[0 .. t->storage->scratch_capacity - 1];
    ensures ended(t, \result) && \result \in {CLIPPER_OK, CLIPPER_ITEM_WIDTH}; */
static inline clipper_error put_batch(const task *t, const clipper_prediction *p, size_t fields, uint8_t *at,
                                      size_t head_words);

/*@ requires fresh(t) && prediction_at(t, p, REQUEST_HEAD);
    assigns *t->encoded, *t->wrong, t->storage->frames[0 .. t->storage->frame_capacity - 1],
        ((uint8_t *)t->storage->scratch)[0 .. t->storage->scratch_capacity - 1];
    ensures ended(t, \result);
    ensures unwritten{Pre, Post}(t->storage, \result); */
static clipper_error encode_request(const task *t, const clipper_prediction *p);

/*@ requires fresh(t) && prediction_at(t, p, RESPONSE_HEAD);
    assigns *t->encoded, *t->wrong, t->storage->frames[0 .. t->storage->frame_capacity - 1],
        ((uint8_t *)t->storage->scratch)[0 .. t->storage->scratch_capacity - 1];
    ensures ended(t, \result);
    ensures unwritten{Pre, Post}(t->storage, \result); */
static clipper_error encode_response(const task *t, const clipper_prediction *p, clipper_wire wire);

/*@ requires fresh(t) && inbound \in {0, 1};
    assigns *t->encoded, *t->wrong, t->storage->frames[0 .. t->storage->frame_capacity - 1],
        ((uint8_t *)t->storage->scratch)[0 .. t->storage->scratch_capacity - 1];
    ensures ended(t, \result);
    ensures unwritten{Pre, Post}(t->storage, \result); */
static clipper_error encode_heartbeat(const task *t, unsigned type, int inbound);

/*@ requires fresh(t) && \valid_read(c) && \separated(c, t->encoded, t->wrong,
        t->storage->frames + (0 .. t->storage->frame_capacity - 1));
    assigns *t->encoded, *t->wrong, t->storage->frames[0 .. t->storage->frame_capacity - 1],
        ((uint8_t *)t->storage->scratch)[0 .. t->storage->scratch_capacity - 1];
    ensures ended(t, \result);
    ensures unwritten{Pre, Post}(t->storage, \result); */
static clipper_error encode_new_container(const task *t, const clipper_new_container *c, clipper_wire wire);

/*@ requires fresh(t) && feedback_at(t, feedback);
    assigns *t->encoded, *t->wrong, t->storage->frames[0 .. t->storage->frame_capacity - 1],
        ((uint8_t *)t->storage->scratch)[0 .. t->storage->scratch_capacity - 1];
    ensures ended(t, \result);
    ensures unwritten{Pre, Post}(t->storage, \result); */
static clipper_error encode_feedback(const task *t, const clipper_feedback *feedback);

/*@ requires fresh(t) && message_at(t->storage, t->encoded, t->wrong, m);
    assigns *t->encoded, *t->wrong, t->storage->frames[0 .. t->storage->frame_capacity - 1],
        ((uint8_t *)t->storage->scratch)[0 .. t->storage->scratch_capacity - 1];
    ensures ended(t, \result);
    ensures unwritten{Pre, Post}(t->storage, \result); */
static clipper_error encode_message(const task *t, const clipper_message *m, clipper_wire wire);

/*@ requires room(storage, encoded, diagnosis) && message_at(storage, encoded, diagnosis, m);
    assigns *encoded, *diagnosis, storage->frames[0 .. storage->frame_capacity - 1],
        ((uint8_t *)storage->scratch)[0 .. storage->scratch_capacity - 1];
    ensures told(encoded, \result) && (diagnosis != \null ==> diagnosis->error == \result);
    ensures unwritten{Pre, Post}(storage, \result); */
static clipper_error encode(const clipper_message *m, clipper_wire wire, const clipper_storage *storage,
                            int with_items, clipper_encoded *encoded, clipper_diagnosis *diagnosis);

/*@ requires room(storage, encoded, diagnosis) && message_at(storage, encoded, diagnosis, message);
    assigns *encoded, *diagnosis, storage->frames[0 .. storage->frame_capacity - 1],
        ((uint8_t *)storage->scratch)[0 .. storage->scratch_capacity - 1];
    ensures told(encoded, \result) && (diagnosis != \null ==> diagnosis->error == \result);
    ensures unwritten{Pre, Post}(storage, \result); */
clipper_error clipper_encode(const clipper_message *message, clipper_wire wire,
                             const clipper_storage *storage, clipper_encoded *encoded,
                             clipper_diagnosis *diagnosis);

/*@ requires room(storage, encoded, diagnosis) && message_at(storage, encoded, diagnosis, message);
    assigns *encoded, *diagnosis, storage->frames[0 .. storage->frame_capacity - 1],
        ((uint8_t *)storage->scratch)[0 .. storage->scratch_capacity - 1];
    ensures told(encoded, \result) && (diagnosis != \null ==> diagnosis->error == \result);
    ensures unwritten{Pre, Post}(storage, \result); */
clipper_error clipper_encode_head(const clipper_message *message, clipper_wire wire,
                                  const clipper_storage *storage, clipper_encoded *encoded,
                                  clipper_diagnosis *diagnosis);
