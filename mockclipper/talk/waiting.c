/* Waiting: events of the engine and of the process come in here, and messages are handed out. */
#include "talk/talk_parts.h"

#include "base/heap.h"
#include "process/lag.h"
#include "process/start_places.h"

/* Unread messages of one session beyond which a container is taken to be flooding. */
#define INBOX_MAX 65536

/* A container that takes longer than this to send its first message gives its starting place to another. */
#define START_PLACE (2 * SECOND)

/* A process that ends and a connection that closes are two events, in whatever order: how long after one to
 * wait for the other, and for the last messages. */
#define LAST_WORDS (500 * MILLISECOND)

bool has_ended(const conversation *c) {
    return c->process != NULL && process_ended(c->process);
}

void inbox_destroy(session *s) {
    zlistx_t *inbox = s->owner;
    if (inbox == NULL)
        return;
    for (message *each = zlistx_first(inbox); each != NULL; each = zlistx_next(inbox))
        message_destroy(&each);
    zlistx_destroy(&inbox);
    s->owner = NULL;
}

message *inbox_take(session *s) {
    zlistx_t *inbox = s->owner;
    return inbox != NULL && zlistx_size(inbox) != 0 ? zlistx_detach(inbox, NULL) : NULL;
}

void leave_start_gate(conversation *c) {
    if (c->starting)
        start_gate_leave();
    c->starting = false;
}

static void deliver(conversation *c, session *to, message *received) {
    bool done = received->answered;
    leave_start_gate(c);
    if (to->owner == NULL)
        to->owner = zlistx_new();
    if (!done && zlistx_size(to->owner) < INBOX_MAX) {
        zlistx_add_end(to->owner, received);
        return;
    }
    message_destroy(&received);
    if (!done && !c->over)
        breach(c, NULL, heap_text("messages that were asked for"),
               heap_format("a flood: more than %d messages that nobody waits for", INBOX_MAX));
}

/* Takes the events that are there. At most so many, so that a flood cannot keep us from looking at the clock.
 */
static bool take_events(conversation *c) {
    bool any = false;
    for (int i = 0; i < 256; i++) {
        engine_event event = engine_next(c->engine);
        if (event.kind == ENGINE_NOTHING)
            break;
        any = true;
        if (event.kind == ENGINE_MESSAGE)
            deliver(c, event.session, event.message);
    }
    return any;
}

void update_processes(conversation *c) {
    bool had_ended;
    if (c->process == NULL) {
        if (c->started != 0)
            leave_start_gate(c);
        return;
    }
    had_ended = process_ended(c->process);
    process_update(c->process);
    if (process_ended(c->process) && !had_ended) {
        char *end = process_end_text(c->process);
        journal_note(c->outcome->journal, 0, "the container %s", end);
        free(end);
    }
    if (c->second != NULL)
        process_update(c->second);
    if (c->starvation != NULL)
        starvation_look(c->starvation);
    if (process_ended(c->process) || clock_now() - c->started > START_PLACE)
        leave_start_gate(c);
}

void conversation_pump(conversation *c, instant until) {
    zmq_pollitem_t items[1 + ENGINE_ITEMS + 2 * PROCESS_ITEMS] = {
        {.fd = c->subject->stop, .events = ZMQ_POLLIN}};
    int count = 1;
    if (c->engine == NULL || take_events(c))
        return;
    count += engine_poll_items(c->engine, items + count);
    if (c->process != NULL)
        count += process_poll_items(c->process, items + count);
    if (c->second != NULL)
        count += process_poll_items(c->second, items + count);
    if (engine_wake_at(c->engine) < until)
        until = engine_wake_at(c->engine);
    if (zmq_poll(items, count, clock_poll_timeout(until)) > 0 && items[0].revents != 0) {
        c->outcome->interrupted = true;
        c->over = true;
    }
    update_processes(c);
    take_events(c);
}

/* Passes over what needs no attention: heartbeats, where they are answered or may come. */
static message *take_relevant(conversation *c, const awaited *what) {
    message *next = inbox_take(c->session);
    while (next != NULL && next->content.kind == CLIPPER_HEARTBEAT &&
           (engine_attends(c->engine) || what->heartbeats_pass)) {
        message_destroy(&next);
        next = inbox_take(c->session);
    }
    return next;
}

bool adopt_session(conversation *c) {
    if (engine_session_count(c->engine) == c->known_sessions)
        return false;
    c->session = engine_session(c->engine, c->known_sessions++);
    return true;
}

instant last_event(const conversation *c) {
    instant last = c->started > c->listening ? c->started : c->listening;
    if (c->session != NULL && c->session->last_sent > last)
        last = c->session->last_sent;
    if (c->session != NULL && c->session->last_received > last)
        last = c->session->last_received;
    return last;
}

hindrance hindrance_since(conversation *c, instant from) {
    hindrance result = {lag_since(from), 0};
    if (c->starvation != NULL) {
        starvation_look(c->starvation);
        result.waited = starvation_since(c->starvation, from);
    }
    return result;
}

instant give_up_at(conversation *c, const awaited *what) {
    hindrance h = hindrance_since(c, what->since);
    return what->since + what->limit.at_most + limit_extension(&what->limit, &h);
}

/* Until when to wait for the other of the two events, when one has come; 0 when none has, or both have. */
static instant last_words_until(const conversation *c) {
    bool ended = has_ended(c);
    bool closed = c->session != NULL && c->session->closed != 0;
    if (ended == closed)
        return 0;
    return (ended ? process_ended_at(c->process) : c->session->closed) + LAST_WORDS;
}

/* The session has ended where it should not have. That may be this machine's doing if there was a stall, of the kit or
 * of the container, not much shorter than TO, since the message before our last one or in the last TO. */
static void give_up_session(conversation *c, const char *expected, const char *actual) {
    const timing *t = &c->subject->timing;
    instant from = clock_now() - t->activity - t->poll;
    hindrance h;
    if (c->session->last_sent != 0 && c->session->last_sent - c->session->last_gap < from)
        from = c->session->last_sent - c->session->last_gap;
    h = hindrance_since(c, from);
    breach_if_sure(c, hindrance_is_large(&h, t->activity), &h, NULL, heap_text(expected), heap_text(actual));
}

bool can_still_come(conversation *c, const char *what) {
    instant now = clock_now();
    if (c->session != NULL && engine_session_count(c->engine) > c->known_sessions) {
        give_up_session(c, what, "the container began a new session instead");
        return false;
    }
    if (now < last_words_until(c))
        return true;
    if (has_ended(c)) {
        breach_by_process(c, NULL, what);
        return false;
    }
    if (c->session != NULL && c->session->closed != 0) {
        give_up_session(c, what, "the container closed its connection");
        return false;
    }
    return true;
}

const message *await_message(conversation *c, const awaited *what) {
    message_destroy(&c->latest);
    while (!c->over) {
        instant now = clock_now(), until = give_up_at(c, what);
        if (c->session == NULL)
            adopt_session(c);
        if (c->session != NULL && (c->latest = take_relevant(c, what)) != NULL)
            return c->latest;
        if (!can_still_come(c, what->what))
            break;
        if (now >= until) {
            char waited[DURATION_TEXT];
            miss(c, what, heap_format("no message for %s", duration_text(now - what->since, waited)));
            break;
        }
        if (last_words_until(c) > now && last_words_until(c) < until)
            until = last_words_until(c);
        conversation_pump(c, until);
    }
    return NULL;
}
