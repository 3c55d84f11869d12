/* A conversation's own rules, without a container: what ends it, and what its findings become. */
#include "talk/talk_parts.h"

#include "base/heap.h"
#include "process/lag.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static char nobody[] = "/nonexistent/container";
static char *command[] = {nobody, NULL};
static run_parameters about = {
    .command = command,
    .acceleration = 1,
    .timing = {.poll = 100 * MILLISECOND, .activity = 600 * MILLISECOND, .start = SECOND}};
static int stop; /* never readable */
static const scenario plot = {.id = "test/plot", .requirements = "REG-1 MAL-1"};

static talk *begin(profile p) {
    about.profile = p;
    return talk_new(&plot, &about, CLIPPER_TYPE_INTS, stop);
}

/* Ends C: its verdict and the requirement of its worst finding are as expected. */
static void assert_outcome(talk *t, verdict expected, const char *requirement_id) {
    outcome *o;
    const finding *worst;
    talk_close(t);
    o = talk_end(&t);
    worst = outcome_worst(o);
    assert_int_equal(o->verdict, expected);
    if (requirement_id == NULL)
        assert_true(worst == NULL || worst->requirement == NULL);
    else
        assert_string_equal(worst->requirement->id, requirement_id);
    outcome_destroy(&o);
}

static void a_fault_that_does_not_fire_is_an_error(void **state) {
    talk *t = begin(PROFILE_INTEROP);
    (void)state;
    talk_inject(t, "drop@request#5");
    assert_outcome(t, VERDICT_ERROR, NULL);
    t = begin(PROFILE_INTEROP);
    talk_inject(t, "no such fault");
    assert_outcome(t, VERDICT_ERROR, NULL);
}

static void a_command_that_does_not_start_is_an_error(void **state) {
    talk *t = begin(PROFILE_INTEROP);
    (void)state;
    talk_register(t);
    assert_true(talk_is_over(t));
    assert_outcome(t, VERDICT_ERROR, NULL);
}

static void a_breach_is_graded_and_ends_the_conversation(void **state) {
    talk *t = begin(PROFILE_INTEROP);
    (void)state;
    talk_breach(t, NULL, heap_text("a"), heap_text("b"));
    assert_true(talk_is_over(t));
    talk_breach(t, "MAL-1", heap_text("not"), heap_text("noted"));
    talk_register(t);
    talk_canary(t);
    assert_outcome(t, VERDICT_FAIL, "REG-1");

    t = begin(PROFILE_INTEROP);
    talk_checking(t, "MAL-1");
    talk_breach(t, NULL, heap_text("a"), heap_text("b"));
    assert_outcome(t, VERDICT_WARN, "MAL-1");
}

static void a_remark_does_not_end_it(void **state) {
    talk *t = begin(PROFILE_INTEROP);
    (void)state;
    talk_remark(t, "REG-9", heap_text("a"), heap_text("b"));
    assert_false(talk_is_over(t));
    assert_outcome(t, VERDICT_LENIENT, "REG-9");
    t = begin(PROFILE_RELEASE);
    talk_remark(t, "REG-9", heap_text("a"), heap_text("b"));
    assert_outcome(t, VERDICT_FAIL, "REG-9");
    t = begin(PROFILE_DOCUMENT);
    talk_remark(t, "REG-9", heap_text("a"), heap_text("b"));
    assert_outcome(t, VERDICT_PASS, NULL);
}

static void one_requirement_may_stand_for_all(void **state) {
    talk *t = begin(PROFILE_INTEROP);
    (void)state;
    talk_checking_only(t, "TMO-11");
    talk_breach(t, "TMO-4", heap_text("a"), heap_text("b"));
    assert_outcome(t, VERDICT_WARN, "TMO-11");
}

static void what_proves_nothing_is_skipped(void **state) {
    talk *t = begin(PROFILE_INTEROP);
    (void)state;
    talk_excuse(t, "because");
    talk_breach(t, NULL, heap_text("a"), heap_text("b"));
    assert_outcome(t, VERDICT_SKIP, NULL);
}

