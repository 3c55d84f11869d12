/* Heartbeats and sessions that are expected at their times. */
#include "talk/talk_parts.h"

#include "base/heap.h"
#include "process/group.h"

void expect_only_heartbeats(conversation *c, duration how_long) {
    instant until = clock_now() + how_long;
    while (!c->over && clock_now() < until) {
        message *came = c->session != NULL ? inbox_take(c->session) : NULL;
        if (came == NULL) {
            if (c->session == NULL)
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
    bool crossed; /* a heartbeat was on its way when the last message was sent: it is not counted */
} silence;

/* Since when Clipper has been silent towards the current session. */
static instant silent_since(conversation *c) {
    const session *s = current_session(c);
    return s->last_sent != 0 ? s->last_sent : s->opened;
}

static silence begin_silence(conversation *c) {
    return (silence){silent_since(c), silent_since(c), 0, false};
}

static awaited next_heartbeat(conversation *c, const silence *s) {
    limit l = limit_heartbeat(&c->subject->timing, s->heartbeats + 1, s->last - s->since);
    return (awaited){"a heartbeat after D", s->since, l, false};
}

/* Whether a heartbeat may have been sent before our last message arrived: the first one, if it is soon. */
static bool may_have_crossed(conversation *c, const silence *s, const message *came) {
    hindrance h = hindrance_since(c, s->since - poll_timeout(c));
    return !s->crossed && s->heartbeats == 0 &&
           came->at - s->since < poll_timeout(c) / 2 + hindrance_total(&h);
}

/* Judges a message that came in silence as its next heartbeat. */
static void judge_heartbeat(conversation *c, silence *s, const message *came, const char *late) {
    awaited due = next_heartbeat(c, s);
    if (came->content.kind != CLIPPER_HEARTBEAT) {
        breach_by_message(c, NULL, "nothing but heartbeats in silence", came);
        return;
    }
    if (came->at - due.since < due.limit.at_least && may_have_crossed(c, s, came)) {
        s->crossed = true;
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

size_t heartbeats_so_far(conversation *c) {
    if (!c->over)
        conversation_pump(c, clock_now());
    return current_session(c)->heartbeats;
}

void expect_no_heartbeat_since(conversation *c, size_t before, instant beginning, duration longest_gap) {
    size_t now = heartbeats_so_far(c);
    hindrance h = hindrance_since(c, beginning);
    char gap[DURATION_TEXT];
    if (!c->over && now != before)
        breach_if_sure(c, longest_gap + hindrance_total(&h) > poll_timeout(c) / 2, &h, NULL,
                       heap_text("no heartbeat, as messages keep coming"),
                       heap_format("%zu heartbeats; the longest gap between messages was %s", now - before,
                                   duration_text(longest_gap, gap)));
}

void stay_silent_for(conversation *c, duration since_last_sent) {
    instant until = silent_since(c) + since_last_sent;
    hindrance h;
    char text[DURATION_TEXT];
    duration late;
    expect_only_heartbeats(c, until - clock_now());
    late = clock_now() - until;
    h = hindrance_since(c, until);
    if (!c->over && late > poll_timeout(c) / 4)
        breach_if_sure(c, true, &h, NULL, heap_text("the kit keeps its own time"),
                       heap_format("it was late by %s", duration_text(late, text)));
}

/* ---- New sessions ----------------------------------------------------------------------------------- */

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
        if (clock_now() >= give_up_at(c, &what)) {
            miss(c, &what, heap_text("none began"));
            return;
        }
        if (has_ended(c)) {
            breach_by_process(c, NULL, what.what);
            return;
        }
        conversation_pump(c, give_up_at(c, &what));
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

/* A heartbeat just as the session ends says that Clipper is asked for a sign of life and given up in one. */
static void judge_parting(conversation *c, const silence *s) {
    duration quick = poll_timeout(c) / 4;
    hindrance h = hindrance_since(c, s->last - poll_timeout(c));
    char after[DURATION_TEXT];
    if (!c->over && s->heartbeats > 0 && s->last - s->since >= activity_timeout(c) &&
        c->session->opened - s->last < quick)
        breach_if_sure(c, hindrance_is_large(&h, poll_timeout(c)), &h, "TMO-9",
                       heap_text("no heartbeat when the session ends"),
                       heap_format("one, %s before the new session",
                                   duration_text(c->session->opened - s->last, after)));
}

/* When a new session was early, whether that may be this machine's doing: our last message was not read in time. */
static bool may_have_been_late(conversation *c, const awaited *end) {
    hindrance h = hindrance_since(c, end->since);
    return c->session->opened - end->since < end->limit.at_least && hindrance_is_large(&h, poll_timeout(c));
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
        if (!may_end && clock_now() >= give_up_at(c, &heartbeat))
            miss_in_silence(c, &heartbeat, &s, "TMO-9");
        else if (clock_now() >= give_up_at(c, &end))
            miss_in_silence(c, &end, &s, "TMO-4");
        else if (has_ended(c))
            breach_by_process(c, "PROC-5", end.what);
        else
            conversation_pump(c, may_end ? give_up_at(c, &end) : give_up_at(c, &heartbeat));
    }
    if (c->over)
        return;
    take_heartbeats(c, &s, old);
    if (may_have_been_late(c, &end)) {
        hindrance h = hindrance_since(c, end.since);
        breach_if_sure(
            c, true, &h, "TMO-5", heap_text("a session that lives for TO"),
            heap_text("it ended sooner, but the container may not have seen the last message in time"));
    }
    judge_time(c, &end, c->session->opened, "TMO-5", "TMO-4");
    judge_parting(c, &s);
    check_new_session(c, old);
}

void expect_new_session_while_working(conversation *c) {
    awaited what = {"a new session", silent_since(c), limit_new_session(&c->subject->timing), false};
    session *old = c->session;
    while (!c->over && !adopt_session(c)) {
        message *came = inbox_take(old);
        if (came != NULL && came->content.kind == CLIPPER_PREDICTION_RESPONSE)
            skip(c, "the container ends no session while its model works, or does not offer "
                    "CLIPPER_MODEL_DELAY_MS");
        else if (clock_now() >= give_up_at(c, &what))
            skip(c, "the container ends no session while its model works");
        else if (has_ended(c))
            breach_by_process(c, NULL, what.what);
        else if (came == NULL)
            conversation_pump(c, give_up_at(c, &what));
        message_destroy(&came);
    }
    if (!c->over)
        check_new_session(c, old);
}

/* The newest session that is registered and open, and that no scenario knows of; NULL when there is none. */
static session *registered_session(conversation *c) {
    for (size_t i = engine_session_count(c->engine); i > c->known_sessions; i--) {
        session *each = engine_session(c->engine, i - 1);
        if (each->registered != NULL && each->closed == 0)
            return each;
    }
    return NULL;
}

/* Takes the message that registered the current session. */
static void take_registration(conversation *c) {
    message *came;
    while (!c->over && (came = inbox_take(c->session)) != NULL) {
        bool is_it = came->content.kind == CLIPPER_NEW_CONTAINER;
        if (!is_it && came->content.kind != CLIPPER_HEARTBEAT)
            breach_by_message(c, "REG-2", "a new container message", came);
        message_destroy(&came);
        if (is_it)
            return;
    }
}

void expect_registration(conversation *c, duration within) {
    awaited what = {"the container registers", clock_now(), limit_new_session(&c->subject->timing), false};
    session *found = NULL;
    what.limit.at_least = 0;
    what.limit.at_most += within;
    while (!c->over && (found = registered_session(c)) == NULL) {
        if (clock_now() >= give_up_at(c, &what))
            miss(c, &what, heap_text("it does not"));
        else if (has_ended(c))
            breach_by_process(c, NULL, what.what);
        else
            conversation_pump(c, give_up_at(c, &what));
    }
    if (c->over)
        return;
    c->session = found;
    c->known_sessions = engine_session_count(c->engine);
    take_registration(c);
}

/* The process is gone and has left nobody behind who could have its connection: the system has closed that, and we
 * have not heard of it. */
static bool must_be_closed(const conversation *c) {
    pid_t members[GROUP_MEMBERS_MAX], self;
    size_t others = 0;
    if (c->process == NULL || !process_ended(c->process))
        return false;
    self = process_pid(c->process);
    for (size_t i = group_members(self, members); i > 0; i--)
        others += members[i - 1] != self;
    return others == 0;
}

void expect_connection_closed(conversation *c, const session *s) {
    awaited what = {"the connection closes", clock_now(), limit_answer(0), false};
    while (!c->over && s->closed == 0) {
        if (clock_now() >= give_up_at(c, &what)) {
            hindrance h = hindrance_since(c, what.since);
            if (must_be_closed(c))
                breach_if_sure(
                    c, true, &h, NULL, heap_text("the connection closes"),
                    heap_text("the process is gone, but the kit has not heard of its connection's end"));
            else
                miss(c, &what, heap_text("it is still open"));
            return;
        }
        conversation_pump(c, give_up_at(c, &what));
    }
}

void expect_no_parting_heartbeat(conversation *c, session *old) {
    message *came;
    while (!c->over && (came = inbox_take(old)) != NULL) {
        hindrance h = hindrance_since(c, c->session->opened - poll_timeout(c));
        char after[DURATION_TEXT];
        if (came->content.kind != CLIPPER_HEARTBEAT)
            breach_by_message(c, NULL, "nothing more on the session that ended", came);
        else
            breach_if_sure(c, hindrance_is_large(&h, poll_timeout(c)), &h, NULL,
                           heap_text("no heartbeat when the session ends"),
                           heap_format("one by the old connection, %s after the new session began",
                                       duration_text(came->at - c->session->opened, after)));
        message_destroy(&came);
    }
}
