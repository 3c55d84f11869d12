/* clipper/eras.h: the messages of Clipper's container RPC before version 3, by the same words as clipper/codec.h.
 *
 * The eras are known by letters. They have no version tag, so that nothing in a message tells its era: it is
 * an argument. RPC versions 1 and 2 never existed on any wire. spec/clipper-rpc.md, Appendix B, is normative.
 *
 *   C  sources from 2016-12-25, the guides of 2016      E  from 2017-04-26
 *   D  from 2017-03-31                                  F  from 2017-05-09, releases v0.1.0 to v0.2.0
 *
 * THE FRAMES ("" is the delimiter; u32 and u64 are integers of 4 and 8 bytes, little-endian)
 *   new container, outbound   C, D  "", name, model version, input type "0".."4"
 *                             E, F  "", u32 0, name, model version, input type
 *   heartbeat, outbound       E, F  "", u32 2
 *   heartbeat, inbound        E, F  "", u32 2, u32 heartbeat type
 *   prediction request        C     "", u32 id, u32 0, input header, content
 *                             D     "", u32 id, u32 0, u64 header bytes, input header, u64 content bytes, content
 *                             E, F  "", u32 1, and on as D from the id
 *   prediction response       C, D  "", u32 id, f32[n]
 *                             E     "", u32 1, u32 id, f32[n]
 *                             F     "", u32 1, u32 id, {u32 n, u32 length[n], the outputs}
 *   feedback request          C, D  "", u32 id, u32 1, any frames
 *                             E, F  "", u32 1, u32 id, u32 1, any frames
 *
 *   The input header is u32[1 + n] {type, n, e(1) .. e(n-1)}: e(i) is the end of item i, counted in elements of
 *   the type. The content is one frame: all items one behind another. Strings end in NUL; each counts as one
 *   element. An output of C to E is one float, an output of F a text.
 *
 * WHAT CANNOT BE SAID: no items; items of no bytes at all, other than strings; a string with a NUL inside;
 *   more than 2^31 - 1 items or bytes of content. Encoding refuses all of it, and so does decoding.
 *
 * LENIENCIES (see codec.h): WIDE_ID in responses of D to F, INPUT_TYPE_TAIL in F, STRING_ENDS in all.
 *
 * OWNERSHIP, BYTE ORDER, THREADS: as in clipper/codec.h. Nothing there refers to what is here: a program that
 * calls nothing of this header links nothing of it. */
#ifndef CLIPPER_ERAS_H
#define CLIPPER_ERAS_H

#include "clipper/codec.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What no integer of the eras may exceed: counts of items and elements, bytes of content. */
#define CLIPPER_ERA_MOST 0x7fffffffu

/* ---- Decoding ---------------------------------------------------------------------------------------- */

/* Where the views of a decoded prediction's items go: the caller's array. */
typedef struct clipper_item_room {
    clipper_frame *items; /* filled with views into the content frame; strings without their NUL */
    size_t capacity;      /* frames in it */
    size_t needed;        /* set by decoding: the items of this message, on CLIPPER_NO_SPACE, too */
} clipper_item_room;

/* Decodes the COUNT frames of one multipart message that went in DIRECTION, in OPTIONS->era.
 *
 * FRAMES     the delimiter first; all must be readable.
 * OPTIONS    as in clipper_decode; CLIPPER_ERA_V3 (also by NULL) is BAD_ERA.
 * ROOM       takes the views of the items, and lives as long as the message is used. Of no use for messages
 *            without items: there it may have no capacity. What its array holds after a failure means nothing.
 * MESSAGE    filled on success, zeroed on failure. wire is CLIPPER_WIRE_ANY, rpc_version 0. The data type of a
 *            response is CLIPPER_TYPE_FLOATS in C to E, CLIPPER_TYPE_STRINGS in F.
 * DIAGNOSIS  may be NULL; zeroed on success, filled on failure.
 *
 * Returns CLIPPER_OK, or the first error in the order of the frames; CLIPPER_NO_SPACE only where all else is
 * right, with room->needed set. Possible are
 *   EMPTY_MESSAGE TRUNCATED EXTRA_FRAME NO_DELIMITER WRONG_WIDTH UNKNOWN_MESSAGE_TYPE ILLEGAL_NEW_CONTAINER
 *   UNKNOWN_HEARTBEAT_TYPE UNKNOWN_REQUEST_TYPE UNKNOWN_DATA_TYPE BAD_INPUT_TYPE BAD_ERA, as in clipper_decode
 *   METADATA_LENGTH  the input header (METADATA) or the content (CONTENT) has not the length given before it
 *   METADATA_SIZE    the input header is not a whole number of 4-byte words, or has fewer than two
 *   ITEM_COUNT       the input header counts other items than it has ends
 *   ITEM_WIDTH       the content is not a whole number of elements
 *   NO_ITEMS         no items, or no bytes at all
 *   END_DESCENDS     an end is less than the one before it
 *   STRING_END       strict: a string's end is not its number
 *   CONTENT_SHORT    the content ends before an item does, or before F's lengths do
 *   BYTES_LEFT       the content goes on after its last item
 *   NO_NUL           the content ends inside a string
 *   STRING_COUNT     the content has fewer or more strings than the input header counts
 *   ID_TOO_LARGE     an id of 8 bytes whose high half is not zero
 *   TEXT_TOO_LONG TOO_MANY_ITEMS ITEM_TOO_LARGE MESSAGE_TOO_LARGE, by the limits or CLIPPER_ERA_MOST
 *
 * In C and D a container's second frame is a name or an id, as the number of frames tells. Three frames that are
 * no response are reported as a new container cut by its last, unless only the id or only the content is
 * wrong.
 *
 * Time grows with COUNT and the bytes of the content. */
