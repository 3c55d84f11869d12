#include "run/trials.h"

#include "base/heap.h"
#include "base/port.h"
#include "cli/cli.h"
#include "engine/describe.h"
#include "run/measures.h"
#include "talk/talk.h"

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
    return one->scenario->waits.polls > 0 || one->scenario->waits.timeouts > 0;
}

typedef struct heartbeat_time {
    silence_patience patience;
    silence_seen seen;
} heartbeat_time;

/* How long the container is silent before its heartbeat. */
static void play_heartbeat_time(talk *t) {
    heartbeat_time *result = talk_parameter(t)->result;
    talk_register(t);
    talk_fall_silent(t);
    talk_send_keep_alive(t);
    talk_observe_silence(t, result->patience, &result->seen);
}

/* The same of the container as WITH has it run, in *SEEN; its heartbeat is 0 when it is not known. False when the kit had
 * to stop. */
static bool see_silence(const ledger *book, const run_parameters *with, int stop, silence_seen *seen) {
    const timing *quick = &book->parameters.timing;
    double acceleration = book->parameters.acceleration;
    /* Long enough for one that is not accelerated. */
    const timing patient = {.poll = (duration)((double)quick->poll * acceleration),
                            .activity = (duration)((double)quick->activity * acceleration)};
    heartbeat_time result = {.patience = {limit_heartbeat(&patient, 1, 0).at_most, 0}};
    const scenario trial = {.id = "acceleration/trial",
                            .title = "an accelerated container sends its heartbeats sooner",
                            .requirements = "HB-6",
                            .play = play_heartbeat_time,
                            .with.result = &result};
    clipper_data_type type = book->count != 0 ? book->cases[0].type : CLIPPER_TYPE_DOUBLES;
    outcome *o = scenario_play(&trial, with, type, stop);
    bool interrupted = o->interrupted;
    outcome_destroy(&o);
    *seen = result.seen;
    return !interrupted;
}

/* Whether a heartbeat that came after TOOK is one that comes N times later in real time: the container is accelerated, and
 * has a D of its own. */
static bool is_own_poll_accelerated(const ledger *book, duration took, int stop) {
    run_parameters real = book->parameters;
    silence_seen seen;
    duration quick;
    if (took == 0)
        return false;
    real.timing.poll = (duration)((double)real.timing.poll * real.acceleration);
    real.timing.activity = (duration)((double)real.timing.activity * real.acceleration);
    real.acceleration = 1;
    real.faketime_library = NULL;
    if (!see_silence(book, &real, stop, &seen))
        return true;
    quick = (duration)((double)seen.heartbeat / book->parameters.acceleration);
    return took < (quick + seen.heartbeat) / 2 && measures_keep_poll(quick, took);
}

void trials_prove_acceleration(ledger *book, int stop) {
    duration due = book->parameters.timing.poll;
    silence_seen seen = {0};
    duration took;
    char a[DURATION_TEXT], b[DURATION_TEXT];
    /* What this machine may have made is seen again. */
    for (int i = 0; i < MEASURES_TRIALS && (i == 0 || measures_are_doubtful(&seen)); i++) {
        if (!see_silence(book, &book->parameters, stop, &seen) || measures_keep_poll(due, seen.heartbeat))
            return;
    }
    took = seen.heartbeat;
    if (is_own_poll_accelerated(book, took, stop))
        return;
    free(book->parameters.faketime_library);
    book->parameters.faketime_library = NULL;
    skip_cases(book, judges_times,
               heap_format("acceleration did not take effect: a heartbeat was due after %s, and %s%s",
                           duration_text(due, a), took != 0 ? "came after " : "none came",
                           took != 0 ? duration_text(took, b) : ""));
}

/* ---- Attached containers ---------------------------------------------------------------------------- */

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

static void play_introduction(talk *t) {
    ledger *book = talk_parameter(t)->result;
    const clipper_new_container *came;
    talk_start(t);
    talk_expect_heartbeat(t);
    talk_send_metadata_request(t);
    talk_expect_any_new_container(t);
    if (talk_is_over(t))
        return;
    came = &talk_latest(t)->content.as.new_container;
    book->parameters.attached_name = heap_copy(came->name.base, came->name.len);
    book->parameters.attached_version = heap_copy(came->model_version.base, came->model_version.len);
    choose_type(book, came->input_type);
}

/* Says what is waited for, and what to do meanwhile. */
static void announce_wait(const run_parameters *p) {
    char patience[DURATION_TEXT], *where = port_text(p->attach_address, p->attach_port);
    cli_note("check",
             "waiting up to %s (--start-timeout, and TO + D for one whose session has to end first) for a "
             "container that connects to %s; it is yours to start: with CLIPPER_IP and CLIPPER_PORT",
             duration_text(p->timing.start, patience), where);
    free(where);
}

/* No case can be played: O is that of the introduction. That nobody came says nothing of any container. */
static void give_up(ledger *book, outcome *o) {
    const run_parameters *p = &book->parameters;
    char patience[DURATION_TEXT], *where = port_text(p->attach_address, p->attach_port), *reason;
    if (o->verdict == VERDICT_FAIL && !o->connected) {
        reason =
            heap_format("no container connected to %s within %s", where, duration_text(o->took, patience));
        cli_note("check", "%s", reason);
        outcome_destroy(&o);
    } else {
        reason = heap_format("the attached container did not register: see %s", book->cases[0].id);
        book->cases[0].outcome = o;
    }
    free(where);
    skip_cases(book, any_case, reason);
}

void trials_meet_attached(ledger *book, int stop) {
    const scenario introduction = {.id = "attach/introduction",
                                   .title = "the attached container registers",
                                   .requirements = "REG-1",
                                   .play = play_introduction,
                                   .with.result = book};
    outcome *o;
    if (book->count == 0)
        return;
    announce_wait(&book->parameters);
    o = scenario_play(&introduction, &book->parameters, CLIPPER_TYPE_DOUBLES, stop);
    if (book->parameters.attached_name != NULL || o->interrupted)
        outcome_destroy(&o);
    else
        give_up(book, o);
}
