/* The session's clockwork, to the millisecond: polls of D, the end at TO, and hours of idling. */
#include "support_session.h"

static void the_session_opens_with_a_heartbeat(void **state) {
    clipper_session session;
    (void)state;
    start_session(&session, NULL);
    assert_false(session.open);
    assert_int_equal(clipper_session_open(&session, 1000), CLIPPER_SESSION_SEND_HEARTBEAT);
    assert_heartbeat_frames(&session);
    assert_true(session.open);
    assert_int_equal(session.number, 1);
    assert_int_equal(clipper_session_deadline(&session), 1000 + D);
}

static void a_session_that_is_not_open_has_no_deadline(void **state) {
    clipper_session session;
    (void)state;
    start_session(&session, NULL);
    assert_true(clipper_session_deadline(&session) == CLIPPER_NO_DEADLINE);
    assert_int_equal(clipper_session_on_time(&session, 10 * TO), CLIPPER_SESSION_WAIT);
    assert_int_equal(clipper_session_on_backlog(&session, 10 * TO), CLIPPER_SESSION_WAIT);
}

static void a_heartbeat_goes_out_when_d_has_passed_and_not_before(void **state) {
    clipper_session session;
    (void)state;
    start_session(&session, NULL);
    clipper_session_open(&session, 0);
    assert_int_equal(clipper_session_on_time(&session, D - 1), CLIPPER_SESSION_WAIT);
    assert_int_equal(clipper_session_deadline(&session), D);
    assert_int_equal(clipper_session_on_time(&session, D), CLIPPER_SESSION_SEND_HEARTBEAT);
    assert_heartbeat_frames(&session);
    assert_int_equal(clipper_session_deadline(&session), 2 * D);
    assert_int_equal(clipper_session_on_time(&session, 2 * D - 1), CLIPPER_SESSION_WAIT);
    assert_int_equal(clipper_session_on_time(&session, 2 * D), CLIPPER_SESSION_SEND_HEARTBEAT);
}

static void a_late_heartbeat_begins_the_next_poll_when_it_is_sent(void **state) {
    clipper_session session;
    (void)state;
    start_session(&session, NULL);
    clipper_session_open(&session, 0);
    assert_int_equal(clipper_session_on_time(&session, D + 700), CLIPPER_SESSION_SEND_HEARTBEAT);
    assert_int_equal(clipper_session_deadline(&session), 2 * D + 700);
}

/* A Clipper that never answers: heartbeats at 5, 10, 15, 20, 25 s, a new session at 30 s; for ever. */
static void an_unanswered_first_heartbeat_never_hangs(void **state) {
    clipper_session session;
    uint64_t now = 77;
    (void)state;
    start_session(&session, NULL);
    for (uint64_t number = 1; number <= 3; number++) {
        assert_int_equal(clipper_session_open(&session, now), CLIPPER_SESSION_SEND_HEARTBEAT);
        assert_int_equal(session.number, number);
        for (int polls = 1; polls < TO / D; polls++) {
            now = clipper_session_deadline(&session);
            assert_int_equal(clipper_session_on_time(&session, now), CLIPPER_SESSION_SEND_HEARTBEAT);
        }
        assert_int_equal(clipper_session_on_time(&session, now + D - 1), CLIPPER_SESSION_WAIT);
        now = clipper_session_deadline(&session);
        assert_int_equal(clipper_session_on_time(&session, now), CLIPPER_SESSION_REOPEN);
        assert_false(session.open);
        assert_int_equal(now, 77 + number * TO);
    }
}

/* It says what on_time would do, and does nothing: with D over long before TO, and with a poll that began just before TO. */
static void it_can_be_asked_whether_the_session_would_end(void **state) {
    clipper_session session;
    (void)state;
    start_session(&session, NULL);
    assert_false(clipper_session_is_silent(&session, 10 * TO));
    clipper_session_open(&session, 0);
    assert_false(clipper_session_is_silent(&session, D));
    assert_false(clipper_session_is_silent(&session, TO - 1));
    assert_true(clipper_session_is_silent(&session, TO));
    assert_int_equal(clipper_session_on_time(&session, TO - 1), CLIPPER_SESSION_SEND_HEARTBEAT);
    assert_false(clipper_session_is_silent(&session, TO - 1 + D - 1));
    assert_true(clipper_session_is_silent(&session, TO - 1 + D));
    assert_int_equal(clipper_session_on_backlog(&session, TO - 1 + D), CLIPPER_SESSION_SEND_HEARTBEAT);
    assert_false(clipper_session_is_silent(&session, 0)); /* time never runs back */
}

