/* The measurement in simulated time: a container of one server, of which the test says how long it takes. */
#include "bench/meter.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#define START     (1000 * SECOND)
#define QUEUE_MAX 200000

/* How long request NUMBER, begun AT (since the start), takes; NEVER: it is never answered. */
#define NEVER INT64_MAX
typedef duration service(uint64_t number, duration at);

typedef struct answer {
    uint32_t id;
    instant at;
} answer;

/* The answers that are yet to come: in the order of their requests, which is that of their times. */
static struct {
    answer queue[QUEUE_MAX];
    size_t first, count;
    instant free_at; /* when the server can begin the next */
} server;

static void serve(uint32_t id, uint64_t number, instant now, service *takes) {
    instant begun = server.free_at > now ? server.free_at : now;
    duration took = takes(number, begun - START);
    if (took == NEVER)
        return;
    assert_true(server.count < QUEUE_MAX);
    server.free_at = begun + took;
    server.queue[(server.first + server.count++) % QUEUE_MAX] = (answer){id, server.free_at};
}

static instant next_answer(void) {
    return server.count != 0 ? server.queue[server.first].at : INT64_MAX;
}

static void take_answers(meter *m, instant now) {
    while (next_answer() <= now) {
        const flight_entry *asked = meter_find(m, server.queue[server.first].id);
        if (asked != NULL)
            meter_answer(m, asked, now);
        server.first = (server.first + 1) % QUEUE_MAX;
        server.count--;
    }
}

/* Plays the whole; the caller's to destroy. */
static meter *played(const meter_plan *plan, service *takes) {
    instant now = START;
    meter *m = meter_new(plan, now);
    uint64_t number = 0;
    server.first = server.count = 0;
    server.free_at = now;
    for (meter_tick(m, now); meter_now(m) != METER_OVER; meter_tick(m, now)) {
        instant wake;
        while (meter_wants_request(m, now))
            serve(meter_send(m, 0, now), number++, now, takes);
        wake = meter_wake_at(m, now);
        assert_true(wake >= now); /* or it would not get on */
        now = wake < next_answer() ? wake : next_answer();
        take_answers(m, now);
    }
    return m;
}

static meter_plan plan_of(size_t in_flight, double rate, duration most) {
    return (meter_plan){.in_flight = in_flight,
                        .rate = rate,
                        .warm_up = SECOND,
                        .most = most,
                        .window = 500 * MILLISECOND,
                        .spread = 5,
                        .patience = 10 * SECOND};
}

static double quantile_ms(const meter *m, double q) {
    return (double)histogram_quantile(meter_latencies(m), q) / (double)MILLISECOND;
}

static void assert_near(double actual, double expected, double percent) {
    if (fabs(actual - expected) > expected * percent / 100)
        fail_msg("%g is not within %g %% of %g", actual, percent, expected);
}

static double rate_of(const meter *m) {
    return (double)meter_answered(m) * (double)SECOND / (double)meter_measured(m);
}

/* ---- Loops ------------------------------------------------------------------------------------------ */

static duration a_millisecond(uint64_t number, duration at) {
    (void)number;
    (void)at;
    return MILLISECOND;
}

static void the_closed_loop_keeps_so_many_under_way(void **state) {
    meter_plan plan = plan_of(4, 0, 60 * SECOND);
    meter *m = played(&plan, a_millisecond);
    (void)state;
    assert_near(rate_of(m), 1000, 0.5);
    assert_near(quantile_ms(m, 0.5), 4, 1);
    assert_near(quantile_ms(m, 0.999), 4, 1);
    meter_destroy(&m);
}

static void it_ends_as_soon_as_it_is_stable(void **state) {
    meter_plan plan = plan_of(4, 0, 60 * SECOND);
    meter *m = played(&plan, a_millisecond);
    size_t windows;
    (void)state;
    assert_true(stability_is_reached(meter_stability(m)));
    (void)meter_windows(m, &windows);
    assert_int_equal(windows, STABILITY_WINDOWS);
    assert_near((double)meter_measured(m), 2.5 * (double)SECOND, 1);
    meter_destroy(&m);
    plan.spread = 0; /* unless it is told to use all of its time */
    plan.most = 8 * SECOND;
    m = played(&plan, a_millisecond);
    assert_false(stability_is_reached(meter_stability(m)));
    assert_near((double)meter_measured(m), 8 * (double)SECOND, 1);
    meter_destroy(&m);
}

