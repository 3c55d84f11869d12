/* What the session makes of each message: registration, requests, and all that a container is not sent. */
#include "support_session.h"

static clipper_session *open_session(clipper_session *session) {
    start_session(session, NULL);
    clipper_session_open(session, 0);
    return session;
}

static void metadata_is_sent_when_asked(void **state) {
    clipper_session session;
    (void)state;
    open_session(&session);
    assert_int_equal(receive_send_metadata(&session, 1), CLIPPER_SESSION_SEND_METADATA);
    assert_int_equal(session.frame_count, 6);
    assert_frame(&session, 0, "", 0);
    assert_frame(&session, 1, "\0\0\0\0", 4);
    assert_frame(&session, 2, "digits", 6);
    assert_frame(&session, 3, "7", 1);
    assert_frame(&session, 4, "3", 1);
    assert_frame(&session, 5, "\3\0\0\0", 4);
}

static void metadata_on_the_document_wire_has_no_version_frame(void **state) {
    clipper_session session;
    clipper_session_config config = test_config();
    (void)state;
    config.wire = CLIPPER_WIRE_DOCUMENT;
    config.input_type = CLIPPER_TYPE_STRINGS;
    start_session(&session, &config);
    clipper_session_open(&session, 0);
    assert_int_equal(receive_send_metadata(&session, 1), CLIPPER_SESSION_SEND_METADATA);
    assert_int_equal(session.frame_count, 5);
    assert_frame(&session, 2, "digits", 6);
    assert_frame(&session, 4, "4", 1);
}

static void metadata_goes_out_once_for_each_time_it_is_asked_for(void **state) {
    clipper_session session;
    int sent = 0;
    (void)state;
    open_session(&session);
    for (uint64_t now = 1; now <= 100; now++) {
        sent += receive_send_metadata(&session, now) == CLIPPER_SESSION_SEND_METADATA;
        assert_int_equal(receive_keep_alive(&session, now), CLIPPER_SESSION_WAIT);
        assert_int_equal(clipper_session_on_time(&session, now), CLIPPER_SESSION_WAIT);
    }
    assert_int_equal(sent, 100);
}

static void a_heartbeat_follows_the_metadata_unchanged(void **state) {
    clipper_session session;
    (void)state;
    open_session(&session);
    receive_send_metadata(&session, 1);
    assert_int_equal(clipper_session_on_time(&session, 1 + D), CLIPPER_SESSION_SEND_HEARTBEAT);
    assert_heartbeat_frames(&session);
}

static void registered_means_that_clipper_has_shown_it(void **state) {
    clipper_session session;
    (void)state;
    open_session(&session);
    assert_int_equal(receive_keep_alive(&session, 1), CLIPPER_SESSION_WAIT);
    assert_false(session.registered); /* Clipper cannot know this container: no metadata was sent */
    receive_send_metadata(&session, 2);
    assert_true(session.metadata_sent);
    assert_false(session.registered);
    receive_garbage(&session, 3);
    receive_feedback(&session, 3, 3);
    assert_false(session.registered);
    receive_keep_alive(&session, 4);
    assert_true(session.registered);
    receive_send_metadata(&session, 5); /* it has forgotten us */
    assert_false(session.registered);
    receive_request(&session, 6, CLIPPER_TYPE_DOUBLES, 8, 6);
    assert_true(session.registered);
    assert_int_equal(clipper_session_on_disconnect(&session), CLIPPER_SESSION_REOPEN);
    assert_false(session.open);
    assert_false(session.metadata_sent);
    assert_false(session.registered);
    clipper_session_open(&session, 7);
    assert_false(session.metadata_sent);
    receive_keep_alive(&session, 8);
    assert_false(session.registered);
}

static void a_new_session_has_forgotten_the_old_registration(void **state) {
    clipper_session session;
    (void)state;
    open_session(&session);
    receive_send_metadata(&session, 1);
    receive_keep_alive(&session, 2);
    assert_true(session.registered);
    clipper_session_open(&session, 3); /* over the open one */
    assert_false(session.registered);
    assert_false(session.metadata_sent);
    assert_int_equal(session.number, 2);
}

static void a_request_is_delivered_with_id_and_items(void **state) {
    static const uint32_t ids[] = {0, 1, 0x7fffffff, 0xffffffff};
    clipper_session session;
    (void)state;
    open_session(&session);
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        assert_int_equal(receive_request(&session, ids[i], CLIPPER_TYPE_DOUBLES, 8 * i, 1),
                         CLIPPER_SESSION_PREDICT);
        assert_int_equal(session.message.as.request.id, ids[i]);
        assert_int_equal(session.message.as.request.item_count, 1);
        assert_int_equal(session.message.as.request.items[0].len, 8 * i);
        assert_int_equal(session.diagnosis.error, CLIPPER_OK);
    }
}

static void a_request_for_another_input_type_is_told_apart(void **state) {
    clipper_session session;
    clipper_session_config config = test_config();
    (void)state;
    for (int mine = CLIPPER_TYPE_BYTES; mine <= CLIPPER_TYPE_STRINGS; mine++) {
        config.input_type = (clipper_data_type)mine;
        start_session(&session, &config);
        clipper_session_open(&session, 0);
        for (int theirs = CLIPPER_TYPE_BYTES; theirs <= CLIPPER_TYPE_STRINGS; theirs++) {
            const clipper_session_action action =
                receive_request(&session, 9, (clipper_data_type)theirs, 16, 1);
            if (mine == theirs) {
                assert_int_equal(action, CLIPPER_SESSION_PREDICT);
                continue;
            }
            assert_int_equal(action, CLIPPER_SESSION_WRONG_INPUT_TYPE);
            assert_int_equal(session.message.as.request.id, 9);
            assert_int_equal(session.diagnosis.error, CLIPPER_UNKNOWN_DATA_TYPE);
            assert_int_equal(session.diagnosis.field, CLIPPER_FIELD_DATA_TYPE);
            assert_int_equal(session.diagnosis.frame, 6);
            assert_int_equal(session.diagnosis.expected, mine);
            assert_int_equal(session.diagnosis.actual, theirs);
        }
    }
}