CLIPPER_API clipper_error clipper_era_decode(clipper_direction direction, const clipper_frame *frames,
                                             size_t count, const clipper_options *options,
                                             clipper_item_room *room, clipper_message *message,
                                             clipper_diagnosis *diagnosis);

/* A message being decoded one frame at a time. MESSAGE and DIAGNOSIS may be read; all else is private. */
typedef struct clipper_era_decoder {
    clipper_message message;
    clipper_diagnosis diagnosis;

    clipper_options options_;
    clipper_direction direction_;
    int state_;               /* which frame comes next */
    size_t frame_;            /* its index */
    clipper_frame held_;      /* C and D, outbound: the name or id; inbound: the input header */
    uint64_t declared_;       /* the length given for the next frame */
    uint64_t feedback_bytes_; /* so far */
} clipper_era_decoder;

/* Makes DECODER ready for a message that goes in DIRECTION. OPTIONS is copied. */
CLIPPER_API void clipper_era_decoder_init(clipper_era_decoder *decoder, clipper_direction direction,
                                          const clipper_options *options);

/* Takes the next frame. MORE is not 0 when further frames of the same message follow.
 *
 * Returns
 *   CLIPPER_EVENT_MORE   a frame was taken
 *   CLIPPER_EVENT_ITEM   a frame of a feedback request was taken, and more follow
 *   CLIPPER_EVENT_DONE   the message is complete, as clipper_era_decode gives it, but for feedback's frames, which
 *                        are NULL. The next push begins a new message.
 *   CLIPPER_EVENT_ERROR  diagnosis says what. Every later push returns this again; but after CLIPPER_NO_SPACE
 *                        the frame was not taken, and may be pushed again with room for room->needed items.
 * ROOM is used only by the last frame of a prediction. All frames must stay valid and unchanged until the
 * message is done. */
CLIPPER_API clipper_event clipper_era_decoder_push(clipper_era_decoder *decoder, clipper_frame frame,
                                                   int more, clipper_item_room *room);

/* ---- Encoding ---------------------------------------------------------------------------------------- */

/* What any message of N items with BYTES bytes in all needs: compile-time bounds. For a new container N is 0, and BYTES
 * the length of its model version; for a heartbeat both are 0. Feedback needs 4 frames and its own. */
#define CLIPPER_ERA_FRAMES_MAX            8
#define CLIPPER_ERA_SCRATCH_MAX(n, bytes) (40 + 5 * (n) + (bytes))

/* Encodes MESSAGE for message->direction in ERA into STORAGE; other than in version 3, the items are copied: they are one
 * frame on the wire. ENCODED and DIAGNOSIS as in clipper_encode; feedback's frames are passed on as they are.
 *
 * Of message->leniencies two are heeded, so that what released containers send is written as they do: WIDE_ID,
 * and INPUT_TYPE_TAIL (NULs, to the length of the model version).
 *
 * What is encoded decodes to the same message (within the limits). So these are refused:
 *   BAD_ERA                 CLIPPER_ERA_V3, or none
 *   BAD_MESSAGE             no kind, or one that does not go in this direction in ERA
 *   VERSION_MISMATCH        rpc_version is not 0: no era has a place for it
 *   UNKNOWN_HEARTBEAT_TYPE  neither keep-alive nor send metadata
 *   BAD_INPUT_TYPE          a new container's input type is none of the five
 *   UNKNOWN_DATA_TYPE       a request's is none of the five; a response's is not floats in C to E, neither
 *                           strings nor unstated in F
 *   NO_ITEMS                no items, or no bytes at all in items other than strings
 *   ITEM_SIZE               an output of C to E is not one float
 *   ITEM_WIDTH              an item's size is not a multiple of its type's width
 *   NUL_IN_STRING           in a request
 *   TOO_MANY_ITEMS MESSAGE_TOO_LARGE  more than CLIPPER_ERA_MOST
 *   TOO_MANY_FRAMES         feedback whose number of frames does not fit a size_t
 *   NO_SPACE                the storage is too small; nothing was written */
