/* session.c: the container's lifecycle; clipper/session.h is its manual. */
#include "clipper/session.h"

const char *clipper_session_error_sentence(clipper_session_error error) {
    switch (error) {
#define CLIPPER_X(number, NAME, sentence)                                                                    \
    case CLIPPER_SESSION_ERROR_##NAME:                                                                       \
        return sentence;
        CLIPPER_SESSION_ERRORS(CLIPPER_X)
#undef CLIPPER_X
    }
    return "unknown error";
}

const char *clipper_session_action_name(clipper_session_action action) {
    switch (action) {
    case CLIPPER_SESSION_WAIT:
        return "wait";
    case CLIPPER_SESSION_SEND_HEARTBEAT:
        return "send_heartbeat";
    case CLIPPER_SESSION_SEND_METADATA:
        return "send_metadata";
    case CLIPPER_SESSION_PREDICT:
        return "predict";
    case CLIPPER_SESSION_FEEDBACK:
        return "feedback";
    case CLIPPER_SESSION_WRONG_INPUT_TYPE:
        return "wrong_input_type";
    case CLIPPER_SESSION_BAD_MESSAGE:
        return "bad_message";
    case CLIPPER_SESSION_REOPEN:
        return "reopen";
    case CLIPPER_SESSION_EXIT:
        return "exit";
    }
    return "unknown";
}

clipper_session_config clipper_session_default_config(void) {
    clipper_session_config config;
    memset(&config, 0, sizeof config);
    config.poll_timeout_ms = CLIPPER_POLL_TIMEOUT_MS;
    config.activity_timeout_ms = CLIPPER_ACTIVITY_TIMEOUT_MS;
    config.wire = CLIPPER_WIRE_RELEASE;
    config.input_type = CLIPPER_TYPE_DOUBLES;
    config.options = clipper_default_options();
    return config;
}

/* Encodes the new container message, once for all sessions. */
static clipper_session_error encode_metadata(clipper_session *session) {
    const clipper_storage storage = {session->metadata_frames_, CLIPPER_HEAD_FRAMES_MAX,
                                     session->metadata_bytes_, sizeof session->metadata_bytes_};
    clipper_message message;
    memset(&message, 0, sizeof message);
    message.kind = CLIPPER_NEW_CONTAINER;
    message.direction = CLIPPER_TO_CLIPPER;
    message.as.new_container.name = session->config_.name;
    message.as.new_container.model_version = session->config_.model_version;
    message.as.new_container.input_type = session->config_.input_type;
    return clipper_encode(&message, session->config_.wire, &storage, &session->metadata_, NULL) == CLIPPER_OK
               ? CLIPPER_SESSION_ERROR_OK
               : CLIPPER_SESSION_ERROR_INPUT_TYPE; /* nothing else can be wrong */
}

/* Encodes the heartbeat, once for all sessions. It is the same on both wires and cannot fail. */
static void encode_heartbeat(clipper_session *session) {
    const clipper_storage storage = {session->heartbeat_frames_, CLIPPER_HEAD_FRAMES_MAX,
                                     session->heartbeat_bytes_, sizeof session->heartbeat_bytes_};
    clipper_message message;
    memset(&message, 0, sizeof message);
    message.kind = CLIPPER_HEARTBEAT;
    message.direction = CLIPPER_TO_CLIPPER;
    (void)clipper_encode(&message, CLIPPER_WIRE_ANY, &storage, &session->heartbeat_, NULL);
}

static clipper_session_error prepare(clipper_session *session) {
    if (session->config_.poll_timeout_ms == 0)
        return CLIPPER_SESSION_ERROR_POLL_TIMEOUT;
    if (session->config_.activity_timeout_ms == 0)
        return CLIPPER_SESSION_ERROR_ACTIVITY_TIMEOUT;
    if (session->config_.wire != CLIPPER_WIRE_DOCUMENT && session->config_.wire != CLIPPER_WIRE_RELEASE)
        return CLIPPER_SESSION_ERROR_WIRE;
    if (session->config_.options.era != CLIPPER_ERA_V3)
        return CLIPPER_SESSION_ERROR_ERA;
    encode_heartbeat(session);
    return encode_metadata(session);
}

clipper_session_error clipper_session_init(clipper_session *session, const clipper_session_config *config) {
    clipper_session_error error;
    memset(session, 0, sizeof *session);
    session->config_ = *config;
    error = prepare(session);
    if (error != CLIPPER_SESSION_ERROR_OK)
        memset(session, 0, sizeof *session);
    return error;
}

/* Time only goes forward. */
static void advance(clipper_session *session, uint64_t now) {
    if (now > session->now_)
        session->now_ = now;
}

static void activity(clipper_session *session) {
    session->last_activity_ = session->now_;
    session->poll_began_ = session->now_;
}

