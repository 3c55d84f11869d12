/* Encoding and decoding undo each other.
 *
 * Input: octet; if its bit 0 is set, a message to be built (see build), otherwise options and frames
 * (input.h). */
#include "check.h"
#include "input.h"
#include "reference.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- Storage of exactly some size ---------------------------------------------------------------------- */

typedef clipper_error encode_function(const clipper_message *, clipper_wire, const clipper_storage *,
                                      clipper_encoded *, clipper_diagnosis *);

typedef struct room {
    clipper_storage storage;
    void *block; /* the scratch is one byte into it: at no alignment */
} room;

static room room_of(size_t frames, size_t scratch) {
    room r;
    r.block = exact_block(1 + scratch);
    r.storage.frames = exact_block(frames * sizeof *r.storage.frames);
    r.storage.frame_capacity = frames;
    r.storage.scratch = (uint8_t *)r.block + 1;
    r.storage.scratch_capacity = scratch;
    return r;
}

static void room_free(room *r) {
    free(r->storage.frames);
    free(r->block);
}

/* Still the pattern of exact_block. */
static int untouched(const void *bytes, size_t len) {
    const uint8_t *octets = bytes;
    return len == 0 || (octets[0] == 0xa5 && memcmp(octets, octets + 1, len - 1) == 0);
}

/* Encodes into room that is too small by some FRAMES or SCRATCH bytes: it must say what is needed. */
static void check_no_space(encode_function *encode, const clipper_message *m, clipper_wire wire,
                           clipper_encoded need, size_t frames, size_t scratch) {
    room r = room_of(need.frames - frames, need.scratch - scratch);
    clipper_encoded told;
    clipper_diagnosis diagnosis;
    PROMISE("E-1", encode(m, wire, &r.storage, &told, &diagnosis) == CLIPPER_NO_SPACE,
            "less room than is needed does not do");
    PROMISE("E-1",
            diagnosis.error == CLIPPER_NO_SPACE && told.frames == need.frames && told.scratch == need.scratch,
            "what is needed is said");
    PROMISE("E-1",
            untouched(r.storage.frames, r.storage.frame_capacity * sizeof *r.storage.frames) &&
                untouched(r.block, 1 + r.storage.scratch_capacity),
            "without enough room nothing is written");
    room_free(&r);
}

/* ---- Encoding what is right ---------------------------------------------------------------------------- */

/* Encodes M into exactly the room that it needs; CLIPPER_OK, or the only error that is left then. */
static clipper_error encode_exactly(encode_function *encode, const clipper_message *m, clipper_wire wire,
                                    room *r, clipper_encoded *used) {
    const clipper_storage none = {NULL, 0, NULL, 0};
    clipper_encoded need;
    clipper_error error;
    PROMISE("E-1", encode(m, wire, &none, &need, NULL) == CLIPPER_NO_SPACE, "no message fits nowhere");
    check_no_space(encode, m, wire, need, 1, 0);
    check_no_space(encode, m, wire, need, 0, 1);
    *r = room_of(need.frames, need.scratch);
    error = encode(m, wire, &r->storage, used, NULL);
    if (error == CLIPPER_OK)
        PROMISE("E-1", used->frames == need.frames && used->scratch == need.scratch,
                "what was needed is what is used");
    return error;
}

/* The whole is in WHOLE: the head alone must be its beginning, and items may already be where they go. */
static void check_variants(const clipper_message *m, clipper_wire wire, const room *whole,
                           clipper_encoded used) {
    size_t count;
    (void)items_of(m, &count);
    room head, in_place;
    clipper_encoded head_used, placed;
    clipper_message placed_message = *m;
    size_t header = used.frames - count;
    PROMISE("E-5", used.frames <= CLIPPER_FRAMES_MAX(count) && used.scratch <= CLIPPER_SCRATCH_MAX(count),
            "the compile-time bounds hold");
    PROMISE("E-2", encode_exactly(clipper_encode_head, m, wire, &head, &head_used) == CLIPPER_OK,
            "where the whole can be encoded, the head can");
    PROMISE("E-2",
            head_used.frames == header && header <= CLIPPER_HEAD_FRAMES_MAX &&
                head_used.scratch == used.scratch,
            "the head is all but the items");
    for (size_t i = 0; i < header; i++)
        PROMISE("E-2", same_bytes(head.storage.frames[i], whole->storage.frames[i]),
                "the head is the beginning");
    room_free(&head);

    if (count == 0)
        return;
    in_place = room_of(used.frames, used.scratch);
    memcpy(in_place.storage.frames + header, whole->storage.frames + header, count * sizeof(clipper_frame));
    if (m->kind == CLIPPER_FEEDBACK_REQUEST)
        placed_message.as.feedback.frames = in_place.storage.frames + header;
    else
        placed_message.as.request.items = in_place.storage.frames + header;
    PROMISE("E-2",
            clipper_encode(&placed_message, wire, &in_place.storage, &placed, NULL) == CLIPPER_OK &&
                memcmp(in_place.storage.frames + header, whole->storage.frames + header,
                       count * sizeof(clipper_frame)) == 0,
            "items may be where they go");
    for (size_t i = 0; i < header; i++)
        PROMISE("E-2", same_bytes(in_place.storage.frames[i], whole->storage.frames[i]),
                "and nothing else changes");
    room_free(&in_place);
}

