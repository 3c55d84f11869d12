/* clipper/session.h: a container's sessions with Clipper as a state machine, without sockets and without a clock.
 *
 * WHAT IT IS
 *   The rules of the container's side of the protocol: what to send when, what counts as a sign of life, when
 *   a session is over. Events go in (a session was opened, a message came, time passed), and each call
 *   returns one action for the caller to carry out. The caller (clipper/container.h is one) moves the bytes.
 *   No I/O, no allocation, no globals, no clock: time is an argument. Needs the codec, nothing else.
 *
 * WORDS
 *   session        a sustained connection with Clipper. It has its own socket. [doc: Connection Lifecycle]
 *   poll timeout   D: how long to poll at a time. [doc: Maintaining a session]
 *   activity timeout  TO: a session ends when nothing came for this long. [doc: the same]
 *   to ask for the metadata   Clipper's heartbeat of type 1: it does not know this container
 *
 * HOW TO DRIVE IT
 *   clipper_session_init once. Then, in a loop: make a new socket and connect it; clipper_session_open; then
 *   wait for a message until clipper_session_deadline. A message that is already there goes first:
 *   clipper_session_on_message. When none came and the deadline has passed: clipper_session_on_time. Carry
 *   out every action that is returned. On CLIPPER_SESSION_REOPEN close the socket and begin again with a new
 *   one; on CLIPPER_SESSION_EXIT close it and leave.
 *
 * TIME
 *   NOW is in milliseconds of any clock that never steps (a monotonic one), from any zero. A NOW before an
 *   earlier one is taken as that earlier one: time stands still, it never runs back. [ours]
 *
 * OWNERSHIP
 *   A clipper_session lives where the caller puts it and needs no clean-up. It points into itself, so it must
 *   not be moved or copied. The texts of its configuration are borrowed: they must outlive it. One thread at
 *   a time.
 *
 * SOURCES as in clipper/codec.h: [doc: SECTION], [release], [ours].
 */
#ifndef CLIPPER_SESSION_H
#define CLIPPER_SESSION_H

#include "clipper/codec.h"

