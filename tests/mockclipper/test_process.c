/* suite: timed */
/* Containers' processes: started as asked for, drained, and gone at the end. */
#include "base/heap.h"
#include "process/launch.h"
#include "process/tail.h"
#include "process/warden.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#define PATIENCE (60 * SECOND)
#define GRACE    (200 * MILLISECOND)

static process *start_shell(const char *script, const char *const changes[]) {
    static const char *const none[] = {NULL};
    char sh[] = "sh", c[] = "-c", *copy = strdup(script);
    char *const argv[] = {sh, c, copy, NULL};
    char *problem;
    const process_plan plan = {argv, changes != NULL ? changes : none, GRACE, NULL};
    process *started = process_start(&plan, &problem);
    free(copy);
    return started;
}

static void wait_for_end(process *p) {
    instant until = clock_now() + PATIENCE;
    while (!process_ended(p)) {
        zmq_pollitem_t items[PROCESS_ITEMS];
        assert_true(clock_now() < until);
        zmq_poll(items, process_poll_items(p, items), clock_poll_timeout(until));
        process_update(p);
    }
    process_update(p);
}

static void assert_tail(const process *p, int stream, const char *expected) {
    size_t len, total;
    char *text = process_tail(p, stream, &len, &total);
    assert_string_equal(text, expected);
    assert_int_equal(len, strlen(expected));
    free(text);
}

static void output_and_status_are_kept(void **state) {
    process *p = start_shell("echo out; echo err >&2; exit 7", NULL);
    char *end;
    (void)state;
    wait_for_end(p);
    assert_int_equal(process_exit_status(p), 7);
    assert_int_equal(process_end_signal(p), 0);
    assert_tail(p, 1, "out\n");
    assert_tail(p, 2, "err\n");
    end = process_end_text(p);
    assert_string_equal(end, "exited with status 7");
    free(end);
    process_destroy(&p);
}

static void death_by_signal_is_told(void **state) {
    process *p = start_shell("kill -SEGV $$", NULL);
    char *end;
    (void)state;
    wait_for_end(p);
    assert_int_equal(process_exit_status(p), -1);
    assert_int_equal(process_end_signal(p), SIGSEGV);
    end = process_end_text(p);
    assert_string_equal(end, "killed by signal 11 (Segmentation fault)");
    free(end);
    process_destroy(&p);
}

static void the_environment_is_changed_as_asked(void **state) {
    static const char *const changes[] = {"KIT_A=1", "KIT_B=2", "KIT_A=3", "KIT_C", "KIT_D=x", "KIT_D", NULL};
    process *p;
    (void)state;
    setenv("KIT_C", "inherited", 1);
    p = start_shell("echo \"$KIT_A $KIT_B ${KIT_C-unset} ${KIT_D-unset}\"", changes);
    wait_for_end(p);
    assert_tail(p, 1, "3 2 unset unset\n");
    process_destroy(&p);
}

static void a_container_is_told_where_clipper_is_and_who_it_is(void **state) {
    char sh[] = "sh", c[] = "-c",
         script[] = "echo $CLIPPER_MODEL_NAME $CLIPPER_MODEL_VERSION $CLIPPER_INPUT_TYPE "
                    "$CLIPPER_IP:$CLIPPER_PORT $KIT_E";
    char *const command[] = {sh, c, script, NULL}, *problem;
    const container_image no_image = {NULL, NULL};
    launch *how = launch_new(&no_image, command, "m", "3", "ints", "127.0.0.1", 7000);
    process *p;
    (void)state;
    launch_set(how, "KIT_E=%d", 5);
    launch_set(how, "CLIPPER_PORT=7001");
    p = launch_start(&how, &problem);
    assert_null(how);
    wait_for_end(p);
    assert_tail(p, 1, "m 3 ints 127.0.0.1:7001 5\n");
    process_destroy(&p);
}

static void a_command_that_is_not_there_is_an_error(void **state) {
    static const char *const none[] = {NULL};
    char name[] = "/nonexistent/command", *const argv[] = {name, NULL}, *problem;
    const process_plan plan = {argv, none, SECOND, NULL};
    (void)state;
    assert_null(process_start(&plan, &problem));
    assert_string_equal(problem, "cannot start /nonexistent/command: No such file or directory");
    free(problem);
}

static void a_flood_neither_blocks_nor_fills_memory(void **state) {
    process *p = start_shell("head -c 5000000 /dev/zero | tr '\\0' x; echo end", NULL);
    size_t len, total;
    char *text;
    (void)state;
    wait_for_end(p);
    process_stop(p);
    process_await_gone(p);
    text = process_tail(p, 1, &len, &total);
    assert_int_equal(total, 5000004);
    assert_int_equal(len, PROCESS_TAIL);
    assert_string_equal(text + len - 5, "xend\n");
    free(text);
    process_destroy(&p);
}