static void a_feedback_request_is_delivered_and_does_no_harm(void **state) {
    clipper_session session;
    (void)state;
    open_session(&session);
    assert_int_equal(receive_feedback(&session, 12, 1), CLIPPER_SESSION_FEEDBACK);
    assert_int_equal(session.message.as.feedback.id, 12);
    assert_int_equal(session.message.as.feedback.frame_count, 1);
    assert_int_equal(receive_request(&session, 13, CLIPPER_TYPE_DOUBLES, 8, 2), CLIPPER_SESSION_PREDICT);
}

static void a_bad_message_is_diagnosed_and_the_next_one_served(void **state) {
    clipper_session session;
    (void)state;
    open_session(&session);
    assert_int_equal(receive_garbage(&session, 1), CLIPPER_SESSION_BAD_MESSAGE);
    assert_int_equal(session.diagnosis.error, CLIPPER_NO_DELIMITER);
    assert_int_equal(receive_new_container(&session, 2), CLIPPER_SESSION_BAD_MESSAGE);
    assert_int_equal(session.diagnosis.error, CLIPPER_ILLEGAL_NEW_CONTAINER);
    assert_int_equal(clipper_session_on_message(&session, NULL, 0, 3), CLIPPER_SESSION_BAD_MESSAGE);
    assert_int_equal(session.diagnosis.error, CLIPPER_EMPTY_MESSAGE);
    assert_int_equal(receive_request(&session, 1, CLIPPER_TYPE_DOUBLES, 7, 4), CLIPPER_SESSION_BAD_MESSAGE);
    assert_int_equal(session.diagnosis.error, CLIPPER_ITEM_WIDTH);
    assert_true(session.open);
    assert_int_equal(receive_request(&session, 1, CLIPPER_TYPE_DOUBLES, 8, 5), CLIPPER_SESSION_PREDICT);
}

static void another_version_ends_it(void **state) {
    static const uint32_t versions[] = {0, 2, 4, 0x03000000, 0xffffffff};
    clipper_session session;
    (void)state;
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        open_session(&session);
        assert_int_equal(receive_heartbeat_of_version(&session, versions[i], 1), CLIPPER_SESSION_EXIT);
        assert_int_equal(session.diagnosis.error, CLIPPER_VERSION_MISMATCH);
        assert_int_equal(session.diagnosis.expected, 3);
        assert_int_equal(session.diagnosis.actual, versions[i]);
        assert_false(session.open);
        assert_true(clipper_session_deadline(&session) == CLIPPER_NO_DEADLINE);
        assert_int_equal(clipper_session_on_time(&session, 10 * TO), CLIPPER_SESSION_WAIT);
    }
}

static void what_comes_after_the_end_belongs_to_no_session(void **state) {
    clipper_session session;
    (void)state;
    open_session(&session);
    assert_int_equal(clipper_session_on_time(&session, TO), CLIPPER_SESSION_REOPEN);
    assert_int_equal(receive_send_metadata(&session, TO), CLIPPER_SESSION_WAIT);
    assert_int_equal(receive_request(&session, 1, CLIPPER_TYPE_DOUBLES, 8, TO), CLIPPER_SESSION_WAIT);
    assert_int_equal(receive_heartbeat_of_version(&session, 4, TO), CLIPPER_SESSION_WAIT);
    assert_false(session.registered);
    assert_int_equal(clipper_session_open(&session, TO + 1), CLIPPER_SESSION_SEND_HEARTBEAT);
    assert_int_equal(receive_send_metadata(&session, TO + 2), CLIPPER_SESSION_SEND_METADATA);
}

static void limits_and_strictness_are_the_configurations(void **state) {
    clipper_session session;
    clipper_session_config config = test_config();
    (void)state;
    config.options.limits.item_bytes = 16;
    start_session(&session, &config);
    clipper_session_open(&session, 0);
    assert_int_equal(receive_request(&session, 1, CLIPPER_TYPE_DOUBLES, 16, 1), CLIPPER_SESSION_PREDICT);
    assert_int_equal(receive_request(&session, 1, CLIPPER_TYPE_DOUBLES, 24, 1), CLIPPER_SESSION_BAD_MESSAGE);
    assert_int_equal(session.diagnosis.error, CLIPPER_ITEM_TOO_LARGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metadata_is_sent_when_asked),
        cmocka_unit_test(metadata_on_the_document_wire_has_no_version_frame),
        cmocka_unit_test(metadata_goes_out_once_for_each_time_it_is_asked_for),
        cmocka_unit_test(a_heartbeat_follows_the_metadata_unchanged),
        cmocka_unit_test(registered_means_that_clipper_has_shown_it),
        cmocka_unit_test(a_new_session_has_forgotten_the_old_registration),
        cmocka_unit_test(a_request_is_delivered_with_id_and_items),
        cmocka_unit_test(a_request_for_another_input_type_is_told_apart),
        cmocka_unit_test(a_feedback_request_is_delivered_and_does_no_harm),
        cmocka_unit_test(a_bad_message_is_diagnosed_and_the_next_one_served),
        cmocka_unit_test(another_version_ends_it),
        cmocka_unit_test(what_comes_after_the_end_belongs_to_no_session),
        cmocka_unit_test(limits_and_strictness_are_the_configurations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
