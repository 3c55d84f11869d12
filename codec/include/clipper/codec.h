/* clipper/codec.h: the messages of Clipper's container RPC, version 3, as bytes and as meaning.
 *
 * This header is the manual of the codec. The protocol itself is explained in spec/clipper-rpc.md.
 *
 * WHAT IT IS
 *   Pure functions from bytes to meaning and back. No I/O, no allocation, no clock, no global state, no
 *   logging, no locale: it needs memcpy and memset, nothing else, and works on any transport.
 *   Every function may be called from any thread; two calls that share no object never interfere.
 *
 * WORDS
 *   frame              one part of a ZeroMQ multipart message: some bytes and their number
 *   multipart message  the frames that travel together; here an array of frames
 *   delimiter          the empty frame that every message begins with (frame 0)
 *   inbound            from Clipper to the container (CLIPPER_TO_CONTAINER)
 *   outbound           from the container to Clipper (CLIPPER_TO_CLIPPER)
 *   metadata           the frame of 64-bit words with the number and the sizes of a prediction's items
 *   item               one input of a prediction request, one output of a response: one frame
 *   wire               which of two layouts a message has: the v3 document's or released Clipper's
 *
 * A ROUTER socket puts a routing-identity frame before the delimiter. It belongs to the transport: take it
 * off before decoding and put it back before sending.
 *
 * OWNERSHIP
 *   A clipper_frame borrows: it never owns the bytes it points to. A decoded message points into the
 *   caller's frames (text) and into the caller's frame array (items). It is valid as long as both are
 *   unchanged. An encoded message points into the caller's scratch (header frames) and to the bytes that
 *   the message's own views point to (text, items).
 *
 * BYTE ORDER
 *   All integers are little-endian on the wire, at any alignment, on any host.
 *
 * ERRORS
 *   Functions that can fail return a clipper_error, CLIPPER_OK (0) on success. On failure the output is
 *   zeroed, but for what the function's own comment says. Where a clipper_diagnosis is asked for, it says
 *   which frame was wrong, in which field, at which byte, what was expected and what was found.
 *
 * SOURCES
 *   [doc: SECTION]  the published container guide for RPC version 3
 *   [release]       what released Clipper (v0.3.0 to v0.4.1) does on the wire
 *   [ours]          neither says; a choice of this library
 */
#ifndef CLIPPER_CODEC_H
#define CLIPPER_CODEC_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Marks what the shared library exports; everything else stays inside it. */
#if defined(__GNUC__)
#define CLIPPER_API    __attribute__((visibility("default")))
#define CLIPPER_INLINE static inline __attribute__((unused))
#else
#define CLIPPER_API
#define CLIPPER_INLINE static inline
#endif

/* The RPC version that this codec speaks: the version tag of every inbound message, and the version frame of
 * a new container on the release wire. [doc: Versioning and inbound/outbound messages] */
#define CLIPPER_RPC_VERSION 3u

/* The version of this library, and of the header that a program was compiled with. They differ where another library of
 * the same soname is loaded. */
#define CLIPPER_VERSION_MAJOR 0
#define CLIPPER_VERSION_MINOR 2
#define CLIPPER_VERSION_PATCH 0

/* The version of the library that is loaded: "0.2.0". Static. */
CLIPPER_API const char *clipper_version(void);

/* ---- Views ------------------------------------------------------------------------------------------- */

/* Some bytes that are only read. BASE may be NULL when LEN is 0. */
typedef struct clipper_frame {
    const void *base;
    size_t len; /* bytes */
} clipper_frame;

/* Some bytes that may be written. BASE may be NULL when LEN is 0. */
typedef struct clipper_span {
    void *base;
    size_t len; /* bytes */
} clipper_span;

/* ---- The vocabulary of the protocol ------------------------------------------------------------------ */

/* Who a message is for. The same bytes mean different things in the two directions: only inbound messages
 * carry a version tag. [doc: Versioning and inbound/outbound messages] */
typedef enum clipper_direction {
    CLIPPER_TO_CONTAINER = 0, /* inbound */
    CLIPPER_TO_CLIPPER = 1    /* outbound */
} clipper_direction;

/* Which layout a message has. The two differ in the new container (the release wire adds a version frame)
 * and in the metadata of a response (the document's begins with the data type). All else looks alike. */
typedef enum clipper_wire {
    CLIPPER_WIRE_ANY = 0,      /* both wires write this message the same way */
    CLIPPER_WIRE_DOCUMENT = 1, /* as the v3 document has it */
    CLIPPER_WIRE_RELEASE = 2   /* as released Clipper has it */
} clipper_wire;

