/* Waiting for events of the engine and of the process; the inboxes of sessions. */
#include "talk/talk_parts.h"

#include "base/heap.h"
#include "process/start_places.h"

/* A container that has sent more messages than this that no scenario has taken floods the kit. */
#define INBOX_MAX 65536

/* A container that takes longer than this to send its first message gives its starting place to another. */
#define START_PLACE (2 * SECOND)

/* A process that ends and a connection that closes are two events, in whatever order: how long after one to
 * wait for the other, and for the last messages. */
#define LAST_WORDS (500 * MILLISECOND)

/* How often a container is looked at while nothing comes: so that no stop goes unseen which is long beside D. */
#define SAMPLE_SELDOM (100 * MILLISECOND)
#define SAMPLE_OFTEN  (20 * MILLISECOND)

static duration sample_every(const talk *t) {
    duration quarter = t->parameters->timing.poll / 4;
    return quarter > SAMPLE_SELDOM ? SAMPLE_SELDOM : duration_max(quarter, SAMPLE_OFTEN);
}

bool talk_process_ended(const talk *t) {
    return t->process != NULL && process_ended(t->process);
}

void inbox_destroy(session *s) {
    zlistx_t *inbox = s->inbox;
    if (inbox == NULL)
        return;
    for (message *each = zlistx_first(inbox); each != NULL; each = zlistx_next(inbox))
        message_destroy(&each);
    zlistx_destroy(&inbox);
    s->inbox = NULL;
}

message *inbox_take(session *s) {
    zlistx_t *inbox = s->inbox;
    return inbox != NULL && zlistx_size(inbox) != 0 ? zlistx_detach(inbox, NULL) : NULL;
}

void talk_leave_start_place(talk *t) {
    if (t->starting)
        start_places_give_back();
    t->starting = false;
}

static void deliver(talk *t, session *to, message *received) {
    bool done = received->answered;
    talk_leave_start_place(t);
    if (t->heard == 0)
        t->heard = received->at;
    if (received->content.kind == CLIPPER_PREDICTION_RESPONSE)
        t->has_answered = true;
    if (to->inbox == NULL)
        to->inbox = zlistx_new();
    if (!done && zlistx_size(to->inbox) < INBOX_MAX) {
        zlistx_add_end(to->inbox, received);
        return;
    }
    message_destroy(&received);
    if (!done && !t->over)
        talk_breach(t, NULL, heap_text("messages that were asked for"),
                    heap_format("a flood: more than %d messages that nobody waits for", INBOX_MAX));
}

/* Takes the events that have come. Not without end, so that a flood cannot keep us from looking at the clock. */
static bool take_events(talk *t) {
    bool any = false;
    for (int i = 0; i < 256; i++) {
        engine_event event = engine_next(t->engine);
        if (event.kind == ENGINE_NOTHING)
            break;
        any = true;
        if (event.kind == ENGINE_MESSAGE)
            deliver(t, event.session, event.message);
    }
    return any;
}

static void update_processes(talk *t) {
    bool had_ended;
    if (t->starvation != NULL)
        starvation_sample(t->starvation);
    if (t->process == NULL) {
        if (t->started != 0)
            talk_leave_start_place(t);
        return;
    }
    had_ended = process_ended(t->process);
    process_update(t->process);
    if (process_ended(t->process) && !had_ended) {
        char *end = process_end_text(t->process);
        journal_note(t->outcome->journal, 0, "the container %s", end);
        free(end);
    }
    if (t->second != NULL)
        process_update(t->second);
    if (process_ended(t->process) || clock_now() - t->started > START_PLACE)
        talk_leave_start_place(t);
}

void talk_pump(talk *t, instant until) {
    zmq_pollitem_t items[1 + ENGINE_ITEMS + 2 * PROCESS_ITEMS] = {{.fd = t->stop, .events = ZMQ_POLLIN}};
    int count = 1;
    if (t->engine == NULL || take_events(t))
        return;
    count += engine_poll_items(t->engine, items + count);
    if (t->process != NULL)
        count += process_poll_items(t->process, items + count);
    if (t->second != NULL)
        count += process_poll_items(t->second, items + count);
    if (engine_wake_at(t->engine) < until)
        until = engine_wake_at(t->engine);
    /* A container that is stopped is seen by samples alone. */
    if (t->starvation != NULL && clock_now() + sample_every(t) < until)
        until = clock_now() + sample_every(t);
    if (zmq_poll(items, count, clock_poll_timeout(until)) > 0 && items[0].revents != 0) {
        t->outcome->interrupted = true;
        t->over = true;
    }
    update_processes(t);
    take_events(t);
}

/* The next message, but heartbeats that are answered or may come. */
static message *take_relevant(talk *t, const awaited *what) {
    message *next = inbox_take(t->session);
    while (next != NULL && next->content.kind == CLIPPER_HEARTBEAT &&
           (engine_attends(t->engine) || what->heartbeats_pass)) {
        message_destroy(&next);
        next = inbox_take(t->session);
    }
    return next;
}