/* ---- A message that was built -------------------------------------------------------------------------- */

/* Kind, direction and wire, rpc version, content. Any number may be one that the protocol does not have. */
static void build(input *in, clipper_message *m, clipper_wire *wire, frames *items) {
    unsigned choice = input_octet(in);
    memset(m, 0, sizeof *m);
    m->kind = (clipper_kind)(choice % 7);
    *wire = (clipper_wire)(choice / 7 % 3);
    m->direction = choice / 21 % 2 ? CLIPPER_TO_CLIPPER : CLIPPER_TO_CONTAINER;
    m->rpc_version = (uint32_t)input_number(in);
    switch (m->kind) {
    case CLIPPER_HEARTBEAT:
        m->as.heartbeat.type = (clipper_heartbeat_type)(uint32_t)input_number(in);
        break;
    case CLIPPER_NEW_CONTAINER:
        m->as.new_container.input_type = (clipper_data_type)(uint32_t)input_number(in);
        *items = input_items(in);
        if (items->count > 0 && items->list[0].base != UNREADABLE)
            m->as.new_container.name = items->list[0];
        if (items->count > 1 && items->list[1].base != UNREADABLE)
            m->as.new_container.model_version = items->list[1];
        break;
    case CLIPPER_PREDICTION_REQUEST:
    case CLIPPER_PREDICTION_RESPONSE:
        m->as.request.data_type = (clipper_data_type)(uint32_t)input_number(in);
        m->as.request.id = (uint32_t)input_number(in);
        *items = input_items(in);
        m->as.request.items = items->list;
        m->as.request.item_count = items->count;
        break;
    case CLIPPER_FEEDBACK_REQUEST:
        m->as.feedback.id = (uint32_t)input_number(in);
        *items = input_items(in);
        m->as.feedback.frames = items->list;
        m->as.feedback.frame_count = items->count;
        break;
    default:
        break;
    }
}

static int some_item_is_odd(const clipper_message *m) {
    size_t count, width = clipper_data_width(m->as.request.data_type);
    const clipper_frame *items = items_of(m, &count);
    while (count > 0 && items[count - 1].len % width == 0)
        count--;
    return count > 0;
}

/* Not 0 when ERROR (not CLIPPER_OK) is a reason to refuse M on WIRE. */
static int refuses(clipper_error error, const clipper_message *m, clipper_wire wire) {
    int in = m->direction == CLIPPER_TO_CONTAINER;
    int request = m->kind == CLIPPER_PREDICTION_REQUEST, response = m->kind == CLIPPER_PREDICTION_RESPONSE;
    unsigned type = (unsigned)m->as.request.data_type;
    switch (error) {
    case CLIPPER_VERSION_MISMATCH:
        return m->rpc_version != 0 && m->rpc_version != 3;
    case CLIPPER_BAD_MESSAGE:
        return m->kind == CLIPPER_NO_MESSAGE || m->kind > CLIPPER_FEEDBACK_REQUEST ||
               ((request || m->kind == CLIPPER_FEEDBACK_REQUEST) && !in) ||
               ((response || m->kind == CLIPPER_NEW_CONTAINER) && in);
    case CLIPPER_BAD_WIRE:
        return (response || m->kind == CLIPPER_NEW_CONTAINER) && wire == CLIPPER_WIRE_ANY;
    case CLIPPER_UNKNOWN_HEARTBEAT_TYPE:
        return m->kind == CLIPPER_HEARTBEAT && in && (unsigned)m->as.heartbeat.type > 1;
    case CLIPPER_BAD_INPUT_TYPE:
        return m->kind == CLIPPER_NEW_CONTAINER && (unsigned)m->as.new_container.input_type > 4;
    case CLIPPER_UNKNOWN_DATA_TYPE:
        return (request && type > 4) || (response && wire == CLIPPER_WIRE_DOCUMENT && type > 4) ||
               (response && wire == CLIPPER_WIRE_RELEASE && type != 4 && type != 5);
    case CLIPPER_ITEM_WIDTH:
        return (request || response) && type <= 5 && some_item_is_odd(m);
    default:
        return 0;
    }
}

