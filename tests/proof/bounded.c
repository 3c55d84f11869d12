/* What EVA runs the codec on: messages of up to FRAMES_MAX frames with any bytes in them, short streams, batches of up
 * to ITEMS_MAX items. Every frame and every buffer that is exactly as long as it says ends with its memory, so that one
 * byte too many is an alarm; items lead nowhere, so that reading any of their bytes is one. Each function without
 * parameters is an entry point of its own. */
#include "clipper/codec.h"
#include "clipper/flat.h"
#include <__fc_builtin.h>

enum {
    FRAMES_MAX = 10, /* in a message that is decoded */
    FRAME_MAX = 40,  /* bytes in a frame */
    ITEMS_MAX = 6    /* in a message that is encoded */
};

/* ---- Decoding ------------------------------------------------------------------------------------------ */

static uint8_t memory[FRAMES_MAX][FRAME_MAX];
static uint32_t type_least, type_most; /* frame 1, if it has 4 bytes, is between them */

/* Frame INDEX: LEN bytes that may be anything, at the end of their memory. */
static clipper_frame bytes(size_t index, size_t len) {
    clipper_frame frame;
    uint32_t type;
    Frama_C_make_unknown((char *)memory[index], FRAME_MAX);
    if (index == 1 && len == sizeof type) {
        type = Frama_C_unsigned_int_interval(type_least, type_most);
        memcpy(memory[1] + (FRAME_MAX - len), &type, len);
    }
    frame.base = memory[index] + (FRAME_MAX - len);
    frame.len = len;
    return frame;
}

static clipper_frame item(void) {
    clipper_frame frame;
    frame.base = NULL;
    frame.len = Frama_C_size_t_interval(0, SIZE_MAX);
    return frame;
}

static clipper_options any_options(void) {
    clipper_options options = clipper_default_options();
    options.era = (clipper_era)Frama_C_unsigned_int_interval(0, UINT32_MAX);
    options.strict = Frama_C_interval(0, 1);
    options.limits.items = Frama_C_unsigned_long_interval(0, UINT64_MAX);
    options.limits.item_bytes = Frama_C_unsigned_long_interval(0, UINT64_MAX);
    options.limits.total_bytes = Frama_C_unsigned_long_interval(0, UINT64_MAX);
    options.limits.text_bytes = Frama_C_unsigned_long_interval(0, UINT64_MAX);
    return options;
}

/* Success is complete, with items that are the end of the caller's frames; failure leaves nothing behind. */
static void check(clipper_error error, const clipper_message *m, const clipper_diagnosis *d,
                  const clipper_frame *frames, size_t count) {
    if (error != CLIPPER_OK) {
        //@ assert m->kind == CLIPPER_NO_MESSAGE && m->as.request.items == \null && m->as.request.item_count == 0;
        //@ assert d->error != CLIPPER_OK;
        return;
    }
    //@ assert m->kind != CLIPPER_NO_MESSAGE && d->error == CLIPPER_OK;
    if (m->kind == CLIPPER_PREDICTION_REQUEST) {
        //@ assert m->as.request.items == frames + 7 && m->as.request.item_count == count - 7;
    } else if (m->kind == CLIPPER_PREDICTION_RESPONSE) {
        //@ assert m->as.response.items == frames + 5 && m->as.response.item_count == count - 5;
        //@ assert m->wire != CLIPPER_WIRE_ANY;
    } else if (m->kind == CLIPPER_FEEDBACK_REQUEST) {
        //@ assert m->as.feedback.frames == frames + 5 && m->as.feedback.frame_count == count - 5;
    }
}

/* The message both ways: as a whole, and frame by frame. */
static void decode(clipper_direction direction, const clipper_frame *frames, size_t count) {
    clipper_options options = any_options();
    clipper_message message;
    clipper_diagnosis diagnosis;
    clipper_decoder decoder;
    clipper_event event = CLIPPER_EVENT_MORE;
    size_t i;
    clipper_error error = clipper_decode(direction, frames, count, &options, &message, &diagnosis);
    check(error, &message, &diagnosis, frames, count);
    //@ slevel merge;
    clipper_decoder_init(&decoder, direction, &options);
    for (i = 0; i < count && event != CLIPPER_EVENT_ERROR; i++) {
        event = clipper_decoder_push(&decoder, frames[i], i + 1 < count);
        if (event >= CLIPPER_EVENT_HEADER) {
            (void)clipper_decoder_item_size(&decoder, Frama_C_size_t_interval(0, SIZE_MAX));
        }
    }
}

/* A message of COUNT frames whose first RIGHT frames are as long as LENS says, whose next has LEN bytes, and whose
 * others are as items are. */
static void decode_shape(clipper_direction direction, const size_t *lens, size_t right, size_t len,
                         size_t count) {
    clipper_frame frames[FRAMES_MAX];
    size_t i;
    for (i = 0; i < count; i++)
        frames[i] = i < right ? bytes(i, lens[i]) : i == right ? bytes(i, len) : item();
    decode(direction, frames, count);
}

