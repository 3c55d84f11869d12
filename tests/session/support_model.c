#include "support_model.h"

#include <stdio.h>
#include <string.h>

const char *model_event_name(model_event event) {
    static const char *const names[] = {
#define MODEL_X(name) #name,
        MODEL_EVENTS(MODEL_X)
#undef MODEL_X
    };
    return event < MODEL_EVENT_COUNT ? names[event] : "unknown";
}

uint32_t model_choose(model_replay *replay, uint32_t limit) {
    replay->seed = replay->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(replay->seed >> 33) % limit;
}

void model_begin(model_replay *replay, uint64_t poll_timeout, uint64_t activity_timeout, uint64_t tick_ms,
                 uint64_t now, uint64_t seed) {
    clipper_session_config config = test_config();
    memset(replay, 0, sizeof *replay);
    config.poll_timeout_ms = poll_timeout * tick_ms;
    config.activity_timeout_ms = activity_timeout * tick_ms;
    start_session(&replay->session, &config);
    replay->poll_timeout = poll_timeout;
    replay->tick_ms = tick_ms;
    replay->now = now;
    replay->seen = UINT64_MAX; /* nothing yet */
    replay->seed = seed;
}

/* ---- Events -------------------------------------------------------------------------------------------- */

/* The time to pass to the session. Once it has seen the present, an earlier time must make no difference. */
static uint64_t time_to_tell(model_replay *replay) {
    const uint64_t back = model_choose(replay, 3) == 0 ? model_choose(replay, 100000) : 0;
    if (replay->seen == replay->now)
        return back < replay->now ? replay->now - back : 0;
    replay->seen = replay->now;
    return replay->now;
}

/* One of the messages that no container is sent, or that are no messages. */
static clipper_session_action receive_malformed(model_replay *replay, uint64_t now) {
    clipper_session *session = &replay->session;
    switch (model_choose(replay, 6)) {
    case 0:
        return receive_garbage(session, now);
    case 1:
        return receive_new_container(session, now);
    case 2:
        return receive_request(session, 1, CLIPPER_TYPE_DOUBLES, 7, now); /* not a whole number of doubles */
    case 3:
        return receive_request(session, 1, (clipper_data_type)5, 8, now); /* an unknown type */
    case 4:
        return clipper_session_on_message(session, NULL, 0, now);
    default: {
        const clipper_frame frames[] = {{NULL, 0}, {"\3\0\0\0", 4}, {"\2\0\0\0", 4}, {"\2\0\0\0", 4}};
        return clipper_session_on_message(session, frames, 4, now); /* a heartbeat of an unknown type */
    }
    }
}

static uint32_t other_version(model_replay *replay) {
    const uint32_t version = model_choose(replay, 1000);
    return version == 3 ? UINT32_MAX : version;
}

static uint32_t any_id(model_replay *replay) {
    static const uint32_t edges[] = {0, 0x7fffffff, 0x80000000, 0xffffffff};
    return model_choose(replay, 2) ? edges[model_choose(replay, 4)] : model_choose(replay, 1000000);
}

static clipper_data_type wrong_type(model_replay *replay) {
    static const clipper_data_type types[] = {CLIPPER_TYPE_BYTES, CLIPPER_TYPE_INTS, CLIPPER_TYPE_FLOATS,
                                              CLIPPER_TYPE_STRINGS};
    return types[model_choose(replay, 4)];
}

/* D is not over yet at the end of the tick but one millisecond: nothing may happen. */
static int is_quiet_until(model_replay *replay, uint64_t now) {
    clipper_session *session = &replay->session;
    if (!replay->state.open || replay->state.poll >= replay->poll_timeout)
        return 1;
    replay->seen = now;
    return clipper_session_on_time(session, now) == CLIPPER_SESSION_WAIT;
}