/* The era of the protocol. The functions of this header speak version 3; those of clipper/eras.h the eras before
 * it, whose messages have no version tag. */
typedef enum clipper_era {
    CLIPPER_ERA_V3 = 0,
    CLIPPER_ERA_C = 1, /* Clipper's sources from 2016-12-25: the guides of 2016 */
    CLIPPER_ERA_D = 2, /* from 2017-03-31 */
    CLIPPER_ERA_E = 3, /* from 2017-04-26 */
    CLIPPER_ERA_F = 4  /* from 2017-05-09: the releases v0.1.0 to v0.2.0 */
} clipper_era;

/* The kinds of message. CLIPPER_NO_MESSAGE is what a zeroed clipper_message is. */
typedef enum clipper_kind {
    CLIPPER_NO_MESSAGE = 0,
    CLIPPER_HEARTBEAT = 1,           /* both directions */
    CLIPPER_NEW_CONTAINER = 2,       /* outbound only */
    CLIPPER_PREDICTION_REQUEST = 3,  /* inbound */
    CLIPPER_PREDICTION_RESPONSE = 4, /* outbound */
    CLIPPER_FEEDBACK_REQUEST = 5     /* inbound; named by the document, its content never defined */
} clipper_kind;

/* What Clipper answers to a heartbeat. [doc: Heartbeat Messages] */
typedef enum clipper_heartbeat_type {
    CLIPPER_KEEP_ALIVE = 0,   /* nothing to do */
    CLIPPER_SEND_METADATA = 1 /* Clipper does not know this container: send a new container message */
} clipper_heartbeat_type;

/* The type of an item's elements. The first five are the protocol's own numbers. [doc: New Container Message]
 */
typedef enum clipper_data_type {
    CLIPPER_TYPE_BYTES = 0,   /* bytes */
    CLIPPER_TYPE_INTS = 1,    /* 32-bit integers */
    CLIPPER_TYPE_FLOATS = 2,  /* IEEE 754 binary32 */
    CLIPPER_TYPE_DOUBLES = 3, /* IEEE 754 binary64 */
    CLIPPER_TYPE_STRINGS = 4, /* one string an item, its bytes with no trailing NUL */
    CLIPPER_TYPE_UNSTATED = 5 /* a response on the release wire, which has no place for a type */
} clipper_data_type;

/* Bytes in one element of TYPE: 4, 4 and 8 for ints, floats and doubles, otherwise 1. */
CLIPPER_INLINE size_t clipper_data_width(clipper_data_type type) {
    return type == CLIPPER_TYPE_DOUBLES                               ? 8u
           : type == CLIPPER_TYPE_INTS || type == CLIPPER_TYPE_FLOATS ? 4u
                                                                      : 1u;
}

/* Departures from both wires that released containers make and that released Clipper tolerates. They are
 * tolerated here too, and always reported; options.strict makes each an error. Bits of message.leniencies. */
enum {
    /* A new container's version frame of 8 bytes instead of 4. [release: the JVM container] */
    CLIPPER_LENIENCY_WIDE_VERSION = 1,
    /* An input type followed by bytes that do not belong to it: "0" to "4", then anything but a digit first.
     * [release: the C++ and R containers send it with the length of the model version's text] */
    CLIPPER_LENIENCY_INPUT_TYPE_TAIL = 2,
    /* Eras before version 3: a response's id of 8 bytes instead of 4. [release: the Java containers] */
    CLIPPER_LENIENCY_WIDE_ID = 4,
    /* Eras before version 3: ends of strings that are not 1 to n - 1; nobody reads them. [doc of 2016] */
    CLIPPER_LENIENCY_STRING_ENDS = 8
};

/* ---- Messages ---------------------------------------------------------------------------------------- */

/* A heartbeat. Outbound it carries nothing; TYPE is then 0. */
typedef struct clipper_heartbeat {
    clipper_heartbeat_type type;
} clipper_heartbeat;

/* A container's registration. The texts are bytes as sent: not NUL-terminated, not checked to be UTF-8, and
 * possibly empty. [doc: New Container Message] */
typedef struct clipper_new_container {
    clipper_frame name;           /* the model's name */
    clipper_frame model_version;  /* the document wants an integer; released Clipper takes any text */
    clipper_data_type input_type; /* what the model takes: bytes to strings */
} clipper_new_container;

