/* Findings and their verdicts, and measured times. */
#include "talk/talk_parts.h"

#include "base/heap.h"
#include "engine/describe.h"

#include <inttypes.h>
#include <signal.h>

void talk_checking(talk *t, const char *id) {
    t->requirement = requirement_find(id);
}

void talk_checking_only(talk *t, const char *id) {
    t->only = id != NULL ? requirement_find(id) : NULL;
}

void talk_kit_error(talk *t, char *what) {
    outcome_find(t->outcome, VERDICT_ERROR, NULL, heap_text("the kit does its part"), what);
    t->over = true;
}

/* ---- Findings --------------------------------------------------------------------------------------- */

static const requirement *requirement_named(talk *t, const char *id) {
    if (t->only != NULL)
        return t->only;
    return id != NULL ? requirement_find(id) : t->requirement;
}

/* The id of the case that is being played. The caller's to free. */
static char *case_id(const talk *t) {
    bool each = t->scenario->types == EACH_TYPE;
    return heap_format("%s%s%s", t->scenario->id, each ? ":" : "", each ? data_type_name(t->type) : "");
}

char *talk_unanswered_elsewhere(const talk *t) {
    char *id = case_id(t), *elsewhere = first_answers_failed(t->parameters->first_answers, t->type, id);
    free(id);
    return elsewhere;
}

bool talk_skip_unanswered(talk *t) {
    char *elsewhere = talk_unanswered_elsewhere(t), *reason;
    if (elsewhere == NULL)
        return false;
    reason = heap_format("predictions are not answered: see %s", elsewhere);
    talk_skip(t, reason);
    free(reason);
    free(elsewhere);
    return true;
}

