/* The container's session under any sequence of events, beside a model of it written down from its manual.
 *
 * Input: the configuration (see configure), then events: an octet (see enum event) and what that event needs.
 */
#include <clipper/session.h>

#include "check.h"
#include "input.h"
#include "reference.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An octet modulo EVENTS. DELAY is a number: milliseconds since the event before. */
enum event {
    OPEN,          /* delay */
    MESSAGE,       /* delay, octet (OPTION_REPAIR_*), frames */
    TIME,          /* delay */
    BACKLOG,       /* delay */
    ACTIVITY,      /* delay */
    DISCONNECT,    /* nothing */
    DEADLINE,      /* octet: on_time at the deadline (1) or 1 ms before it (0) */
    BACKWARDS,     /* number: on_time so long ago */
    SILENCE,       /* nothing: Clipper is silent until the session is over */
    KEEP_ALIVE,    /* delay: such a heartbeat comes */
    SEND_METADATA, /* delay: such a heartbeat comes */
    REQUEST,       /* delay, octet: a request of one empty item, of type octet modulo 5 */
    VERSION,       /* delay, u32: a heartbeat with that version */
    EVENTS
};

/* The session and what it must be like. */
typedef struct play {
    clipper_session *session;
    clipper_session_config config;
    uint64_t now, poll_began, last_activity, number;
    int open, metadata_sent, registered;
    int heard; /* not 0: something came in this session */
} play;

/* ---- What must hold after every event ------------------------------------------------------------------ */

static void check_sent(const play *p, clipper_session_action action) {
    const clipper_options any = clipper_default_options();
    clipper_message sent;
    if (action != CLIPPER_SESSION_SEND_HEARTBEAT && action != CLIPPER_SESSION_SEND_METADATA)
        return;
    PROMISE("S-9",
            reference_decode(CLIPPER_TO_CLIPPER, p->session->frames, p->session->frame_count, &any, &sent),
            "what is sent is a message");
    if (action == CLIPPER_SESSION_SEND_HEARTBEAT) {
        PROMISE("S-9", sent.kind == CLIPPER_HEARTBEAT, "a heartbeat is one");
        return;
    }
    PROMISE("S-9", sent.kind == CLIPPER_NEW_CONTAINER && sent.leniencies == 0 && sent.wire == p->config.wire,
            "the metadata is a new container message on the wire that was chosen");
    PROMISE("S-9",
            same_bytes(sent.as.new_container.name, p->config.name) &&
                same_bytes(sent.as.new_container.model_version, p->config.model_version) &&
                sent.as.new_container.input_type == p->config.input_type,
            "the metadata is the configuration's");
    PROMISE("S-2", p->heard, "nothing but heartbeats before Clipper's first answer");
}

static void check_state(const play *p) {
    const clipper_session *s = p->session;
    uint64_t deadline = clipper_session_deadline(s), expected = CLIPPER_NO_DEADLINE;
    if (p->open && p->config.poll_timeout_ms <= CLIPPER_NO_DEADLINE - p->poll_began)
        expected = p->poll_began + p->config.poll_timeout_ms;
    PROMISE("S-6", deadline == expected, "the deadline is D after the poll began");
    PROMISE("S-6", deadline > p->now || deadline == CLIPPER_NO_DEADLINE, "the deadline is never in the past");
    PROMISE("S-7", (s->open != 0) == p->open, "a session is open until it ends, and not after");
    PROMISE("S-8", s->number == p->number, "sessions are counted");
    PROMISE("S-8", (s->metadata_sent != 0) == p->metadata_sent && (s->registered != 0) == p->registered,
            "what was sent and used in this session is known");
}

static void end(play *p) {
    p->open = p->metadata_sent = p->registered = 0;
}

/* A new poll begins, and what came is a sign of life. */
static void activity(play *p) {
    p->poll_began = p->last_activity = p->now;
}

/* Time moves by DELAY, as far as a clock can go. */
static uint64_t later(play *p, uint64_t delay) {
    p->now = delay > UINT64_MAX - p->now ? UINT64_MAX : p->now + delay;
    return p->now;
}