bool talk_adopt_session(talk *t) {
    if (engine_session_count(t->engine) == t->known_sessions)
        return false;
    t->session = engine_session(t->engine, t->known_sessions++);
    return true;
}

instant talk_last_event(const talk *t) {
    instant last = t->started > t->listening ? t->started : t->listening;
    if (t->session != NULL && t->session->last_sent > last)
        last = t->session->last_sent;
    if (t->session != NULL && t->session->last_received > last)
        last = t->session->last_received;
    return last;
}

duration talk_time_to_start(const talk *t, instant since) {
    if (t->heard != 0 && t->second == NULL)
        return 0;
    return duration_max(0, t->started + limit_starting(&t->parameters->timing) - since);
}

instant talk_give_up_at(talk *t, const awaited *what) {
    hindrance h = hindrance_since(t->starvation, what->since);
    return what->since + what->limit.at_most + limit_extension(&what->limit, &h);
}

void talk_wait(talk *t, const awaited *what, const char *missed) {
    instant until = talk_give_up_at(t, what);
    if (clock_now() >= until)
        talk_miss(t, what, heap_text(missed));
    else if (talk_process_ended(t))
        talk_breach_by_process(t, NULL, what->what);
    else
        talk_pump(t, until);
}

/* Until when to wait for the other of the two events, when one has come; 0 when none has, or both have. */
static instant last_words_until(const talk *t) {
    bool ended = talk_process_ended(t);
    bool closed = t->session != NULL && t->session->closed != 0;
    if (ended == closed)
        return 0;
    return (ended ? process_ended_at(t->process) : t->session->closed) + LAST_WORDS;
}

/* For how long the container may have heard nothing on a session that ended at END, by what was sent to it. TO when that
 * is not known: its first message may have been late, and the answer to it, too. */
static duration longest_silence(const session *s, instant end, duration to) {
    if (s->last_sent == 0 || s->last_sent - s->last_gap <= s->opened)
        return to;
    return duration_max(end - s->last_sent, s->last_gap);
}

bool talk_may_have_timed_out(talk *t, instant end, hindrance *h) {
    const session *s = t->session;
    duration to = limit_new_session(&t->parameters->timing).at_least;
    duration silence = longest_silence(s, end, to);
    instant from = end - to;
    if (s->last_sent != 0 && s->last_sent - s->last_gap < from)
        from = s->last_sent - s->last_gap;
    *h = hindrance_since(t->starvation, from - t->parameters->timing.poll);
    return silence < to ? silence + hindrance_total(h) >= to : hindrance_is_large(h, to);
}

/* The session has ended at END, and should not have. */
static void give_up_session(talk *t, instant end, const char *expected, const char *actual) {
    hindrance h;
    bool doubtful = talk_may_have_timed_out(t, end, &h);
    talk_breach_if_sure(t, doubtful, &h, NULL, heap_text(expected), heap_text(actual));
}

/* Whether the container has begun a session since the current one. When Clipper was away, sockets that the container has
 * closed may still have heartbeats for it, and linger to deliver them: only a session that registers is one then. */
static const session *another(const talk *t) {
    for (size_t i = t->known_sessions; i < engine_session_count(t->engine); i++) {
        if (!t->was_away || engine_session(t->engine, i)->registered != NULL)
            return engine_session(t->engine, i);
    }
    return NULL;
}

bool talk_can_still_come(talk *t, const char *what) {
    instant now = clock_now();
    if (t->session != NULL && another(t) != NULL) {
        give_up_session(t, another(t)->opened, what, "the container began a new session instead");
        return false;
    }
    if (now < last_words_until(t))
        return true;
    if (talk_process_ended(t)) {
        talk_breach_by_process(t, NULL, what);
        return false;
    }
    if (t->session != NULL && t->session->closed != 0) {
        give_up_session(t, t->session->closed, what, "the container closed its connection");
        return false;
    }
    return true;
}

const message *talk_await_message(talk *t, const awaited *what) {
    message_destroy(&t->latest);
    while (!t->over) {
        instant now = clock_now(), until = talk_give_up_at(t, what);
        if (t->session == NULL)
            talk_adopt_session(t);
        if (t->session != NULL && (t->latest = take_relevant(t, what)) != NULL)
            return t->latest;
        if (!talk_can_still_come(t, what->what))
            break;
        if (now >= until) {
            char waited[DURATION_TEXT];
            talk_miss(t, what, heap_format("no message for %s", duration_text(now - what->since, waited)));
            break;
        }
        if (last_words_until(t) > now && last_words_until(t) < until)
            until = last_words_until(t);
        talk_pump(t, until);
    }
    return NULL;
}
