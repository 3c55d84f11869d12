/* clipper/flat.h: a multipart message as one run of bytes, for transports that have no frames of their own.
 *
 * The form is the message framing of ZMTP 3 (the ZeroMQ Message Transport Protocol), so that what a ZeroMQ
 * peer writes to a TCP connection can be read as well. Every frame is
 *
 *     flags octet, length, body
 *
 *     flags   bit 0 MORE     another frame of the same message follows
 *             bit 1 LONG     the length has 8 octets, not 1
 *             bit 2 COMMAND  not part of a message (ZMTP's READY, PING, ...): skipped; never has MORE
 *             bits 3 to 7    zero
 *     length  of the body, unsigned, most significant octet first
 *
 * A ZMTP 3 stream begins with a greeting of 64 octets (FF, 8 octets, 7F, major version 3, ...). A reader
 * skips one at the beginning of its stream; clipper_flat_write writes none.
 *
 * As in clipper/codec.h: no I/O, no allocation, nothing global; views borrow; errors and diagnoses are the
 * same.
 */
#ifndef CLIPPER_FLAT_H
#define CLIPPER_FLAT_H

#include "clipper/codec.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The longest flags octet and length. */
#define CLIPPER_FLAT_HEADER_MAX 9

/* ---- Writing ------------------------------------------------------------------------------------------ */

/* Writes the flags octet and the length of a frame of LEN bytes to HEADER: for sending a body from where it
 * is. MORE is not 0 when another frame of the message follows. Returns the bytes written: 2 (LEN up to 255)
 * or 9. */
CLIPPER_API size_t clipper_flat_header(uint64_t len, int more, uint8_t header[CLIPPER_FLAT_HEADER_MAX]);

/* Writes the COUNT frames of one message to OUT. *USED becomes the bytes written; on CLIPPER_NO_SPACE those
 * needed (SIZE_MAX where even that does not fit), and nothing is written. COUNT 0 is an EMPTY_MESSAGE. */
CLIPPER_API clipper_error clipper_flat_write(const clipper_frame *frames, size_t count, clipper_span out,
                                             size_t *used);

/* ---- Reading, incrementally --------------------------------------------------------------------------- */

typedef enum clipper_flat_event {
    CLIPPER_FLAT_ERROR = -1,  /* reader.diagnosis says what; every later call returns this again */
    CLIPPER_FLAT_STARVED = 0, /* all input is used up: call again when more has come */
    CLIPPER_FLAT_FRAME =
        1, /* a frame begins: reader.len, reader.more and reader.index are known. Allocate now. */
    CLIPPER_FLAT_DATA = 2, /* the next bytes of its body, at least one */
    CLIPPER_FLAT_END = 3   /* the frame is complete; with reader.more 0 the message is, too */
} clipper_flat_event;

/* A stream being read. Lives where the caller puts it and needs no clean-up. */
typedef struct clipper_flat_reader {
    uint64_t len;                /* bytes in the body of the current frame */
    int more;                    /* not 0: another frame of the same message follows it */
    size_t index;                /* of the current frame in its message */
    clipper_diagnosis diagnosis; /* after CLIPPER_FLAT_ERROR */

    uint64_t frame_limit_;   /* bytes in a frame */
    uint64_t frames_limit_;  /* frames in a message */
    uint64_t message_limit_; /* bytes in a message */
    uint64_t message_bytes_;
    size_t next_;        /* the index that the next frame will have */
    uint64_t remaining_; /* of the body, the length field, or the greeting, as state_ says */
    int state_;
    uint8_t flags_;
} clipper_flat_reader;

/* Makes READER ready for the beginning of a stream. LIMITS as in clipper_options, NULL for the defaults; from
 * them follow the longest frame, the most frames, and the most bytes of a message that could be decoded: what
 * is larger is FRAME_TOO_LARGE, TOO_MANY_FRAMES or MESSAGE_TOO_LARGE, reported before any of the body is
 * read. */
CLIPPER_API void clipper_flat_reader_init(clipper_flat_reader *reader, const clipper_limits *limits);

/* Reads on in *INPUT and moves it past what was used. One event a call: call again until STARVED. On
 * CLIPPER_FLAT_DATA, *DATA views the bytes, inside the input; otherwise it is empty. The events do not depend
 * on how the stream is cut into inputs, but for the cutting of bodies into DATA.
 * Errors, beside the limits: FLAT_FLAGS and FLAT_GREETING; offset is that of the octet from the frame's flags
 * octet on (or in the greeting). */
CLIPPER_API clipper_flat_event clipper_flat_read(clipper_flat_reader *reader, clipper_frame *input,
                                                 clipper_frame *data);

/* ---- Reading a whole message --------------------------------------------------------------------------- */

/* Splits the first message in BYTES into frames, in place: FRAMES point into BYTES. Skips a greeting and
 * commands before it.
 *
 * LIMITS     NULL for the defaults.
 * COUNT      the number of frames; on CLIPPER_NO_SPACE the number needed; 0 on any other failure.
 * USED       the bytes from the beginning of BYTES to the end of the message; 0 on failure.
 * DIAGNOSIS  may be NULL; zeroed on success.
 *
 * Errors: those of clipper_flat_read; FLAT_TRUNCATED when BYTES ends before the message does (read more and
 * call again, or use a clipper_flat_reader); NO_SPACE when CAPACITY is too small. On failure FRAMES may have
 * been written to, up to CAPACITY. */
CLIPPER_API clipper_error clipper_flat_split(clipper_frame bytes, const clipper_limits *limits,
                                             clipper_frame *frames, size_t capacity, size_t *count,
                                             size_t *used, clipper_diagnosis *diagnosis);

#ifdef __cplusplus
}
#endif

#endif