/* Whether a process with that id exists and is no zombie. */
static bool is_alive(pid_t pid) {
    char path[64], state = 'X';
    FILE *file;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    file = fopen(path, "r");
    if (file == NULL)
        return false;
    if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
        state = 'X';
    fclose(file);
    return state != 'Z' && state != 'X';
}

/* The number that the process writes to stdout first. */
static pid_t written_number(process *p) {
    instant until = clock_now() + PATIENCE;
    for (;;) {
        zmq_pollitem_t items[PROCESS_ITEMS];
        size_t len, total;
        char *text = process_tail(p, 1, &len, &total);
        pid_t number = strchr(text, '\n') != NULL ? (pid_t)atoi(text) : 0;
        free(text);
        if (number != 0)
            return number;
        assert_true(clock_now() < until);
        zmq_poll(items, process_poll_items(p, items), clock_poll_timeout(until));
        process_update(p);
    }
}

static void the_whole_group_is_killed(void **state) {
    process *p = start_shell("trap '' TERM INT; sleep 1000 & echo $!; wait", NULL);
    pid_t shell = process_pid(p), child = written_number(p);
    instant asked;
    (void)state;
    assert_true(is_alive(child));
    process_signal(p, SIGTERM);
    assert_true(is_alive(shell));
    asked = clock_now();
    process_stop(p);
    process_await_gone(p);
    assert_true(clock_now() - asked >= GRACE);
    assert_int_equal(process_end_signal(p), SIGKILL);
    assert_int_equal(process_left_behind(p), 1);
    process_destroy(&p);
    assert_false(is_alive(shell));
    assert_false(is_alive(child));
}

static void sigterm_comes_first_and_is_given_time(void **state) {
    process *p = start_shell("trap 'echo bye; exit 3' TERM; echo 1; while :; do sleep 0.01; done", NULL);
    (void)state;
    written_number(p);
    process_stop(p);
    process_await_gone(p);
    assert_tail(p, 1, "1\nbye\n");
    assert_int_equal(process_exit_status(p), 3);
    assert_int_equal(process_left_behind(p), 0);
    process_destroy(&p);
}

/* A container's own children are asked, too, as with a shell that does not exec. */
static void the_whole_group_is_asked(void **state) {
    process *p =
        start_shell("sh -c 'trap \"echo bye; exit\" TERM; echo 1; while :; do sleep 0.01; done'; true", NULL);
    (void)state;
    written_number(p);
    process_stop(p);
    process_await_gone(p);
    assert_tail(p, 1, "1\nbye\n");
    assert_int_equal(process_left_behind(p), 0);
    process_destroy(&p);
}

/* In a group, session and environment of its own, its parent gone. */
static void what_has_escaped_is_found_and_counted(void **state) {
    process *p = start_shell("env -i setsid sh -c 'echo $$; exec sleep 1000' & exit 4", NULL);
    pid_t stray = written_number(p);
    (void)state;
    wait_for_end(p);
    assert_int_equal(process_exit_status(p), 4);
    assert_int_equal(process_survivors(p), 1);
    assert_true(is_alive(stray));
    process_stop(p);
    process_await_gone(p);
    assert_int_equal(process_left_behind(p), 1);
    assert_false(is_alive(stray));
    process_destroy(&p);
}

static void a_command_is_run_when_all_has_ended(void **state) {
    static const char *const none[] = {"KIT_F=f", NULL};
    char folder[] = "/tmp/mockclipper-process-XXXXXX", *file, *script, sh[] = "sh", c[] = "-c",
         sleep[] = "echo 1; exec sleep 1000", *problem;
    process *p;
    struct stat found;
    (void)state;
    assert_non_null(mkdtemp(folder));
    file = heap_format("%s/done-f", folder);
    script = heap_format("touch %s/done-$KIT_F", folder);
    {
        char *const command[] = {sh, c, sleep, NULL}, *const after[] = {sh, c, script, NULL};
        const process_plan plan = {command, none, GRACE, after};
        p = process_start(&plan, &problem);
    }
    written_number(p);
    assert_int_not_equal(stat(file, &found), 0);
    process_destroy(&p);
    assert_int_equal(stat(file, &found), 0);
    unlink(file);
    rmdir(folder);
    free(file);
    free(script);
}

/* Takes a moment to end, as it has much memory; says so on stdout when it has it. */
#define SLOW_TO_END                                                                                          \
    "python3 -S -c 'import os, time; kept = b\"x\" * (256 << 20); print(os.getpid(), flush=True); "          \
    "time.sleep(1000)'"