/* A batch of items: the inputs of a request, or the outputs of a response. */
typedef struct clipper_prediction {
    uint32_t id;                 /* the message id; a response repeats its request's. Any value. */
    clipper_data_type data_type; /* of every item; CLIPPER_TYPE_UNSTATED only in a response */
    const clipper_frame *items;  /* item_count frames; NULL where the decoder was given one frame at a time */
    size_t item_count;           /* may be 0; an item may be empty */
} clipper_prediction;

/* A feedback request: recognised, its content passed on as it is. */
typedef struct clipper_feedback {
    uint32_t id;
    const clipper_frame *frames; /* frame_count frames of unknown meaning */
    size_t frame_count;
} clipper_feedback;

/* A message of any kind. KIND says which member of AS is valid. */
typedef struct clipper_message {
    clipper_kind kind;
    clipper_direction direction;
    clipper_wire wire;    /* found when decoding; ignored when encoding (the wire is an argument there) */
    uint32_t leniencies;  /* CLIPPER_LENIENCY_* bits found when decoding; ignored when encoding */
    uint32_t rpc_version; /* inbound: the version tag; new container: its version frame; 0 where the message
                             has none. Encoding: CLIPPER_RPC_VERSION, or 0 for the same. */
    union {
        clipper_heartbeat heartbeat;
        clipper_new_container new_container;
        clipper_prediction request;  /* CLIPPER_PREDICTION_REQUEST */
        clipper_prediction response; /* CLIPPER_PREDICTION_RESPONSE */
        clipper_feedback feedback;
    } as;
} clipper_message;

/* The frames of each message. The delimiter "" is frame 0; u32 and u64 are integers of 4 and 8 bytes.
 *
 *   heartbeat, outbound    "", u32 2
 *   heartbeat, inbound     "", u32 version, u32 2, u32 heartbeat type
 *   new container          "", u32 0, name, model version, input type "0".."4" [, u32 version: release wire]
 *   prediction request     "", u32 version, u32 1, u32 id, u32 0, u64 metadata bytes,
 *                          u64[2 + n] {data type, n, size of each item}, n items
 *   prediction response    "", u32 1, u32 id, u64 metadata bytes,
 *                          document: u64[2 + n] {data type, n, sizes}
 *                          release:  u64[1 + n] {n, sizes}
 *                          n items
 *   feedback request       "", u32 version, u32 1, u32 id, u32 1, any frames
 *
 * A response's wire is known from the number of item frames n: metadata of 8(n + 2) bytes is the document's,
 * of 8(n + 1) bytes the release's. A whole message is never ambiguous. */

/* ---- Errors and diagnoses ---------------------------------------------------------------------------- */

/* Every error, as X(number, NAME, name, relation, sentence). A number never changes, and a new error gets the next
 * one; together they leave none out. RELATION says how a diagnosis's EXPECTED is to be read:
 *   NONE   expected and actual mean nothing
 *   EXACT  the value that was expected
 *   MOST   the largest value allowed
 *   LEAST  the smallest value allowed
 *   TIMES  a multiple of this was expected */
