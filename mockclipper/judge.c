/* Judging: what a missed expectation means, and the times that were measured. */
#include "conversation_parts.h"

#include "describe.h"
#include "lag.h"
#include "heap.h"

void checking(conversation *c, const char *id) {
    c->requirement = requirement_find(id);
}

void kit_error(conversation *c, char *what) {
    outcome_find(c->outcome, VERDICT_ERROR, NULL, heap_text("the kit does its part"), what);
    c->over = true;
}

/* ---- Findings -------------------------------------------------------------------------------------------
 */

static const requirement *requirement_named(conversation *c, const char *id) {
    return id != NULL ? requirement_find(id) : c->requirement;
}

/* Notes a finding, unless the conversation is over or V is no reason to. */
static void note(conversation *c, verdict v, const requirement *r, char *expected, char *actual) {
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
    verdict v = c->subject->profile == from              ? VERDICT_FAIL
                : c->subject->profile == PROFILE_INTEROP ? VERDICT_LENIENT
                                                         : VERDICT_PASS;
    note(c, v, requirement_named(c, id), expected, actual);
}

void breach_by_message(conversation *c, const char *id, const char *expected, const message *actual) {
    breach(c, id, heap_text(expected), describe_message(&actual->content, &actual->diagnosis, actual->count));
}

void breach_by_process(conversation *c, const char *id, const char *expected) {
    char *end = process_end_text(c->process);
    breach(c, id, heap_text(expected), heap_format("the container %s", end));
    free(end);
}

/* ---- Times ----------------------------------------------------------------------------------------------
 */

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

/* Notes a finding that rests on a time: inconclusive where that is DOUBTFUL, as the lag was too long to tell.
 */
static void breach_in_time(conversation *c, bool doubtful, const char *id, char *expected, char *actual) {
    if (!doubtful) {
        breach(c, id, expected, actual);
        return;
    }
    outcome_find(c->outcome, VERDICT_INCONCLUSIVE, requirement_named(c, id), expected, actual);
    c->over = true;
}

void miss(conversation *c, const awaited *what, char *actual) {
    duration lag = lag_since(what->since);
    char most[DURATION_TEXT], late[DURATION_TEXT], *state = process_state(c);
    char *expected = heap_format(
        "%s within %s (%s + 4 x lag)", what->what,
        duration_text(what->limit.at_most + limit_extension(&what->limit, lag), most), what->limit.formula);
    breach_in_time(c, limit_is_doubtful(&what->limit, lag), NULL, expected,
                   heap_format("%s%s; measured lag %s", actual, state, duration_text(lag, late)));
    free(state);
    free(actual);
}

void judge_time(conversation *c, const awaited *what, instant at, const char *early, const char *late) {
    /* A stall of ours before, in which a message crossed one of the container's, counts too. */
    duration lag = lag_since(what->since - what->limit.at_least), took = at - what->since;
    duration most = what->limit.at_most + limit_extension(&what->limit, lag);
    char a[DURATION_TEXT], b[DURATION_TEXT], l[DURATION_TEXT], *expected, *actual;
    if (c->over)
        return;
    outcome_measure(c->outcome, what->what, took, what->limit.at_least, most, what->limit.formula);
    if (took >= what->limit.at_least && took <= most)
        return;
    actual = heap_format("it came after %s; measured lag %s", duration_text(took, b), duration_text(lag, l));
    if (took > most) {
        expected = heap_format("%s within %s (%s + 4 x lag)", what->what, duration_text(most, a),
                               what->limit.formula);
        breach_in_time(c, limit_is_doubtful(&what->limit, lag), late, expected, actual);
    } else {
        expected = heap_format("%s not before %s", what->what, duration_text(what->limit.at_least, a));
        breach_in_time(c, took + lag >= what->limit.at_least, early, expected, actual);
    }
}
