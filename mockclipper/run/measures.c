#include "run/measures.h"

#include "base/heap.h"
#include "cli/cli.h"

#include <stdlib.h>

/* ---- What follows from what was measured -------------------------------------------------------------- */

bool measures_keep_poll(duration told, duration measured) {
    return measured > told - told / 10 - 2 * MILLISECOND && measured < told + told / 2 + 250 * MILLISECOND;
}

bool measures_keep_activity(const timing *told, duration measured) {
    limit l = limit_new_session(told);
    return measured >= l.at_least && measured <= l.at_most;
}

bool measures_are_doubtful(const silence_seen *seen) {
    return seen->heartbeat != 0 &&
           hindrance_is_large(&seen->hindrance, duration_max(seen->heartbeat, seen->session));
}

duration measures_round(duration measured) {
    duration unit = MILLISECOND;
    while (measured / unit >= 100)
        unit *= 10;
    return measured / unit * unit;
}

/* ---- One trial ----------------------------------------------------------------------------------------- */

/* Answers that take longer than this are too long to be asked for again and again. */
#define LONG_ANSWER SECOND
#define ANSWERS     5
#define ITEMS       4

typedef struct trial {
    bool times_answers;
    silence_patience patience; /* zero: silence is not looked at */
    measures seen;
} trial;