/* Every message of up to FRAMES_MAX frames, by the first of its HEADS frames that is not as long as LENS says; the
 * last of them may have any length. */
static void decode_shapes(clipper_direction direction, const size_t *lens, size_t heads) {
    size_t right, len, count;
    for (right = 0; right < heads; right++)
        for (len = 0; len <= FRAME_MAX; len++)
            if (right + 1 == heads || (len != lens[right] && len <= 9))
                for (count = right; count <= FRAMES_MAX; count++) {
                    decode_shape(direction, lens, right, len, count);
                    //@ slevel merge;
                }
}

/* Predictions, feedback and heartbeats: the bytes of the first frames decide which. */
void request(void) {
    const size_t lens[] = {0, 4, 4, 4, 4, 8, 0};
    type_most = UINT32_MAX;
    decode_shapes(CLIPPER_TO_CONTAINER, lens, 7);
}

void response(void) {
    const size_t lens[] = {0, 4, 4, 8, 0};
    type_least = 1;
    type_most = UINT32_MAX;
    decode_shapes(CLIPPER_TO_CLIPPER, lens, 5);
}

/* Name and model version may be of any length, the input type of one byte or more. */
void new_container(void) {
    clipper_frame frames[FRAMES_MAX];
    size_t type, version, count;
    for (type = 0; type <= 3; type++)
        for (version = 0; version <= 9; version++)
            for (count = 2; count <= 7; count++) {
                frames[0] = bytes(0, 0);
                frames[1] = bytes(1, 4);
                frames[2] = frames[3] = frames[6] = item();
                frames[4] = bytes(4, type);
                frames[5] = bytes(5, version);
                decode(CLIPPER_TO_CLIPPER, frames, count);
                //@ slevel merge;
            }
}

/* ---- Diagnoses ------------------------------------------------------------------------------------------ */

/* Every diagnosis that there can be, into buffers of some sizes. */
void text(void) {
    static char buffer[CLIPPER_DIAGNOSIS_TEXT];
    const size_t sizes[] = {0, 1, 2, 10, CLIPPER_DIAGNOSIS_TEXT};
    clipper_diagnosis diagnosis;
    size_t i, length;
    Frama_C_make_unknown((char *)&diagnosis, sizeof diagnosis);
    for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        length = clipper_diagnosis_text(&diagnosis, buffer + (sizeof buffer - sizes[i]), sizes[i]);
        //@ assert length < CLIPPER_DIAGNOSIS_TEXT;
    }
}

/* ---- The flat form ------------------------------------------------------------------------------------- */

/* A frame of a stream: flags, a length in as many octets as the flags say, a body. Returns the bytes written. */
static size_t put_frame(uint8_t *to, uint8_t flags, size_t len) {
    size_t head = flags & 2 ? 9 : 2;
    memset(to, 0, head);
    to[0] = flags;
    to[head - 1] = (uint8_t)len;
    return head + len;
}

/* Splits the LEN bytes before END. */
static void split(const uint8_t *end, size_t len, const clipper_limits *limits) {
    clipper_frame frames[2], bytes;
    clipper_diagnosis wrong;
    size_t count, used;
    bytes.base = end - len;
    bytes.len = len;
    (void)clipper_flat_split(bytes, limits, frames, 2, &count, &used, &wrong);
    //@ assert count <= 2 && used <= len;
}

/* One octet an input. */
static void read_octets(const uint8_t *at, size_t len, const clipper_limits *limits) {
    clipper_flat_reader reader;
    clipper_frame input, data;
    clipper_flat_event event = CLIPPER_FLAT_STARVED;
    clipper_flat_reader_init(&reader, limits);
    for (; len > 0 && event == CLIPPER_FLAT_STARVED; len--, at++) {
        input.base = at;
        input.len = 1;
        do
            event = clipper_flat_read(&reader, &input, &data);
        while (event > CLIPPER_FLAT_STARVED);
    }
}

/* Streams of two frames with any flags and some lengths, cut anywhere; their bodies may hold anything. */
void stream(void) {
    static const uint8_t flags[] = {0, 1, 2, 3, 4, 5, 6, 8};
    static uint8_t made[2 * (CLIPPER_FLAT_HEADER_MAX + 2)], cut_off[sizeof made];
    clipper_limits limits;
    size_t i, j, first, len, cut;
    for (i = 0; i < sizeof flags; i++)
        for (j = 0; j < sizeof flags; j++)
            for (first = 0; first <= 2; first += 2) {
                Frama_C_make_unknown((char *)made, sizeof made);
                limits.items = limits.text_bytes = Frama_C_unsigned_long_interval(0, UINT64_MAX);
                limits.item_bytes = limits.total_bytes = Frama_C_unsigned_long_interval(0, UINT64_MAX);
                len = put_frame(made, flags[i], first);
                len += put_frame(made + len, flags[j], first == 0);
                read_octets(made, len, &limits);
                for (cut = 0; cut <= len; cut++) {
                    if (cut > 0)
                        memcpy(cut_off + sizeof cut_off - cut, made, cut);
                    split(cut_off + sizeof cut_off, cut, &limits);
                    //@ slevel merge;
                }
            }
}