static int is_right(const clipper_message *m, clipper_wire wire) {
    for (int error = CLIPPER_OK + 1; error < CLIPPER_ERROR_COUNT; error++)
        if (refuses((clipper_error)error, m, wire))
            return 0;
    return 1;
}

/* What a decoder finds in M, encoded on WIRE. */
static clipper_message as_decoded(const clipper_message *m, clipper_wire wire) {
    clipper_message found = *m;
    int differs = m->kind == CLIPPER_NEW_CONTAINER || m->kind == CLIPPER_PREDICTION_RESPONSE;
    int tagged = m->direction == CLIPPER_TO_CONTAINER ||
                 (m->kind == CLIPPER_NEW_CONTAINER && wire == CLIPPER_WIRE_RELEASE);
    found.rpc_version = tagged ? 3 : 0;
    found.wire = differs ? wire : CLIPPER_WIRE_ANY;
    found.leniencies = 0;
    if (m->kind == CLIPPER_PREDICTION_RESPONSE && wire == CLIPPER_WIRE_RELEASE)
        found.as.response.data_type = CLIPPER_TYPE_UNSTATED;
    if (m->kind == CLIPPER_HEARTBEAT && m->direction == CLIPPER_TO_CLIPPER)
        found.as.heartbeat.type = CLIPPER_KEEP_ALIVE;
    return found;
}

static int sizes_overflow(const clipper_message *m) {
    size_t count;
    const clipper_frame *items = items_of(m, &count);
    uint64_t left = UINT64_MAX;
    for (size_t i = 0; i < count; i++) {
        if (items[i].len > left)
            return 1;
        left -= items[i].len;
    }
    return 0;
}