static int by_size(const void *a, const void *b) {
    const duration *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* How long a request of COUNT items takes; 0 when it is not answered. *SURELY: without what this machine may have added. */
static duration time_answer(talk *t, size_t count, duration *surely) {
    batch *items = talk_uniform_batch(t, count, 1);
    instant before = clock_now();
    duration took;
    talk_predict(t, items);
    took = talk_is_over(t) ? 0 : clock_now() - before;
    *surely = duration_max(0, took - talk_time_lost_since(t, before));
    return took;
}

static void time_answers(talk *t, answer_times *seen) {
    duration took[ANSWERS], surely[ANSWERS], many, surely_many;
    size_t count = 0;
    seen->first = time_answer(t, 1, &surely_many);
    while (count < ANSWERS && !talk_is_over(t)) {
        took[count] = time_answer(t, 1, &surely[count]);
        if (took[count++] > LONG_ANSWER)
            break;
    }
    if (talk_is_over(t))
        return;
    qsort(took, count, sizeof *took, by_size);
    qsort(surely, count, sizeof *surely, by_size);
    seen->median = took[count / 2];
    seen->surely = surely[count / 2];
    many = time_answer(t, ITEMS, &surely_many);
    seen->item = duration_max(0, (many - seen->median) / (ITEMS - 1));
    seen->surely_item = duration_max(0, (surely_many - seen->median) / (ITEMS - 1));
}

static void play_trial(talk *t) {
    trial *self = talk_parameter(t)->result;
    talk_register(t);
    if (talk_is_over(t))
        return;
    self->seen.starts = talk_start_time(t);
    if (self->times_answers)
        time_answers(t, &self->seen.answers);
    if (self->patience.heartbeat == 0)
        return;
    talk_fall_silent(t);
    talk_send_keep_alive(t);
    talk_observe_silence(t, self->patience, &self->seen.silence);
}

/* Plays a trial of TYPE with those parameters. Returns whether another type may be more to the container's liking. */
static bool play(trial *self, const run_parameters *with, clipper_data_type type, int stop) {
    const scenario plot = {.id = "measures/trial",
                           .title = "the container is measured",
                           .requirements = "REG-1",
                           .play = play_trial,
                           .with.result = self};
    run_parameters patient = *with;
    outcome *o;
    bool refused;
    /* What is not answered here is for the run to say. */
    patient.first_answers = NULL;
    if (patient.timing.answers.at_most == 0)
        patient.timing.answers.at_most = patient.timing.start;
    o = scenario_play(&plot, &patient, type, stop);
    refused = o->refused;
    outcome_destroy(&o);
    return refused;
}

/* ---- The trials ---------------------------------------------------------------------------------------- */

static bool has_case_of(const ledger *book, clipper_data_type type) {
    for (size_t i = 0; i < book->count; i++) {
        if (book->cases[i].type == type && book->cases[i].outcome == NULL)
            return true;
    }
    return false;
}

static const clipper_data_type preference[] = {CLIPPER_TYPE_DOUBLES, CLIPPER_TYPE_FLOATS, CLIPPER_TYPE_INTS,
                                               CLIPPER_TYPE_BYTES, CLIPPER_TYPE_STRINGS};
#define TYPES (sizeof preference / sizeof *preference)

/* The container refuses all of the run's types: whether it is the types that it refuses shows in others. */
static void try_other_types(ledger *book, int stop) {
    for (size_t i = 0; i < TYPES && book->offered == 0; i++) {
        trial other = {.times_answers = false};
        if (!has_case_of(book, preference[i]) && !play(&other, &book->parameters, preference[i], stop) &&
            other.seen.starts != 0)
            book->offered |= 1u << preference[i];
    }
}

/* A trial of the first of the run's types that the container does not refuse, which is returned. */
static clipper_data_type try_types(ledger *book, trial *self, int stop) {
    for (size_t i = 0; i < TYPES; i++) {
        if (has_case_of(book, preference[i]) && !play(self, &book->parameters, preference[i], stop)) {
            if (self->seen.starts != 0)
                book->offered |= 1u << preference[i];
            return preference[i];
        }
    }
    if (!book->types_asked_for)
        try_other_types(book, stop);
    return book->count != 0 ? book->cases[0].type : CLIPPER_TYPE_DOUBLES;
}

static bool waits_for(const ledger *book, bool timeouts) {
    for (size_t i = 0; i < book->count; i++) {
        const scenario *s = book->cases[i].scenario;
        if (book->cases[i].outcome == NULL && (s->waits.timeouts > 0 || (!timeouts && s->waits.polls > 0)))
            return true;
    }
    return false;
}

/* The longest that a heartbeat or a session's end is waited for: the protocol's D is 5 s, its TO 30 s, or 60 s by the
 * document's sample. */
#define HEARTBEAT_PATIENCE (12 * SECOND)
#define SESSION_PATIENCE   (75 * SECOND)

/* A heartbeat that comes sooner is an answer to our keep-alive, and says nothing of D. */
#define SHORTEST_POLL (20 * MILLISECOND)

static duration patience(duration told, duration usual) {
    return duration_max(usual, 5 * told / 2);
}

/* Adds to the text of timers that the container does not keep: by its own clock. */
static void note_timer(run_parameters *p, const char *name, duration own, duration told) {
    char a[DURATION_TEXT], b[DURATION_TEXT], *list = p->own_timers;
    own = (duration)((double)own * p->acceleration);
    told = (duration)((double)told * p->acceleration);
    p->own_timers =
        heap_format("%s%s%s is %s, not %s", list != NULL ? list : "", list != NULL ? ", and " : "", name,
                    duration_text(own, a), duration_text(told, b));
    free(list);
}

/* The container's D was POLL, which it was not told. Told that one, it has it again when it keeps its own whatever it
 * is told: then times are judged by that. */
static void take_own_timers(ledger *book, clipper_data_type type, duration poll, int stop) {
    const timing told = book->parameters.timing;
    trial again = {.patience = {patience(poll, HEARTBEAT_PATIENCE), 0}};
    run_parameters other = book->parameters;
    char a[DURATION_TEXT], b[DURATION_TEXT], c[DURATION_TEXT];
    other.timing.poll = poll;
    if (waits_for(book, true))
        again.patience.session = patience(told.activity, SESSION_PATIENCE);
    cli_note("check",
             "a heartbeat came after %s, not after %s: the container's own timers are measured, which takes "
             "up to %s",
             duration_text(poll, a), duration_text(told.poll, b),
             duration_text(duration_max(again.patience.heartbeat, again.patience.session), c));
    play(&again, &other, type, stop);
    if (!measures_keep_poll(poll, again.seen.silence.heartbeat))
        return;
    book->parameters.timing.poll = poll;
    note_timer(&book->parameters, "D", poll, told.poll);
    if (again.seen.silence.session != 0 &&
        !measures_keep_activity(&book->parameters.timing, again.seen.silence.session)) {
        book->parameters.timing.activity = measures_round(again.seen.silence.session);
        note_timer(&book->parameters, "TO", book->parameters.timing.activity, told.activity);
    }
    cli_note("check", "the container's %s, whatever its environment says: times are judged by that",
             book->parameters.own_timers);
}

/* ---- Models that make too long a wait ------------------------------------------------------------------ */

#define LONG_WORK (60 * SECOND)

static void skip_long_work(ledger *book) {
    const timing *seen = &book->parameters.timing;
    for (size_t i = 0; i < book->count; i++) {
        ledger_case *one = &book->cases[i];
        duration work = limit_work(seen, one->scenario->requests, one->scenario->items);
        char answer[DURATION_TEXT], sum[DURATION_TEXT], *reason;
        if (one->outcome != NULL || work < LONG_WORK)
            continue;
        reason = heap_format("the model takes %s for an answer: this would take it %s",
                             duration_text(seen->answers.surely, answer), duration_text(work, sum));
        one->outcome = outcome_skipped(reason);
        free(reason);
    }
}

/* Whether SEEN shows a D that is not the one that was told. */
static bool has_own_poll(const timing *told, const silence_seen *seen) {
    return seen->heartbeat > SHORTEST_POLL && !measures_keep_poll(told->poll, seen->heartbeat);
}

static bool agree(duration a, duration b) {
    return duration_max(a, b) - (a + b) / 2 <= a / 16 + 5 * MILLISECOND;
}

/* Looks at silence again, until a D that was not told is seen on a machine that did not make it, or each time the same.
 * Whether it is. */
static bool confirm_own_poll(const ledger *book, trial *first, clipper_data_type type, int stop) {
    const timing *told = &book->parameters.timing;
    trial again = {.patience = first->patience};
    bool same = true;
    for (int i = 1; i < MEASURES_TRIALS && has_own_poll(told, &first->seen.silence); i++) {
        if (!measures_are_doubtful(&first->seen.silence))
            return true;
        again.seen = (measures){0};
        play(&again, &book->parameters, type, stop);
        same = same && agree(again.seen.silence.heartbeat, first->seen.silence.heartbeat);
        first->seen.silence = again.seen.silence;
    }
    return has_own_poll(told, &first->seen.silence) && (same || !measures_are_doubtful(&first->seen.silence));
}

void measures_take(ledger *book, int stop) {
    timing *kept = &book->parameters.timing;
    bool times = waits_for(book, false);
    trial first = {.times_answers = true,
                   .patience = {times ? patience(kept->poll, HEARTBEAT_PATIENCE) : 0, 0}};
    clipper_data_type type;
    if (book->parameters.attach_address != NULL)
        return;
    type = try_types(book, &first, stop);
    kept->starts = first.seen.starts;
    if (first.seen.answers.median != 0) {
        first.seen.answers.at_most = kept->answers.at_most;
        kept->answers = first.seen.answers;
    }
    if (times && first.seen.starts != 0 && first.seen.silence.heartbeat == 0 &&
        first.seen.answers.median == 0) {
        /* It does not answer; its timers may be right. */
        trial silent = {.patience = first.patience};
        play(&silent, &book->parameters, type, stop);
        first.seen.silence = silent.seen.silence;
    }
    if (confirm_own_poll(book, &first, type, stop))
        take_own_timers(book, type, measures_round(first.seen.silence.heartbeat), stop);
    skip_long_work(book);
}