/* ---- Events -------------------------------------------------------------------------------------------- */

static void on_open(play *p, uint64_t now) {
    clipper_session_action action = clipper_session_open(p->session, now);
    p->number++;
    end(p);
    p->open = 1;
    p->heard = 0;
    activity(p);
    PROMISE("S-1", action == CLIPPER_SESSION_SEND_HEARTBEAT, "the first message of a session is a heartbeat");
    check_sent(p, action);
}

/* What FRAMES ask for, by the reference. */
static clipper_session_action expected_action(play *p, const clipper_frame *list, size_t count,
                                              clipper_message *message) {
    int known = reference_decode(CLIPPER_TO_CONTAINER, list, count, &p->config.options, message);
    if (count >= 2 && list[0].len == 0 && list[1].len == 4 && clipper_load_u32(list[1].base) != 3)
        return CLIPPER_SESSION_EXIT;
    if (!known)
        return CLIPPER_SESSION_BAD_MESSAGE;
    if (message->kind == CLIPPER_FEEDBACK_REQUEST)
        return CLIPPER_SESSION_FEEDBACK;
    if (message->kind == CLIPPER_HEARTBEAT && message->as.heartbeat.type == CLIPPER_SEND_METADATA)
        return CLIPPER_SESSION_SEND_METADATA;
    p->registered = p->metadata_sent;
    if (message->kind == CLIPPER_HEARTBEAT)
        return CLIPPER_SESSION_WAIT;
    return message->as.request.data_type == p->config.input_type ? CLIPPER_SESSION_PREDICT
                                                                 : CLIPPER_SESSION_WRONG_INPUT_TYPE;
}

static void check_diagnosis(const play *p, clipper_session_action action, const frames *all) {
    clipper_message message;
    clipper_diagnosis diagnosis;
    (void)clipper_decode(CLIPPER_TO_CONTAINER, all->list, all->count, &p->config.options, &message,
                         &diagnosis);
    if (action == CLIPPER_SESSION_BAD_MESSAGE || action == CLIPPER_SESSION_EXIT)
        PROMISE("S-4", same_diagnosis(&p->session->diagnosis, &diagnosis),
                "a bad message is diagnosed as the codec does");
    if (action == CLIPPER_SESSION_WRONG_INPUT_TYPE)
        PROMISE("S-4",
                p->session->diagnosis.expected == (uint64_t)p->config.input_type &&
                    p->session->diagnosis.actual == (uint64_t)message.as.request.data_type,
                "a wrong input type is diagnosed");
}

static void on_message(play *p, const frames *all, uint64_t now) {
    clipper_frame *list = frames_without_items(all);
    clipper_message message;
    clipper_session_action action = clipper_session_on_message(p->session, list, all->count, now), expected;
    if (!p->open) {
        PROMISE("S-7", action == CLIPPER_SESSION_WAIT, "what comes after the end belongs to no session");
        free(list);
        return;
    }
    activity(p);
    p->heard = 1;
    expected = expected_action(p, list, all->count, &message);
    PROMISE("S-7", (action == CLIPPER_SESSION_EXIT) == (expected == CLIPPER_SESSION_EXIT),
            "EXIT for another version, and for nothing else");
    PROMISE("S-3", (action == CLIPPER_SESSION_SEND_METADATA) == (expected == CLIPPER_SESSION_SEND_METADATA),
            "metadata once each time that it is asked for, and never else");
    PROMISE("S-4", action == expected, "each message leads to its action");
    if (action == CLIPPER_SESSION_PREDICT || action == CLIPPER_SESSION_WRONG_INPUT_TYPE ||
        action == CLIPPER_SESSION_FEEDBACK)
        PROMISE("S-4", same_message(&p->session->message, &message), "the message is handed on as it is");
    check_diagnosis(p, action, all);
    if (action == CLIPPER_SESSION_SEND_METADATA) {
        p->metadata_sent = 1;
        p->registered = 0;
    }
    check_sent(p, action);
    if (action == CLIPPER_SESSION_EXIT)
        end(p);
    free(list);
}