#define CLIPPER_ERRORS(X)                                                                                    \
    X(0, OK, ok, NONE, "no error")                                                                           \
    /* a message as a whole: expected and actual count frames */                                             \
    X(1, EMPTY_MESSAGE, empty_message, NONE, "the message has no frames")                                    \
    X(2, TRUNCATED, truncated, EXACT, "the message ends before this frame")                                  \
    X(3, EXTRA_FRAME, extra_frame, EXACT, "the message goes on after its last frame")                        \
    /* one frame: expected and actual are lengths in bytes */                                                \
    X(4, NO_DELIMITER, no_delimiter, EXACT, "the first frame is not the empty delimiter")                    \
    X(5, WRONG_WIDTH, wrong_width, EXACT, "the field has the wrong width")                                   \
    X(6, METADATA_LENGTH, metadata_length, EXACT, "size does not match the length given before it")          \
    X(7, METADATA_SIZE, metadata_size, TIMES, "the metadata is not a whole number of words, or has too few") \
    X(8, ITEM_SIZE, item_size, EXACT, "size does not match the metadata")                                    \
    X(9, ITEM_WIDTH, item_width, TIMES, "size is not a multiple of the data type's width")                   \
    /* values: expected and actual are values */                                                             \
    X(10, VERSION_MISMATCH, version_mismatch, EXACT, "another RPC version")                                  \
    X(11, ILLEGAL_NEW_CONTAINER, illegal_new_container, NONE, "a container is never sent a new container")   \
    X(12, UNKNOWN_MESSAGE_TYPE, unknown_message_type, MOST, "unknown message type")                          \
    X(13, UNKNOWN_HEARTBEAT_TYPE, unknown_heartbeat_type, MOST, "unknown heartbeat type")                    \
    X(14, UNKNOWN_REQUEST_TYPE, unknown_request_type, MOST, "unknown request type")                          \
    X(15, UNKNOWN_DATA_TYPE, unknown_data_type, MOST, "unknown data type")                                   \
    X(16, BAD_INPUT_TYPE, bad_input_type, NONE, "the input type is not a text from \"0\" to \"4\"")          \
    X(17, ITEM_COUNT, item_count, EXACT, "the item count does not match the metadata's size")                \
    /* limits: expected is the limit */                                                                      \
    X(18, TEXT_TOO_LONG, text_too_long, MOST, "the text is longer than the limit")                           \
    X(19, TOO_MANY_ITEMS, too_many_items, MOST, "more items than the limit")                                 \
    X(20, ITEM_TOO_LARGE, item_too_large, MOST, "the item is larger than the limit")                         \
    X(21, MESSAGE_TOO_LARGE, message_too_large, MOST, "the message is larger than the limit")                \
    X(22, TOO_MANY_FRAMES, too_many_frames, MOST, "more frames than the limit")                              \
    X(23, FRAME_TOO_LARGE, frame_too_large, MOST, "the frame is larger than the limit")                      \
    /* the flat form (clipper/flat.h) */                                                                     \
    X(24, FLAT_FLAGS, flat_flags, NONE, "not a flags octet of ZMTP 3")                                       \
    X(25, FLAT_GREETING, flat_greeting, NONE, "not a greeting of ZMTP 3")                                    \
    X(26, FLAT_TRUNCATED, flat_truncated, NONE, "the bytes end inside the message")                          \
    /* the caller's own arguments, never a peer's bytes */                                                   \
    X(27, BAD_MESSAGE, bad_message, NONE, "no such message goes in this direction")                          \
    X(28, BAD_WIRE, bad_wire, NONE, "this message needs a wire: document or release")                        \
    X(29, BAD_ERA, bad_era, NONE, "this era of the protocol is not supported")                               \
    X(30, NO_SPACE, no_space, NONE, "the storage is too small")                                              \
    /* the eras before version 3 (clipper/eras.h) */                                                         \
    X(31, NO_ITEMS, no_items, NONE, "no such message has no items, or items of no bytes at all")             \
    X(32, END_DESCENDS, end_descends, LEAST, "an item ends before it begins")                                \
    X(33, STRING_END, string_end, EXACT, "a string's end is not its number")                                 \
    X(34, CONTENT_SHORT, content_short, LEAST, "the content ends too early")                                 \
    X(35, BYTES_LEFT, bytes_left, EXACT, "bytes are left over")                                              \
    X(36, NO_NUL, no_nul, NONE, "the last string has no NUL at its end")                                     \
    X(37, STRING_COUNT, string_count, EXACT, "the content has another number of strings")                    \
    X(38, ID_TOO_LARGE, id_too_large, MOST, "the id does not fit into 4 bytes")                              \
    /* the caller's own messages, in the eras before version 3 */                                            \
    X(39, NUL_IN_STRING, nul_in_string, NONE, "a string has a NUL inside, where it would be cut")            \
    X(40, NOT_REGISTERED, not_registered, NONE, "the container has not registered: Clipper would go mute")

typedef enum clipper_error {
#define CLIPPER_X(number, NAME, name, relation, sentence) CLIPPER_##NAME = number,
    CLIPPER_ERRORS(CLIPPER_X)
#undef CLIPPER_X
    CLIPPER_ERROR_COUNT = 41 /* how many there are; not an error */
} clipper_error;

/* Every field of a message, as X(NAME, name): where a diagnosis points. DATA_TYPE, ITEM_COUNT and ITEM_SIZE
 * are words of the metadata frame; ITEM is an item frame. In the eras before version 3 METADATA is the input
 * header, ITEM_SIZE an item's end (or an output's length), and ITEM an item in the CONTENT frame. */