static void the_warm_up_does_not_count(void **state) {
    meter_plan plan = plan_of(1, 0, 3 * SECOND);
    meter *m = played(&plan, a_millisecond);
    (void)state;
    /* A second of warm-up has a thousand requests more. */
    assert_near((double)(meter_sent(m) - meter_answered(m)), 1000, 1);
    assert_true(meter_latencies(m)->count <= meter_answered(m) + 1);
    meter_destroy(&m);
}

static duration a_tenth(uint64_t number, duration at) {
    (void)number;
    (void)at;
    return MILLISECOND / 10;
}

static void the_open_loop_keeps_its_rate(void **state) {
    meter_plan plan = plan_of(10000, 500, 60 * SECOND);
    meter *m = played(&plan, a_tenth);
    (void)state;
    assert_near(rate_of(m), 500, 0.5);
    assert_near(quantile_ms(m, 0.999), 0.1, 1);
    assert_int_equal(meter_behind(m), 0);
    assert_false(meter_was_full(m));
    assert_int_equal(meter_lateness(m)->most, 0);
    meter_destroy(&m);
}

static void requests_are_due_at_multiples_of_the_interval(void **state) {
    schedule s = {.rate = 1000, .in_flight = 2, .begun = START};
    (void)state;
    assert_int_equal(schedule_due_at(&s, START + 5), START);
    assert_int_equal(schedule_behind(&s, START), 0);
    assert_int_equal(schedule_behind(&s, START + 1), 1);
    s.sent = 4;
    assert_int_equal(schedule_due_at(&s, START), START + 4 * MILLISECOND);
    assert_false(schedule_is_due(&s, START + 4 * MILLISECOND - 1, 0));
    assert_true(schedule_is_due(&s, START + 4 * MILLISECOND, 0));
    assert_false(schedule_is_due(&s, START + 4 * MILLISECOND, 2));
    assert_int_equal(schedule_wake_at(&s, START, 1), START + 4 * MILLISECOND);
    assert_int_equal(schedule_wake_at(&s, START, 2), INT64_MAX);
    assert_int_equal(schedule_behind(&s, START + 10 * MILLISECOND + 1),
                     7); /* 0 to 10 were due, 0 to 3 sent */
    assert_int_equal(schedule_behind(&s, START + 3 * MILLISECOND), 0);
    s = (schedule){.rate = 3, .in_flight = 2, .begun = START, .sent = 3000000000};
    assert_int_equal(schedule_due_at(&s, START), START + 1000000000 * SECOND); /* no drift in 30 years */
    s.rate = 0;
    assert_int_equal(schedule_due_at(&s, START + 5), START + 5);
    assert_true(schedule_is_due(&s, START, 1));
    assert_int_equal(schedule_behind(&s, START + SECOND), 0);
}

/* ---- Coordinated omission --------------------------------------------------------------------------- */

/* As a_tenth, but for a second in the middle of ten the server stands still. */
static duration with_a_stall(uint64_t number, duration at) {
    duration stall = 6 * SECOND, end = 7 * SECOND;
    (void)number;
    return at >= stall && at < end ? end - at + MILLISECOND / 10 : MILLISECOND / 10;
}

static meter *stalled(size_t in_flight, double rate) {
    meter_plan plan = plan_of(in_flight, rate, 10 * SECOND);
    plan.spread = 0;
    return played(&plan, with_a_stall);
}

/* Of 10,000 requests 1,000 are due within the stall: the slowest hundredth waits for at least nine tenths of
 * it. */
static void a_stall_shows_in_the_open_loop(void **state) {
    meter *m = stalled(10000, 1000);
    (void)state;
    assert_near(quantile_ms(m, 0.99), 910, 3);
    assert_near(quantile_ms(m, 0.95), 555, 5);
    assert_near(quantile_ms(m, 1), 1000, 1);
    assert_near(quantile_ms(m, 0.5), 0.1, 1);
    assert_near(rate_of(m), 1000, 0.5);
    meter_destroy(&m);
}

