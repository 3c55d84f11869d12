/* Encoding: for each kind of message, first what is refused, then the space, then its frames in their order.
 * Invariant: nothing is written before the space is known to be enough.
 *
 * All messages begin alike: the delimiter, then one to four fields of 4 bytes, which lie one behind another
 * in the scratch. */
#include "wire.h"

/* What is encoded, and where it goes. */
typedef struct task {
    const clipper_storage *storage;
    int with_items; /* not 0: item frames are written, too */
    clipper_encoded *encoded;
    clipper_diagnosis *wrong;
} task;

/* ---- Writing ------------------------------------------------------------------------------------------- */

static inline void put(clipper_frame *frame, const void *base, size_t len) {
    frame->base = base;
    frame->len = len;
}

/* Checks the space: HEAD_FRAMES frames, ITEM_COUNT items if they are wanted (together no more than a size_t
 * holds), SCRATCH header bytes. Then writes the delimiter and FIELDS field frames, whose values the caller
 * stores. */
static inline clipper_error begin(const task *t, size_t fields, size_t head_frames, size_t item_count,
                                  size_t scratch) {
    clipper_frame *frame = t->storage->frames;
    uint8_t *at = (uint8_t *)t->storage->scratch;
    t->encoded->frames = head_frames + (t->with_items ? item_count : 0);
    t->encoded->scratch = scratch;
    if (t->encoded->frames > t->storage->frame_capacity || scratch > t->storage->scratch_capacity)
        return t->wrong->error = CLIPPER_NO_SPACE;
    put(frame, at, 0);
    /*@ loop invariant 0 <= fields <= \at(fields, Pre);
        loop invariant frame == \at(frame, LoopEntry) + (\at(fields, Pre) - fields);
        loop invariant at == \at(at, LoopEntry) + 4 * (\at(fields, Pre) - fields);
        loop assigns fields, frame, at, \at(frame, LoopEntry)[1 .. \at(fields, Pre)];
        loop variant fields; */
    for (; fields > 0; fields--, at += 4)
        put(++frame, at, 4);
    return CLIPPER_OK;
}

/* ---- Predictions --------------------------------------------------------------------------------------- */

static int is_data_type(clipper_data_type type) {
    return (unsigned)type <= CLIPPER_TYPE_STRINGS;
}

static int is_wire(clipper_wire wire) {
    return wire == CLIPPER_WIRE_DOCUMENT || wire == CLIPPER_WIRE_RELEASE;
}

/* As begin, where metadata with HEAD_WORDS words before the sizes follows the fields. Items whose type the
 * wire has no place for are strings. */
static inline clipper_error begin_prediction(const task *t, const clipper_prediction *p, size_t fields,
                                             size_t head_words) {
    size_t head_frames = fields + 3;
    int fits = head_words == TYPED_WORDS
                   ? is_data_type(p->data_type)
                   : p->data_type == CLIPPER_TYPE_STRINGS || p->data_type == CLIPPER_TYPE_UNSTATED;
    if (!fits)
        return clipper_diagnose_(t->wrong, CLIPPER_UNKNOWN_DATA_TYPE, CLIPPER_FIELD_DATA_TYPE,
                                 head_frames - 1, CLIPPER_TYPE_STRINGS, (unsigned)p->data_type);
    if (p->item_count > (SIZE_MAX - CLIPPER_SCRATCH_MAX(0)) / WORD)
        return clipper_diagnose_(t->wrong, CLIPPER_METADATA_SIZE, CLIPPER_FIELD_ITEM_COUNT, head_frames - 1,
                                 WORD, p->item_count);
    return begin(t, fields, head_frames, p->item_count, 4 * fields + WORD * (1 + head_words + p->item_count));
}

/* One size as a word. Returns it. */
static inline uint64_t put_size(uint8_t *word, const clipper_frame *item) {
    uint64_t size = item->len;
    clipper_store_u64(word, size);
    return size;
}

/* One size as a word, and one frame. Returns the size. */
static inline uint64_t put_item(uint8_t *word, const clipper_frame *item, clipper_frame *out) {
    *out = *item;
    return put_size(word, item);
}

