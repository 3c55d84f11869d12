/* The session's configuration, and its vocabulary. */
#include "support_session.h"

static clipper_session_error init_with(clipper_session_config config) {
    clipper_session session, zeroed;
    const clipper_session_error error = clipper_session_init(&session, &config);
    memset(&zeroed, 0, sizeof zeroed);
    if (error != CLIPPER_SESSION_ERROR_OK)
        assert_memory_equal(&session, &zeroed, sizeof zeroed);
    return error;
}

static void the_defaults_are_the_documents(void **state) {
    const clipper_session_config config = clipper_session_default_config();
    (void)state;
    assert_int_equal(config.poll_timeout_ms, 5000);
    assert_int_equal(config.activity_timeout_ms, 30000);
    assert_int_equal(config.wire, CLIPPER_WIRE_RELEASE);
    assert_int_equal(config.input_type, CLIPPER_TYPE_DOUBLES);
    assert_int_equal(config.name.len, 0);
    assert_int_equal(config.model_version.len, 0);
    assert_int_equal(init_with(config), CLIPPER_SESSION_ERROR_OK);
}

static void timeouts_of_zero_are_refused(void **state) {
    clipper_session_config config = test_config();
    (void)state;
    config.poll_timeout_ms = 0;
    assert_int_equal(init_with(config), CLIPPER_SESSION_ERROR_POLL_TIMEOUT);
    config = test_config();
    config.activity_timeout_ms = 0;
    assert_int_equal(init_with(config), CLIPPER_SESSION_ERROR_ACTIVITY_TIMEOUT);
    config.activity_timeout_ms = 1;
    config.poll_timeout_ms = 1;
    assert_int_equal(init_with(config), CLIPPER_SESSION_ERROR_OK);
}

static void a_wire_must_be_chosen(void **state) {
    clipper_session_config config = test_config();
    (void)state;
    config.wire = CLIPPER_WIRE_ANY;
    assert_int_equal(init_with(config), CLIPPER_SESSION_ERROR_WIRE);
    config.wire = (clipper_wire)9;
    assert_int_equal(init_with(config), CLIPPER_SESSION_ERROR_WIRE);
    config.wire = CLIPPER_WIRE_DOCUMENT;
    assert_int_equal(init_with(config), CLIPPER_SESSION_ERROR_OK);
}

static void the_input_type_must_be_one_of_five(void **state) {
    clipper_session_config config = test_config();
    (void)state;
    for (int type = CLIPPER_TYPE_BYTES; type <= CLIPPER_TYPE_STRINGS; type++) {
        config.input_type = (clipper_data_type)type;
        assert_int_equal(init_with(config), CLIPPER_SESSION_ERROR_OK);
    }
    config.input_type = CLIPPER_TYPE_UNSTATED;
    assert_int_equal(init_with(config), CLIPPER_SESSION_ERROR_INPUT_TYPE);
}

static void an_unknown_era_is_refused(void **state) {
    clipper_session_config config = test_config();
    (void)state;
    config.options.era = (clipper_era)99;
    assert_int_equal(init_with(config), CLIPPER_SESSION_ERROR_ERA);
}

static void long_texts_are_sent_whole(void **state) {
    static char name[100000];
    clipper_session session;
    clipper_session_config config = test_config();
    (void)state;
    memset(name, 'n', sizeof name);
    config.name.base = name;
    config.name.len = sizeof name;
    start_session(&session, &config);
    clipper_session_open(&session, 0);
    assert_int_equal(receive_send_metadata(&session, 0), CLIPPER_SESSION_SEND_METADATA);
    assert_frame(&session, 2, name, sizeof name);
}

static void every_error_has_its_sentence(void **state) {
    (void)state;
#define CLIPPER_X(number, NAME, sentence)                                                                    \
    assert_string_equal(clipper_session_error_sentence(CLIPPER_SESSION_ERROR_##NAME), sentence);
    CLIPPER_SESSION_ERRORS(CLIPPER_X)
#undef CLIPPER_X
    assert_string_equal(clipper_session_error_sentence((clipper_session_error)1000), "unknown error");
}

static void every_action_has_its_name(void **state) {
    static const char *const names[] = {"wait",        "send_heartbeat", "send_metadata",
                                        "predict",     "feedback",       "wrong_input_type",
                                        "bad_message", "reopen",         "exit"};
    (void)state;
    for (int action = CLIPPER_SESSION_WAIT; action <= CLIPPER_SESSION_EXIT; action++)
        assert_string_equal(clipper_session_action_name((clipper_session_action)action), names[action]);
    assert_string_equal(clipper_session_action_name((clipper_session_action)1000), "unknown");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_defaults_are_the_documents),
        cmocka_unit_test(timeouts_of_zero_are_refused),
        cmocka_unit_test(a_wire_must_be_chosen),
        cmocka_unit_test(the_input_type_must_be_one_of_five),
        cmocka_unit_test(an_unknown_era_is_refused),
        cmocka_unit_test(long_texts_are_sent_whole),
        cmocka_unit_test(every_error_has_its_sentence),
        cmocka_unit_test(every_action_has_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