/* Also where they cannot even be sent, as too many are under way. */
static void a_stall_shows_although_requests_could_not_be_sent(void **state) {
    meter *few = stalled(10, 1000), *many = stalled(10000, 1000);
    (void)state;
    assert_true(meter_lateness(few)->most > 900 * MILLISECOND);
    assert_int_equal(meter_lateness(many)->most, 0);
    for (double q = 0.5; q <= 1; q += 0.05)
        assert_near(quantile_ms(few, q), quantile_ms(many, q), 1);
    meter_destroy(&few);
    meter_destroy(&many);
}

/* The closed loop waits politely: the same stall is one request of 90,000. That is what the open loop is for.
 */
static void a_stall_hides_in_the_closed_loop(void **state) {
    meter *m = stalled(1, 0);
    (void)state;
    assert_near(quantile_ms(m, 0.999), 0.1, 1);
    assert_near(quantile_ms(m, 1), 1000, 1);
    meter_destroy(&m);
}

static duration stalled_at_the_end(uint64_t number, duration at) {
    (void)number;
    return at >= 10 * SECOND && at < 12 * SECOND ? 12 * SECOND - at : MILLISECOND / 10;
}

/* The measurement ends at 11 s, in the middle of a stall: what was due before is waited for, and counts. */
static void what_is_answered_late_counts_although_the_time_is_over(void **state) {
    meter_plan plan = plan_of(10000, 1000, 10 * SECOND);
    meter *m;
    (void)state;
    plan.spread = 0;
    m = played(&plan, stalled_at_the_end);
    assert_near((double)meter_latencies(m)->count, 10000, 0.1);
    assert_near((double)meter_answered(m), 9000, 0.5); /* within the time */
    assert_near(quantile_ms(m, 0.99), 1900, 3);
    meter_destroy(&m);
}

/* ---- Too much, too little --------------------------------------------------------------------------- */

static void a_container_that_cannot_keep_up_is_never_stable(void **state) {
    meter_plan plan = plan_of(QUEUE_MAX, 2000, 10 * SECOND);
    meter *m;
    (void)state;
    plan.patience = 100 * SECOND;
    m = played(&plan, a_millisecond);
    assert_false(stability_is_reached(meter_stability(m)));
    assert_near((double)meter_measured(m), 10 * (double)SECOND, 1);
    assert_near(rate_of(m), 1000, 1);
    assert_near(stability_rate_spread(meter_stability(m)) + 1, 1,
                50); /* the throughput alone would look stable */
    assert_true(stability_median_spread(meter_stability(m)) > 10);
    meter_destroy(&m);
    plan.in_flight = 100;
    m = played(&plan, a_millisecond);
    assert_true(meter_was_full(m));
    assert_near((double)meter_behind(m), 11 * 1000 - 100, 2); /* of eleven seconds, the warm-up included */
    meter_destroy(&m);
}

static duration in_turns(uint64_t number, duration at) {
    (void)number;
    return at / (500 * MILLISECOND) % 2 == 0 ? MILLISECOND : 2 * MILLISECOND;
}

static void windows_that_differ_are_not_stable(void **state) {
    meter_plan plan = plan_of(1, 0, 10 * SECOND);
    meter *m = played(&plan, in_turns);
    size_t windows;
    (void)state;
    assert_false(stability_is_reached(meter_stability(m)));
    assert_near((double)meter_measured(m), 10 * (double)SECOND, 1);
    assert_near(stability_rate_spread(meter_stability(m)), 66, 20);
    assert_true(meter_windows(m, &windows)[0].median > 0);
    assert_int_equal(windows, 20);
    meter_destroy(&m);
}

static duration a_fifth_of_a_second(uint64_t number, duration at) {
    (void)number;
    (void)at;
    return SECOND / 5;
}

