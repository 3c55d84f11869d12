/* Encoding: the shape of the message first (what frames, how many bytes), then the space, then the bytes.
 * Nothing is written before the space is known to do. */
#include "internal.h"

/* What an encoding is made of. */
typedef struct shape {
    size_t head_frames;         /* frames before the items */
    size_t fixed_scratch;       /* bytes of header fields, without the words of the metadata */
    size_t metadata_words;      /* 0 where the message has no metadata */
    const clipper_frame *items; /* or feedback frames */
    size_t item_count;
    int with_items; /* not 0: they are written too */
} shape;

/* Where the next frame and the next header bytes go. */
typedef struct cursor {
    clipper_frame *frame;
    uint8_t *scratch;
} cursor;

/* ---- Writing ------------------------------------------------------------------------------------------- */

static inline void store_u32(uint8_t *out, uint32_t value) {
#if CLIPPER_LITTLE_ENDIAN_HOST
    CLIPPER_COPY_(out, &value, sizeof value);
#else
    size_t i;
    for (i = 0; i < sizeof value; i++)
        out[i] = (uint8_t)(value >> (8 * i));
#endif
}

static inline void store_u64(uint8_t *out, uint64_t value) {
#if CLIPPER_LITTLE_ENDIAN_HOST
    CLIPPER_COPY_(out, &value, sizeof value);
#else
    store_u32(out, (uint32_t)value);
    store_u32(out + 4, (uint32_t)(value >> 32));
#endif
}

static void put(cursor *c, const void *base, size_t len) {
    c->frame->base = base;
    c->frame->len = len;
    c->frame++;
}

static void put_u32(cursor *c, uint32_t value) {
    store_u32(c->scratch, value);
    put(c, c->scratch, 4);
    c->scratch += 4;
}

static void put_u64(cursor *c, uint64_t value) {
    store_u64(c->scratch, value);
    put(c, c->scratch, 8);
    c->scratch += 8;
}

/* One size, and one frame unless OUT is NULL. */
static inline void put_item(uint8_t *word, const clipper_frame *item, clipper_frame *out) {
    store_u64(word, item->len);
    if (out)
        *out = *item;
}

/* Writes the sizes of COUNT items as words, and the items' frames to OUT unless that is NULL or where they
 * are. Returns all sizes OR-ed together, for one judgement of their width. */
static uint64_t write_items(uint8_t *words, const clipper_frame *items, size_t count, clipper_frame *out) {
    uint64_t seen = 0;
    if (out)
        for (; count >= 4; count -= 4, items += 4, out += 4, words += 4 * WORD) {
            put_item(words, items, out);
            put_item(words + WORD, items + 1, out + 1);
            put_item(words + 2 * WORD, items + 2, out + 2);
            put_item(words + 3 * WORD, items + 3, out + 3);
            seen |= items[0].len | items[1].len | items[2].len | items[3].len;
        }
    for (; count > 0; count--, items++, words += WORD) {
        put_item(words, items, out ? out++ : NULL);
        seen |= items->len;
    }
    return seen;
}

/* The metadata's length, the metadata, and the items. Returns the items' sizes OR-ed. */
static uint64_t put_metadata(cursor *c, const shape *s, clipper_data_type type) {
    size_t head = s->metadata_words - s->item_count;
    uint8_t *words;
    put_u64(c, WORD * (uint64_t)s->metadata_words);
    words = c->scratch;
    if (head == TYPED_WORDS)
        store_u64(words, (uint64_t)type);
    store_u64(words + WORD * (head - 1), s->item_count);
    put(c, words, WORD * s->metadata_words);
    return write_items(words + WORD * head, s->items, s->item_count,
                       s->with_items && s->items != c->frame ? c->frame : NULL);
}

