/* Heartbeats and sessions that are expected at their times. */
#include "talk/talk_parts.h"

#include "base/heap.h"
#include "engine/describe.h"
#include "process/proc.h"

/* Whether it is an answer for which a slow model, seen to be one, had its time: the kit has not kept its own. */
static bool is_answer_of_slow_model(const talk *t, const message *came) {
    return came->content.kind == CLIPPER_PREDICTION_RESPONSE && t->is_slow &&
           came->at - t->session->last_sent >= t->slow_for / 2;
}

static void breach_by_own_delay(talk *t, duration late) {
    hindrance h = hindrance_since(t->starvation, clock_now() - late);
    char text[DURATION_TEXT];
    talk_breach_if_sure(t, true, &h, NULL, heap_text("the kit keeps its own time"),
                        heap_format("it was late by %s", duration_text(late, text)));
}

void talk_expect_only_heartbeats(talk *t, duration how_long) {
    instant until = clock_now() + how_long;
    while (!t->over && clock_now() < until) {
        message *came = t->session != NULL ? inbox_take(t->session) : NULL;
        if (came == NULL) {
            if (t->session == NULL)
                talk_adopt_session(t);
            if (talk_can_still_come(t, "silence, but for heartbeats"))
                talk_pump(t, until);
            continue;
        }
        if (is_answer_of_slow_model(t, came))
            breach_by_own_delay(t, came->at - t->session->last_sent);
        else if (came->content.kind != CLIPPER_HEARTBEAT)
            talk_breach_by_message(t, NULL, "nothing but heartbeats", came);
        message_destroy(&came);
    }
}

/* What a container does in silence. */
typedef struct silence {
    instant since; /* the last message to the container */
    duration busy; /* for how long it then worked on its answer: a model may keep it from all else */
    instant last;  /* that, or the latest heartbeat since */
    unsigned heartbeats;
    bool crossed; /* a heartbeat was on its way when the last message was sent: it is not counted */
} silence;

/* Since when Clipper has been silent towards the current session. */
static instant silent_since(talk *t) {
    const session *s = talk_session(t);
    return s->last_sent != 0 ? s->last_sent : s->opened;
}

static silence begin_silence(talk *t) {
    instant since = silent_since(t);
    duration busy =
        talk_latest(t)->content.kind == CLIPPER_PREDICTION_RESPONSE ? talk_latest(t)->at - since : 0;
    return (silence){since, duration_max(0, busy), since, 0, false};
}

static awaited next_heartbeat(talk *t, const silence *s) {
    limit l = limit_heartbeat(&t->parameters->timing, s->heartbeats + 1, s->last - s->since);
    if (s->heartbeats == 0)
        l.at_most += s->busy;
    return (awaited){"a heartbeat after D", s->since, l, false};
}

/* Whether a heartbeat may have been sent before our last message arrived: the first one, if it is soon. */
static bool may_have_crossed(talk *t, const silence *s, const message *came) {
    hindrance h = hindrance_since(t->starvation, s->since - talk_poll_timeout(t));
    return !s->crossed && s->heartbeats == 0 &&
           came->at - s->since < talk_poll_timeout(t) / 2 + hindrance_total(&h);
}

/* A message came that a heartbeat should have come before: a container that was stopped may send both at once. */
static void breach_by_overtaking(talk *t, const awaited *due, const message *came) {
    hindrance h = hindrance_since(t->starvation, due->since);
    if (limit_is_doubtful(&due->limit, &h))
        talk_breach_if_sure(t, true, &h, NULL, heap_text(due->what),
                            describe_message(&came->content, &came->diagnosis, came->count));
    else
        talk_breach_by_message(t, NULL, "nothing but heartbeats in silence", came);
}

/* Judges a message that came in silence as its next heartbeat. */
static void judge_heartbeat(talk *t, silence *s, const message *came, const char *late) {
    awaited due = next_heartbeat(t, s);
    if (came->content.kind != CLIPPER_HEARTBEAT) {
        if (came->at - due.since >= due.limit.at_least)
            breach_by_overtaking(t, &due, came);
        else
            talk_breach_by_message(t, NULL, "nothing but heartbeats in silence", came);
        return;
    }
    if (came->at - due.since < due.limit.at_least && may_have_crossed(t, s, came)) {
        s->crossed = true;
        return;
    }
    talk_judge_time(t, &due, came->at, "HB-7", late);
    s->last = came->at;
    s->heartbeats++;
}

void talk_expect_heartbeats_at_poll_timeout(talk *t, unsigned count) {
    silence s = begin_silence(t);
    while (!t->over && s.heartbeats < count) {
        awaited due = next_heartbeat(t, &s);
        const message *came = talk_await_message(t, &due);
        if (came != NULL)
            judge_heartbeat(t, &s, came, "HB-6");
    }
}