static void windows_of_a_slow_container_are_longer(void **state) {
    meter_plan plan = plan_of(1, 0, 100 * SECOND);
    meter *m = played(&plan, a_fifth_of_a_second);
    size_t windows;
    (void)state;
    assert_true(meter_windows(m, &windows)[0].answered >= 50);
    assert_true(stability_is_reached(meter_stability(m)));
    assert_near((double)meter_measured(m), 50 * (double)SECOND, 2);
    meter_destroy(&m);
    plan.most = 15 * SECOND; /* too short to tell */
    m = played(&plan, a_fifth_of_a_second);
    assert_false(stability_is_reached(meter_stability(m)));
    assert_int_equal(stability_judged(meter_stability(m)), 1);
    assert_near((double)meter_answered(m), 75, 3);
    meter_destroy(&m);
}

/* ---- What is not answered --------------------------------------------------------------------------- */

static duration but_every_hundredth(uint64_t number, duration at) {
    (void)at;
    return number % 100 == 99 ? NEVER : MILLISECOND / 10;
}

static void lost_requests_are_given_up_and_the_rest_goes_on(void **state) {
    meter_plan plan = plan_of(8, 100, 20 * SECOND);
    meter *m;
    (void)state;
    plan.spread = 0;
    plan.patience = SECOND;
    m = played(&plan, but_every_hundredth);
    assert_near((double)meter_sent(m), 2100, 1);
    assert_int_equal(meter_unanswered(m), 21);
    assert_false(meter_gave_up(m));
    assert_int_equal(meter_under_way(m), 0);
    meter_destroy(&m);
}

/* Also when the places of lost requests have been taken again. */
static void a_lost_request_is_found_once(void **state) {
    meter_plan plan = plan_of(4, 0, SECOND);
    meter *m = meter_new(&plan, 0);
    uint32_t answered = meter_send(m, 0, 0), lost[4];
    (void)state;
    meter_answer(m, meter_find(m, answered), 1);
    assert_int_equal(meter_lose(m), 0);
    for (size_t i = 0; i < 4; i++)
        lost[i] = meter_send(m, i, 1);
    assert_false(meter_find_lost(m, lost[0]));
    assert_int_equal(meter_lose(m), 4);
    for (size_t i = 0; i < 4; i++) {
        uint32_t id = meter_send(m, i, 2);
        assert_false(meter_find_lost(m, id));
        assert_true(meter_find(m, id) != NULL);
    }
    assert_false(meter_find_lost(m, answered));
    for (size_t i = 0; i < 4; i++) {
        assert_true(meter_find(m, lost[i]) == NULL);
        assert_true(meter_find_lost(m, lost[i]));
        assert_false(meter_find_lost(m, lost[i]));
    }
    meter_destroy(&m);
}

static duration until_it_dies(uint64_t number, duration at) {
    (void)at;
    return number >= 3000 ? NEVER : MILLISECOND;
}

static void nobody_waits_for_a_dead_container(void **state) {
    meter_plan plan = plan_of(16, 0, 1000 * SECOND);
    meter *m;
    (void)state;
    plan.spread = 0;
    plan.patience = 5 * SECOND;
    m = played(&plan, until_it_dies);
    assert_true(meter_gave_up(m));
    assert_int_equal(meter_unanswered(m), meter_sent(m) - 3000);
    assert_true(meter_sent(m) <= 3000 + 2 * 16); /* those under way, and others when they were given up */
    assert_near((double)meter_measured(m), 7 * (double)SECOND, 3);
    meter_destroy(&m);
}

static void an_id_is_known_while_its_request_is_under_way(void **state) {
    meter_plan plan = plan_of(3, 0, SECOND);
    meter *m = meter_new(&plan, START);
    uint32_t ids[3], again;
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_true(meter_wants_request(m, START));
        ids[i] = meter_send(m, 10 + i, START);
    }
    assert_false(meter_wants_request(m, START));
    assert_int_not_equal(ids[0], ids[1]);
    assert_int_not_equal(ids[1], ids[2]);
    assert_int_equal(meter_find(m, ids[1])->request, 11);
    for (int bit = 0; bit < 32; bit++)
        assert_null(meter_find(m, ids[1] ^ UINT32_C(1) << bit));
    meter_answer(m, meter_find(m, ids[1]), START + 5);
    assert_null(meter_find(m, ids[1])); /* an answer that comes twice */
    again = meter_send(m, 20, START + 5);
    assert_int_not_equal(again, ids[1]);
    assert_null(meter_find(m, ids[1])); /* or after the entry was taken anew */
    assert_int_equal(meter_find(m, again)->request, 20);
    assert_int_equal(meter_lose(m), 3);
    assert_null(meter_find(m, again));
    assert_int_equal(meter_under_way(m), 0);
    meter_destroy(&m);
}