#define CLIPPER_FIELDS(X)                                                                                    \
    X(NONE, none)                                                                                            \
    X(DELIMITER, delimiter)                                                                                  \
    X(VERSION, version)                                                                                      \
    X(MESSAGE_TYPE, message_type)                                                                            \
    X(HEARTBEAT_TYPE, heartbeat_type)                                                                        \
    X(NAME, name)                                                                                            \
    X(MODEL_VERSION, model_version)                                                                          \
    X(INPUT_TYPE, input_type)                                                                                \
    X(RPC_VERSION, rpc_version)                                                                              \
    X(ID, id)                                                                                                \
    X(REQUEST_TYPE, request_type)                                                                            \
    X(METADATA_LENGTH, metadata_length)                                                                      \
    X(METADATA, metadata)                                                                                    \
    X(DATA_TYPE, data_type)                                                                                  \
    X(ITEM_COUNT, item_count)                                                                                \
    X(ITEM_SIZE, item_size)                                                                                  \
    X(ITEM, item)                                                                                            \
    X(FEEDBACK, feedback)                                                                                    \
    X(FLAGS, flags)                                                                                          \
    X(GREETING, greeting)                                                                                    \
    X(CONTENT_LENGTH, content_length)                                                                        \
    X(CONTENT, content)

typedef enum clipper_field {
#define CLIPPER_X(NAME, name) CLIPPER_FIELD_##NAME,
    CLIPPER_FIELDS(CLIPPER_X)
#undef CLIPPER_X
    CLIPPER_FIELD_COUNT
} clipper_field;

/* What is wrong with a message, and where. All zero when nothing is. */
typedef struct clipper_diagnosis {
    clipper_error error;
    clipper_field field;
    size_t frame;      /* index in the multipart message; the delimiter is 0 */
    size_t item;       /* index of the item, for the fields ITEM, ITEM_SIZE and FEEDBACK; else 0 */
    size_t offset;     /* byte within the frame */
    uint64_t expected; /* see CLIPPER_ERRORS */
    uint64_t actual;   /* exact, whatever the host's size_t; a sum beyond 2^64 - 1 is reported as 2^64 - 1 */
} clipper_diagnosis;

/* The error's name, as in the list above ("item_size"); "unknown" for a number that is no error. Static. */
CLIPPER_API const char *clipper_error_name(clipper_error error);
/* The error's sentence ("size does not match the metadata"). Static. */
CLIPPER_API const char *clipper_error_sentence(clipper_error error);
/* The field's name ("metadata_length"); "unknown" for a number that is no field. Static. */
CLIPPER_API const char *clipper_field_name(clipper_field field);

/* Writes DIAGNOSIS as one line of text, such as
 *     frame 7 (item 0): size does not match the metadata (expected 8, got 7)
 * into BUFFER, cut to CAPACITY - 1 bytes and always ended with a NUL (unless CAPACITY is 0).
 * Returns the length of the whole line without the NUL, also when it was cut. CLIPPER_DIAGNOSIS_TEXT bytes
 * are enough for any diagnosis. */
#define CLIPPER_DIAGNOSIS_TEXT 256
CLIPPER_API size_t clipper_diagnosis_text(const clipper_diagnosis *diagnosis, char *buffer, size_t capacity);

/* ---- Options ----------------------------------------------------------------------------------------- */

/* What a peer may make this side handle. Checked before anything that a peer says is trusted. [ours] */
typedef struct clipper_limits {
    uint64_t items;       /* items in one message, or frames in a feedback request */
    uint64_t item_bytes;  /* bytes of one item */
    uint64_t total_bytes; /* bytes of all items of one message */
    uint64_t text_bytes;  /* bytes of a name, a model version, an input type */
} clipper_limits;

/* How to decode. */
typedef struct clipper_options {
    clipper_era era;
    int strict; /* not 0: the leniencies are errors */
    clipper_limits limits;
} clipper_options;

/* 1,048,576 items; 1 GiB an item, and in all; texts of 64 KiB. */
CLIPPER_INLINE clipper_limits clipper_default_limits(void) {
    clipper_limits limits;
    limits.items = UINT64_C(1) << 20;
    limits.item_bytes = UINT64_C(1) << 30;
    limits.total_bytes = UINT64_C(1) << 30;
    limits.text_bytes = UINT64_C(1) << 16;
    return limits;
}

/* Version 3, lenient, with the default limits. */
CLIPPER_INLINE clipper_options clipper_default_options(void) {
    clipper_options options;
    options.era = CLIPPER_ERA_V3;
    options.strict = 0;
    options.limits = clipper_default_limits();
    return options;
}

/* ---- Decoding a whole message ------------------------------------------------------------------------ */