/* A greeting of 64 octets, right or wrong, whole or cut. */
void greeting(void) {
    static uint8_t all[64];
    clipper_limits limits = clipper_default_limits();
    size_t len;
    for (len = 1; len <= sizeof all; len += 21) {
        Frama_C_make_unknown((char *)all, sizeof all);
        all[sizeof all - len] = 0xff;
        split(all + sizeof all, len, &limits);
    }
}

/* ---- Encoding ------------------------------------------------------------------------------------------ */

/* Encodes with no room, which tells what is needed, then with exactly that. */
static void encode_exactly(const clipper_message *message, clipper_wire wire) {
    static clipper_frame frames[CLIPPER_FRAMES_MAX(ITEMS_MAX)];
    static uint8_t scratch[CLIPPER_SCRATCH_MAX(ITEMS_MAX)];
    const clipper_storage none = {NULL, 0, NULL, 0};
    clipper_storage storage;
    clipper_encoded needed, used;
    clipper_diagnosis diagnosis;
    clipper_error error = clipper_encode(message, wire, &none, &needed, &diagnosis);
    //@ assert error != CLIPPER_OK && error == diagnosis.error;
    if (error != CLIPPER_NO_SPACE)
        return;
    storage.frame_capacity = needed.frames;
    storage.scratch_capacity = needed.scratch;
    storage.frames = frames + (sizeof frames / sizeof *frames - needed.frames);
    storage.scratch = scratch + (sizeof scratch - needed.scratch);
    error = clipper_encode(message, wire, &storage, &used, &diagnosis);
    //@ assert error == CLIPPER_OK || used.frames == 0 && used.scratch == 0;
    error = clipper_encode_head(message, wire, &storage, &used, NULL);
    //@ assert error == CLIPPER_OK || used.frames == 0 && used.scratch == 0;
    (void)error;
}

/* Batches of up to ITEMS_MAX items of 8 bytes, of which one may have another length. */
void batch(void) {
    clipper_frame items[ITEMS_MAX];
    clipper_message message;
    size_t count, odd, i;
    unsigned type, wire, inbound;
    memset(&message, 0, sizeof message);
    for (count = 0; count <= ITEMS_MAX; count++)
        for (odd = 0; odd <= count; odd++)
            for (type = 0; type <= 6; type++)
                for (wire = 0; wire <= 2; wire++)
                    for (inbound = 0; inbound <= 1; inbound++) {
                        for (i = 0; i < count; i++) {
                            items[i].base = NULL;
                            items[i].len = i == odd ? 4 : 8;
                        }
                        message.kind = inbound ? CLIPPER_PREDICTION_REQUEST : CLIPPER_PREDICTION_RESPONSE;
                        message.direction = inbound ? CLIPPER_TO_CONTAINER : CLIPPER_TO_CLIPPER;
                        message.as.request.data_type = (clipper_data_type)type;
                        message.as.request.items = items;
                        message.as.request.item_count = count;
                        encode_exactly(&message, (clipper_wire)wire);
                        //@ slevel merge;
                    }
}

/* The other messages, and what is none. */
void other_messages(void) {
    static const clipper_frame feedback[] = {{NULL, 0}, {NULL, 1}};
    clipper_message message;
    unsigned kind, direction, wire;
    for (kind = 0; kind <= 6; kind++)
        for (direction = 0; direction <= 1; direction++)
            for (wire = 0; wire <= 3; wire++) {
                memset(&message, 0, sizeof message);
                message.kind = (clipper_kind)kind;
                message.direction = (clipper_direction)direction;
                message.rpc_version = Frama_C_unsigned_int_interval(0, UINT32_MAX);
                if (message.kind == CLIPPER_HEARTBEAT)
                    message.as.heartbeat.type =
                        (clipper_heartbeat_type)Frama_C_unsigned_int_interval(0, UINT32_MAX);
                if (message.kind == CLIPPER_NEW_CONTAINER) {
                    message.as.new_container.name = message.as.new_container.model_version = item();
                    message.as.new_container.input_type =
                        (clipper_data_type)Frama_C_unsigned_int_interval(0, UINT32_MAX);
                }
                if (message.kind == CLIPPER_FEEDBACK_REQUEST) {
                    message.as.feedback.frames = feedback;
                    message.as.feedback.frame_count = 2;
                }
                encode_exactly(&message, (clipper_wire)wire);
                //@ slevel merge;
            }
}
