/* Heartbeats and sessions that are expected at their times. */
#include "conversation_parts.h"

#include "heap.h"

void expect_only_heartbeats(conversation *c, duration how_long) {
    instant until = clock_now() + how_long;
    while (!c->over && clock_now() < until) {
        message *came = c->session != NULL ? inbox_take(c->session) : NULL;
        if (came == NULL) {
            adopt_session(c);
            if (can_still_come(c, "silence, but for heartbeats"))
                conversation_pump(c, until);
            continue;
        }
        if (came->content.kind != CLIPPER_HEARTBEAT)
            breach_by_message(c, NULL, "nothing but heartbeats", came);
        message_destroy(&came);
    }
}

/* A heartbeat of an idle container, since the message before it. */
static awaited next_heartbeat(conversation *c, instant since) {
    return (awaited){"a heartbeat after D", since, limit_heartbeat(&c->subject->timing), false};
}

void expect_heartbeats_at_poll_timeout(conversation *c, unsigned count) {
    for (; count > 0 && !c->over; count--) {
        instant since = last_event(c);
        awaited what = next_heartbeat(c, since);
        const message *came = await_message(c, &what);
        if (came == NULL)
            return;
        if (came->content.kind != CLIPPER_HEARTBEAT)
            breach_by_message(c, NULL, what.what, came);
        else
            judge_time(c, &what, came->at, "HB-7", "HB-6");
    }
}

/* ---- New sessions ---------------------------------------------------------------------------------------
 */

/* What must be true of a new session, whenever it begins. */
static void check_new_session(conversation *c, const session *old) {
    session *fresh = c->session;
    message *first = inbox_take(fresh);
    bool same = old != NULL && old->identity_len == fresh->identity_len &&
                memcmp(old->identity, fresh->identity, old->identity_len) == 0;
    if (same)
        remark(c, "FRM-10", heap_text("a routing identity of its own for the new session"),
               heap_text("the routing identity of the session before"));
    if (first != NULL && first->content.kind != CLIPPER_HEARTBEAT)
        breach_by_message(c, "REG-1", "a heartbeat as the first message of a session", first);
    message_destroy(&first);
}

/* Since when Clipper has been silent towards the current session. */
static instant silent_since(conversation *c) {
    const session *s = current_session(c);
    return s->last_sent != 0 ? s->last_sent : s->opened;
}

void expect_new_session(conversation *c) {
    awaited what = {"a new session", silent_since(c), limit_new_session(&c->subject->timing), false};
    session *old = c->session;
    if (old != NULL && old->closed > what.since)
        what.since = old->closed;
    if (c->listening > what.since)
        what.since = c->listening;
    while (!c->over && !adopt_session(c)) {
        if (clock_now() >= give_up_at(&what)) {
            miss(c, &what, heap_text("none began"));
            return;
        }
        if (c->process != NULL && process_ended(c->process)) {
            char *end = process_end_text(c->process);
            breach(c, NULL, heap_text(what.what), heap_format("the container %s", end));
            free(end);
            return;
        }
        conversation_pump(c, give_up_at(&what));
    }
    if (!c->over)
        check_new_session(c, old);
}

/* What a container does in silence: the state of expect_heartbeats_and_new_session(). */
typedef struct silence {
    session *old;
    instant since; /* the last message to the container */
    instant last;  /* that, or its last heartbeat since */
    unsigned heartbeats;
    awaited end; /* the new session */
} silence;

/* Takes the heartbeats that have come on the old session. */
static void take_heartbeats(conversation *c, silence *s) {
    message *came;
    while (!c->over && (came = inbox_take(s->old)) != NULL) {
        awaited due = next_heartbeat(c, s->last);
        if (came->content.kind != CLIPPER_HEARTBEAT) {
            breach_by_message(c, "TMO-9", "nothing but heartbeats in silence", came);
        } else {
            judge_time(c, &due, came->at, "HB-7", "TMO-9");
            s->last = came->at;
            s->heartbeats++;
        }
        message_destroy(&came);
    }
}

/* The next thing that must happen: a heartbeat, or, from TO on, the new session. */
static awaited next_in_silence(conversation *c, const silence *s) {
    awaited heartbeat = next_heartbeat(c, s->last);
    instant due = s->last + poll_timeout(c);
    return due < s->since + s->end.limit.at_least ? heartbeat : s->end;
}

void expect_heartbeats_and_new_session(conversation *c) {
    silence s = {.old = c->session, .since = silent_since(c), .last = last_event(c)};
    s.end = (awaited){"a new session after TO", s.since, limit_new_session(&c->subject->timing), false};
    if (c->over)
        return;
    for (;;) {
        awaited next;
        take_heartbeats(c, &s);
        if (c->over)
            return;
        if (adopt_session(c))
            break;
        next = next_in_silence(c, &s);
        if (clock_now() >= give_up_at(&next)) {
            checking(c, next.limit.at_most == s.end.limit.at_most ? "TMO-4" : "TMO-9");
            miss(c, &next, heap_format("none; %u heartbeats came on the old session", s.heartbeats));
            return;
        }
        if (c->process != NULL && process_ended(c->process)) {
            char *end = process_end_text(c->process);
            breach(c, "PROC-5", heap_text(next.what), heap_format("the container %s", end));
            free(end);
            return;
        }
        conversation_pump(c, give_up_at(&next));
    }
    judge_time(c, &s.end, c->session->opened, "TMO-5", "TMO-4");
    check_new_session(c, s.old);
}

void expect_connection_closed(conversation *c, const session *s) {
    awaited what = {"the connection closes", clock_now(), limit_answer(0), false};
    while (!c->over && s->closed == 0) {
        if (clock_now() >= give_up_at(&what)) {
            miss(c, &what, heap_text("it is still open"));
            return;
        }
        conversation_pump(c, give_up_at(&what));
    }
}
