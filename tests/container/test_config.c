/* A container's configuration: defaults, settings by name, the environment, completeness. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "clipper/container.h"

static int predict(void *model, const clipper_batch *batch, clipper_outputs *outputs) {
    (void)model;
    (void)batch;
    (void)outputs;
    return 0;
}

static clipper_container_config complete(void) {
    clipper_container_config config = clipper_container_default_config();
    config.model_name = "m";
    config.model_version = "1";
    config.predict = predict;
    return config;
}

static void clear_environment(void) {
    size_t count;
    const clipper_container_setting *settings = clipper_container_settings(&count);
    for (size_t i = 0; i < count; i++)
        unsetenv(settings[i].variable);
}

static void the_defaults_are_the_released_ones(void **state) {
    const clipper_container_config config = clipper_container_default_config();
    (void)state;
    assert_null(config.model_name);
    assert_null(config.model_version);
    assert_string_equal(config.ip, "127.0.0.1");
    assert_string_equal(config.port, "7000");
    assert_null(config.endpoint);
    assert_int_equal(config.input_type, CLIPPER_TYPE_DOUBLES);
    assert_int_equal(config.wire, CLIPPER_WIRE_RELEASE);
    assert_int_equal(config.poll_timeout_ms, 5000);
    assert_int_equal(config.activity_timeout_ms, 30000);
    assert_int_equal(config.workers, 1);
}

/* Every name that released containers take for an input type. */
static void every_name_of_an_input_type(void **state) {
    static const struct {
        clipper_data_type type;
        const char *names[6];
    } types[] = {
        {CLIPPER_TYPE_BYTES, {"b", "bytes", "byte"}},
        {CLIPPER_TYPE_INTS, {"i", "ints", "int", "integer", "integers"}},
        {CLIPPER_TYPE_FLOATS, {"f", "float", "floats"}},
        {CLIPPER_TYPE_DOUBLES, {"d", "double", "doubles"}},
        {CLIPPER_TYPE_STRINGS, {"s", "string", "strings", "str", "strs"}},
    };
    char error[CLIPPER_CONTAINER_ERROR_TEXT];
    (void)state;
    for (size_t t = 0; t < sizeof types / sizeof types[0]; t++) {
        for (size_t n = 0; types[t].names[n] != NULL; n++) {
            clipper_container_config config = clipper_container_default_config();
            assert_int_equal(clipper_container_config_set(&config, "input-type", types[t].names[n], error),
                             0);
            assert_int_equal(config.input_type, types[t].type);
        }
    }
}

static void good_values_are_taken(void **state) {
    static const char *const settings[][2] = {
        {"model-name", "digits"},
        {"model-version", "ten"},
        {"ip", "clipper.example"},
        {"port", "65535"},
        {"endpoint", "ipc:///tmp/clipper"},
        {"wire", "document"},
        {"poll-timeout", "1"},
        {"activity-timeout", "2147483647"},
        {"workers", "0"},
        {"queue", "1"},
        {"grace", "0"},
        {"max-items", "1"},
        {"max-item-bytes", "2"},
        {"max-request-bytes", "9223372036854775807"},
    };
    clipper_container_config config = clipper_container_default_config();
    char error[CLIPPER_CONTAINER_ERROR_TEXT];
    (void)state;
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        assert_int_equal(clipper_container_config_set(&config, settings[i][0], settings[i][1], error), 0);
    assert_string_equal(config.model_name, "digits");
    assert_string_equal(config.model_version, "ten");
    assert_string_equal(config.ip, "clipper.example");
    assert_string_equal(config.port, "65535");
    assert_string_equal(config.endpoint, "ipc:///tmp/clipper");
    assert_int_equal(config.wire, CLIPPER_WIRE_DOCUMENT);
    assert_int_equal(config.poll_timeout_ms, 1);
    assert_int_equal(config.activity_timeout_ms, 2147483647);
    assert_int_equal(config.workers, 0);
    assert_int_equal(config.queue, 1);
    assert_int_equal(config.grace_ms, 0);
    assert_int_equal(config.limits.items, 1);
    assert_int_equal(config.limits.item_bytes, 2);
    assert_true(config.limits.total_bytes == INT64_MAX);
}

static void bad_values_are_refused_and_change_nothing(void **state) {
    static const char *const settings[][2] = {
        {"model-name", ""},
        {"model-version", ""},
        {"ip", ""},
        {"port", ""},
        {"port", "0"},
        {"port", "65536"},
        {"port", "-1"},
        {"port", " 7000"},
        {"port", "70x"},
        {"endpoint", ""},
        {"input-type", ""},
        {"input-type", "Doubles"},
        {"input-type", "3"},
        {"wire", "released"},
        {"poll-timeout", "0"},
        {"poll-timeout", "2147483648"},
        {"poll-timeout", "5s"},
        {"activity-timeout", "0"},
        {"activity-timeout", "99999999999999999999999"},
        {"workers", "1025"},
        {"workers", ""},
        {"queue", "0"},
        {"queue", "1000001"},
        {"grace", "+1"},
        {"max-items", "0"},
        {"max-item-bytes", "9223372036854775808"},
        {"max-request-bytes", "0x10"},
        {"nonsense", "1"},
    };
    const clipper_container_config before = complete();
    char error[CLIPPER_CONTAINER_ERROR_TEXT];
    (void)state;
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        clipper_container_config config = before;
        error[0] = '\0';
        assert_int_equal(clipper_container_config_set(&config, settings[i][0], settings[i][1], error), -1);
        assert_memory_equal(&config, &before, sizeof before);
        assert_non_null(
            strstr(error, i + 1 < sizeof settings / sizeof settings[0] ? settings[i][1] : "nonsense"));
    }
}

