/* A conversation's own rules, without a container: what ends it, and what its findings become. */
#include "talk/talk_parts.h"

#include "base/heap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <cmocka.h>

static char nobody[] = "/nonexistent/container";
static char *command[] = {nobody, NULL};
static subject about = {.command = command,
                        .acceleration = 1,
                        .timing = {100 * MILLISECOND, 600 * MILLISECOND, 1000 * MILLISECOND}};
static const scenario plot = {.id = "test/plot", .requirements = "REG-1 MAL-1"};

static conversation *begin(profile p) {
    about.profile = p;
    return conversation_new(&about, &plot, CLIPPER_TYPE_INTS);
}

/* Ends C: its verdict and the requirement of its worst finding are as expected. */
static void assert_outcome(conversation *c, verdict expected, const char *requirement_id) {
    outcome *o = conversation_end(&c);
    const finding *worst = outcome_worst(o);
    assert_int_equal(o->verdict, expected);
    if (requirement_id == NULL)
        assert_true(worst == NULL || worst->requirement == NULL);
    else
        assert_string_equal(worst->requirement->id, requirement_id);
    outcome_destroy(&o);
}

static void a_fault_that_does_not_fire_is_an_error(void **state) {
    conversation *c = begin(PROFILE_INTEROP);
    (void)state;
    inject(c, "drop@request#5");
    assert_outcome(c, VERDICT_ERROR, NULL);
    c = begin(PROFILE_INTEROP);
    inject(c, "no such fault");
    assert_outcome(c, VERDICT_ERROR, NULL);
}

static void a_command_that_does_not_start_is_an_error(void **state) {
    conversation *c = begin(PROFILE_INTEROP);
    (void)state;
    register_container(c);
    assert_true(is_over(c));
    assert_outcome(c, VERDICT_ERROR, NULL);
}

static void a_breach_is_graded_and_ends_the_conversation(void **state) {
    conversation *c = begin(PROFILE_INTEROP);
    (void)state;
    breach(c, NULL, heap_text("a"), heap_text("b"));
    assert_true(is_over(c));
    breach(c, "MAL-1", heap_text("not"), heap_text("noted"));
    register_container(c);
    canary(c);
    assert_outcome(c, VERDICT_FAIL, "REG-1");

    c = begin(PROFILE_INTEROP);
    checking(c, "MAL-1");
    breach(c, NULL, heap_text("a"), heap_text("b"));
    assert_outcome(c, VERDICT_WARN, "MAL-1");
}

static void a_remark_does_not_end_it(void **state) {
    conversation *c = begin(PROFILE_INTEROP);
    (void)state;
    remark(c, "REG-9", heap_text("a"), heap_text("b"));
    assert_false(is_over(c));
    assert_outcome(c, VERDICT_LENIENT, "REG-9");
    c = begin(PROFILE_RELEASE);
    remark(c, "REG-9", heap_text("a"), heap_text("b"));
    assert_outcome(c, VERDICT_FAIL, "REG-9");
    c = begin(PROFILE_DOCUMENT);
    remark(c, "REG-9", heap_text("a"), heap_text("b"));
    assert_outcome(c, VERDICT_PASS, NULL);
}

static void one_requirement_may_stand_for_all(void **state) {
    conversation *c = begin(PROFILE_INTEROP);
    (void)state;
    checking_only(c, "TMO-11");
    breach(c, "TMO-4", heap_text("a"), heap_text("b"));
    assert_outcome(c, VERDICT_WARN, "TMO-11");
}

static void what_proves_nothing_is_skipped(void **state) {
    conversation *c = begin(PROFILE_INTEROP);
    (void)state;
    excuse(c, "because");
    breach(c, NULL, heap_text("a"), heap_text("b"));
    assert_outcome(c, VERDICT_SKIP, NULL);
}

static void what_the_machine_may_have_done_is_inconclusive(void **state) {
    const hindrance h = {SECOND, 0};
    conversation *c = begin(PROFILE_INTEROP);
    (void)state;
    breach_if_sure(c, true, &h, "TMO-4", heap_text("a"), heap_text("b"));
    assert_outcome(c, VERDICT_INCONCLUSIVE, "TMO-4");
    c = begin(PROFILE_INTEROP);
    breach_if_sure(c, false, &h, "TMO-4", heap_text("a"), heap_text("b"));
    assert_outcome(c, VERDICT_FAIL, "TMO-4");
}

static void what_somebody_else_started_is_not_started_again(void **state) {
    conversation *c;
    (void)state;
    about.attach_address = "127.0.0.1";
    c = begin(PROFILE_INTEROP);
    set_variable(c, "X=1");
    assert_true(is_over(c));
    assert_outcome(c, VERDICT_SKIP, NULL);
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
        cmocka_unit_test(what_somebody_else_started_is_not_started_again),
    };
    zsys_handler_set(NULL);
    about.stop = eventfd(0, EFD_CLOEXEC);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