/* Time has passed; with a BACKLOG something waits unread. */
static clipper_session_action on_time(play *p, uint64_t now, int backlog) {
    clipper_session_action action =
        (backlog ? clipper_session_on_backlog : clipper_session_on_time)(p->session, now);
    int due = p->open && p->now - p->poll_began >= p->config.poll_timeout_ms;
    int over = due && !backlog && p->now - p->last_activity >= p->config.activity_timeout_ms;
    PROMISE("S-5", (action == CLIPPER_SESSION_REOPEN) == over,
            "the session ends when D has passed and nothing came for TO, and not before");
    PROMISE("S-5", (action == CLIPPER_SESSION_SEND_HEARTBEAT) == (due && !over),
            "a heartbeat when D has passed with nothing, and not before");
    PROMISE("S-5", due || action == CLIPPER_SESSION_WAIT, "otherwise there is nothing to do");
    check_sent(p, action);
    if (over)
        end(p);
    else if (due && backlog)
        activity(p);
    else if (due)
        p->poll_began = p->now;
    return action;
}

/* Clipper is silent and the caller does as the manual says: the session ends, after TO and within TO + D. */
static void on_silence(play *p) {
    uint64_t d = p->config.poll_timeout_ms, to = p->config.activity_timeout_ms;
    clipper_session_action action = CLIPPER_SESSION_WAIT;
    if (!p->open || to / d > 100)
        return;
    for (unsigned polls = 0; polls <= 102 && action != CLIPPER_SESSION_REOPEN; polls++) {
        uint64_t deadline = clipper_session_deadline(p->session);
        if (deadline == CLIPPER_NO_DEADLINE)
            return; /* the end of all clocks */
        p->now = deadline;
        action = on_time(p, p->now, 0);
        PROMISE("S-10", action != CLIPPER_SESSION_WAIT, "at the deadline there is something to do");
        check_state(p);
    }
    PROMISE("S-10", action == CLIPPER_SESSION_REOPEN, "a silent Clipper ends the session");
    PROMISE("S-10", p->now - p->last_activity - to < d, "within TO + D");
}

/* A heartbeat, or a request of one empty item. */
static void on_made_message(play *p, enum event event, uint64_t now, uint32_t argument) {
    uint8_t heartbeat[] = {0, 4, 3, 0, 0, 0, 4, 2, 0, 0, 0, 4, 0, 0, 0, 0};
    uint8_t request[] = {0, 4, 3, 0,  0, 0, 4, 1, 0, 0, 0, 4,  9, 0, 0, 0, 4, 0, 0,
                         0, 0, 8, 24, 0, 0, 0, 0, 0, 0, 0, 24, 0, 0, 0, 0, 0, 0, 0,
                         0, 1, 0, 0,  0, 0, 0, 0, 0, 0, 0, 0,  0, 0, 0, 0, 0, 0};
    input in = {heartbeat, sizeof heartbeat};
    frames all;
    heartbeat[12] = event == SEND_METADATA;
    for (unsigned i = 0; i < 4 && event == VERSION; i++)
        heartbeat[2 + i] = (uint8_t)(argument >> 8 * i);
    request[31] = (uint8_t)(argument % 5);
    if (event == REQUEST)
        in = (input){request, sizeof request};
    all = input_frames(&in, CLIPPER_TO_CONTAINER, 0);
    judging(CLIPPER_TO_CONTAINER, all.list, all.count);
    on_message(p, &all, now);
    judging(CLIPPER_TO_CONTAINER, NULL, 0);
    frames_free(&all);
}