static void a_very_long_bad_value_fits_the_error(void **state) {
    clipper_container_config config = complete();
    char error[CLIPPER_CONTAINER_ERROR_TEXT];
    static char value[100000];
    (void)state;
    memset(value, 'x', sizeof value - 1);
    assert_int_equal(clipper_container_config_set(&config, "input-type", value, error), -1);
    assert_true(strlen(error) < sizeof error);
    assert_int_equal(clipper_container_config_set(&config, value, "1", error), -1);
    assert_true(strlen(error) < sizeof error);
}

static void the_environment_is_read(void **state) {
    clipper_container_config config = clipper_container_default_config();
    char error[CLIPPER_CONTAINER_ERROR_TEXT];
    (void)state;
    clear_environment();
    setenv("CLIPPER_MODEL_NAME", "from environment", 1);
    setenv("CLIPPER_MODEL_VERSION", "12", 1);
    setenv("CLIPPER_IP", "10.0.0.1", 1);
    setenv("CLIPPER_PORT", "7001", 1);
    setenv("CLIPPER_INPUT_TYPE", "strs", 1);
    setenv("CLIPPER_POLL_TIMEOUT_MS", "100", 1);
    setenv("CLIPPER_ACTIVITY_TIMEOUT_MS", "600", 1);
    setenv("CLIPPER_WIRE", "document", 1);
    assert_int_equal(clipper_container_config_from_environment(&config, error), 0);
    assert_string_equal(config.model_name, "from environment");
    assert_string_equal(config.model_version, "12");
    assert_string_equal(config.ip, "10.0.0.1");
    assert_string_equal(config.port, "7001");
    assert_int_equal(config.input_type, CLIPPER_TYPE_STRINGS);
    assert_int_equal(config.poll_timeout_ms, 100);
    assert_int_equal(config.activity_timeout_ms, 600);
    assert_int_equal(config.wire, CLIPPER_WIRE_DOCUMENT);
    clear_environment();
}

static void a_bad_variable_is_named(void **state) {
    clipper_container_config config = clipper_container_default_config();
    char error[CLIPPER_CONTAINER_ERROR_TEXT];
    (void)state;
    clear_environment();
    setenv("CLIPPER_PORT", "seven", 1);
    assert_int_equal(clipper_container_config_from_environment(&config, error), -1);
    assert_string_equal(error, "CLIPPER_PORT: \"seven\" is not a number from 1 to 65535");
    assert_string_equal(config.port, "7000");
    clear_environment();
}

static void what_is_missing_is_named(void **state) {
    clipper_container_config config = complete();
    char error[CLIPPER_CONTAINER_ERROR_TEXT];
    (void)state;
    assert_int_equal(clipper_container_config_check(&config, error), 0);
    config.model_name = NULL;
    assert_int_equal(clipper_container_config_check(&config, error), -1);
    assert_non_null(strstr(error, "CLIPPER_MODEL_NAME"));
    assert_null(clipper_container_new(&config, error));
    config = complete();
    config.model_version = NULL;
    assert_int_equal(clipper_container_config_check(&config, error), -1);
    assert_non_null(strstr(error, "CLIPPER_MODEL_VERSION"));
    config = complete();
    config.predict = NULL;
    assert_int_equal(clipper_container_config_check(&config, error), -1);
    config = complete();
    config.port = NULL;
    assert_int_equal(clipper_container_config_check(&config, error), -1);
    config.endpoint = "tcp://127.0.0.1:1";
    assert_int_equal(clipper_container_config_check(&config, error), 0);
}

static void what_a_program_gets_wrong_is_refused(void **state) {
    clipper_container_config config = complete();
    char error[CLIPPER_CONTAINER_ERROR_TEXT];
    (void)state;
    config.poll_timeout_ms = 0;
    assert_int_equal(clipper_container_config_check(&config, error), -1);
    assert_non_null(strstr(error, "poll timeout"));
    config = complete();
    config.activity_timeout_ms = 0;
    assert_int_equal(clipper_container_config_check(&config, error), -1);
    assert_non_null(strstr(error, "activity timeout"));
    config = complete();
    config.wire = CLIPPER_WIRE_ANY;
    assert_int_equal(clipper_container_config_check(&config, error), -1);
    config = complete();
    config.input_type = CLIPPER_TYPE_UNSTATED;
    assert_int_equal(clipper_container_config_check(&config, error), -1);
    config = complete();
    config.queue = 0;
    assert_int_equal(clipper_container_config_check(&config, error), -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_defaults_are_the_released_ones),
        cmocka_unit_test(every_name_of_an_input_type),
        cmocka_unit_test(good_values_are_taken),
        cmocka_unit_test(bad_values_are_refused_and_change_nothing),
        cmocka_unit_test(a_very_long_bad_value_fits_the_error),
        cmocka_unit_test(the_environment_is_read),
        cmocka_unit_test(a_bad_variable_is_named),
        cmocka_unit_test(what_is_missing_is_named),
        cmocka_unit_test(what_a_program_gets_wrong_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