static void check_decodes(const clipper_message *m, clipper_wire wire, const room *r, clipper_encoded used) {
    const clipper_options all = {CLIPPER_ERA_V3, 1, {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
    clipper_message expected = as_decoded(m, wire), found, reference;
    size_t count, found_count;
    const clipper_frame *items = items_of(m, &count), *found_items;
    clipper_error error = clipper_decode(m->direction, r->storage.frames, used.frames, &all, &found, NULL);
    if (sizes_overflow(m)) {
        /* Without a type the sizes may be read as a type and other sizes, of which the sum is possible: what is wrong
         * then is that the items have not these. */
        int other_reading = m->kind == CLIPPER_PREDICTION_RESPONSE && wire == CLIPPER_WIRE_RELEASE;
        PROMISE("E-3", error == CLIPPER_MESSAGE_TOO_LARGE || (other_reading && error == CLIPPER_ITEM_SIZE),
                "sizes that cannot be added up are too large");
        return;
    }
    PROMISE("E-3", error == CLIPPER_OK, "what is encoded decodes");
    PROMISE("E-3", same_message(&found, &expected), "what is encoded decodes to the same message");
    found_items = items_of(&found, &found_count);
    PROMISE("E-3", count == 0 || memcmp(found_items, items, count * sizeof *items) == 0,
            "with the same items");
    PROMISE("E-3",
            reference_decode(m->direction, r->storage.frames, used.frames, &all, &reference) &&
                same_message(&reference, &expected),
            "also for one who decodes by the specification");
}

static void encode_what_was_built(const clipper_message *m, clipper_wire wire) {
    const clipper_storage none = {NULL, 0, NULL, 0};
    clipper_encoded used;
    clipper_diagnosis diagnosis;
    clipper_error error = clipper_encode(m, wire, &none, &used, &diagnosis);
    room r;
    PROMISE("E-6", diagnosis.error == error, "the diagnosis has the error that is returned");
    if (error == CLIPPER_NO_SPACE) {
        error = encode_exactly(clipper_encode, m, wire, &r, &used);
        if (error == CLIPPER_OK) {
            judging(m->direction, r.storage.frames, used.frames);
            check_variants(m, wire, &r, used);
            check_decodes(m, wire, &r, used);
            judging(m->direction, NULL, 0);
        }
        room_free(&r);
    }
    if (error == CLIPPER_OK) {
        PROMISE("E-6", is_right(m, wire), "what the manual refuses is refused");
    } else {
        PROMISE("E-6", refuses(error, m, wire), "only what the manual refuses is refused, for that reason");
        PROMISE("E-6", used.frames == 0 && used.scratch == 0, "what is refused needs nothing");
    }
}

/* ---- A message that was decoded ------------------------------------------------------------------------ */

static void encode_what_came(const frames *all, const clipper_message *m) {
    size_t count;
    const clipper_frame *items = items_of(m, &count);
    size_t header = all->count - count;
    clipper_encoded used;
    clipper_message again;
    room r;
    PROMISE("E-4", encode_exactly(clipper_encode, m, m->wire, &r, &used) == CLIPPER_OK,
            "what decodes can be encoded");
    if (m->leniencies == 0) {
        PROMISE("E-4", used.frames == all->count, "what decodes encodes to the same frames");
        for (size_t i = 0; i < header; i++)
            PROMISE("E-4", same_bytes(r.storage.frames[i], all->list[i]),
                    "what decodes encodes to the same bytes");
        PROMISE("E-4", count == 0 || memcmp(r.storage.frames + header, items, count * sizeof *items) == 0,
                "with the same items");
    } else {
        clipper_message plain = *m;
        plain.leniencies = 0;
        PROMISE("E-4",
                clipper_decode(m->direction, r.storage.frames, used.frames, NULL, &again, NULL) ==
                        CLIPPER_OK &&
                    same_message(&again, &plain),
                "a leniency is not written again");
    }
    check_variants(m, m->wire, &r, used);
    room_free(&r);
}

/* More items than there are: without room none of them may be looked at, and the need must not wrap. */
static void claim_items(clipper_message *m, clipper_wire wire, size_t claimed) {
    const clipper_storage none = {NULL, 0, NULL, 0};
    const clipper_frame *unreadable = UNREADABLE;
    clipper_encoded need;
    clipper_error error;
    if (m->kind == CLIPPER_FEEDBACK_REQUEST) {
        m->as.feedback.frames = unreadable;
        m->as.feedback.frame_count = claimed;
    } else if (m->kind == CLIPPER_PREDICTION_REQUEST || m->kind == CLIPPER_PREDICTION_RESPONSE) {
        m->as.request.items = unreadable;
        m->as.request.item_count = claimed;
    } else {
        return;
    }
    error = clipper_encode(m, wire, &none, &need, NULL);
    if (error == CLIPPER_NO_SPACE)
        PROMISE("E-1", need.frames > claimed && need.scratch > 0, "what is needed does not wrap");
    else
        PROMISE("E-6", need.frames == 0 && need.scratch == 0, "what is refused needs nothing");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input in = {data, size};
    frames all = {0};
    clipper_message message;
    judging(CLIPPER_TO_CONTAINER, NULL, 0);
    unsigned mode = input_octet(&in);
    if (mode & 1) {
        clipper_wire wire;
        size_t claimed = mode & 2 ? (size_t)input_number(&in) : 0;
        build(&in, &message, &wire, &all);
        if (mode & 2)
            claim_items(&message, wire, claimed);
        else
            encode_what_was_built(&message, wire);
    } else {
        unsigned flags = input_octet(&in);
        clipper_direction direction = flags & OPTION_TO_CLIPPER ? CLIPPER_TO_CLIPPER : CLIPPER_TO_CONTAINER;
        clipper_options chosen;
        const clipper_options *options = input_options(&in, flags, &chosen);
        all = input_frames(&in, direction, flags);
        judging(direction, all.list, all.count);
        if (clipper_decode(direction, all.list, all.count, options, &message, NULL) == CLIPPER_OK)
            encode_what_came(&all, &message);
    }
    frames_free(&all);
    return 0;
}