static int compare_ids(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void ids_do_not_come_again_soon(void **state) {
    meter_plan plan = plan_of(5, 0, SECOND);
    meter *m = meter_new(&plan, START);
    static uint32_t ids[100000];
    const size_t count = sizeof ids / sizeof *ids;
    (void)state;
    for (size_t i = 0; i < count; i++) {
        ids[i] = meter_send(m, 0, START);
        meter_answer(m, meter_find(m, ids[i]), START);
    }
    qsort(ids, count, sizeof *ids, compare_ids);
    for (size_t i = 1; i < count; i++)
        assert_int_not_equal(ids[i - 1], ids[i]);
    assert_true(ids[count - 1] > UINT32_MAX / 2); /* all bits are used */
    meter_destroy(&m);
}

static void stopping_keeps_what_was_measured(void **state) {
    meter_plan plan = plan_of(1, 0, 100 * SECOND);
    meter *m = meter_new(&plan, START);
    (void)state;
    meter_tick(m, START + SECOND); /* the warm-up is over */
    for (int i = 0; i < 10; i++) {
        instant now = START + SECOND + i * 20 * MILLISECOND;
        uint32_t id = meter_send(m, 0, now);
        meter_answer(m, meter_find(m, id), now + 10 * MILLISECOND);
    }
    meter_stop(m, START + SECOND + 200 * MILLISECOND);
    assert_int_equal(meter_now(m), METER_DRAIN);
    assert_int_equal(meter_answered(m), 10);
    assert_int_equal(meter_measured(m), 200 * MILLISECOND);
    assert_near(quantile_ms(m, 0.5), 10, 1);
    meter_destroy(&m);
}

static void spreads_are_of_the_last_windows(void **state) {
    stability s = {.allowed = 10};
    (void)state;
    assert_true(stability_rate_spread(&s) <= 0);
    stability_add(&s, 1, 1);
    for (int i = 0; i < STABILITY_WINDOWS - 1; i++) {
        stability_add(&s, 100, 50);
        assert_false(stability_is_reached(&s));
    }
    stability_add(&s, 104, 54); /* the first is forgotten */
    assert_near(stability_rate_spread(&s), 100 * 4 / 100.8, 0.01);
    assert_near(stability_median_spread(&s), 100 * 4 / 50.8, 0.01);
    assert_near(stability_rate(&s), 100.8, 0.01);
    assert_true(stability_is_reached(&s));
    stability_add(&s, 104, 56);
    assert_false(stability_is_reached(&s)); /* the median alone */
    s.allowed = 0;
    assert_false(stability_is_reached(&s));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_closed_loop_keeps_so_many_under_way),
        cmocka_unit_test(it_ends_as_soon_as_it_is_stable),
        cmocka_unit_test(the_warm_up_does_not_count),
        cmocka_unit_test(the_open_loop_keeps_its_rate),
        cmocka_unit_test(requests_are_due_at_multiples_of_the_interval),
        cmocka_unit_test(a_stall_shows_in_the_open_loop),
        cmocka_unit_test(a_stall_shows_although_requests_could_not_be_sent),
        cmocka_unit_test(a_stall_hides_in_the_closed_loop),
        cmocka_unit_test(what_is_answered_late_counts_although_the_time_is_over),
        cmocka_unit_test(a_container_that_cannot_keep_up_is_never_stable),
        cmocka_unit_test(windows_that_differ_are_not_stable),
        cmocka_unit_test(windows_of_a_slow_container_are_longer),
        cmocka_unit_test(lost_requests_are_given_up_and_the_rest_goes_on),
        cmocka_unit_test(a_lost_request_is_found_once),
        cmocka_unit_test(nobody_waits_for_a_dead_container),
        cmocka_unit_test(an_id_is_known_while_its_request_is_under_way),
        cmocka_unit_test(ids_do_not_come_again_soon),
        cmocka_unit_test(stopping_keeps_what_was_measured),
        cmocka_unit_test(spreads_are_of_the_last_windows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