/* Writes the frames of a message that shape_of found right. Returns the sizes of its items OR-ed. */
static uint64_t write_frames(const clipper_message *m, const shape *s, cursor *c) {
    put(c, c->scratch, 0);
    if (m->direction == CLIPPER_TO_CONTAINER)
        put_u32(c, CLIPPER_RPC_VERSION);
    switch (m->kind) {
    case CLIPPER_HEARTBEAT:
        put_u32(c, WIRE_HEARTBEAT);
        if (m->direction == CLIPPER_TO_CONTAINER)
            put_u32(c, (uint32_t)m->as.heartbeat.type);
        return 0;
    case CLIPPER_NEW_CONTAINER:
        put_u32(c, WIRE_NEW_CONTAINER);
        put(c, m->as.new_container.name.base, m->as.new_container.name.len);
        put(c, m->as.new_container.model_version.base, m->as.new_container.model_version.len);
        *c->scratch = (uint8_t)('0' + m->as.new_container.input_type);
        put(c, c->scratch++, 1);
        if (s->head_frames == 6)
            put_u32(c, CLIPPER_RPC_VERSION);
        return 0;
    case CLIPPER_PREDICTION_REQUEST:
        put_u32(c, WIRE_CONTENT);
        put_u32(c, m->as.request.id);
        put_u32(c, WIRE_PREDICTION);
        return put_metadata(c, s, m->as.request.data_type);
    case CLIPPER_PREDICTION_RESPONSE:
        put_u32(c, WIRE_CONTENT);
        put_u32(c, m->as.response.id);
        return put_metadata(c, s, m->as.response.data_type);
    default: /* CLIPPER_FEEDBACK_REQUEST */
        put_u32(c, WIRE_CONTENT);
        put_u32(c, m->as.feedback.id);
        put_u32(c, WIRE_FEEDBACK);
        if (s->with_items && s->item_count != 0 && s->items != c->frame)
            memcpy(c->frame, s->items, s->item_count * sizeof *s->items);
        return 0;
    }
}

/* ---- The shape ----------------------------------------------------------------------------------------- */

static int is_data_type(clipper_data_type type) {
    return (unsigned)type <= CLIPPER_TYPE_STRINGS;
}

/* One of the two wires, for the messages that differ between them. */
static int is_wire(clipper_wire wire) {
    return wire == CLIPPER_WIRE_DOCUMENT || wire == CLIPPER_WIRE_RELEASE;
}

static clipper_error shape_of_heartbeat(const clipper_message *m, shape *s, clipper_diagnosis *wrong) {
    int inbound = m->direction == CLIPPER_TO_CONTAINER;
    unsigned type = (unsigned)m->as.heartbeat.type;
    if (inbound && type > CLIPPER_SEND_METADATA)
        return clipper_diagnose_(wrong, CLIPPER_UNKNOWN_HEARTBEAT_TYPE, CLIPPER_FIELD_HEARTBEAT_TYPE, 3,
                                 CLIPPER_SEND_METADATA, type);
    s->head_frames = inbound ? 4 : 2;
    s->fixed_scratch = inbound ? 12 : 4;
    return CLIPPER_OK;
}

static clipper_error shape_of_new_container(const clipper_message *m, clipper_wire wire, shape *s,
                                            clipper_diagnosis *wrong) {
    if (!is_wire(wire))
        return clipper_diagnose_(wrong, CLIPPER_BAD_WIRE, CLIPPER_FIELD_RPC_VERSION, 5, 0, 0);
    if (!is_data_type(m->as.new_container.input_type))
        return clipper_diagnose_(wrong, CLIPPER_BAD_INPUT_TYPE, CLIPPER_FIELD_INPUT_TYPE, 4, 0, 0);
    s->head_frames = wire == CLIPPER_WIRE_RELEASE ? 6 : 5;
    s->fixed_scratch = wire == CLIPPER_WIRE_RELEASE ? 9 : 5;
    return CLIPPER_OK;
}

/* METADATA_FRAME is the index of the metadata; TYPED tells whether it begins with the data type. */
static clipper_error shape_of_prediction(const clipper_prediction *p, size_t metadata_frame, int typed,
                                         shape *s, clipper_diagnosis *wrong) {
    size_t head = typed ? TYPED_WORDS : UNTYPED_WORDS;
    int fits = typed ? is_data_type(p->data_type)
                     : p->data_type == CLIPPER_TYPE_STRINGS || p->data_type == CLIPPER_TYPE_UNSTATED;
    if (!fits)
        return clipper_diagnose_(wrong, CLIPPER_UNKNOWN_DATA_TYPE, CLIPPER_FIELD_DATA_TYPE, metadata_frame,
                                 CLIPPER_TYPE_STRINGS, (unsigned)p->data_type);
    if (p->item_count > (SIZE_MAX - CLIPPER_SCRATCH_MAX(0)) / WORD)
        return clipper_diagnose_(wrong, CLIPPER_METADATA_SIZE, CLIPPER_FIELD_ITEM_COUNT, metadata_frame, WORD,
                                 p->item_count);
    s->head_frames = metadata_frame + 1;
    s->fixed_scratch = metadata_frame == REQUEST_HEAD - 1 ? 24 : 16;
    s->metadata_words = head + p->item_count;
    s->items = p->items;
    s->item_count = p->item_count;
    return CLIPPER_OK;
}