void talk_expect_told_timers(talk *t) {
    if (t->parameters->own_timers != NULL)
        talk_remark(
            t, "DEP-9", heap_text("D and TO as CLIPPER_POLL_TIMEOUT_MS and CLIPPER_ACTIVITY_TIMEOUT_MS say"),
            heap_format("%s, whatever they say: times are judged by that", t->parameters->own_timers));
}

size_t talk_heartbeats_so_far(talk *t) {
    if (!t->over)
        talk_pump(t, clock_now());
    return talk_session(t)->heartbeats;
}

void talk_expect_no_heartbeat_since(talk *t, size_t before, instant beginning, duration longest_gap) {
    size_t now = talk_heartbeats_so_far(t);
    hindrance h = hindrance_since(t->starvation, beginning);
    char gap[DURATION_TEXT];
    if (!t->over && now != before)
        talk_breach_if_sure(t, longest_gap + hindrance_total(&h) > talk_poll_timeout(t) / 2, &h, NULL,
                            heap_text("no heartbeat, as messages keep coming"),
                            heap_format("%zu heartbeats; the longest gap between messages was %s",
                                        now - before, duration_text(longest_gap, gap)));
}

duration talk_time_lost_since(talk *t, instant from) {
    return hindrance_lost(t->starvation, from);
}

void talk_observe_silence(talk *t, silence_patience patience, silence_seen *seen) {
    session *s = talk_session(t);
    instant since = silent_since(t), until = since + patience.heartbeat;
    size_t before = talk_heartbeats_so_far(t);
    while (!t->over && clock_now() < until && seen->session == 0 && !talk_process_ended(t)) {
        talk_pump(t, until);
        if (seen->heartbeat == 0 && s->heartbeats != before) {
            seen->heartbeat = s->last_received - since;
            until = since + patience.session;
        }
        if (engine_session_count(t->engine) != t->known_sessions)
            seen->session = engine_session(t->engine, t->known_sessions)->opened - since;
    }
    seen->hindrance = hindrance_since(t->starvation, since - talk_poll_timeout(t));
}

void talk_stay_silent_for(talk *t, duration since_last_sent) {
    instant until = silent_since(t) + since_last_sent;
    duration late;
    talk_expect_only_heartbeats(t, until - clock_now());
    late = clock_now() - until;
    if (!t->over && late > talk_poll_timeout(t) / 4)
        breach_by_own_delay(t, late);
}

/* ---- New sessions ----------------------------------------------------------------------------------- */

/* Checks the routing identity and the first message of a new session. */
static void check_new_session(talk *t, const session *old) {
    session *fresh = t->session;
    message *first = inbox_take(fresh);
    bool same = old != NULL && old->identity_len == fresh->identity_len &&
                memcmp(old->identity, fresh->identity, old->identity_len) == 0;
    if (same)
        talk_remark(t, "FRM-10", heap_text("a routing identity of its own for the new session"),
                    heap_text("the routing identity of the session before"));
    if (first != NULL && first->content.kind != CLIPPER_HEARTBEAT)
        talk_breach_by_message(t, "REG-1", "a heartbeat as the first message of a session", first);
    message_destroy(&first);
}

void talk_expect_new_session(talk *t) {
    awaited what = {"a new session", silent_since(t), limit_new_session(&t->parameters->timing), false};
    session *old = t->session;
    if (old != NULL && old->closed > what.since)
        what.since = old->closed;
    if (t->listening > what.since)
        what.since = t->listening;
    while (!t->over && !talk_adopt_session(t))
        talk_wait(t, &what, "none began");
    if (!t->over)
        check_new_session(t, old);
}

void talk_expect_own_identity(talk *t) {
    awaited what = {"a session of the second container", t->started, limit_start(&t->parameters->timing),
                    false};
    const session *begun;
    while (!t->over && engine_session_count(t->engine) == t->known_sessions)
        talk_wait(t, &what, "none began");
    if (t->over)
        return;
    begun = engine_session(t->engine, t->known_sessions);
    if (begun->twin != 0)
        talk_breach(t, NULL, heap_text("a routing identity of its own for each container"),
                    heap_format("#%u has that of #%u, which is connected: Clipper's socket, a plain ROUTER, "
                                "ignores the second of two for ever",
                                begun->number, begun->twin));
}

/* Takes the heartbeats that have come on the session OLD. */
static void take_heartbeats(talk *t, silence *s, session *old) {
    message *came;
    while (!t->over && (came = inbox_take(old)) != NULL) {
        judge_heartbeat(t, s, came, "TMO-9");
        message_destroy(&came);
    }
}

