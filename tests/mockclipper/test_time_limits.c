/* suite: timed */
/* Limits: what is too early and too late, and when a machine is too slow to tell. */
#include "talk/time_limits.h"

#include "run/measures.h"

#include "process/lag.h"
#include "process/starvation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static const timing standard = {.poll = 5 * SECOND, .activity = 30 * SECOND, .start = 20 * SECOND};
static const timing quick = {.poll = 100 * MILLISECOND, .activity = 600 * MILLISECOND, .start = 20 * SECOND};

static void heartbeats_are_counted_from_what_was_sent(void **state) {
    (void)state;
    for (unsigned n = 1; n < 6; n++) {
        limit l = limit_heartbeat(&standard, n, (n - 1) * 5 * SECOND);
        assert_true(l.at_least <= n * 5 * SECOND && l.at_least > n * 5 * SECOND - n * 100 * MILLISECOND);
        assert_true(l.at_most > n * 5 * SECOND + SECOND);
        /* One that was left out is too late for its successor. */
        assert_true(l.at_most < (n + 1) * 5 * SECOND);
    }
    /* One that came late gives the next as much more time, and no less to be early. */
    assert_true(limit_heartbeat(&quick, 2, 300 * MILLISECOND).at_least ==
                limit_heartbeat(&quick, 2, 100 * MILLISECOND).at_least);
    assert_true(limit_heartbeat(&quick, 2, 300 * MILLISECOND).at_most ==
                limit_heartbeat(&quick, 2, 100 * MILLISECOND).at_most + 200 * MILLISECOND);
}

static void sessions_end_at_to_and_not_at_twice_that(void **state) {
    (void)state;
    assert_true(limit_new_session(&standard).at_least > 29 * SECOND);
    assert_true(limit_new_session(&standard).at_most < 60 * SECOND);
    assert_true(limit_new_session(&quick).at_least > 590 * MILLISECOND);
    assert_true(limit_new_session(&quick).at_most < 1200 * MILLISECOND);
}

static void large_answers_have_more_time(void **state) {
    (void)state;
    assert_true(limit_answer(&quick, true, 1, 0).at_most == 3 * SECOND);
    assert_true(limit_answer(&quick, false, 1000, UINT64_C(64) << 20).at_most > 7 * SECOND);
}

static void answers_have_the_time_that_a_trial_has_measured(void **state) {
    timing slow = quick;
    (void)state;
    slow.answers = (answer_times){.first = 30 * SECOND,
                                  .median = 4 * SECOND,
                                  .item = SECOND,
                                  .surely = 2 * SECOND,
                                  .surely_item = SECOND};
    assert_true(limit_answer(&slow, false, 1, 0).at_most == 80 * SECOND);
    assert_true(limit_answer(&slow, true, 1, 0).at_most == 120 * SECOND);
    assert_true(limit_answer(&slow, false, 11, 0).at_most == 100 * SECOND);
    /* Slowness that this machine may have made skips nothing. */
    assert_true(limit_work(&slow, 10, 5) == 25 * SECOND);
    /* A first answer that was quicker than the others gives no less time than they have. */
    slow.answers.first = MILLISECOND;
    assert_true(limit_answer(&slow, true, 1, 0).at_most == 80 * SECOND);
    slow.answers.at_most = 7 * SECOND;
    assert_true(limit_answer(&slow, true, 1, 0).at_most == 7 * SECOND);
    slow.answers = (answer_times){.first = 10 * MILLISECOND, .median = 10 * MILLISECOND};
    assert_true(limit_answer(&slow, true, 1, 0).at_most == 3 * SECOND);
}

static void a_slow_start_is_allowed_for_as_measured(void **state) {
    timing slow = quick;
    (void)state;
    assert_true(limit_starting(&slow) == 0);
    slow.starts = 2 * SECOND;
    assert_true(limit_starting(&slow) >= 4 * SECOND);
    assert_true(limit_start(&slow).at_most == 20 * SECOND);
}