/* Fills S, or says in WRONG why MESSAGE cannot be encoded. */
static clipper_error shape_of(const clipper_message *m, clipper_wire wire, shape *s,
                              clipper_diagnosis *wrong) {
    int inbound = m->direction == CLIPPER_TO_CONTAINER;
    memset(s, 0, sizeof *s);
    if (m->rpc_version != 0 && m->rpc_version != CLIPPER_RPC_VERSION)
        return clipper_diagnose_(wrong, CLIPPER_VERSION_MISMATCH,
                                 inbound ? CLIPPER_FIELD_VERSION : CLIPPER_FIELD_RPC_VERSION, inbound ? 1 : 5,
                                 CLIPPER_RPC_VERSION, m->rpc_version);
    if (m->kind == CLIPPER_HEARTBEAT)
        return shape_of_heartbeat(m, s, wrong);
    if (m->kind == CLIPPER_NEW_CONTAINER && !inbound)
        return shape_of_new_container(m, wire, s, wrong);
    if (m->kind == CLIPPER_PREDICTION_REQUEST && inbound)
        return shape_of_prediction(&m->as.request, REQUEST_HEAD - 1, 1, s, wrong);
    if (m->kind == CLIPPER_PREDICTION_RESPONSE && !inbound) {
        if (!is_wire(wire))
            return clipper_diagnose_(wrong, CLIPPER_BAD_WIRE, CLIPPER_FIELD_METADATA, RESPONSE_HEAD - 1, 0,
                                     0);
        return shape_of_prediction(&m->as.response, RESPONSE_HEAD - 1, wire == CLIPPER_WIRE_DOCUMENT, s,
                                   wrong);
    }
    if (m->kind == CLIPPER_FEEDBACK_REQUEST && inbound) {
        if (m->as.feedback.frame_count > SIZE_MAX - FEEDBACK_HEAD)
            return clipper_diagnose_(wrong, CLIPPER_TOO_MANY_FRAMES, CLIPPER_FIELD_FEEDBACK, FEEDBACK_HEAD,
                                     SIZE_MAX - FEEDBACK_HEAD, m->as.feedback.frame_count);
        s->head_frames = FEEDBACK_HEAD;
        s->fixed_scratch = 16;
        s->items = m->as.feedback.frames;
        s->item_count = m->as.feedback.frame_count;
        return CLIPPER_OK;
    }
    return clipper_diagnose_(wrong, CLIPPER_BAD_MESSAGE, CLIPPER_FIELD_MESSAGE_TYPE, 0, 0, 0);
}

/* ---- The two doors ------------------------------------------------------------------------------------- */

/* Which item is not whole elements: asked only when it is known that one is not. */
static void find_odd_item(const shape *s, size_t width, clipper_diagnosis *wrong) {
    size_t i = 0;
    while ((s->items[i].len & (width - 1)) == 0)
        i++;
    (void)clipper_diagnose_(wrong, CLIPPER_ITEM_WIDTH, CLIPPER_FIELD_ITEM_SIZE, s->head_frames - 1, width,
                            s->items[i].len);
    wrong->item = i;
    wrong->offset = WORD * (s->metadata_words - s->item_count + i);
}

/* The width that items must be a multiple of. */
static size_t item_width(const clipper_message *m) {
    return m->kind == CLIPPER_PREDICTION_REQUEST || m->kind == CLIPPER_PREDICTION_RESPONSE
               ? clipper_data_width(m->as.request.data_type)
               : 1;
}

/* Writes what shape_of found right, into storage that is large enough. Returns 0, with WRONG filled, when an
 * item turns out not to be whole elements. */
static int write_message(const clipper_message *m, const shape *s, const clipper_storage *storage,
                         clipper_diagnosis *wrong) {
    size_t width = item_width(m);
    cursor c;
    c.frame = storage->frames;
    c.scratch = (uint8_t *)storage->scratch;
    if ((write_frames(m, s, &c) & (width - 1)) == 0)
        return 1;
    find_odd_item(s, width, wrong);
    return 0;
}

static clipper_error encode(const clipper_message *m, clipper_wire wire, const clipper_storage *storage,
                            int with_items, clipper_encoded *encoded, clipper_diagnosis *diagnosis) {
    shape s;
    clipper_diagnosis wrong;
    memset(&wrong, 0, sizeof wrong);
    memset(encoded, 0, sizeof *encoded);
    if (shape_of(m, wire, &s, &wrong) == CLIPPER_OK) {
        s.with_items = with_items;
        encoded->frames = s.head_frames + (with_items ? s.item_count : 0);
        encoded->scratch = s.fixed_scratch + WORD * s.metadata_words;
        if (encoded->frames > storage->frame_capacity || encoded->scratch > storage->scratch_capacity)
            wrong.error = CLIPPER_NO_SPACE;
        else if (!write_message(m, &s, storage, &wrong))
            memset(encoded, 0, sizeof *encoded);
    }
    if (diagnosis)
        *diagnosis = wrong;
    return wrong.error;
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