/* The same for four items. Returns their sizes OR-ed together. */
static inline uint64_t put_four(uint8_t *words, const clipper_frame *items, clipper_frame *out) {
    uint64_t first = put_item(words, items, out);
    uint64_t second = put_item(words + WORD, items + 1, out + 1);
    uint64_t third = put_item(words + 2 * WORD, items + 2, out + 2);
    uint64_t fourth = put_item(words + 3 * WORD, items + 3, out + 3);
    //@ assert first == \at(items[0].len, Pre) && second == \at(items[1].len, Pre);
    //@ assert third == \at(items[2].len, Pre) && fourth == \at(items[3].len, Pre);
    return first | second | third | fourth;
}

/* Writes the sizes of COUNT items as words, and their frames to OUT unless that is NULL. Returns all sizes
 * OR-ed together, for one check of their width. */
static OUT_OF_LINE uint64_t put_items(uint8_t *words, const clipper_frame *items, size_t count,
                                      clipper_frame *out) {
    size_t singles = out ? count % 4 : count, fours = out ? count / 4 : 0;
    uint64_t seen = 0;
    /*@ loop invariant 0 <= singles <= \at(singles, LoopEntry);
        loop invariant items == \at(items, Pre) + (\at(singles, LoopEntry) - singles);
        loop invariant words == \at(words, Pre) + WORD * (\at(singles, LoopEntry) - singles);
        loop invariant \at(out, Pre) == \null ==> out == \null;
        loop invariant \at(out, Pre) != \null ==> out == \at(out, Pre) + (\at(singles, LoopEntry) - singles);
        loop invariant same_sizes{Pre, Here}(\at(items, Pre), count);
        loop invariant bits_of{Pre}(\at(items, Pre), \at(singles, LoopEntry) - singles, seen);
        loop assigns singles, items, words, out, seen, \at(words, Pre)[0 .. WORD * count - 1],
            \at(out, Pre)[0 .. count - 1];
        loop variant singles; */
    for (; singles > 0; singles--, items++, words += WORD) {
        //@ assert items->len == size_at{Pre}(\at(items, Pre), \at(singles, LoopEntry) - singles);
        seen |= put_size(words, items);
        if (out)
            *out++ = *items;
    }
    /*@ loop invariant 0 <= fours <= \at(fours, LoopEntry);
        loop invariant \at(out, Pre) == \null ==> fours == 0;
        loop invariant items == \at(items, Pre) + (count - 4 * fours);
        loop invariant words == \at(words, Pre) + WORD * (count - 4 * fours);
        loop invariant \at(out, Pre) != \null ==> out == \at(out, Pre) + (count - 4 * fours);
        loop invariant same_sizes{Pre, Here}(\at(items, Pre), count);
        loop invariant bits_of{Pre}(\at(items, Pre), count - 4 * fours, seen);
        loop assigns fours, items, words, out, seen, \at(words, Pre)[0 .. WORD * count - 1],
            \at(out, Pre)[0 .. count - 1];
        loop variant fours; */
    for (; fours > 0; fours--, items += 4, out += 4, words += 4 * WORD) {
        /*@ assert \forall integer i; 0 <= i < 4 ==>
                items[i].len == size_at{Pre}(\at(items, Pre), count - 4 * fours + i); */
        seen |= put_four(words, items, out);
    }
    return seen;
}

/* Reports the first item that is not whole elements; there is one. */
static OUT_OF_LINE clipper_error find_odd_item(const task *t, const clipper_prediction *p,
                                               size_t metadata_frame, size_t head_words) {
    size_t width = clipper_data_width(p->data_type), i = 0;
    /*@ loop invariant 0 <= i < p->item_count;
        loop invariant all_whole(p->items, i, width_of(p->data_type) - 1);
        loop assigns i;
        loop variant p->item_count - i; */
    while ((p->items[i].len & (width - 1)) == 0)
        i++;
    memset(t->encoded, 0, sizeof *t->encoded);
    (void)clipper_diagnose_(t->wrong, CLIPPER_ITEM_WIDTH, CLIPPER_FIELD_ITEM_SIZE, metadata_frame, width,
                            p->items[i].len);
    t->wrong->item = i;
    t->wrong->offset = WORD * (head_words + i);
    return CLIPPER_ITEM_WIDTH;
}