static void what_was_started_is_gone_when_the_warden_is(void **state) {
    process *leader, *stray;
    pid_t member, other;
    char *problem;
    (void)state;
    leader = start_shell("env -i " SLOW_TO_END " & wait", NULL);
    stray = start_shell("exec setsid -w " SLOW_TO_END, NULL);
    member = written_number(leader);
    other = written_number(stray);
    process_stop(leader);
    process_stop(stray);
    warden_stop();
    assert_false(is_alive(member));
    assert_false(is_alive(other));
    process_destroy(&leader);
    process_destroy(&stray);
    assert_true(warden_start(&problem));
}

static void the_end_of_a_stream_is_kept(void **state) {
    tail kept;
    char *text;
    size_t len;
    (void)state;
    tail_init(&kept, 8);
    text = tail_copy(&kept, &len);
    assert_string_equal(text, "");
    free(text);
    tail_add(&kept, "abcde", 5);
    tail_add(&kept, "fghij", 5);
    text = tail_copy(&kept, &len);
    assert_string_equal(text, "cdefghij");
    free(text);
    tail_add(&kept, "0123456789ABCDEFGHIJ", 20);
    text = tail_copy(&kept, &len);
    assert_string_equal(text, "CDEFGHIJ");
    assert_int_equal(kept.total, 30);
    free(text);
    tail_free(&kept);
}

static int set_up(void **state) {
    char *problem;
    (void)state;
    return warden_start(&problem) ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    warden_stop();
    return 0;
}

/* A command that is looked for in very many folders: its process is long between fork and exec. */
static void *start_slowly(void *done) {
    static const char *const changes[] = {"PATH=/bin", NULL};
    char name[] = "no-such-command";
    char *const argv[] = {name, NULL};
    const process_plan plan = {argv, changes, GRACE, NULL};
    for (int i = 0; i < 4; i++) {
        char *problem = NULL;
        assert_null(process_start(&plan, &problem));
        free(problem);
    }
    atomic_fetch_add((atomic_int *)done, 1);
    return NULL;
}

static double seconds_since_boot(void) {
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* How long a process had been running when process_start() returned. */
static double start_and_say_how_late(void) {
    static const char *const changes[] = {"PATH=/bin", NULL};
    char sh[] = "/bin/sh", c[] = "-c", script[] = "read up rest </proc/uptime; echo $up";
    char *const argv[] = {sh, c, script, NULL};
    const process_plan plan = {argv, changes, GRACE, NULL};
    char *problem, *text;
    process *p = process_start(&plan, &problem);
    double returned = seconds_since_boot(), began;
    size_t len, total;
    assert_non_null(p);
    wait_for_end(p);
    text = process_tail(p, 1, &len, &total);
    began = strtod(text, NULL);
    free(text);
    process_destroy(&p);
    return returned - began;
}

static void a_process_is_not_kept_waiting_by_another_that_starts(void **state) {
    enum {
        OTHERS = 3
    };
    static const size_t folders = 500000;
    char *before = strdup(getenv("PATH")), *path = malloc(3 * folders + 1);
    pthread_t others[OTHERS];
    atomic_int done = 0;
    double worst = 0;
    for (size_t i = 0; i < folders; i++)
        memcpy(path + 3 * i, "/0:", 4);
    tear_down(state);
    setenv("PATH", path, 1);
    assert_int_equal(set_up(state), 0);
    for (int i = 0; i < OTHERS; i++)
        pthread_create(&others[i], NULL, start_slowly, &done);
    while (atomic_load(&done) < OTHERS) {
        double late = start_and_say_how_late();
        worst = late > worst ? late : worst;
    }
    for (int i = 0; i < OTHERS; i++)
        pthread_join(others[i], NULL);
    tear_down(state);
    setenv("PATH", before, 1);
    assert_int_equal(set_up(state), 0);
    print_message("at most %.2f s late\n", worst);
    assert_true(worst < 0.4);
    free(path);
    free(before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_and_status_are_kept),
        cmocka_unit_test(death_by_signal_is_told),
        cmocka_unit_test(the_environment_is_changed_as_asked),
        cmocka_unit_test(a_container_is_told_where_clipper_is_and_who_it_is),
        cmocka_unit_test(a_command_that_is_not_there_is_an_error),
        cmocka_unit_test(a_flood_neither_blocks_nor_fills_memory),
        cmocka_unit_test(the_whole_group_is_killed),
        cmocka_unit_test(sigterm_comes_first_and_is_given_time),
        cmocka_unit_test(the_whole_group_is_asked),
        cmocka_unit_test(what_has_escaped_is_found_and_counted),
        cmocka_unit_test(a_command_is_run_when_all_has_ended),
        cmocka_unit_test(what_was_started_is_gone_when_the_warden_is),
        cmocka_unit_test(the_end_of_a_stream_is_kept),
        cmocka_unit_test(a_process_is_not_kept_waiting_by_another_that_starts),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