/* Decodes the COUNT frames of one multipart message that went in DIRECTION.
 *
 * FRAMES     the delimiter first (no routing identity). The lengths of all frames are read; the bytes only of
 *            header frames, never of items or feedback frames: those may have any BASE, and a transport may
 *            fill it in after the call.
 * OPTIONS    NULL for clipper_default_options().
 * MESSAGE    filled on success, zeroed on failure. Borrows from FRAMES (see OWNERSHIP).
 * DIAGNOSIS  may be NULL; zeroed on success, filled on failure.
 *
 * Returns CLIPPER_OK, or the first error in the order of the frames. Any error of the groups "a message as a
 * whole", "one frame", "values" and "limits" is possible, other than TOO_MANY_FRAMES and FRAME_TOO_LARGE;
 * BAD_ERA, where options.era is none. A VERSION_MISMATCH is found before anything after the version tag is
 * looked at; the document asks a container to exit gracefully then.
 *
 * An incoming message never is one of two wires at once; one whose metadata fits neither is judged as the
 * release wire's, unless its second word is the document's item count.
 *
 * Time grows with COUNT; no more than FRAMES[0..COUNT) and the bytes of the header frames are ever read. */
CLIPPER_API clipper_error clipper_decode(clipper_direction direction, const clipper_frame *frames,
                                         size_t count, const clipper_options *options,
                                         clipper_message *message, clipper_diagnosis *diagnosis);

/* ---- Decoding one frame at a time -------------------------------------------------------------------- */

/* What clipper_decoder_push found. */
typedef enum clipper_event {
    CLIPPER_EVENT_ERROR = -1, /* decoder.diagnosis says what; every later push returns this again */
    CLIPPER_EVENT_MORE = 0,   /* a header frame was taken; nothing to do yet */
    CLIPPER_EVENT_HEADER = 1, /* the last header frame was taken, and item (or feedback) frames may follow:
                                 decoder.message has kind, id, type and count,
                                 clipper_decoder_item_size the sizes. Allocate now. */
    CLIPPER_EVENT_ITEM = 2,   /* an item (or feedback) frame was taken, and more follow */
    CLIPPER_EVENT_DONE = 3 /* the message is complete: decoder.message is what clipper_decode would give, but
                              for items and frames, which are NULL. Where the message has items, the frame
                              just pushed was its last. The next push begins a new message. */
} clipper_event;

/* A message being decoded. Lives where the caller puts it and needs no clean-up. MESSAGE and DIAGNOSIS may be
 * read after the events that fill them; all else is private. */
typedef struct clipper_decoder {
    clipper_message message;
    clipper_diagnosis diagnosis;

    clipper_options options_;
    clipper_direction direction_;
    int state_;            /* which frame comes next */
    size_t frame_;         /* its index */
    uint64_t declared_;    /* the metadata length field */
    const uint8_t *words_; /* the metadata frame's bytes */
    size_t word_count_;    /* 64-bit words in it */
    unsigned readings_;    /* the layouts that the metadata may still have */
    size_t item_;          /* item or feedback frames taken */
    uint64_t feedback_bytes_;
} clipper_decoder;

/* Makes DECODER ready for a message that goes in DIRECTION. OPTIONS is copied; NULL for the defaults. */
CLIPPER_API void clipper_decoder_init(clipper_decoder *decoder, clipper_direction direction,
                                      const clipper_options *options);

/* Takes the next frame. MORE is not 0 when further frames of the same message follow (ZeroMQ's "more" flag).
 *
 * The metadata frame and the texts of a new container must stay valid and unchanged until the message is
 * done. Item frames may be pushed with any BASE: only their LEN is looked at.
 *
 * After CLIPPER_EVENT_HEADER, message.wire is CLIPPER_WIRE_ANY for a response of which only the number of
 * item frames will show the wire (only with four items or fewer); its item_count is then an upper bound
 * until the message is done.
 *
 * Returns an event. The errors are the same as clipper_decode's, found at the first frame that shows them. */
CLIPPER_API clipper_event clipper_decoder_push(clipper_decoder *decoder, clipper_frame frame, int more);

/* The size in bytes that item INDEX will have: exact, or an upper bound while the wire is not known yet.
 * 0 where there is no such item. Valid from CLIPPER_EVENT_HEADER to CLIPPER_EVENT_DONE. */
CLIPPER_API uint64_t clipper_decoder_item_size(const clipper_decoder *decoder, size_t index);

/* ---- Encoding ---------------------------------------------------------------------------------------- */