/* The metadata's length, the metadata, and the items, after FIELDS fields; the length goes to AT. */
static inline clipper_error put_batch(const task *t, const clipper_prediction *p, size_t fields, uint8_t *at,
                                      size_t head_words) {
    clipper_frame *frame = t->storage->frames + fields + 1;
    size_t length = WORD * (head_words + p->item_count);
    int copies = t->with_items && p->item_count != 0 && p->items != frame + 2;
    uint8_t *words = at + WORD;
    clipper_store_u64(at, length);
    put(frame, at, WORD);
    put(frame + 1, words, length);
    if (head_words == TYPED_WORDS)
        clipper_store_u64(words, (uint64_t)p->data_type);
    words += WORD * head_words;
    clipper_store_u64(words - WORD, p->item_count);
    if ((put_items(words, p->items, p->item_count, copies ? frame + 2 : NULL) &
         (clipper_data_width(p->data_type) - 1)) == 0)
        return CLIPPER_OK;
    return find_odd_item(t, p, fields + 2, head_words);
}

static clipper_error encode_request(const task *t, const clipper_prediction *p) {
    uint8_t *s = (uint8_t *)t->storage->scratch;
    clipper_error error = begin_prediction(t, p, 4, TYPED_WORDS);
    if (error != CLIPPER_OK)
        return error;
    clipper_store_u32(s, CLIPPER_RPC_VERSION);
    clipper_store_u32(s + 4, WIRE_CONTENT);
    clipper_store_u32(s + 8, p->id);
    clipper_store_u32(s + 12, WIRE_PREDICTION);
    return put_batch(t, p, 4, s + 16, TYPED_WORDS);
}

static clipper_error encode_response(const task *t, const clipper_prediction *p, clipper_wire wire) {
    size_t head_words = wire == CLIPPER_WIRE_DOCUMENT ? TYPED_WORDS : UNTYPED_WORDS;
    uint8_t *s = (uint8_t *)t->storage->scratch;
    clipper_error error;
    if (!is_wire(wire))
        return clipper_diagnose_(t->wrong, CLIPPER_BAD_WIRE, CLIPPER_FIELD_METADATA, RESPONSE_HEAD - 1, 0, 0);
    error = begin_prediction(t, p, 2, head_words);
    if (error != CLIPPER_OK)
        return error;
    clipper_store_u32(s, WIRE_CONTENT);
    clipper_store_u32(s + 4, p->id);
    return put_batch(t, p, 2, s + 8, head_words);
}

/* ---- The other messages -------------------------------------------------------------------------------- */

static clipper_error encode_heartbeat(const task *t, unsigned type, int inbound) {
    size_t fields = inbound ? 3 : 1;
    uint8_t *s = (uint8_t *)t->storage->scratch;
    if (inbound && type > CLIPPER_SEND_METADATA)
        return clipper_diagnose_(t->wrong, CLIPPER_UNKNOWN_HEARTBEAT_TYPE, CLIPPER_FIELD_HEARTBEAT_TYPE, 3,
                                 CLIPPER_SEND_METADATA, type);
    if (begin(t, fields, 1 + fields, 0, 4 * fields) != CLIPPER_OK)
        return CLIPPER_NO_SPACE;
    if (inbound) {
        clipper_store_u32(s, CLIPPER_RPC_VERSION);
        clipper_store_u32(s + 8, type);
        s += 4;
    }
    clipper_store_u32(s, WIRE_HEARTBEAT);
    return CLIPPER_OK;
}

/* On the release wire it has a version frame. */
static clipper_error encode_new_container(const task *t, const clipper_new_container *c, clipper_wire wire) {
    size_t versions = wire == CLIPPER_WIRE_RELEASE;
    clipper_frame *f = t->storage->frames;
    uint8_t *s = (uint8_t *)t->storage->scratch;
    if (!is_wire(wire))
        return clipper_diagnose_(t->wrong, CLIPPER_BAD_WIRE, CLIPPER_FIELD_RPC_VERSION, 5, 0, 0);
    if (!is_data_type(c->input_type))
        return clipper_diagnose_(t->wrong, CLIPPER_BAD_INPUT_TYPE, CLIPPER_FIELD_INPUT_TYPE, 4, 0, 0);
    if (begin(t, 1, 5 + versions, 0, 5 + 4 * versions) != CLIPPER_OK)
        return CLIPPER_NO_SPACE;
    clipper_store_u32(s, WIRE_NEW_CONTAINER);
    f[2] = c->name;
    f[3] = c->model_version;
    s[4] = (uint8_t)('0' + c->input_type);
    put(f + 4, s + 4, 1);
    if (versions) {
        clipper_store_u32(s + 5, CLIPPER_RPC_VERSION);
        put(f + 5, s + 5, 4);
    }
    return CLIPPER_OK;
}

