/* How the memory of a container is shared out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "internal.h"

#define MIB (UINT64_C(1) << 20)

static void without_a_memory_the_limits_and_the_queue_are_the_bound(void **state) {
    const clipper_limits limits = clipper_default_limits();
    const clipper_budget budget = clipper_budget_of(&limits, 7, 0);
    (void)state;
    assert_memory_equal(&budget.limits, &limits, sizeof limits);
    assert_int_equal(budget.received_messages, 7);
    assert_int_equal(budget.unsent_messages, 7);
    assert_true(budget.unsent == UINT64_MAX && budget.under_way == UINT64_MAX);
    assert_true(budget.kept_per_job == UINT64_MAX && budget.counted_from == UINT64_MAX);
    assert_true(budget.unfinished > limits.total_bytes && budget.growth > budget.unfinished / 2);
}

static void a_memory_bounds_requests_and_queues(void **state) {
    const clipper_limits limits = clipper_default_limits();
    const clipper_budget budget = clipper_budget_of(&limits, 256, 64 * MIB);
    (void)state;
    assert_int_equal(budget.limits.total_bytes, 8 * MIB);
    assert_int_equal(budget.limits.item_bytes, 8 * MIB);
    assert_int_equal(budget.limits.items, 8 * MIB / CLIPPER_FRAME_COST);
    assert_int_equal(budget.limits.text_bytes, limits.text_bytes);
    assert_int_equal(budget.received_messages, 1);
    assert_int_equal(budget.unsent_messages, 256);
    assert_int_equal(budget.under_way, 8 * MIB);
    assert_int_equal(budget.unsent, 8 * MIB);
    assert_int_equal(budget.kept_per_job, 8 * MIB / 256);
    assert_int_equal(budget.growth, 48 * MIB);
}

/* Small requests: many of them may wait, and the bounds of one are its own. */
static void low_limits_stay_and_let_more_messages_wait(void **state) {
    clipper_limits limits = clipper_default_limits();
    clipper_budget budget;
    (void)state;
    limits.total_bytes = 1000;
    limits.items = 10;
    budget = clipper_budget_of(&limits, 100000, 64 * MIB);
    assert_int_equal(budget.limits.total_bytes, 1000);
    assert_int_equal(budget.limits.items, 10);
    assert_int_equal(budget.received_messages,
                     8 * MIB / (1000 + (10 + CLIPPER_HEAD_FRAMES_MAX) * CLIPPER_FRAME_COST));
    assert_int_equal(budget.unsent_messages, 512);
    assert_true(budget.unfinished < 5000);
    assert_int_equal(clipper_budget_of(&limits, 3, 64 * MIB).received_messages, 3);
}

static void limits_beyond_all_numbers_do_not_wrap(void **state) {
    clipper_limits limits = clipper_default_limits();
    clipper_budget budget;
    (void)state;
    limits.items = limits.total_bytes = INT64_MAX;
    budget = clipper_budget_of(&limits, 1, 0);
    assert_true(budget.unfinished == UINT64_MAX && budget.growth == UINT64_MAX);
    assert_false(clipper_budget_is_exceeded(&budget, UINT64_MAX, UINT64_MAX));
}

static void what_is_too_much(void **state) {
    const clipper_limits limits = clipper_default_limits();
    const clipper_budget budget = clipper_budget_of(&limits, 256, 64 * MIB);
    const uint64_t wire = budget.unfinished;
    (void)state;
    assert_true(wire > 16 * MIB && wire < 18 * MIB);
    assert_true(clipper_budget_is_exceeded(&budget, wire + 1, wire));
    assert_false(clipper_budget_is_exceeded(&budget, wire, wire));        /* as large as it may be */
    assert_false(clipper_budget_is_exceeded(&budget, wire + 1, MIB));     /* and where is it? */
    assert_true(clipper_budget_is_exceeded(&budget, 2 * MIB, 49 * MIB));  /* empty frames */
    assert_false(clipper_budget_is_exceeded(&budget, MIB, 1000 * MIB));   /* the model has grown */
    assert_false(clipper_budget_is_exceeded(&budget, 2 * MIB, 48 * MIB)); /* as much as there may be */
}

static void memory_is_given_back_after_a_while_of_little(void **state) {
    clipper_memory_rest rest = {0, 0, 0};
    (void)state;
    rest.moved = 15 * MIB;
    assert_true(clipper_memory_rest_at(&rest, 1) == UINT64_MAX);
    rest.moved = 20 * MIB;
    assert_int_equal(clipper_memory_rest_at(&rest, 1000), 1001000);
    rest.moved += MIB / 2; /* little */
    assert_int_equal(clipper_memory_rest_at(&rest, 500000), 1001000);
    rest.moved += MIB; /* much */
    assert_int_equal(clipper_memory_rest_at(&rest, 600000), 1600000);
    assert_int_equal(clipper_memory_rest_at(&rest, 1599999), 1600000);
    assert_true(clipper_memory_rest_at(&rest, 1600000) == UINT64_MAX);
    assert_int_equal(rest.moved, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_memory_the_limits_and_the_queue_are_the_bound),
        cmocka_unit_test(a_memory_bounds_requests_and_queues),
        cmocka_unit_test(low_limits_stay_and_let_more_messages_wait),
        cmocka_unit_test(limits_beyond_all_numbers_do_not_wrap),
        cmocka_unit_test(what_is_too_much),
        cmocka_unit_test(memory_is_given_back_after_a_while_of_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