static void on_event(play *p, input *in) {
    enum event event = (enum event)(input_octet(in) % EVENTS);
    uint64_t deadline = clipper_session_deadline(p->session), earlier;
    frames all;
    switch (event) {
    case OPEN:
        on_open(p, later(p, input_number(in)));
        break;
    case MESSAGE: {
        uint64_t now = later(p, input_number(in));
        unsigned flags = input_octet(in);
        all = input_frames(in, CLIPPER_TO_CONTAINER, flags);
        judging(CLIPPER_TO_CONTAINER, all.list, all.count);
        on_message(p, &all, now);
        judging(CLIPPER_TO_CONTAINER, NULL, 0);
        frames_free(&all);
        break;
    }
    case TIME:
    case BACKLOG:
        (void)on_time(p, later(p, input_number(in)), event == BACKLOG);
        break;
    case ACTIVITY:
        clipper_session_on_activity(p->session, later(p, input_number(in)));
        activity(p);
        break;
    case DISCONNECT:
        PROMISE("S-5", clipper_session_on_disconnect(p->session) == CLIPPER_SESSION_REOPEN,
                "a lost connection ends the session");
        end(p);
        break;
    case DEADLINE:
        if (deadline != CLIPPER_NO_DEADLINE) {
            p->now = deadline - (input_octet(in) & 1 ? 0 : 1);
            (void)on_time(p, p->now, 0);
        }
        break;
    case BACKWARDS:
        earlier = input_number(in);
        (void)on_time(p, earlier < p->now ? p->now - earlier : 0, 0); /* for the model nothing has passed */
        break;
    case SILENCE:
        on_silence(p);
        break;
    case KEEP_ALIVE:
    case SEND_METADATA:
        on_made_message(p, event, later(p, input_number(in)), 0);
        break;
    case REQUEST:
        on_made_message(p, event, later(p, input_number(in)), input_octet(in));
        break;
    case VERSION:
        on_made_message(p, event, later(p, input_number(in)), input_u32(in));
        break;
    case EVENTS:
        break;
    }
    check_state(p);
}

/* ---- The configuration --------------------------------------------------------------------------------- */

/* Octet (wire, era and input type), octet of OPTION_* bits with what follows it, numbers D and TO, and two
 * texts: an octet for the length of each, then its bytes. TEXTS: the two in exact blocks. */
static int configure(input *in, clipper_session_config *config, uint8_t *texts[2]) {
    unsigned choice = input_octet(in);
    clipper_frame *text[2] = {&config->name, &config->model_version};
    *config = clipper_session_default_config();
    config->wire = (clipper_wire)(choice % 4 != 3 ? 1 + choice % 2 : 4 * (choice / 64));
    config->input_type = (clipper_data_type)(choice / 4 % 8);
    (void)input_options(in, input_octet(in), &config->options);
    config->poll_timeout_ms = input_number(in);
    config->activity_timeout_ms = input_number(in);
    for (size_t i = 0; i < 2; i++) {
        clipper_frame bytes = input_bytes(in, input_octet(in));
        texts[i] = exact_copy(bytes.base, bytes.len);
        *text[i] = (clipper_frame){texts[i], bytes.len};
    }
    return (config->wire == CLIPPER_WIRE_DOCUMENT || config->wire == CLIPPER_WIRE_RELEASE) &&
           config->poll_timeout_ms > 0 && config->activity_timeout_ms > 0 &&
           config->options.era == CLIPPER_ERA_V3 && (unsigned)config->input_type <= 4;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input in = {data, size};
    play p = {0};
    uint8_t *texts[2];
    int right = configure(&in, &p.config, texts);
    clipper_session_error error;
    judging(CLIPPER_TO_CONTAINER, NULL, 0);
    p.session = exact_block(sizeof *p.session);
    error = clipper_session_init(p.session, &p.config);
    PROMISE("S-11", (error == CLIPPER_SESSION_ERROR_OK) == right, "just the right configurations are taken");
    PROMISE("S-11", right || all_zero(p.session, sizeof *p.session), "with a wrong one the session is zero");
    if (right)
        check_state(&p);
    while (right && in.left != 0)
        on_event(&p, &in);
    free(p.session);
    free(texts[0]);
    free(texts[1]);
    return 0;
}
