/* Judging: what a missed expectation means, and the times that were measured. */
#include "talk/talk_parts.h"

#include "base/heap.h"
#include "engine/describe.h"

void checking(conversation *c, const char *id) {
    c->requirement = requirement_find(id);
}

void checking_only(conversation *c, const char *id) {
    c->only = requirement_find(id);
}

void kit_error(conversation *c, char *what) {
    outcome_find(c->outcome, VERDICT_ERROR, NULL, heap_text("the kit does its part"), what);
    c->over = true;
}

/* ---- Findings --------------------------------------------------------------------------------------- */

static const requirement *requirement_named(conversation *c, const char *id) {
    if (c->only != NULL)
        return c->only;
    return id != NULL ? requirement_find(id) : c->requirement;
}

/* Notes a finding, unless the conversation is over or V is no reason to. */
static void note(conversation *c, verdict v, const requirement *r, char *expected, char *actual) {
    if (c->excuse != NULL)
        skip(c, c->excuse);
    if (!c->over && v != VERDICT_PASS) {
        outcome_find(c->outcome, v, r, expected, actual);
        return;
    }
    free(expected);
    free(actual);
}

void remark(conversation *c, const char *id, char *expected, char *actual) {
    const requirement *r = requirement_named(c, id);
    note(c, r != NULL ? verdict_of_breach(r, c->subject->profile) : VERDICT_ERROR, r, expected, actual);
}

void breach(conversation *c, const char *id, char *expected, char *actual) {
    remark(c, id, expected, actual);
    c->over = true;
}

void depart(conversation *c, profile from, const char *id, char *expected, char *actual) {
    note(c, c->subject->profile == from ? VERDICT_FAIL : VERDICT_LENIENT, requirement_named(c, id), expected,
         actual);
}

void breach_by_message(conversation *c, const char *id, const char *expected, const message *actual) {
    breach(c, id, heap_text(expected), describe_message(&actual->content, &actual->diagnosis, actual->count));
}

void excuse(conversation *c, const char *reason) {
    c->excuse = reason;
}

void skip(conversation *c, const char *reason) {
    if (c->over)
        return;
    c->outcome->verdict = VERDICT_SKIP;
    c->outcome->reason = heap_text(reason);
    c->over = true;
}

void breach_by_process(conversation *c, const char *id, const char *expected) {
    char *end = process_end_text(c->process);
    breach(c, id, heap_text(expected), heap_format("the container %s", end));
    free(end);
}

/* ---- Times ------------------------------------------------------------------------------------------ */

/* How the container's process is doing, to be put after another text. */
static char *process_state(conversation *c) {
    char *end, *state;
    if (c->process == NULL)
        return heap_text("");
    process_update(c->process);
    end = process_end_text(c->process);
    state =
        heap_format(process_ended(c->process) ? "; the container %s" : "; the container is still %s", end);
    free(end);
    return state;
}

void breach_if_sure(conversation *c, bool doubtful, const hindrance *h, const char *id, char *expected,
                    char *actual) {
    char lag[DURATION_TEXT], waited[DURATION_TEXT];
    char *full = heap_format("%s (measured lag %s; the container waited %s for a processor)", actual,
                             duration_text(h->lag, lag), duration_text(h->waited, waited));
    free(actual);
    if (!doubtful) {
        breach(c, id, expected, full);
        return;
    }
    note(c, VERDICT_INCONCLUSIVE, requirement_named(c, id), expected, full);
    c->over = true;
}

/* What is expected when a limit is told. */
static char *expected_within(const awaited *what, const hindrance *h) {
    char most[DURATION_TEXT];
    return heap_format("%s within %s (%s + 4 x lag)", what->what,
                       duration_text(what->limit.at_most + limit_extension(&what->limit, h), most),
                       what->limit.formula);
}

void miss(conversation *c, const awaited *what, char *actual) {
    hindrance h = hindrance_since(c, what->since);
    char *state = process_state(c);
    breach_if_sure(c, limit_is_doubtful(&what->limit, &h), &h, NULL, expected_within(what, &h),
                   heap_format("%s%s", actual, state));
    free(state);
    free(actual);
}

void judge_time(conversation *c, const awaited *what, instant at, const char *early, const char *late) {
    /* A stall of ours before, in which a message crossed one of the container's, counts too. */
    hindrance h = hindrance_since(c, what->since - what->limit.at_least);
    duration took = at - what->since, most = what->limit.at_most + limit_extension(&what->limit, &h);
    char a[DURATION_TEXT], b[DURATION_TEXT], *actual;
    if (c->over)
        return;
    outcome_measure(c->outcome, what->what, took, what->limit.at_least, most, what->limit.formula);
    if (took >= what->limit.at_least && took <= most)
        return;
    actual = heap_format("it came after %s", duration_text(took, b));
    if (took > most)
        breach_if_sure(c, limit_is_doubtful(&what->limit, &h), &h, late, expected_within(what, &h), actual);
    else
        breach_if_sure(c, took + h.lag >= what->limit.at_least, &h, early,
                       heap_format("%s not before %s", what->what, duration_text(what->limit.at_least, a)),
                       actual);
}