/* What was due in silence did not come. */
static void miss_in_silence(talk *t, const awaited *due, const silence *s) {
    talk_checking(t, "TMO-9");
    talk_miss(t, due, heap_format("none; %u heartbeats came on the old session", s->heartbeats));
}

/* A heartbeat just as the session ends: the container asks for a keep-alive and does not wait for it. */
static void judge_parting(talk *t, const silence *s) {
    duration quick = talk_poll_timeout(t) / 4;
    hindrance h = hindrance_since(t->starvation, s->last - talk_poll_timeout(t));
    char after[DURATION_TEXT];
    if (!t->over && s->heartbeats > 0 && s->last - s->since >= talk_activity_timeout(t) &&
        t->session->opened - s->last < quick)
        talk_breach_if_sure(t, hindrance_is_large(&h, talk_poll_timeout(t)), &h, "TMO-9",
                            heap_text("no heartbeat when the session ends"),
                            heap_format("one, %s before the new session",
                                        duration_text(t->session->opened - s->last, after)));
}

/* Whether a new session was early because this machine let the container read our last message late. */
static bool may_have_been_late(talk *t, const awaited *end) {
    hindrance h = hindrance_since(t->starvation, end->since);
    return t->session->opened - end->since < end->limit.at_least &&
           hindrance_is_large(&h, talk_poll_timeout(t));
}

/* The session has not ended in time; when it does later, that may say what TO is. */
static void miss_session_end(talk *t, const awaited *end, const silence *s, session *old) {
    hindrance h = hindrance_since(t->starvation, end->since);
    instant until = end->since + 5 * talk_activity_timeout(t) / 2;
    char most[DURATION_TEXT], own[DURATION_TEXT], told[DURATION_TEXT];
    char *expected = talk_expected_within(end, &h), *actual;
    bool doubtful = limit_is_doubtful(&end->limit, &h);
    while (!t->over && clock_now() < until && !talk_process_ended(t) && !talk_adopt_session(t))
        talk_pump(t, until);
    if (t->session != old)
        actual = heap_format("it came after %s: TO seems to be that, not %s",
                             duration_text(t->session->opened - end->since, own),
                             duration_text(talk_activity_timeout(t), told));
    else
        actual = heap_format("none for %s; %u heartbeats came on the old session",
                             duration_text(clock_now() - end->since, most), s->heartbeats);
    talk_checking(t, "TMO-4");
    talk_breach_if_sure(t, doubtful, &h, NULL, expected, actual);
}

void talk_expect_heartbeats_and_new_session(talk *t) {
    silence s = begin_silence(t);
    session *old = t->session;
    awaited end = {"a new session after TO", s.since, limit_new_session(&t->parameters->timing), false};
    end.limit.at_most += s.busy;
    while (!t->over) {
        awaited heartbeat;
        bool may_end;
        take_heartbeats(t, &s, old);
        if (t->over || talk_adopt_session(t))
            break;
        heartbeat = next_heartbeat(t, &s);
        /* From TO on the session may end where a heartbeat would be due. */
        may_end = heartbeat.limit.at_least >= end.limit.at_least - talk_poll_timeout(t) / 2;
        if (!may_end && clock_now() >= talk_give_up_at(t, &heartbeat))
            miss_in_silence(t, &heartbeat, &s);
        else if (clock_now() >= talk_give_up_at(t, &end))
            miss_session_end(t, &end, &s, old);
        else if (talk_process_ended(t))
            talk_breach_by_process(t, "PROC-5", end.what);
        else
            talk_pump(t, may_end ? talk_give_up_at(t, &end) : talk_give_up_at(t, &heartbeat));
    }
    if (t->over)
        return;
    take_heartbeats(t, &s, old);
    if (may_have_been_late(t, &end)) {
        hindrance h = hindrance_since(t->starvation, end.since);
        talk_breach_if_sure(
            t, true, &h, "TMO-5", heap_text("a session that lives for TO"),
            heap_text("it ended sooner, but the container may not have seen the last message in time"));
    }
    talk_judge_time(t, &end, t->session->opened, "TMO-5", "TMO-4");
    judge_parting(t, &s);
    check_new_session(t, old);
}

/* Takes what has come on the session S, if it has ended. Whether a response was among it. */
static bool answered_on(session *s) {
    message *came;
    bool any = false;
    while ((came = inbox_take(s)) != NULL) {
        any = any || came->content.kind == CLIPPER_PREDICTION_RESPONSE;
        message_destroy(&came);
    }
    return any;
}

/* Nothing is to be judged, for REASON; inconclusive where this machine may have caused that. */
static void skip_if_sure(talk *t, const awaited *what, const char *reason) {
    hindrance h = hindrance_since(t->starvation, what->since);
    if (limit_is_doubtful(&what->limit, &h))
        talk_breach_if_sure(t, true, &h, NULL, heap_text(what->what), heap_text(reason));
    else
        talk_skip(t, reason);
}