static void what_the_machine_may_have_done_is_inconclusive(void **state) {
    const hindrance h = {SECOND, 0};
    talk *t = begin(PROFILE_INTEROP);
    (void)state;
    talk_breach_if_sure(t, true, &h, "TMO-4", heap_text("a"), heap_text("b"));
    assert_outcome(t, VERDICT_INCONCLUSIVE, "TMO-4");
    t = begin(PROFILE_INTEROP);
    talk_breach_if_sure(t, false, &h, "TMO-4", heap_text("a"), heap_text("b"));
    assert_outcome(t, VERDICT_FAIL, "TMO-4");
}

/* Whether a session may have timed out that ended SILENCE after our last message, by the lag that is measured. */
static bool may_have_timed_out(talk *t, duration silence) {
    session s = {
        .opened = clock_now() - 2 * SECOND, .last_sent = clock_now() - SECOND, .last_gap = MILLISECOND};
    hindrance h;
    bool result;
    t->session = &s;
    result = talk_may_have_timed_out(t, s.last_sent + silence, &h);
    t->session = NULL;
    return result;
}

/* Without lag (none is measured here) an end is a fact, early or late. */
static void a_session_that_ends_is_a_fact(void **state) {
    talk *t = begin(PROFILE_INTEROP);
    (void)state;
    assert_false(may_have_timed_out(t, 10 * MILLISECOND));
    assert_false(may_have_timed_out(t, 500 * MILLISECOND));
    assert_false(may_have_timed_out(t, 900 * MILLISECOND));
    assert_outcome(t, VERDICT_PASS, NULL);
}

/* This process is stopped for a while, by a child of it. */
static void be_stopped_for(duration how_long) {
    pid_t parent = getpid(), child = fork();
    int status;
    if (child == 0) {
        kill(parent, SIGSTOP);
        usleep((useconds_t)(how_long / MICROSECOND));
        kill(parent, SIGCONT);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
}

static void a_stop_of_the_kit_may_have_ended_it(void **state) {
    talk *t = begin(PROFILE_INTEROP);
    char *problem;
    (void)state;
    assert_true(lag_start(&problem));
    be_stopped_for(200 * MILLISECOND);
    /* Four times the lag and the silence are TO, or are not. */
    assert_true(may_have_timed_out(t, 500 * MILLISECOND));
    assert_true(may_have_timed_out(t, 900 * MILLISECOND));
    about.timing.activity = 3600 * SECOND;
    assert_false(may_have_timed_out(t, 500 * MILLISECOND));
    about.timing.activity = 600 * MILLISECOND;
    lag_stop();
    assert_outcome(t, VERDICT_PASS, NULL);
}

static void what_somebody_else_started_is_not_started_again(void **state) {
    talk *t;
    (void)state;
    about.attach_address = "127.0.0.1";
    t = begin(PROFILE_INTEROP);
    talk_set_variable(t, "X=1");
    assert_true(talk_is_over(t));
    assert_outcome(t, VERDICT_SKIP, NULL);
    about.attach_address = NULL;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_that_does_not_fire_is_an_error),
        cmocka_unit_test(a_command_that_does_not_start_is_an_error),
        cmocka_unit_test(a_breach_is_graded_and_ends_the_conversation),
        cmocka_unit_test(a_remark_does_not_end_it),
        cmocka_unit_test(one_requirement_may_stand_for_all),
        cmocka_unit_test(what_proves_nothing_is_skipped),
        cmocka_unit_test(what_the_machine_may_have_done_is_inconclusive),
        cmocka_unit_test(a_session_that_ends_is_a_fact),
        cmocka_unit_test(a_stop_of_the_kit_may_have_ended_it),
        cmocka_unit_test(what_somebody_else_started_is_not_started_again),
    };
    zsys_handler_set(NULL);
    stop = eventfd(0, EFD_CLOEXEC);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