bool talk_ended_by_fault(const talk *t) {
    static const int raised[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
    int status = process_exit_status(t->process), signal = process_end_signal(t->process);
    bool any = false;
    for (size_t i = 0; i < sizeof raised / sizeof *raised; i++)
        any = any || signal == raised[i] || status == 128 + raised[i];
    return any;
}

bool talk_has_crashed(const talk *t) {
    return t->process != NULL && process_ended(t->process) &&
           (process_end_signal(t->process) != 0 || process_exit_status(t->process) == 128 + SIGKILL ||
            talk_ended_by_fault(t));
}

/* The run's first prediction is not answered, as ACTUAL says: that is said once. A crash is a breach of R; anything else
 * may be a model that takes other inputs. */
static void note_unanswered(talk *t, const requirement *r, const char *expected, const char *actual) {
    const feed *its = t->parameters->feeds[t->type];
    char *id = case_id(t), *elsewhere = first_answers_fail(t->parameters->first_answers, t->type, id);
    if (elsewhere == NULL && talk_has_crashed(t)) {
        outcome_find(t->outcome, VERDICT_FAIL, r, heap_text(expected), heap_text(actual));
    } else if (elsewhere == NULL) {
        char *input = feed_describe(its, TALK_FIRST_ELEMENTS);
        const char *hint = feed_keeps_shape(its) ? "" : ": give it samples with --items or --elements";
        outcome_find(t->outcome, VERDICT_FAIL, requirement_find("PRED-13"), heap_text(expected),
                     heap_format("registered, but does not answer %s%s (%s)", input, hint, actual));
        free(input);
    } else {
        talk_skip_unanswered(t);
    }
    free(elsewhere);
    free(id);
}

/* Adds a finding, unless the conversation is over or V is VERDICT_PASS. */
static void note(talk *t, verdict v, const requirement *r, char *expected, char *actual) {
    bool doubtful = v == VERDICT_INCONCLUSIVE;
    if (t->excuse != NULL && !doubtful)
        talk_skip(t, t->excuse);
    if (!t->over && v != VERDICT_PASS && (!t->asks_first || doubtful)) {
        outcome_find(t->outcome, v, r, expected, actual);
        return;
    }
    if (!t->over && v != VERDICT_PASS)
        note_unanswered(t, r, expected, actual);
    free(expected);
    free(actual);
}

/* What a breach of R means. */
static verdict grade(const talk *t, const requirement *r) {
    return r != NULL ? verdict_of_breach(r, t->parameters->profile) : VERDICT_ERROR;
}

/* Whether a breach of R is what the container suffers from messages that no Clipper sends. That costs no more than a
 * SHOULD, the one that is checked, whatever it shows in; but for a wrong answer to a legal request. */
static bool suffers(const talk *t, const requirement *r) {
    return grade(t, r) == VERDICT_FAIL && t->unsent_sent && !t->judges_an_answer &&
           !scenario_checks(t->scenario, r->id);
}

void talk_remark(talk *t, const char *id, char *expected, char *actual) {
    const requirement *r = requirement_named(t, id);
    if (suffers(t, r))
        note(t, VERDICT_WARN, t->requirement, expected, actual);
    else
        note(t, grade(t, r), r, expected, actual);
}

void talk_inform(talk *t, const char *id, char *expected, char *actual) {
    note(t, VERDICT_INFO, requirement_named(t, id), expected, actual);
}

void talk_breach(talk *t, const char *id, char *expected, char *actual) {
    talk_remark(t, id, expected, actual);
    t->over = true;
}

void talk_depart(talk *t, profile from, const char *id, char *expected, char *actual) {
    note(t, t->parameters->profile == from ? VERDICT_FAIL : VERDICT_LENIENT, requirement_named(t, id),
         expected, actual);
}

/* Whether it answers a request that must not be answered. */
static bool answers_refused(const talk *t, const message *actual) {
    bool any = false;
    for (size_t i = 0; i < t->refused_count; i++)
        any = any || t->refused[i] == actual->content.as.response.id;
    return any && actual->content.kind == CLIPPER_PREDICTION_RESPONSE;
}

/* Whether a message begins as the reply that was left open, and has another after it. */
static bool is_glued(const talk *t, const message *actual) {
    const clipper_frame *frames = actual->frames;
    uint8_t id[4] = {(uint8_t)t->open_reply, (uint8_t)(t->open_reply >> 8), (uint8_t)(t->open_reply >> 16),
                     (uint8_t)(t->open_reply >> 24)};
    return t->has_open_reply && actual->content.kind == CLIPPER_NO_MESSAGE && actual->count > 5 &&
           frames[1].len == 4 && memcmp(frames[1].base, "\1\0\0\0", 4) == 0 && frames[2].len == 4 &&
           memcmp(frames[2].base, id, 4) == 0;
}

static void breach_by_glued_reply(talk *t, const char *expected, const message *actual) {
    talk_breach(t, NULL, heap_text(expected),
                heap_format("%zu frames: the reply to request %" PRIu32
                            " stayed open, and the next message is glued onto it",
                            actual->count, t->open_reply));
}

void talk_breach_by_message(talk *t, const char *id, const char *expected, const message *actual) {
    if (is_glued(t, actual)) {
        breach_by_glued_reply(t, expected, actual);
        return;
    }
    if (answers_refused(t, actual))
        id = "MAL-20";
    talk_breach(t, id, heap_text(expected),
                describe_message(&actual->content, &actual->diagnosis, actual->count));
}

void talk_excuse(talk *t, const char *reason) {
    t->excuse = reason;
}

void talk_skip(talk *t, const char *reason) {
    if (t->over)
        return;
    t->outcome->verdict = VERDICT_SKIP;
    t->outcome->reason = heap_text(reason);
    t->over = true;
}

/* Whether the process was told to end before it may have read the last message: one that was stopped meanwhile. */
static bool may_have_ended_before(talk *t, hindrance *h) {
    const session *s = t->session;
    if (t->signalled == 0 || s == NULL || s->last_sent > t->signalled || talk_has_crashed(t))
        return false;
    *h = hindrance_since(t->starvation, s->last_sent);
    return hindrance_total(h) >= t->signalled - s->last_sent;
}

void talk_breach_by_process(talk *t, const char *id, const char *expected) {
    char *end = process_end_text(t->process), *actual;
    hindrance h;
    if (process_ended(t->process) && may_have_ended_before(t, &h)) {
        talk_breach_if_sure(t, true, &h, id, heap_text(expected), heap_format("the container %s", end));
        free(end);
        return;
    }
    /* Clipper's own messages must not end a process, whatever else is being checked. */
    if (!t->end_expected && t->only == NULL && !scenario_is_unsent(t->scenario) &&
        grade(t, requirement_named(t, id)) != VERDICT_FAIL)
        id = "PROC-8";
    if (process_survivors(t->process) == 0)
        actual = heap_format("the container %s", end);
    else
        actual =
            heap_format("the container %s, but %u that it started ran on: it must stay in the foreground",
                        end, process_survivors(t->process));
    talk_breach(t, id, heap_text(expected), actual);
    free(end);
}

/* ---- Times ------------------------------------------------------------------------------------------ */

/* The state of the container's process, to follow another text. */
static char *process_state(talk *t) {
    char *end, *state;
    if (t->process == NULL)
        return heap_text("");
    process_update(t->process);
    end = process_end_text(t->process);
    state =
        heap_format(process_ended(t->process) ? "; the container %s" : "; the container is still %s", end);
    free(end);
    return state;
}

void talk_breach_if_sure(talk *t, bool doubtful, const hindrance *h, const char *id, char *expected,
                         char *actual) {
    char lag[DURATION_TEXT], waited[DURATION_TEXT];
    char *full = heap_format("%s (measured lag %s; container and kit waited %s for a processor)", actual,
                             duration_text(h->lag, lag), duration_text(h->waited, waited));
    free(actual);
    if (!doubtful) {
        talk_breach(t, id, expected, full);
        return;
    }
    note(t, VERDICT_INCONCLUSIVE, requirement_named(t, id), expected, full);
    t->over = true;
}

char *talk_expected_within(const awaited *what, const hindrance *h) {
    char most[DURATION_TEXT];
    return heap_format("%s within %s (%s + 4 x lag)", what->what,
                       duration_text(what->limit.at_most + limit_extension(&what->limit, h), most),
                       what->limit.formula);
}

void talk_miss(talk *t, const awaited *what, char *actual) {
    hindrance h = hindrance_since(t->starvation, what->since);
    char *state = process_state(t);
    talk_breach_if_sure(t, limit_is_doubtful(&what->limit, &h), &h, NULL, talk_expected_within(what, &h),
                        heap_format("%s%s", actual, state));
    free(state);
    free(actual);
}

void talk_judge_time(talk *t, const awaited *what, instant at, const char *early, const char *late) {
    /* A stall of ours before, in which a message crossed one of the container's, counts too. */
    hindrance h = hindrance_since(t->starvation, what->since - what->limit.at_least);
    duration took = at - what->since, most = what->limit.at_most + limit_extension(&what->limit, &h);
    char a[DURATION_TEXT], b[DURATION_TEXT], *actual;
    if (t->over)
        return;
    outcome_measure(t->outcome, what->what, took, what->limit.at_least, most, what->limit.formula);
    if (took >= what->limit.at_least && took <= most)
        return;
    actual = heap_format("it came after %s", duration_text(took, b));
    if (took > most)
        talk_breach_if_sure(t, limit_is_doubtful(&what->limit, &h), &h, late, talk_expected_within(what, &h),
                            actual);
    else
        talk_breach_if_sure(
            t, took + h.lag >= what->limit.at_least, &h, early,
            heap_format("%s not before %s", what->what, duration_text(what->limit.at_least, a)), actual);
}
