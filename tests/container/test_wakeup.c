/* What ends a wait: signals from threads and signal handlers, and the time left until a deadline. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "internal.h"

static clipper_wakeup wakeup;

static int is_readable(int timeout_ms) {
    struct pollfd item = {wakeup.readable, POLLIN, 0};
    return poll(&item, 1, timeout_ms) == 1;
}

static int begin(void **state) {
    (void)state;
    return clipper_wakeup_open(&wakeup);
}

static int end(void **state) {
    (void)state;
    clipper_wakeup_close(&wakeup);
    return 0;
}

static void one_clear_takes_back_all_signals(void **state) {
    (void)state;
    assert_false(is_readable(0));
    for (int count = 1; count < 1000; count = 3 * count + 1) {
        for (int i = 0; i < count; i++)
            clipper_wakeup_signal(&wakeup);
        assert_true(is_readable(0));
        clipper_wakeup_clear(&wakeup);
        assert_false(is_readable(0));
    }
    clipper_wakeup_clear(&wakeup); /* nothing to take back: returns at once */
    assert_false(is_readable(0));
}

/* Far more than a pipe holds. */
static void signals_never_block_and_keep_errno(void **state) {
    (void)state;
    errno = ENOTTY;
    for (int i = 0; i < 100000; i++)
        clipper_wakeup_signal(&wakeup);
    assert_int_equal(errno, ENOTTY);
    assert_true(is_readable(0));
    clipper_wakeup_clear(&wakeup);
    assert_false(is_readable(0));
}

static void *signal_from_thread(void *argument) {
    (void)argument;
    clipper_wakeup_signal(&wakeup);
    return NULL;
}

static void on_signal(int number) {
    (void)number;
    clipper_wakeup_signal(&wakeup);
}

static void threads_and_signal_handlers_end_a_poll(void **state) {
    pthread_t thread;
    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, signal_from_thread, NULL), 0);
    assert_true(is_readable(-1));
    pthread_join(thread, NULL);
    clipper_wakeup_clear(&wakeup);
    signal(SIGUSR1, on_signal);
    raise(SIGUSR1);
    assert_true(is_readable(-1));
    clipper_wakeup_clear(&wakeup);
}

static void descriptors_are_closed_on_exec(void **state) {
    (void)state;
    assert_true(fcntl(wakeup.readable, F_GETFD) & FD_CLOEXEC);
    assert_true(fcntl(wakeup.writable, F_GETFD) & FD_CLOEXEC);
}

static void timeouts_are_rounded_up(void **state) {
    (void)state;
    assert_int_equal(clipper_wakeup_poll_timeout(5, UINT64_MAX), -1);
    assert_int_equal(clipper_wakeup_poll_timeout(5000, 5000), 0);
    assert_int_equal(clipper_wakeup_poll_timeout(5000, 4000), 0);
    assert_int_equal(clipper_wakeup_poll_timeout(5000, 5001), 1);
    assert_int_equal(clipper_wakeup_poll_timeout(5000, 6000), 1);
    assert_int_equal(clipper_wakeup_poll_timeout(5000, 6001), 2);
    assert_int_equal(clipper_wakeup_poll_timeout(0, UINT64_MAX - 1), INT_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_clear_takes_back_all_signals, begin, end),
        cmocka_unit_test_setup_teardown(signals_never_block_and_keep_errno, begin, end),
        cmocka_unit_test_setup_teardown(threads_and_signal_handlers_end_a_poll, begin, end),
        cmocka_unit_test_setup_teardown(descriptors_are_closed_on_exec, begin, end),
        cmocka_unit_test(timeouts_are_rounded_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
