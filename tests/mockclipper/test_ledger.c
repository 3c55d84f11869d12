/* What verdicts amount to: exit statuses, prerequisites, and the honesty rules among them. */
#include "run/prerequisites.h"
#include "base/heap.h"
#include "run/ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const scenario plain = {.id = "family/plain", .requirements = "REG-1"};
static const scenario typed = {.id = "family/typed", .requirements = "REG-1", .types = EACH_TYPE};
static const scenario first = {
    .id = "family/first", .requirements = "REG-4", .types = EACH_TYPE, .prerequisite = true};

static char program[] = "./my container", quoted[] = "it's", empty[] = "";
static char *command[] = {program, quoted, empty, NULL};

static ledger book_of(const verdict *verdicts, size_t count) {
    ledger book = {.parameters.command = command, .options = heap_text("")};
    for (size_t i = 0; i < count; i++) {
        ledger_add(&book, &plain, CLIPPER_TYPE_INTS, 1);
        book.cases[i].outcome = outcome_new();
        book.cases[i].outcome->verdict = verdicts[i];
    }
    return book;
}

/* The exit status of a run with these verdicts. */
static int status_of(bool strict, size_t count, verdict a, verdict b, verdict c) {
    verdict verdicts[] = {a, b, c};
    ledger book = book_of(verdicts, count);
    int status;
    book.strict = strict;
    status = ledger_status(&book);
    ledger_clear(&book);
    return status;
}

static void exit_statuses(void **state) {
    const verdict P = VERDICT_PASS, S = VERDICT_SKIP, I = VERDICT_INFO, L = VERDICT_LENIENT, W = VERDICT_WARN,
                  U = VERDICT_INCONCLUSIVE, F = VERDICT_FAIL, E = VERDICT_ERROR;
    (void)state;
    assert_int_equal(status_of(false, 3, P, P, P), STATUS_CONFORMANT);
    assert_int_equal(status_of(false, 3, P, S, I), STATUS_CONFORMANT);
    assert_int_equal(status_of(true, 3, P, L, I), STATUS_CONFORMANT);
    assert_int_equal(status_of(false, 3, P, W, P), STATUS_CONFORMANT);
    assert_int_equal(status_of(true, 3, P, W, P), STATUS_NOT_CONFORMANT);
    assert_int_equal(status_of(false, 3, P, F, U), STATUS_NOT_CONFORMANT);
    assert_int_equal(status_of(false, 3, P, U, W), STATUS_INCONCLUSIVE);
    assert_int_equal(status_of(true, 3, P, U, W), STATUS_NOT_CONFORMANT);
    assert_int_equal(status_of(false, 3, P, F, E), STATUS_KIT_FAILED);
    /* Never 0 when nothing was verified. */
    assert_int_equal(status_of(false, 0, P, P, P), STATUS_NOTHING_VERIFIED);
    assert_int_equal(status_of(false, 3, S, S, S), STATUS_NOTHING_VERIFIED);
    assert_int_equal(status_of(false, 3, S, I, I), STATUS_NOTHING_VERIFIED);
}

static void a_case_that_was_not_played_is_not_good(void **state) {
    verdict pass = VERDICT_PASS;
    ledger book = book_of(&pass, 1);
    (void)state;
    ledger_add(&book, &plain, CLIPPER_TYPE_INTS, 1);
    book.interrupted = true;
    assert_false(ledger_case_is_bad(&book, &book.cases[0]));
    assert_true(ledger_case_is_bad(&book, &book.cases[1]));
    assert_int_equal(ledger_status(&book), STATUS_KIT_FAILED);
    ledger_clear(&book);
}

static void the_worst_finding_is_the_verdict(void **state) {
    outcome *o = outcome_new();
    (void)state;
    assert_null(outcome_worst(o));
    outcome_find(o, VERDICT_LENIENT, NULL, heap_text("a"), heap_text("b"));
    outcome_find(o, VERDICT_FAIL, NULL, heap_text("c"), heap_text("d"));
    outcome_find(o, VERDICT_WARN, NULL, heap_text("e"), heap_text("f"));
    assert_int_equal(o->verdict, VERDICT_FAIL);
    assert_string_equal(outcome_worst(o)->expected, "c");
    outcome_destroy(&o);
}