/* Does EVENT. Returns the name of the action that it was answered with. ID is that of the request, if it is one. */
static const char *carry_out(model_replay *replay, model_event event, uint32_t id) {
    clipper_session *session = &replay->session;
    const size_t size = 8 * (size_t)model_choose(replay, 4);
    clipper_session_action action;
    uint64_t now;
    if (event == MODEL_tick) {
        replay->now += replay->tick_ms;
        return is_quiet_until(replay, replay->now - 1) ? "none" : "not quiet before the tick";
    }
    now = event == MODEL_on_disconnect ? 0 : time_to_tell(replay);
    switch (event) {
    case MODEL_on_open:
        replay->opened++;
        action = clipper_session_open(session, now);
        break;
    case MODEL_keep_alive:
        action = receive_keep_alive(session, now);
        break;
    case MODEL_asks_metadata:
        action = receive_send_metadata(session, now);
        break;
    case MODEL_request:
        action = receive_request(session, id, CLIPPER_TYPE_DOUBLES, size, now);
        break;
    case MODEL_wrong_type:
        action = receive_request(session, id, wrong_type(replay), size, now);
        break;
    case MODEL_feedback_request:
        action = receive_feedback(session, id, now);
        break;
    case MODEL_malformed:
        action = receive_malformed(replay, now);
        break;
    case MODEL_other_version:
        action = receive_heartbeat_of_version(session, other_version(replay), now);
        break;
    case MODEL_on_time:
        action = clipper_session_on_time(session, now);
        break;
    case MODEL_on_backlog:
        action = clipper_session_on_backlog(session, now);
        break;
    case MODEL_on_disconnect:
        action = clipper_session_on_disconnect(session);
        break;
    default: /* MODEL_on_activity */
        clipper_session_on_activity(session, now);
        return "none";
    }
    return clipper_session_action_name(action);
}

/* ---- Comparison ---------------------------------------------------------------------------------------- */

static int is_frame(const clipper_session *session, size_t index, const void *bytes, size_t len) {
    return index < session->frame_count && session->frames[index].len == len &&
           (len == 0 || memcmp(session->frames[index].base, bytes, len) == 0);
}

/* Does the session offer what goes with ACTION? */
static int has_the_goods(const clipper_session *session, const char *action, uint32_t id) {
    if (strcmp(action, "send_heartbeat") == 0)
        return session->frame_count == 2 && is_frame(session, 0, "", 0) &&
               is_frame(session, 1, "\2\0\0\0", 4);
    if (strcmp(action, "send_metadata") == 0)
        return session->frame_count == 6 && is_frame(session, 0, "", 0) &&
               is_frame(session, 1, "\0\0\0\0", 4) && is_frame(session, 2, "digits", 6) &&
               is_frame(session, 3, "7", 1) && is_frame(session, 4, "3", 1) &&
               is_frame(session, 5, "\3\0\0\0", 4);
    if (strcmp(action, "predict") == 0 || strcmp(action, "wrong_input_type") == 0)
        return session->message.kind == CLIPPER_PREDICTION_REQUEST && session->message.as.request.id == id;
    if (strcmp(action, "feedback") == 0)
        return session->message.kind == CLIPPER_FEEDBACK_REQUEST && session->message.as.feedback.id == id;
    if (strcmp(action, "bad_message") == 0)
        return session->diagnosis.error != CLIPPER_OK && session->diagnosis.error != CLIPPER_VERSION_MISMATCH;
    if (strcmp(action, "exit") == 0)
        return session->diagnosis.error == CLIPPER_VERSION_MISMATCH && session->diagnosis.actual != 3;
    return 1;
}

/* Is the deadline where the model has it? One that has passed may be anywhere in the past. */
static int is_due_in(const model_replay *replay, model_state state) {
    const uint64_t deadline = clipper_session_deadline(&replay->session);
    const uint64_t left = (replay->poll_timeout - state.poll) * replay->tick_ms;
    if (!state.open)
        return deadline == CLIPPER_NO_DEADLINE;
    return left == 0 ? deadline <= replay->now : deadline == replay->now + left;
}

static int fails(model_replay *replay, const char *what, const char *expected, const char *actual) {
    snprintf(replay->problem, sizeof replay->problem, "%s: the model says %s, the session %s", what, expected,
             actual);
    return -1;
}

static int compare_flag(model_replay *replay, const char *what, int expected, int actual) {
    return !expected == !actual ? 0 : fails(replay, what, expected ? "yes" : "no", actual ? "yes" : "no");
}

int model_step(model_replay *replay, model_event event, const char *action, model_state after) {
    const clipper_session *session = &replay->session;
    const uint32_t id = any_id(replay);
    const char *answer = carry_out(replay, event, id);
    replay->state = after;
    if (strcmp(answer, action) != 0)
        return fails(replay, "action", action, answer);
    if (compare_flag(replay, "open", after.open, session->open) != 0 ||
        compare_flag(replay, "metadata sent", after.asked, session->metadata_sent) != 0 ||
        compare_flag(replay, "registered", after.registered, session->registered) != 0)
        return -1;
    if (session->number != replay->opened)
        return fails(replay, "number", "one more for each opening", "another");
    if (!is_due_in(replay, after))
        return fails(replay, "deadline", "D after the poll began", "another");
    if (!has_the_goods(session, action, id))
        return fails(replay, "frames, message or diagnosis", "those of the action", "others");
    return 0;
}
