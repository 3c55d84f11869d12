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

/* What a container does in silence. */
typedef struct silence {
    instant since; /* the last message to the container */
    instant last;  /* that, or the latest heartbeat since */
    unsigned heartbeats;
} silence;

/* Since when Clipper has been silent towards the current session. */
static instant silent_since(conversation *c) {
    const session *s = current_session(c);
    return s->last_sent != 0 ? s->last_sent : s->opened;
}

static silence begin_silence(conversation *c) {
    return (silence){silent_since(c), silent_since(c), 0};
}

static awaited next_heartbeat(conversation *c, const silence *s) {
    limit l = limit_heartbeat(&c->subject->timing, s->heartbeats + 1, s->last - s->since);
    return (awaited){"a heartbeat after D", s->since, l, false};
}

/* Judges a message that came in silence as its next heartbeat. */
static void judge_heartbeat(conversation *c, silence *s, const message *came, const char *late) {
    awaited due = next_heartbeat(c, s);
    if (came->content.kind != CLIPPER_HEARTBEAT) {
        breach_by_message(c, NULL, "nothing but heartbeats in silence", came);
        return;
    }
    judge_time(c, &due, came->at, "HB-7", late);
    s->last = came->at;
    s->heartbeats++;
}

void expect_heartbeats_at_poll_timeout(conversation *c, unsigned count) {
    silence s = begin_silence(c);
    while (!c->over && s.heartbeats < count) {
        awaited due = next_heartbeat(c, &s);
        const message *came = await_message(c, &due);
        if (came != NULL)
            judge_heartbeat(c, &s, came, "HB-6");
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
            breach_by_process(c, NULL, what.what);
            return;
        }
        conversation_pump(c, give_up_at(&what));
    }
    if (!c->over)
        check_new_session(c, old);
}

/* Takes the heartbeats that have come on the session OLD. */
static void take_heartbeats(conversation *c, silence *s, session *old) {
    message *came;
    while (!c->over && (came = inbox_take(old)) != NULL) {
        judge_heartbeat(c, s, came, "TMO-9");
        message_destroy(&came);
    }
}

/* Notes what did not come in silence, and was due. */
static void miss_in_silence(conversation *c, const awaited *due, const silence *s, const char *id) {
    checking(c, id);
    miss(c, due, heap_format("none; %u heartbeats came on the old session", s->heartbeats));
}

void expect_heartbeats_and_new_session(conversation *c) {
    silence s = begin_silence(c);
    session *old = c->session;
    awaited end = {"a new session after TO", s.since, limit_new_session(&c->subject->timing), false};
    while (!c->over) {
        awaited heartbeat;
        bool may_end;
        take_heartbeats(c, &s, old);
        if (c->over || adopt_session(c))
            break;
        heartbeat = next_heartbeat(c, &s);
        /* From TO on the session may end where a heartbeat would be due. */
        may_end = heartbeat.limit.at_least >= end.limit.at_least - poll_timeout(c) / 2;
        if (!may_end && clock_now() >= give_up_at(&heartbeat))
            miss_in_silence(c, &heartbeat, &s, "TMO-9");
        else if (clock_now() >= give_up_at(&end))
            miss_in_silence(c, &end, &s, "TMO-4");
        else if (c->process != NULL && process_ended(c->process))
            breach_by_process(c, "PROC-5", end.what);
        else
            conversation_pump(c, may_end ? give_up_at(&end) : give_up_at(&heartbeat));
    }
    if (c->over)
        return;
    judge_time(c, &end, c->session->opened, "TMO-5", "TMO-4");
    check_new_session(c, old);
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
