/* suite: long */
/* Thousands of simulated runs of a container, each from its own seed.
 *
 * SIMULATION_SEED=N replays one of them and prints its trace; SIMULATION_RUNS=N sets how many there are. */
#include "support_world.h"

#include <stdlib.h>
#include <time.h>

static sim_world the_world;

/* What happened in the runs, to show that the simulation covers it. */
typedef struct tally {
    uint64_t sessions, answered, dropped, failed, bad, backlogs, refusals, simulated_s;
} tally;

static uint64_t from_environment(const char *name, uint64_t otherwise) {
    const char *text = getenv(name);
    return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

static void run_seed(uint64_t seed, int verbose, tally *sum) {
    int result;
    clipper_counters counters;
    world_init(&the_world, seed);
    the_world.verbose = verbose;
    result = world_run(&the_world);
    counters = clipper_stats_counters(&the_world.runtime.stats);
    sum->sessions += counters.sessions;
    sum->answered += counters.responses;
    sum->dropped += counters.responses_dropped;
    sum->failed += counters.prediction_errors;
    sum->bad += counters.bad_messages;
    sum->backlogs += the_world.backlogs;
    sum->refusals += the_world.refusals;
    sum->simulated_s += the_world.now_us / 1000000;
    world_free(&the_world);
    if (result != 0)
        fail_msg("%s\n  replay: SIMULATION_SEED=%llu %s", the_world.breach, (unsigned long long)seed,
                 "tests/container/test_simulation");
}

static void every_run_keeps_the_rules(void **state) {
    const uint64_t seed = from_environment("SIMULATION_SEED", 0);
    const uint64_t runs = from_environment("SIMULATION_RUNS", 3000);
    tally sum;
    (void)state;
    memset(&sum, 0, sizeof sum);
    if (seed != 0) {
        run_seed(seed, 1, &sum);
        return;
    }
    for (uint64_t i = 1; i <= runs; i++)
        run_seed(i, 0, &sum);
    print_message("# %llu runs, %llu simulated hours: %llu sessions, %llu answers, %llu dropped with their "
                  "session,\n#   %llu failed predictions, %llu bad messages, %llu heartbeats in a backlog, "
                  "%llu messages without room\n",
                  (unsigned long long)runs, (unsigned long long)sum.simulated_s / 3600,
                  (unsigned long long)sum.sessions, (unsigned long long)sum.answered,
                  (unsigned long long)sum.dropped, (unsigned long long)sum.failed,
                  (unsigned long long)sum.bad, (unsigned long long)sum.backlogs,
                  (unsigned long long)sum.refusals);
    /* Everything must have happened, or nothing is tested. */
    assert_true(sum.sessions > 3 * runs);
    assert_true(sum.answered > 50 * runs);
    assert_true(sum.dropped > runs);
    assert_true(sum.failed > runs);
    assert_true(sum.bad > runs);
    assert_true(sum.backlogs > runs);
    assert_true(sum.refusals > runs);
}

static void the_same_seed_gives_the_same_run(void **state) {
    uint64_t ends[2];
    tally sums[2];
    (void)state;
    memset(sums, 0, sizeof sums);
    for (int i = 0; i < 2; i++) {
        run_seed(4711, 0, &sums[i]);
        ends[i] = the_world.now_us;
    }
    assert_int_equal(ends[0], ends[1]);
    assert_memory_equal(&sums[0], &sums[1], sizeof sums[0]);
}

/* The wall clock jumps at every reading; only log lines, which are not written here, may read it. */
static int looks_at_the_wall_clock;

int clock_gettime(clockid_t clock, struct timespec *now) {
    looks_at_the_wall_clock += clock == CLOCK_REALTIME;
    now->tv_sec = looks_at_the_wall_clock % 2 == 0 ? 0 : 4000000000;
    now->tv_nsec = 0;
    return 0;
}

time_t time(time_t *now) {
    struct timespec wall;
    clock_gettime(CLOCK_REALTIME, &wall);
    if (now != NULL)
        *now = wall.tv_sec;
    return wall.tv_sec;
}

static void nothing_looks_at_the_wall_clock(void **state) {
    tally sum;
    (void)state;
    memset(&sum, 0, sizeof sum);
    looks_at_the_wall_clock = 0;
    run_seed(12, 0, &sum);
    assert_int_equal(looks_at_the_wall_clock, 0);
    assert_true(sum.sessions > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_gives_the_same_run),
        cmocka_unit_test(nothing_looks_at_the_wall_clock),
        cmocka_unit_test(every_run_keeps_the_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