/* What any message of N items needs (for a new container N is 0): compile-time bounds for arrays. */
#define CLIPPER_FRAMES_MAX(n)  (7 + (n))
#define CLIPPER_SCRATCH_MAX(n) (40 + 8 * (n))
/* Header frames of the longest message, all but its items: what clipper_encode_head needs. */
#define CLIPPER_HEAD_FRAMES_MAX 7

/* Where an encoded message goes. Both parts belong to the caller; scratch needs no alignment. */
typedef struct clipper_storage {
    clipper_frame *frames;   /* filled with the message's frames, delimiter first */
    size_t frame_capacity;   /* frames */
    void *scratch;           /* filled with the bytes of the header frames */
    size_t scratch_capacity; /* bytes */
} clipper_storage;

/* How much of the storage is used, or would be. */
typedef struct clipper_encoded {
    size_t frames;  /* frames */
    size_t scratch; /* bytes */
} clipper_encoded;

/* Encodes MESSAGE for DIRECTION message->direction on WIRE into STORAGE.
 *
 * WIRE       CLIPPER_WIRE_DOCUMENT or CLIPPER_WIRE_RELEASE; CLIPPER_WIRE_ANY serves for messages that look
 *            the same on both. On the document wire a new container has no version frame, whatever
 *            rpc_version is.
 * ENCODED    what was used; on CLIPPER_NO_SPACE what is needed; zero on any other failure.
 * DIAGNOSIS  may be NULL; as in clipper_decode: frame and field are those that could not be written.
 *
 * What is encoded decodes to the same message (within the limits). So these are refused:
 *   BAD_MESSAGE             no kind, or one that does not go in this direction
 *   BAD_WIRE                CLIPPER_WIRE_ANY for a new container or a response
 *   VERSION_MISMATCH        rpc_version neither 0 nor CLIPPER_RPC_VERSION
 *   UNKNOWN_HEARTBEAT_TYPE  neither keep-alive nor send metadata
 *   BAD_INPUT_TYPE          a new container's input type is none of the five
 *   UNKNOWN_DATA_TYPE       a request's, or on the document wire a response's, type is none of the five; on
 *                           the release wire, whose items are always strings, it is neither strings nor
 *                           unstated
 *   ITEM_WIDTH              an item's size is not a multiple of its type's width
 *   METADATA_SIZE           the size of the metadata does not fit a size_t
 *   TOO_MANY_FRAMES         the number of all frames does not fit a size_t
 *   NO_SPACE                the storage is too small; nothing was written
 *
 * STORAGE must overlap neither MESSAGE nor what it points to; but message->as.request.items (or response,
 * feedback) may be exactly where the item frames go, and is then not copied. */
CLIPPER_API clipper_error clipper_encode(const clipper_message *message, clipper_wire wire,
                                         const clipper_storage *storage, clipper_encoded *encoded,
                                         clipper_diagnosis *diagnosis);

/* Encodes only the header frames: all of a heartbeat or a new container; of a prediction or a feedback
 * request the frames before the items, so that the items can be sent from where they are. At most
 * CLIPPER_HEAD_FRAMES_MAX frames; scratch as for the whole. Otherwise as clipper_encode. */
CLIPPER_API clipper_error clipper_encode_head(const clipper_message *message, clipper_wire wire,
                                              const clipper_storage *storage, clipper_encoded *encoded,
                                              clipper_diagnosis *diagnosis);

/* ---- Elements of items ------------------------------------------------------------------------------- */

/* For each type of number, i32, f32 and f64: how many an item holds, one by index, all into an array, and all
 * in place; and one written, into the bytes of an item that is being made.
 *
 *   size_t clipper_T_count(item)           whole elements in the item; left-over bytes do not count
 *   T clipper_T_at(item, index)            element INDEX: must be below clipper_T_count(item), not checked
 *   size_t clipper_T_copy(item, out, max)  copies the first elements, at most MAX, to OUT; returns how many
 *   const T *clipper_T_view(item)          the elements in place, or NULL where that cannot be: the item is
 *                                          empty, misaligned, not a whole number of elements, or the host is
 *                                          big-endian
 *   void clipper_T_put(bytes, index, value)  writes VALUE as element INDEX of an item at BYTES, which must have
 *                                          room for INDEX + 1 elements, not checked
 *
 * Any alignment, any host. Values are bit-exact: a NaN keeps its payload. */

#if defined(__BYTE_ORDER__) && defined(__ORDER_LITTLE_ENDIAN__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define CLIPPER_LITTLE_ENDIAN_HOST 1
#else
#define CLIPPER_LITTLE_ENDIAN_HOST 0
#endif