void talk_expect_no_answer_elsewhere(talk *t, session *home, duration how_long) {
    awaited what = {"no answer", home->last_sent, limit_new_session(&t->parameters->timing), false};
    talk_expect_only_heartbeats(t, how_long);
    if (!t->over && answered_on(home))
        skip_if_sure(t, &what, "the answer came on the session of its request");
}

void talk_expect_new_session_while_working(talk *t) {
    awaited what = {"a new session", silent_since(t), limit_new_session(&t->parameters->timing), false};
    session *old = t->session;
    while (!t->over && !talk_adopt_session(t)) {
        message *came = inbox_take(old);
        if (came != NULL && came->content.kind == CLIPPER_PREDICTION_RESPONSE)
            skip_if_sure(t, &what,
                         "the container ends no session while its model works, or its model is not slow");
        else if (clock_now() >= talk_give_up_at(t, &what))
            skip_if_sure(t, &what, "the container ends no session while its model works");
        else if (talk_process_ended(t))
            talk_breach_by_process(t, NULL, what.what);
        else if (came == NULL)
            talk_pump(t, talk_give_up_at(t, &what));
        message_destroy(&came);
    }
    /* Both may have come at once to a kit that was stopped: then the answer came first, to where it belongs. */
    if (!t->over && answered_on(old))
        skip_if_sure(t, &what, "the answer came before the session ended");
    if (!t->over)
        check_new_session(t, old);
}

/* The newest session that is registered, open and not known yet; NULL when there is none. */
static session *registered_session(talk *t) {
    for (size_t i = engine_session_count(t->engine); i > t->known_sessions; i--) {
        session *each = engine_session(t->engine, i - 1);
        if (each->registered != NULL && each->closed == 0)
            return each;
    }
    return NULL;
}

/* Takes the message that registered the current session. */
static void take_registration(talk *t) {
    message *came;
    while (!t->over && (came = inbox_take(t->session)) != NULL) {
        bool is_it = came->content.kind == CLIPPER_NEW_CONTAINER;
        if (!is_it && came->content.kind != CLIPPER_HEARTBEAT)
            talk_breach_by_message(t, "REG-2", "a new container message", came);
        message_destroy(&came);
        if (is_it)
            return;
    }
}

void talk_expect_registration(talk *t, duration within) {
    awaited what = {"the container registers", clock_now(), limit_new_session(&t->parameters->timing), false};
    session *found = NULL;
    what.limit.at_least = 0;
    what.limit.at_most += within + talk_time_to_start(t, what.since);
    while (!t->over && (found = registered_session(t)) == NULL)
        talk_wait(t, &what, "it does not");
    if (t->over)
        return;
    t->session = found;
    t->known_sessions = engine_session_count(t->engine);
    take_registration(t);
}

/* Whether no process is left that could hold the connection: the system has closed it, and the kit has not seen that
 * yet. */
static bool must_be_closed(const talk *t) {
    size_t others;
    if (t->process == NULL || !process_ended(t->process))
        return false;
    free(proc_group(process_pid(t->process), &others));
    return others == 0;
}

void talk_expect_connection_closed(talk *t, const session *s) {
    awaited what = {"the connection closes", clock_now(), limit_reaction(), false};
    while (!t->over && s->closed == 0) {
        if (clock_now() >= talk_give_up_at(t, &what)) {
            hindrance h = hindrance_since(t->starvation, what.since);
            if (must_be_closed(t))
                talk_breach_if_sure(
                    t, true, &h, NULL, heap_text("the connection closes"),
                    heap_text("the process is gone, but the kit has not heard of its connection's end"));
            else
                talk_miss(t, &what, heap_text("it is still open"));
            return;
        }
        talk_pump(t, talk_give_up_at(t, &what));
    }
}

void talk_expect_no_parting_heartbeat(talk *t, session *old) {
    message *came;
    while (!t->over && (came = inbox_take(old)) != NULL) {
        hindrance h = hindrance_since(t->starvation, t->session->opened - talk_poll_timeout(t));
        char after[DURATION_TEXT];
        if (came->content.kind != CLIPPER_HEARTBEAT)
            talk_breach_by_message(t, NULL, "nothing more on the session that ended", came);
        else
            talk_breach_if_sure(t, hindrance_is_large(&h, talk_poll_timeout(t)), &h, NULL,
                                heap_text("no heartbeat when the session ends"),
                                heap_format("one by the old connection, %s after the new session began",
                                            duration_text(came->at - t->session->opened, after)));
        message_destroy(&came);
    }
}
