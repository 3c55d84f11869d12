#include "run/trials.h"

#include "base/heap.h"
#include "engine/describe.h"
#include "talk/talk_parts.h"

#include <stdlib.h>

/* Gives every case without an outcome that PICKS one that is skipped. REASON is freed. */
static void skip_cases(ledger *book, bool (*picks)(const ledger *book, const ledger_case *one),
                       char *reason) {
    for (size_t i = 0; i < book->count; i++) {
        if (book->cases[i].outcome == NULL && picks(book, &book->cases[i]))
            book->cases[i].outcome = outcome_skipped(reason);
    }
    free(reason);
}

static bool any_case(const ledger *book, const ledger_case *one) {
    (void)book;
    (void)one;
    return true;
}

/* ---- Acceleration ----------------------------------------------------------------------------------- */

static bool judges_times(const ledger *book, const ledger_case *one) {
    (void)book;
    return one->scenario->polls > 0 || one->scenario->timeouts > 0;
}

static const scenario timing_trial = {
    .id = "acceleration/trial",
    .title = "an accelerated container sends its heartbeats sooner",
    .requirements = "HB-6",
};

/* How long the accelerated container was silent before its heartbeat; 0 when that could not be told. */
static duration time_heartbeat(const ledger *book) {
    subject patient = book->subject;
    talk *t;
    duration took = 0;
    outcome *o;
    clipper_data_type type = book->count != 0 ? book->cases[0].type : CLIPPER_TYPE_DOUBLES;
    /* Long enough for one that is not accelerated. */
    patient.timing.poll = (duration)((double)patient.timing.poll * patient.acceleration);
    patient.timing.activity = (duration)((double)patient.timing.activity * patient.acceleration);
    /* What it is told stays the same. */
    t = talk_new(&book->subject, &timing_trial, type);
    talk_register(t);
    talk_fall_silent(t);
    talk_send_keep_alive(t);
    t->subject = &patient;
    talk_expect_heartbeat(t);
    if (!t->over)
        took = t->latest->at - talk_session(t)->last_sent;
    o = talk_end(&t);
    outcome_destroy(&o);
    return took;
}

void prelude_prove_acceleration(ledger *book) {
    duration due = book->subject.timing.poll;
    duration took = time_heartbeat(book);
    char a[DURATION_TEXT], b[DURATION_TEXT];
    if (took > due - due / 10 && took < due + due / 2 + 250 * MILLISECOND)
        return;
    free(book->subject.faketime_library);
    book->subject.faketime_library = NULL;
    skip_cases(book, judges_times,
               heap_format("acceleration did not take effect: a heartbeat was due after %s, and %s%s",
                           duration_text(due, a), took != 0 ? "came after " : "none came",
                           took != 0 ? duration_text(took, b) : ""));
}

/* ---- Attached containers ---------------------------------------------------------------------------- */

static const scenario introduction = {
    .id = "attach/introduction",
    .title = "the attached container registers",
    .requirements = "REG-1",
};

static char *copy_text(clipper_frame text) {
    return heap_format("%.*s", (int)text.len, text.len != 0 ? (const char *)text.base : "");
}

/* Leaves the cases for TYPE to be played, those for any type with that one. */
static void choose_type(ledger *book, clipper_data_type type) {
    char *reason = heap_format("the attached container takes %s", data_type_name(type));
    for (size_t i = 0; i < book->count; i++) {
        ledger_case *one = &book->cases[i];
        bool each = one->scenario->types == EACH_TYPE;
        if (each ? one->type != type : !scenario_takes(one->scenario, type))
            one->outcome = outcome_skipped(reason);
        else
            one->type = type;
    }
    free(reason);
}

void prelude_meet_attached(ledger *book) {
    talk *t;
    outcome *o;
    if (book->count == 0)
        return;
    t = talk_new(&book->subject, &introduction, CLIPPER_TYPE_DOUBLES);
    talk_start(t);
    talk_expect_heartbeat(t);
    talk_send_metadata_request(t);
    talk_expect_any_new_container(t);
    if (!t->over) {
        const clipper_new_container *came = &t->latest->content.as.new_container;
        book->subject.attached_name = copy_text(came->name);
        book->subject.attached_version = copy_text(came->model_version);
        choose_type(book, came->input_type);
    }
    o = talk_end(&t);
    if (book->subject.attached_name != NULL) {
        outcome_destroy(&o);
        return;
    }
    book->cases[0].outcome = o;
    skip_cases(book, any_case, heap_text("no container came"));
}