static void one_millisecond_less_than_to_keeps_the_session(void **state) {
    clipper_session session;
    clipper_session_config config = test_config();
    (void)state;
    config.poll_timeout_ms = TO - 1;
    start_session(&session, &config);
    clipper_session_open(&session, 0);
    assert_int_equal(clipper_session_on_time(&session, TO - 1), CLIPPER_SESSION_SEND_HEARTBEAT);

    config.poll_timeout_ms = TO;
    start_session(&session, &config);
    clipper_session_open(&session, 0);
    assert_int_equal(clipper_session_on_time(&session, TO), CLIPPER_SESSION_REOPEN);
}

/* TO is judged only when D has passed: with D = 7 s, silence is noticed at 35 s. */
static void to_is_judged_at_the_end_of_a_poll(void **state) {
    clipper_session session;
    clipper_session_config config = test_config();
    (void)state;
    config.poll_timeout_ms = 7000;
    start_session(&session, &config);
    clipper_session_open(&session, 0);
    for (uint64_t now = 7000; now < 35000; now += 7000)
        assert_int_equal(clipper_session_on_time(&session, now), CLIPPER_SESSION_SEND_HEARTBEAT);
    assert_int_equal(clipper_session_on_time(&session, 34999), CLIPPER_SESSION_WAIT);
    assert_int_equal(clipper_session_on_time(&session, 35000), CLIPPER_SESSION_REOPEN);
}

static void a_message_begins_a_new_poll_and_puts_the_end_off(void **state) {
    clipper_session session;
    (void)state;
    start_session(&session, NULL);
    clipper_session_open(&session, 0);
    assert_int_equal(receive_keep_alive(&session, D - 1), CLIPPER_SESSION_WAIT);
    assert_int_equal(clipper_session_deadline(&session), 2 * D - 1);
    assert_int_equal(clipper_session_on_time(&session, 2 * D - 2), CLIPPER_SESSION_WAIT);
    assert_int_equal(clipper_session_on_time(&session, 2 * D - 1), CLIPPER_SESSION_SEND_HEARTBEAT);
}

/* The last moment: heartbeats until TO - 1, one message then, and a whole TO begins. */
static void a_message_just_before_to_keeps_the_session(void **state) {
    clipper_session session;
    (void)state;
    start_session(&session, NULL);
    clipper_session_open(&session, 0);
    for (uint64_t now = D; now < TO; now += D)
        assert_int_equal(clipper_session_on_time(&session, now), CLIPPER_SESSION_SEND_HEARTBEAT);
    assert_int_equal(receive_keep_alive(&session, TO - 1), CLIPPER_SESSION_WAIT);
    assert_int_equal(clipper_session_on_time(&session, TO), CLIPPER_SESSION_WAIT);
    for (uint64_t now = TO - 1 + D; now < TO - 1 + TO; now += D)
        assert_int_equal(clipper_session_on_time(&session, now), CLIPPER_SESSION_SEND_HEARTBEAT);
    assert_int_equal(clipper_session_on_time(&session, TO - 1 + TO), CLIPPER_SESSION_REOPEN);
}

static void any_message_is_a_sign_of_life(void **state) {
    clipper_session session;
    uint64_t now = 0;
    (void)state;
    start_session(&session, NULL);
    clipper_session_open(&session, 0);
    for (int round = 0; round < 8; round++) {
        now += D - 1;
        assert_int_equal(receive_garbage(&session, now), CLIPPER_SESSION_BAD_MESSAGE);
        assert_int_equal(clipper_session_deadline(&session), now + D);
        now += D - 1;
        assert_int_equal(receive_request(&session, 1, CLIPPER_TYPE_DOUBLES, 8, now), CLIPPER_SESSION_PREDICT);
        now += D - 1;
        assert_int_equal(receive_request(&session, 1, CLIPPER_TYPE_INTS, 8, now),
                         CLIPPER_SESSION_WRONG_INPUT_TYPE);
        now += D - 1;
        assert_int_equal(receive_feedback(&session, 1, now), CLIPPER_SESSION_FEEDBACK);
        now += D - 1;
        clipper_session_on_activity(&session, now);
        assert_int_equal(clipper_session_deadline(&session), now + D);
    }
    assert_int_equal(clipper_session_on_time(&session, now + D - 1), CLIPPER_SESSION_WAIT);
    assert_int_equal(session.number, 1);
}