static clipper_error encode_feedback(const task *t, const clipper_feedback *feedback) {
    uint8_t *s = (uint8_t *)t->storage->scratch;
    clipper_frame *items;
    if (feedback->frame_count > SIZE_MAX - FEEDBACK_HEAD)
        return clipper_diagnose_(t->wrong, CLIPPER_TOO_MANY_FRAMES, CLIPPER_FIELD_FEEDBACK, FEEDBACK_HEAD,
                                 SIZE_MAX - FEEDBACK_HEAD, feedback->frame_count);
    if (begin(t, 4, FEEDBACK_HEAD, feedback->frame_count, 16) != CLIPPER_OK)
        return CLIPPER_NO_SPACE;
    clipper_store_u32(s, CLIPPER_RPC_VERSION);
    clipper_store_u32(s + 4, WIRE_CONTENT);
    clipper_store_u32(s + 8, feedback->id);
    clipper_store_u32(s + 12, WIRE_FEEDBACK);
    items = t->storage->frames + FEEDBACK_HEAD;
    if (t->with_items && feedback->frame_count != 0 && feedback->frames != items)
        memcpy(items, feedback->frames, feedback->frame_count * sizeof *items);
    return CLIPPER_OK;
}

/* ---- Any message --------------------------------------------------------------------------------------- */

static clipper_error encode_message(const task *t, const clipper_message *m, clipper_wire wire) {
    int inbound = m->direction == CLIPPER_TO_CONTAINER;
    if (m->rpc_version != 0 && m->rpc_version != CLIPPER_RPC_VERSION)
        return clipper_diagnose_(t->wrong, CLIPPER_VERSION_MISMATCH,
                                 inbound ? CLIPPER_FIELD_VERSION : CLIPPER_FIELD_RPC_VERSION, inbound ? 1 : 5,
                                 CLIPPER_RPC_VERSION, m->rpc_version);
    if (m->kind == CLIPPER_PREDICTION_REQUEST && inbound)
        return encode_request(t, &m->as.request);
    if (m->kind == CLIPPER_PREDICTION_RESPONSE && !inbound)
        return encode_response(t, &m->as.response, wire);
    if (m->kind == CLIPPER_HEARTBEAT)
        return encode_heartbeat(t, (unsigned)m->as.heartbeat.type, inbound);
    if (m->kind == CLIPPER_NEW_CONTAINER && !inbound)
        return encode_new_container(t, &m->as.new_container, wire);
    if (m->kind == CLIPPER_FEEDBACK_REQUEST && inbound)
        return encode_feedback(t, &m->as.feedback);
    return clipper_diagnose_(t->wrong, CLIPPER_BAD_MESSAGE, CLIPPER_FIELD_MESSAGE_TYPE, 0, 0, 0);
}

static clipper_error encode(const clipper_message *m, clipper_wire wire, const clipper_storage *storage,
                            int with_items, clipper_encoded *encoded, clipper_diagnosis *diagnosis) {
    clipper_diagnosis unwanted;
    task t;
    t.storage = storage;
    t.with_items = with_items;
    t.encoded = encoded;
    t.wrong = diagnosis ? diagnosis : &unwanted;
    clear_diagnosis(t.wrong);
    memset(encoded, 0, sizeof *encoded);
    //@ assert frames_kept{Pre, Here}(storage) && scratch_kept{Pre, Here}(storage);
    return encode_message(&t, m, wire);
}

clipper_error clipper_encode(const clipper_message *message, clipper_wire wire,
                             const clipper_storage *storage, clipper_encoded *encoded,
                             clipper_diagnosis *diagnosis) {
    return encode(message, wire, storage, 1, encoded, diagnosis);
}

clipper_error clipper_encode_head(const clipper_message *message, clipper_wire wire,
                                  const clipper_storage *storage, clipper_encoded *encoded,
                                  clipper_diagnosis *diagnosis) {
    return encode(message, wire, storage, 0, encoded, diagnosis);
}