#ifdef __cplusplus
extern "C" {
#endif

/* D and TO as the document and released Clipper have them, in milliseconds. [doc: Maintaining a session] */
#define CLIPPER_POLL_TIMEOUT_MS     UINT64_C(5000)
#define CLIPPER_ACTIVITY_TIMEOUT_MS UINT64_C(30000)

/* What clipper_session_deadline returns where there is none. */
#define CLIPPER_NO_DEADLINE UINT64_MAX

/* What the session needs to know. */
typedef struct clipper_session_config {
    uint64_t poll_timeout_ms;     /* D, at least 1 */
    uint64_t activity_timeout_ms; /* TO, at least 1; judged when D has passed, so it may be less than D */
    clipper_wire wire;            /* of the new container message: document or release */
    clipper_frame name;           /* the model's name, borrowed */
    clipper_frame model_version;  /* borrowed */
    clipper_data_type input_type; /* bytes to strings */
    clipper_options options;      /* how inbound messages are decoded */
} clipper_session_config;

/* What can be wrong with a configuration, as X(number, NAME, sentence). Numbers never change. */
#define CLIPPER_SESSION_ERRORS(X)                                                                            \
    X(0, OK, "no error")                                                                                     \
    X(1, POLL_TIMEOUT, "the poll timeout must be at least 1 ms")                                             \
    X(2, ACTIVITY_TIMEOUT, "the activity timeout must be at least 1 ms")                                     \
    X(3, WIRE, "the wire must be document or release")                                                       \
    X(4, INPUT_TYPE, "the input type must be bytes, ints, floats, doubles or strings")                       \
    X(5, ERA, "this era of the protocol is not supported")

typedef enum clipper_session_error {
#define CLIPPER_X(number, NAME, sentence) CLIPPER_SESSION_ERROR_##NAME = number,
    CLIPPER_SESSION_ERRORS(CLIPPER_X)
#undef CLIPPER_X
} clipper_session_error;

/* The error's sentence; "unknown error" for a number that is none. Static. */
CLIPPER_API const char *clipper_session_error_sentence(clipper_session_error error);

/* What the caller is to do. Each call returns exactly one. */
typedef enum clipper_session_action {
    /* Nothing: wait for the next message, until the deadline. */
    CLIPPER_SESSION_WAIT,
    /* Send session.frames[0 .. session.frame_count): a heartbeat. */
    CLIPPER_SESSION_SEND_HEARTBEAT,
    /* Send session.frames[0 .. session.frame_count): a new container message. */
    CLIPPER_SESSION_SEND_METADATA,
    /* Predict session.message.as.request and send a response with the same id, in this session or not at all.
     */
    CLIPPER_SESSION_PREDICT,
    /* A feedback request (session.message.as.feedback), which nothing defines: ignore it. The session goes
       on. [ours; released containers die] */
    CLIPPER_SESSION_FEEDBACK,
    /* A prediction request for another input type than this container's: session.message.as.request is it,
       session.diagnosis says what was expected. Answer nothing. The session goes on. [ours; most released
       containers die] */
    CLIPPER_SESSION_WRONG_INPUT_TYPE,
    /* Not a message that a container is sent: session.diagnosis says why. The session goes on. [ours] */
    CLIPPER_SESSION_BAD_MESSAGE,
    /* The session is over, nothing came for TO: close the socket; with a new one call clipper_session_open.
       [doc: Ending a session] */
    CLIPPER_SESSION_REOPEN,
    /* Another RPC version: close the socket and exit. session.diagnosis has the version that came.
       [doc: Versioning and inbound/outbound messages] */
    CLIPPER_SESSION_EXIT
} clipper_session_action;

/* The action's name in lower case ("send_heartbeat"); "unknown" for a number that is none. Static. */
CLIPPER_API const char *clipper_session_action_name(clipper_session_action action);

/* Enough for the header frames of a new container message. */
#define CLIPPER_SESSION_SCRATCH CLIPPER_SCRATCH_MAX(0)

/* A container's session. The first part may be read, the part after it is private. */
typedef struct clipper_session {
    const clipper_frame *frames; /* after SEND_*: what to send; always the same bytes for the same action */
    size_t frame_count;
    clipper_message message; /* after PREDICT, FEEDBACK, WRONG_INPUT_TYPE: borrows from the frames given */
    clipper_diagnosis diagnosis; /* after BAD_MESSAGE, WRONG_INPUT_TYPE, EXIT */
    uint64_t number;             /* of the session: 0 before the first, then counted from 1 */
    int open;                    /* not 0 from clipper_session_open until REOPEN or EXIT */
    int metadata_sent;           /* not 0 when Clipper asked for the metadata in this session */
    int registered;              /* not 0 when Clipper has used a registration made in this session: since it
                                    last asked for the metadata, a keep-alive or a request came. [ours: there is
                                    no acknowledgement on the wire] */

    clipper_session_config config_;
    uint64_t now_;           /* the latest time seen */
    uint64_t poll_began_;    /* when the current poll began */
    uint64_t last_activity_; /* when the session opened or the latest message came */
    clipper_frame heartbeat_frames_[CLIPPER_HEAD_FRAMES_MAX];
    clipper_frame metadata_frames_[CLIPPER_HEAD_FRAMES_MAX];
    clipper_encoded heartbeat_;
    clipper_encoded metadata_;
    uint8_t heartbeat_bytes_[CLIPPER_SESSION_SCRATCH];
    uint8_t metadata_bytes_[CLIPPER_SESSION_SCRATCH];
} clipper_session;

/* D and TO of the document, release wire, doubles, default decoding, empty name and model version. */
CLIPPER_API clipper_session_config clipper_session_default_config(void);

/* Makes SESSION ready; it is not open yet. CONFIG is copied, but for the texts it points to. On an error the
 * session is zeroed and must not be used. */
CLIPPER_API clipper_session_error clipper_session_init(clipper_session *session,
                                                       const clipper_session_config *config);

/* A new socket has been made: begins a new session. A session that was open is over.
 * Returns SEND_HEARTBEAT: the first message of a session is a heartbeat. The activity timeout counts from
 * here, so a lost first heartbeat does not make it wait for ever. [doc: Starting a new session; ours: the
 * timeout before the first answer] */
CLIPPER_API clipper_session_action clipper_session_open(clipper_session *session, uint64_t now);

/* A whole multipart message came: COUNT frames, the delimiter first. Any message, also a malformed one, is a
 * sign of life and begins a new poll. [doc: Maintaining a session]
 *
 * Only the bytes of header frames are read, never those of items (see clipper_decode); session.message points
 * into FRAMES. Returns
 *   WAIT              a keep-alive: it is not answered
 *   SEND_METADATA     Clipper asked for the metadata: exactly once for each such heartbeat, at any time of a
 *                     session [release: Clipper restarted, or it forgot a silent container]
 *   PREDICT, FEEDBACK, WRONG_INPUT_TYPE, BAD_MESSAGE   see there; requests are served also before the
 *                     metadata was asked for
 *   EXIT              another RPC version; the session is no longer open
 * and WAIT when the session is not open: a message then belongs to no session. */
CLIPPER_API clipper_session_action clipper_session_on_message(clipper_session *session,
                                                              const clipper_frame *frames, size_t count,
                                                              uint64_t now);

/* A message came that could not be kept (no memory, for example): a sign of life all the same. */
CLIPPER_API void clipper_session_on_activity(clipper_session *session, uint64_t now);

/* Time has passed, and no message waits to be read. Returns
 *   WAIT            the deadline is not reached, or the session is not open
 *   SEND_HEARTBEAT  D has passed with nothing: a new poll begins now
 *   REOPEN          D has passed with nothing, and now - last activity >= TO: the session is no longer open
 * [doc: Maintaining a session] */
CLIPPER_API clipper_session_action clipper_session_on_time(clipper_session *session, uint64_t now);

/* Not 0: clipper_session_on_time would return REOPEN at NOW. For a caller that was late, as it did not run, and looks
 * once more for messages. [ours] */
CLIPPER_API int clipper_session_is_silent(const clipper_session *session, uint64_t now);

/* As clipper_session_on_time, for a caller that has messages waiting which it does not read as its model is at work: D
 * passes as always, but what waits unread is a sign of life. (Not for one that cannot get rid of its answers: Clipper
 * may be gone.) Returns WAIT or SEND_HEARTBEAT. [ours] */
CLIPPER_API clipper_session_action clipper_session_on_backlog(clipper_session *session, uint64_t now);

/* The transport lost the connection by itself. Returns REOPEN; the session is no longer open. Transports that
 * reconnect by themselves, as ZeroMQ does, never need it. [ours] */
CLIPPER_API clipper_session_action clipper_session_on_disconnect(clipper_session *session);

/* When clipper_session_on_time is due; CLIPPER_NO_DEADLINE when the session is not open. */
CLIPPER_API uint64_t clipper_session_deadline(const clipper_session *session);

#ifdef __cplusplus
}
#endif

#endif