CLIPPER_API clipper_error clipper_era_encode(const clipper_message *message, clipper_era era,
                                             const clipper_storage *storage, clipper_encoded *encoded,
                                             clipper_diagnosis *diagnosis);

/* ---- Recognising ------------------------------------------------------------------------------------- */

/* Who could have sent a message. */
enum {
    CLIPPER_SENT_BY_C = 1,
    CLIPPER_SENT_BY_D = 2,
    CLIPPER_SENT_BY_E = 4,
    CLIPPER_SENT_BY_F = 8,
    CLIPPER_SENT_BY_V3_DOCUMENT = 16,
    CLIPPER_SENT_BY_V3_RELEASE = 32
};

/* The eras and wires that could have sent the COUNT frames in DIRECTION, as CLIPPER_SENT_BY_* bits; 0 for none.
 *
 * OPTIONS       limits and strictness; its era does not matter. NULL for the defaults.
 * OUTPUT_COUNT  how many outputs a response must have, from the request that it answers; 0 where not known.
 *               With it E and F are told apart, which a response otherwise need not show.
 *
 * A feedback request counts for version 3 only: in the eras before it nobody ever sent one. */
CLIPPER_API unsigned clipper_recognise(clipper_direction direction, const clipper_frame *frames, size_t count,
                                       const clipper_options *options, size_t output_count);

/* ---- Translating ------------------------------------------------------------------------------------- */

/* A container of one era on a Clipper of another: one connection of such a pair. All but registered_ may be read. */
typedef struct clipper_translator {
    clipper_era container; /* E, F or version 3 */
    clipper_era clipper;   /* E, F or version 3 */
    clipper_wire wire;     /* of the one that speaks version 3 */
    int registered_; /* whether this Clipper has been sent a new container, and has not asked for another */
} clipper_translator;

/* Makes TRANSLATOR ready for a new connection to a Clipper. Each connection, and each start of Clipper, needs this
 * anew: only so is it known whether the container has registered. WIRE is CLIPPER_WIRE_DOCUMENT or
 * CLIPPER_WIRE_RELEASE, and does not matter where nobody speaks version 3. */
CLIPPER_API void clipper_translator_init(clipper_translator *translator, clipper_era container,
                                         clipper_era clipper, clipper_wire wire);

/* Turns MESSAGE, decoded in the era (and on the wire) of its sender, into what its receiver's era says for it. OUT is to
 * be encoded in the receiver's era, on TRANSLATOR->wire if that is version 3; it borrows what MESSAGE borrows. What is
 * translated there and back is the same, but for leniencies, which are dropped.
 *
 * DIAGNOSIS  may be NULL; as in clipper_era_encode. On failure OUT is zeroed and the message must not be sent.
 *
 * Returns CLIPPER_OK, or
 *   BAD_ERA               an era other than E, F and version 3: without heartbeats there is no session to translate
 *   BAD_WIRE              version 3 is spoken, and wire is CLIPPER_WIRE_ANY
 *   BAD_MESSAGE           no kind, or one that does not go in this direction
 *   UNKNOWN_REQUEST_TYPE  feedback: no container of those days survives it
 *   UNKNOWN_DATA_TYPE     outputs of a type that the receiver's era has no place for: floats (E) on the release wire, whose
 *                         items are texts; other than texts for F; other than floats for E
 *   NOT_REGISTERED        a response for a Clipper of E or F that has not been sent a new container, or has asked for one
 *                         again since: it would go mute for all containers
 *   and what clipper_era_encode refuses in a batch. */
CLIPPER_API clipper_error clipper_translate(clipper_translator *translator, const clipper_message *message,
                                            clipper_message *out, clipper_diagnosis *diagnosis);

#ifdef __cplusplus
}
#endif

#endif