/* A copy of a few bytes that compilers turn into one move, also in a freestanding build. Private. */
#if defined(__GNUC__)
#define CLIPPER_COPY_(to, from, size) __builtin_memcpy(to, from, size)
#else
#define CLIPPER_COPY_(to, from, size) memcpy(to, from, size)
#endif

/* The little-endian u32 at P: 4 bytes, any alignment. */
CLIPPER_INLINE uint32_t clipper_load_u32(const void *p) {
#if CLIPPER_LITTLE_ENDIAN_HOST
    uint32_t value;
    CLIPPER_COPY_(&value, p, sizeof value);
    return value;
#else
    const uint8_t *b = (const uint8_t *)p;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
#endif
}

/* The little-endian u64 at P: 8 bytes, any alignment. */
CLIPPER_INLINE uint64_t clipper_load_u64(const void *p) {
#if CLIPPER_LITTLE_ENDIAN_HOST
    uint64_t value;
    CLIPPER_COPY_(&value, p, sizeof value);
    return value;
#else
    const uint8_t *b = (const uint8_t *)p;
    return (uint64_t)clipper_load_u32(b) | (uint64_t)clipper_load_u32(b + 4) << 32;
#endif
}

/* Writes VALUE to the 4 bytes at OUT, little-endian, at any alignment. */
CLIPPER_INLINE void clipper_store_u32(void *out, uint32_t value) {
#if CLIPPER_LITTLE_ENDIAN_HOST
    CLIPPER_COPY_(out, &value, sizeof value);
#else
    uint8_t *b = (uint8_t *)out;
    size_t i;
    for (i = 0; i < sizeof value; i++)
        b[i] = (uint8_t)(value >> (8 * i));
#endif
}

/* Writes VALUE to the 8 bytes at OUT, little-endian, at any alignment. */
CLIPPER_INLINE void clipper_store_u64(void *out, uint64_t value) {
#if CLIPPER_LITTLE_ENDIAN_HOST
    CLIPPER_COPY_(out, &value, sizeof value);
#else
    clipper_store_u32(out, (uint32_t)value);
    clipper_store_u32((uint8_t *)out + 4, (uint32_t)(value >> 32));
#endif
}

/* One set of the five functions: element type T, prefix P, the same-sized unsigned type, its loader and its storer. */
#define CLIPPER_ELEMENTS(P, T, BITS, LOAD, STORE)                                                            \
    CLIPPER_INLINE size_t clipper_##P##_count(clipper_frame item) {                                          \
        return item.len / sizeof(T);                                                                         \
    }                                                                                                        \
    CLIPPER_INLINE T clipper_##P##_at(clipper_frame item, size_t index) {                                    \
        T value;                                                                                             \
        BITS bits = LOAD((const uint8_t *)item.base + index * sizeof(T));                                    \
        CLIPPER_COPY_(&value, &bits, sizeof value);                                                          \
        return value;                                                                                        \
    }                                                                                                        \
    CLIPPER_INLINE size_t clipper_##P##_copy(clipper_frame item, T *out, size_t max) {                       \
        size_t count = clipper_##P##_count(item), i;                                                         \
        if (count > max)                                                                                     \
            count = max;                                                                                     \
        for (i = 0; i < count; i++)                                                                          \
            out[i] = clipper_##P##_at(item, i);                                                              \
        return count;                                                                                        \
    }                                                                                                        \
    CLIPPER_INLINE const T *clipper_##P##_view(clipper_frame item) {                                         \
        int fits = CLIPPER_LITTLE_ENDIAN_HOST && item.len != 0 && item.len % sizeof(T) == 0 &&               \
                   (uintptr_t)item.base % sizeof(T) == 0;                                                    \
        return fits ? (const T *)item.base : NULL;                                                           \
    }                                                                                                        \
    CLIPPER_INLINE void clipper_##P##_put(void *bytes, size_t index, T value) {                              \
        BITS bits;                                                                                           \
        CLIPPER_COPY_(&bits, &value, sizeof bits);                                                           \
        STORE((uint8_t *)bytes + index * sizeof(T), bits);                                                   \
    }

CLIPPER_ELEMENTS(i32, int32_t, uint32_t, clipper_load_u32, clipper_store_u32)
CLIPPER_ELEMENTS(f32, float, uint32_t, clipper_load_u32, clipper_store_u32)
CLIPPER_ELEMENTS(f64, double, uint64_t, clipper_load_u64, clipper_store_u64)

#ifdef __cplusplus
}
#endif

#endif