/* Ten hours in which Clipper answers every heartbeat 3 ms later. */
static void hours_of_idling(void **state) {
    clipper_session session;
    uint64_t now = 0, heartbeats = 0;
    (void)state;
    start_session(&session, NULL);
    assert_int_equal(clipper_session_open(&session, now), CLIPPER_SESSION_SEND_HEARTBEAT);
    assert_int_equal(receive_send_metadata(&session, now), CLIPPER_SESSION_SEND_METADATA);
    while (now < 36000000) {
        now = clipper_session_deadline(&session);
        assert_int_equal(clipper_session_on_time(&session, now), CLIPPER_SESSION_SEND_HEARTBEAT);
        heartbeats++;
        now += 3;
        assert_int_equal(receive_keep_alive(&session, now), CLIPPER_SESSION_WAIT);
    }
    assert_int_equal(heartbeats, (36000000 + D + 2) / (D + 3));
    assert_int_equal(session.number, 1);
    assert_true(session.registered);
}

static void what_waits_unread_is_a_sign_of_life(void **state) {
    clipper_session session;
    (void)state;
    start_session(&session, NULL);
    clipper_session_open(&session, 0);
    assert_int_equal(clipper_session_on_backlog(&session, D - 1), CLIPPER_SESSION_WAIT);
    for (uint64_t now = D; now <= 4 * TO; now += D) {
        assert_int_equal(clipper_session_on_backlog(&session, now), CLIPPER_SESSION_SEND_HEARTBEAT);
        assert_heartbeat_frames(&session);
    }
    for (uint64_t now = 4 * TO + D; now < 5 * TO; now += D)
        assert_int_equal(clipper_session_on_time(&session, now), CLIPPER_SESSION_SEND_HEARTBEAT);
    assert_int_equal(clipper_session_on_time(&session, 5 * TO), CLIPPER_SESSION_REOPEN);
}

static void time_never_runs_back(void **state) {
    clipper_session session;
    (void)state;
    start_session(&session, NULL);
    clipper_session_open(&session, 100000);
    assert_int_equal(receive_keep_alive(&session, 50), CLIPPER_SESSION_WAIT);
    assert_int_equal(clipper_session_deadline(&session), 100000 + D);
    assert_int_equal(clipper_session_on_time(&session, 0), CLIPPER_SESSION_WAIT);
    assert_int_equal(clipper_session_on_backlog(&session, 0), CLIPPER_SESSION_WAIT);
    clipper_session_on_activity(&session, 7);
    assert_int_equal(clipper_session_deadline(&session), 100000 + D);
    assert_int_equal(clipper_session_open(&session, 0), CLIPPER_SESSION_SEND_HEARTBEAT);
    assert_int_equal(clipper_session_deadline(&session), 100000 + D);
    assert_int_equal(clipper_session_on_time(&session, 100000 + D), CLIPPER_SESSION_SEND_HEARTBEAT);
}

static void the_end_of_time_does_not_overflow(void **state) {
    clipper_session session;
    clipper_session_config config = test_config();
    (void)state;
    start_session(&session, NULL);
    clipper_session_open(&session, UINT64_MAX - D);
    assert_true(clipper_session_deadline(&session) == UINT64_MAX);
    clipper_session_on_activity(&session, UINT64_MAX - D + 1);
    assert_true(clipper_session_deadline(&session) == CLIPPER_NO_DEADLINE);
    assert_int_equal(clipper_session_on_time(&session, UINT64_MAX), CLIPPER_SESSION_WAIT);

    config.poll_timeout_ms = UINT64_MAX;
    start_session(&session, &config);
    clipper_session_open(&session, 1);
    assert_true(clipper_session_deadline(&session) == CLIPPER_NO_DEADLINE);
    assert_int_equal(clipper_session_on_time(&session, UINT64_MAX), CLIPPER_SESSION_WAIT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_session_opens_with_a_heartbeat),
        cmocka_unit_test(a_session_that_is_not_open_has_no_deadline),
        cmocka_unit_test(a_heartbeat_goes_out_when_d_has_passed_and_not_before),
        cmocka_unit_test(a_late_heartbeat_begins_the_next_poll_when_it_is_sent),
        cmocka_unit_test(an_unanswered_first_heartbeat_never_hangs),
        cmocka_unit_test(it_can_be_asked_whether_the_session_would_end),
        cmocka_unit_test(one_millisecond_less_than_to_keeps_the_session),
        cmocka_unit_test(to_is_judged_at_the_end_of_a_poll),
        cmocka_unit_test(a_message_begins_a_new_poll_and_puts_the_end_off),
        cmocka_unit_test(a_message_just_before_to_keeps_the_session),
        cmocka_unit_test(any_message_is_a_sign_of_life),
        cmocka_unit_test(hours_of_idling),
        cmocka_unit_test(what_waits_unread_is_a_sign_of_life),
        cmocka_unit_test(time_never_runs_back),
        cmocka_unit_test(the_end_of_time_does_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