static void a_breach_is_graded_by_level_and_profile(void **state) {
    static const requirement must = {.level = LEVEL_MUST, .profile = PROFILE_INTEROP};
    static const requirement should = {.level = LEVEL_SHOULD, .profile = PROFILE_INTEROP};
    static const requirement may = {.level = LEVEL_MAY, .profile = PROFILE_INTEROP};
    static const requirement document = {.level = LEVEL_MUST, .profile = PROFILE_DOCUMENT};
    (void)state;
    for (int p = PROFILE_INTEROP; p <= PROFILE_RELEASE; p++) {
        assert_int_equal(verdict_of_breach(&must, (profile)p), VERDICT_FAIL);
        assert_int_equal(verdict_of_breach(&should, (profile)p), VERDICT_WARN);
        assert_int_equal(verdict_of_breach(&may, (profile)p), VERDICT_INFO);
    }
    assert_int_equal(verdict_of_breach(&document, PROFILE_INTEROP), VERDICT_LENIENT);
    assert_int_equal(verdict_of_breach(&document, PROFILE_DOCUMENT), VERDICT_FAIL);
    assert_int_equal(verdict_of_breach(&document, PROFILE_RELEASE), VERDICT_PASS);
}

static void the_command_to_repeat_is_quoted_for_a_shell(void **state) {
    ledger book = {.parameters.command = command, .options = heap_text(" --model sum")};
    char *text;
    (void)state;
    ledger_add(&book, &typed, CLIPPER_TYPE_FLOATS, 2);
    ledger_add(&book, &plain, CLIPPER_TYPE_INTS, 1);
    assert_string_equal(book.cases[0].id, "family/typed:floats#2");
    text = ledger_repeat_command(&book, &book.cases[0]);
    assert_string_equal(text, "mockclipper check --scenario family/typed:floats --model sum -- "
                              "'./my container' 'it'\\''s' ''");
    free(text);
    text = ledger_repeat_command(&book, &book.cases[1]);
    assert_non_null(strstr(text, "--scenario family/plain --model sum --input-type ints -- "));
    free(text);
    ledger_clear(&book);
}

static void families_are_counted_one_by_one(void **state) {
    static const scenario shorter = {.id = "fam/x"}, longer = {.id = "family2/x"};
    const verdict verdicts[] = {VERDICT_PASS, VERDICT_FAIL, VERDICT_PASS};
    ledger book = book_of(verdicts, 3);
    ledger_family family = {0};
    (void)state;
    ledger_add(&book, &shorter, CLIPPER_TYPE_INTS, 1);
    ledger_add(&book, &longer, CLIPPER_TYPE_INTS, 1);
    assert_true(ledger_next_family(&book, &family));
    assert_string_equal(family.name, "family");
    assert_ptr_equal(family.cases, book.cases);
    assert_int_equal(family.count, 3);
    assert_int_equal(family.tally[VERDICT_PASS], 2);
    assert_int_equal(family.tally[VERDICT_FAIL], 1);
    assert_true(ledger_next_family(&book, &family));
    assert_string_equal(family.name, "fam");
    assert_int_equal(family.count, 1);
    assert_int_equal(family.tally[VERDICT_PASS], 0); /* not played */
    assert_true(ledger_next_family(&book, &family));
    assert_string_equal(family.name, "family2");
    assert_false(ledger_next_family(&book, &family));
    ledger_clear(&book);
    assert_false(ledger_next_family(&book, &(ledger_family){0}));
}

/* ---- Prerequisites ---------------------------------------------------------------------------------- */