static clipper_session_action send_heartbeat(clipper_session *session) {
    session->frames = session->heartbeat_frames_;
    session->frame_count = session->heartbeat_.frames;
    return CLIPPER_SESSION_SEND_HEARTBEAT;
}

static clipper_session_action send_metadata(clipper_session *session) {
    session->frames = session->metadata_frames_;
    session->frame_count = session->metadata_.frames;
    session->metadata_sent = 1;
    session->registered = 0; /* until Clipper shows that it knows us */
    return CLIPPER_SESSION_SEND_METADATA;
}

/* The session is over, for the reason that ACTION says. */
static clipper_session_action end(clipper_session *session, clipper_session_action action) {
    session->open = 0;
    session->metadata_sent = 0;
    session->registered = 0;
    return action;
}

clipper_session_action clipper_session_open(clipper_session *session, uint64_t now) {
    advance(session, now);
    session->number++;
    session->open = 1;
    session->metadata_sent = 0;
    session->registered = 0;
    activity(session);
    return send_heartbeat(session);
}

static clipper_session_action on_heartbeat(clipper_session *session) {
    if (session->message.as.heartbeat.type == CLIPPER_SEND_METADATA)
        return send_metadata(session);
    session->registered = session->metadata_sent;
    return CLIPPER_SESSION_WAIT;
}

static clipper_session_action on_request(clipper_session *session) {
    const clipper_data_type wanted = session->config_.input_type;
    const clipper_data_type found = session->message.as.request.data_type;
    session->registered = session->metadata_sent;
    if (found == wanted)
        return CLIPPER_SESSION_PREDICT;
    session->diagnosis.error = CLIPPER_UNKNOWN_DATA_TYPE;
    session->diagnosis.field = CLIPPER_FIELD_DATA_TYPE;
    session->diagnosis.frame = 6; /* the metadata, whose first word it is */
    session->diagnosis.expected = (uint64_t)wanted;
    session->diagnosis.actual = (uint64_t)found;
    return CLIPPER_SESSION_WRONG_INPUT_TYPE;
}

clipper_session_action clipper_session_on_message(clipper_session *session, const clipper_frame *frames,
                                                  size_t count, uint64_t now) {
    clipper_error error;
    advance(session, now);
    if (!session->open)
        return CLIPPER_SESSION_WAIT;
    activity(session);
    error = clipper_decode(CLIPPER_TO_CONTAINER, frames, count, &session->config_.options, &session->message,
                           &session->diagnosis);
    if (error == CLIPPER_VERSION_MISMATCH)
        return end(session, CLIPPER_SESSION_EXIT);
    switch (session->message.kind) { /* zeroed when the message was bad */
    case CLIPPER_HEARTBEAT:
        return on_heartbeat(session);
    case CLIPPER_PREDICTION_REQUEST:
        return on_request(session);
    case CLIPPER_FEEDBACK_REQUEST:
        return CLIPPER_SESSION_FEEDBACK;
    default:
        return CLIPPER_SESSION_BAD_MESSAGE;
    }
}

void clipper_session_on_activity(clipper_session *session, uint64_t now) {
    advance(session, now);
    activity(session);
}

/* Has D passed since the poll began? */
static int poll_is_over(const clipper_session *session) {
    return session->open && session->now_ - session->poll_began_ >= session->config_.poll_timeout_ms;
}

int clipper_session_is_silent(const clipper_session *session, uint64_t now) {
    const uint64_t at = now > session->now_ ? now : session->now_;
    return session->open && at - session->poll_began_ >= session->config_.poll_timeout_ms &&
           at - session->last_activity_ >= session->config_.activity_timeout_ms;
}

clipper_session_action clipper_session_on_time(clipper_session *session, uint64_t now) {
    advance(session, now);
    if (!poll_is_over(session))
        return CLIPPER_SESSION_WAIT;
    if (clipper_session_is_silent(session, now))
        return end(session, CLIPPER_SESSION_REOPEN);
    session->poll_began_ = session->now_;
    return send_heartbeat(session);
}

clipper_session_action clipper_session_on_backlog(clipper_session *session, uint64_t now) {
    advance(session, now);
    if (!poll_is_over(session))
        return CLIPPER_SESSION_WAIT;
    activity(session);
    return send_heartbeat(session);
}

clipper_session_action clipper_session_on_disconnect(clipper_session *session) {
    return end(session, CLIPPER_SESSION_REOPEN);
}

uint64_t clipper_session_deadline(const clipper_session *session) {
    if (!session->open)
        return CLIPPER_NO_DEADLINE;
    if (session->config_.poll_timeout_ms > CLIPPER_NO_DEADLINE - session->poll_began_)
        return CLIPPER_NO_DEADLINE;
    return session->poll_began_ + session->config_.poll_timeout_ms;
}