static void timers_are_kept_unless_limits_are_far_missed(void **state) {
    (void)state;
    assert_true(measures_keep_poll(100 * MILLISECOND, 101 * MILLISECOND));
    assert_true(measures_keep_poll(100 * MILLISECOND, 380 * MILLISECOND));
    assert_false(measures_keep_poll(100 * MILLISECOND, 50 * MILLISECOND));
    assert_false(measures_keep_poll(100 * MILLISECOND, 1000 * MILLISECOND));
    assert_false(measures_keep_poll(5 * SECOND, SECOND));
    assert_false(measures_keep_poll(SECOND, 5 * SECOND));
    assert_true(measures_keep_activity(&standard, 30 * SECOND));
    assert_true(measures_keep_activity(&standard, 35 * SECOND));
    assert_false(measures_keep_activity(&standard, 60 * SECOND));
    assert_false(measures_keep_activity(&standard, 4 * SECOND));
    /* What this machine may have added is left out, so that nothing correct is too early for it. */
    assert_true(measures_round(5004 * MILLISECOND) == 5 * SECOND);
    assert_true(measures_round(30041 * MILLISECOND) == 30 * SECOND);
    assert_true(measures_round(1049 * MILLISECOND) == SECOND);
    assert_true(measures_round(42 * MILLISECOND) == 42 * MILLISECOND);
}

static void a_hindrance_extends_a_limit_but_not_for_ever(void **state) {
    limit l = limit_reaction();
    hindrance none = {0, 0}, small = {10 * MILLISECOND, 20 * MILLISECOND}, large = {SECOND, 0},
              starved = {0, SECOND};
    (void)state;
    assert_true(limit_extension(&l, &none) == 0);
    assert_true(limit_extension(&l, &small) == 60 * MILLISECOND);
    assert_false(limit_is_doubtful(&l, &small));
    assert_true(limit_extension(&l, &large) == l.at_most / 4);
    assert_true(limit_is_doubtful(&l, &large));
    assert_true(limit_is_doubtful(&l, &starved));
}

static void the_kits_own_lag_is_measured(void **state) {
    instant before = clock_now();
    char *problem;
    (void)state;
    assert_true(lag_start(&problem));
    while (clock_now() - before < 200 * MILLISECOND)
        usleep(1000);
    assert_true(lag_since(before) >= 0);
    assert_true(lag_since(before) < 200 * MILLISECOND + lag_since(before - SECOND));
    lag_stop();
    assert_true(lag_since(before) == 0);
}

/* A group of its own, of busy processes. */
static pid_t busy_group(int processes) {
    pid_t group = fork();
    if (group == 0) {
        setpgid(0, 0);
        for (int i = 1; i < processes; i++) {
            if (fork() == 0)
                break;
        }
        for (;;)
            ;
    }
    setpgid(group, group);
    return group;
}

static void end_group(pid_t group) {
    kill(-group, SIGKILL);
    waitpid(group, NULL, 0);
}

/* A process that measures its lag is stopped anywhere, again and again; each time it has to notice. */
static void no_stop_of_the_kit_goes_unseen(void **state) {
    const duration stop = 30 * MILLISECOND;
    int tell[2], status;
    char sign = 0;
    pid_t measuring;
    (void)state;
    assert_int_equal(pipe(tell), 0);
    measuring = fork();
    if (measuring == 0) {
        char *problem;
        bool noticed = lag_start(&problem);
        instant before = clock_now();
        while (read(tell[0], &sign, 1) == 1 && sign == 's') {
            noticed = noticed && lag_since(before) >= stop - MILLISECOND &&
                      lag_sum_since(before) >= lag_since(before) &&
                      lag_sum_since(before) <= clock_now() - before + 300 * MILLISECOND;
            before = clock_now();
        }
        _exit(noticed ? 0 : 1);
    }
    usleep(20000);
    for (int i = 0; i < 30; i++) {
        usleep((useconds_t)(i * 337 % 10000));
        assert_int_equal(kill(measuring, SIGSTOP), 0);
        assert_int_equal(waitpid(measuring, &status, WUNTRACED), measuring);
        assert_int_equal(write(tell[1], "s", 1), 1);
        usleep((useconds_t)(stop / MICROSECOND) + 10000); /* it may have slept for 10 ms of that anyway */
        assert_int_equal(kill(measuring, SIGCONT), 0);
        usleep(150000);
    }
    assert_int_equal(write(tell[1], "e", 1), 1);
    assert_int_equal(waitpid(measuring, &status, 0), measuring);
    assert_int_equal(status, 0);
    close(tell[0]);
    close(tell[1]);
}