/* A ledger with prerequisites for bytes and ints, a typed case for each, and one case of type bytes. */
static ledger book_with_prerequisites(bool bytes_registered, bool bytes_refused, bool ints_registered) {
    ledger book = {.parameters.command = command, .options = heap_text("")};
    for (int type = CLIPPER_TYPE_BYTES; type <= CLIPPER_TYPE_INTS; type++)
        ledger_add(&book, &first, (clipper_data_type)type, 1);
    for (int type = CLIPPER_TYPE_BYTES; type <= CLIPPER_TYPE_INTS; type++)
        ledger_add(&book, &typed, (clipper_data_type)type, 1);
    ledger_add(&book, &plain, CLIPPER_TYPE_BYTES, 1);
    assert_false(prerequisites_are_played(&book));
    for (int i = 0; i < 2; i++) {
        book.cases[i].outcome = outcome_new();
        book.cases[i].outcome->registered = i == 0 ? bytes_registered : ints_registered;
        book.cases[i].outcome->verdict = book.cases[i].outcome->registered ? VERDICT_PASS : VERDICT_FAIL;
        book.cases[i].outcome->process_end = heap_text("exited with status 2");
    }
    book.cases[0].outcome->refused = bytes_refused;
    assert_true(prerequisites_are_played(&book));
    return book;
}

static void prerequisites_that_are_met_change_nothing(void **state) {
    ledger book = book_with_prerequisites(true, false, true);
    (void)state;
    prerequisites_decide(&book);
    for (int i = 2; i < 5; i++)
        assert_null(book.cases[i].outcome);
    assert_int_equal(book.cases[4].type, CLIPPER_TYPE_BYTES);
    ledger_clear(&book);
}

static void a_type_that_is_not_offered_is_skipped(void **state) {
    ledger book = book_with_prerequisites(false, true, true);
    (void)state;
    prerequisites_decide(&book);
    assert_int_equal(book.cases[0].outcome->verdict, VERDICT_SKIP);
    assert_non_null(strstr(book.cases[0].outcome->reason, "does not offer the input type bytes"));
    assert_int_equal(book.cases[2].outcome->verdict, VERDICT_SKIP);
    assert_null(book.cases[3].outcome);
    assert_null(book.cases[4].outcome);
    assert_int_equal(book.cases[4].type, CLIPPER_TYPE_INTS);
    ledger_clear(&book);
}

static void one_that_was_asked_for_by_name_fails(void **state) {
    ledger book = book_with_prerequisites(false, true, true);
    (void)state;
    book.types_asked_for = true;
    prerequisites_decide(&book);
    assert_int_equal(book.cases[0].outcome->verdict, VERDICT_FAIL);
    ledger_clear(&book);
}

static void a_container_that_offers_nothing_fails(void **state) {
    ledger book = book_with_prerequisites(false, true, false);
    (void)state;
    prerequisites_decide(&book);
    assert_int_equal(book.cases[0].outcome->verdict, VERDICT_FAIL);
    for (int i = 2; i < 5; i++)
        assert_int_equal(book.cases[i].outcome->verdict, VERDICT_SKIP);
    assert_int_equal(ledger_status(&book), STATUS_NOT_CONFORMANT);
    ledger_clear(&book);
}

/* What the machine was too slow to see hides nothing: the others are played. */
static void an_inconclusive_prerequisite_is_not_unmet(void **state) {
    ledger book = book_with_prerequisites(false, false, true);
    (void)state;
    book.cases[0].outcome->verdict = VERDICT_INCONCLUSIVE;
    prerequisites_decide(&book);
    for (int i = 2; i < 5; i++)
        assert_null(book.cases[i].outcome);
    assert_int_equal(book.cases[4].type, CLIPPER_TYPE_BYTES);
    ledger_clear(&book);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exit_statuses),
        cmocka_unit_test(a_case_that_was_not_played_is_not_good),
        cmocka_unit_test(the_worst_finding_is_the_verdict),
        cmocka_unit_test(a_breach_is_graded_by_level_and_profile),
        cmocka_unit_test(the_command_to_repeat_is_quoted_for_a_shell),
        cmocka_unit_test(families_are_counted_one_by_one),
        cmocka_unit_test(prerequisites_that_are_met_change_nothing),
        cmocka_unit_test(a_type_that_is_not_offered_is_skipped),
        cmocka_unit_test(one_that_was_asked_for_by_name_fails),
        cmocka_unit_test(a_container_that_offers_nothing_fails),
        cmocka_unit_test(an_inconclusive_prerequisite_is_not_unmet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