/* The kit's own thread waits for a processor, too, whatever is known of the container. */
static void the_kits_own_wait_for_a_processor_is_measured(void **state) {
    instant before = clock_now();
    starvation *s = starvation_new(0);
    pid_t group = busy_group(2 * (int)sysconf(_SC_NPROCESSORS_ONLN));
    (void)state;
    starvation_sample(s);
    while (starvation_since(s, before) == 0 && clock_now() - before < 20 * SECOND)
        starvation_sample(s);
    assert_true(starvation_since(s, before) > 0);
    starvation_destroy(&s);
    end_group(group);
}

/* A D that was not told is believed only where this machine cannot have made it. */
static void what_a_machine_may_have_made_is_doubtful(void **state) {
    silence_seen own = {.heartbeat = 5 * SECOND, .hindrance = {10 * MILLISECOND, 0}},
                 stopped = {.heartbeat = SECOND, .hindrance = {SECOND, 0}}, none = {.hindrance = {SECOND, 0}};
    (void)state;
    assert_false(measures_are_doubtful(&own));
    assert_true(measures_are_doubtful(&stopped));
    assert_false(measures_are_doubtful(&none));
}

/* More busy processes than most machines have processors: each must wait for others. */
static void a_containers_wait_for_a_processor_is_measured(void **state) {
    starvation *s;
    instant before = clock_now();
    pid_t others = busy_group(7), group = busy_group(1);
    (void)state;
    s = starvation_new(group);
    starvation_sample(s);
    while (starvation_since(s, before) == 0 && clock_now() - before < 20 * SECOND)
        starvation_sample(s);
    /* Where there are more processors, nothing can be said. */
    if (sysconf(_SC_NPROCESSORS_ONLN) < 8)
        assert_true(starvation_since(s, before) > 0);
    assert_true(starvation_since(s, clock_now()) == 0);
    starvation_destroy(&s);
    end_group(group);
    end_group(others);
}

static void what_a_container_waits_for_itself_is_its_own_doing(void **state) {
    (void)state;
    /* On two processors: alone there, beside others, hardly there, at rest, its threads ended meanwhile. */
    assert_true(starvation_wait(6 * SECOND, 2 * SECOND, SECOND, 2) == 0);
    assert_true(starvation_wait(6 * SECOND, SECOND, SECOND, 2) == SECOND);
    assert_true(starvation_wait(SECOND, SECOND / 10, SECOND, 2) == SECOND);
    assert_true(starvation_wait(0, 0, SECOND, 2) == 0);
    assert_true(starvation_wait(-SECOND, -SECOND, SECOND, 2) == 0);
    /* Clocks of several sources differ a little. */
    assert_true(starvation_wait(SECOND, 2 * SECOND + 1, SECOND, 2) == 0);
}

static void a_container_that_is_stopped_is_hindered(void **state) {
    starvation *s;
    instant before = clock_now();
    int status;
    pid_t group = fork();
    (void)state;
    if (group == 0) {
        setpgid(0, 0);
        for (;;)
            pause();
    }
    setpgid(group, group);
    s = starvation_new(group);
    starvation_sample(s);
    kill(group, SIGSTOP);
    assert_int_equal(waitpid(group, &status, WUNTRACED), group);
    while (clock_now() - before < 300 * MILLISECOND)
        starvation_sample(s);
    assert_true(starvation_since(s, before) > 200 * MILLISECOND);
    kill(group, SIGCONT);
    assert_int_equal(waitpid(group, &status, WCONTINUED), group);
    starvation_destroy(&s);
    end_group(group);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heartbeats_are_counted_from_what_was_sent),
        cmocka_unit_test(sessions_end_at_to_and_not_at_twice_that),
        cmocka_unit_test(large_answers_have_more_time),
        cmocka_unit_test(answers_have_the_time_that_a_trial_has_measured),
        cmocka_unit_test(a_slow_start_is_allowed_for_as_measured),
        cmocka_unit_test(timers_are_kept_unless_limits_are_far_missed),
        cmocka_unit_test(a_hindrance_extends_a_limit_but_not_for_ever),
        cmocka_unit_test(the_kits_own_lag_is_measured),
        cmocka_unit_test(no_stop_of_the_kit_goes_unseen),
        cmocka_unit_test(the_kits_own_wait_for_a_processor_is_measured),
        cmocka_unit_test(what_a_machine_may_have_made_is_doubtful),
        cmocka_unit_test(a_containers_wait_for_a_processor_is_measured),
        cmocka_unit_test(what_a_container_waits_for_itself_is_its_own_doing),
        cmocka_unit_test(a_container_that_is_stopped_is_hindered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
