/* Log lines, byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

#include "clipper/log.h"

/* 2017-05-09 12:00:00.123 UTC */
#define NOON UINT64_C(1494331200123)

static void assert_line(const clipper_log_event *event, clipper_log_format format, const char *expected) {
    char line[CLIPPER_LOG_LINE + 1];
    const size_t length = clipper_log_line(event, format, NOON, line);
    line[length] = '\0';
    assert_string_equal(line, expected);
}

static void an_event_without_fields(void **state) {
    const clipper_log_event event = {CLIPPER_LOG_INFO, "stopped", NULL, 0};
    (void)state;
    assert_line(&event, CLIPPER_LOG_TEXT, "2017-05-09T12:00:00.123Z info stopped\n");
    assert_line(&event, CLIPPER_LOG_JSON,
                "{\"time\":\"2017-05-09T12:00:00.123Z\",\"level\":\"info\",\"event\":\"stopped\"}\n");
}

static void texts_and_numbers(void **state) {
    const clipper_log_field fields[] = {{"id", NULL, UINT64_MAX}, {"why", "plain", 0}, {"empty", "", 0}};
    const clipper_log_event event = {CLIPPER_LOG_ERROR, "e", fields, 3};
    (void)state;
    assert_line(&event, CLIPPER_LOG_TEXT,
                "2017-05-09T12:00:00.123Z error e id=18446744073709551615 why=plain empty=\"\"\n");
    assert_line(&event, CLIPPER_LOG_JSON,
                "{\"time\":\"2017-05-09T12:00:00.123Z\",\"level\":\"error\",\"event\":\"e\","
                "\"id\":18446744073709551615,\"why\":\"plain\",\"empty\":\"\"}\n");
}

static void any_bytes_make_one_line(void **state) {
    const clipper_log_field fields[] = {{"t", "a b=\"c\"\\\n\x01\x7f\xc3\xa9\xff", 0}};
    const clipper_log_event event = {CLIPPER_LOG_WARNING, "e", fields, 1};
    (void)state;
    assert_line(&event, CLIPPER_LOG_TEXT,
                "2017-05-09T12:00:00.123Z warning e t=\"a b=\\\"c\\\"\\\\\\x0a\\x01\\x7f\\xc3\\xa9\\xff\"\n");
    assert_line(&event, CLIPPER_LOG_JSON,
                "{\"time\":\"2017-05-09T12:00:00.123Z\",\"level\":\"warning\",\"event\":\"e\","
                "\"t\":\"a b=\\\"c\\\"\\\\\\u000a\\u0001\\u007f\xc3\xa9\xef\xbf\xbd\"}\n");
}

/* In JSON, UTF-8 stays and other bytes become U+FFFD: overlong forms, surrogates, and cut characters too. */
static void json_is_valid_utf8(void **state) {
    static const struct {
        const char *text, *json;
    } cases[] = {
        {"\xc2\x80\xdf\xbf", "\xc2\x80\xdf\xbf"},
        {"\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80", "\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80"},
        {"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"},
        {"\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xe0\x9f\xbf", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xf1", "\xef\xbf\xbd"},
        {"\xf1\x80\x80y", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdy"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const clipper_log_field field = {"t", cases[i].text, 0};
        const clipper_log_event event = {CLIPPER_LOG_INFO, "e", &field, 1};
        char line[CLIPPER_LOG_LINE + 1];
        line[clipper_log_line(&event, CLIPPER_LOG_JSON, NOON, line)] = '\0';
        assert_non_null(strstr(line, cases[i].json));
        assert_string_equal(strstr(line, "\"t\":\"") + 5 + strlen(cases[i].json), "\"}\n");
    }
}

static void what_does_not_fit_is_left_out(void **state) {
    static char long_text[CLIPPER_LOG_LINE], line[CLIPPER_LOG_LINE];
    const clipper_log_field fields[] = {{"before", NULL, 1}, {"long", long_text, 0}, {"after", NULL, 2}};
    const clipper_log_event event = {CLIPPER_LOG_INFO, "e", fields, 3};
    (void)state;
    memset(long_text, 'x', sizeof long_text - 1);
    assert_line(&event, CLIPPER_LOG_TEXT, "2017-05-09T12:00:00.123Z info e before=1 after=2\n");
    assert_line(&event, CLIPPER_LOG_JSON,
                "{\"time\":\"2017-05-09T12:00:00.123Z\",\"level\":\"info\",\"event\":\"e\",\"before\":1,"
                "\"after\":2}\n");
    for (size_t length = CLIPPER_LOG_LINE - 100; length < CLIPPER_LOG_LINE; length++) {
        long_text[length] = '\0';
        assert_true(clipper_log_line(&event, CLIPPER_LOG_JSON, NOON, line) <= sizeof line);
        assert_memory_equal(line + clipper_log_line(&event, CLIPPER_LOG_JSON, NOON, line) - 2, "}\n", 2);
        long_text[length] = 'x';
    }
}

static void levels_have_names(void **state) {
    (void)state;
    assert_string_equal(clipper_log_level_name(CLIPPER_LOG_ERROR), "error");
    assert_string_equal(clipper_log_level_name(CLIPPER_LOG_WARNING), "warning");
    assert_string_equal(clipper_log_level_name(CLIPPER_LOG_INFO), "info");
    assert_string_equal(clipper_log_level_name(CLIPPER_LOG_DEBUG), "debug");
    assert_string_equal(clipper_log_level_name((clipper_log_level)9), "unknown");
}

static void lines_are_written_up_to_the_level(void **state) {
    const clipper_log_event loud = {CLIPPER_LOG_WARNING, "loud", NULL, 0};
    const clipper_log_event quiet = {CLIPPER_LOG_INFO, "quiet", NULL, 0};
    clipper_log_output output = {.descriptor = -1, .level = CLIPPER_LOG_WARNING};
    char text[256];
    ssize_t length;
    int ends[2];
    (void)state;
    clipper_log_write(&output, &loud); /* a log that cannot be written is no reason to stop */
    assert_int_equal(pipe(ends), 0);
    output.descriptor = ends[1];
    clipper_log_write(&output, &quiet);
    clipper_log_write(&output, &loud);
    close(ends[1]);
    length = read(ends[0], text, sizeof text);
    assert_int_equal(length, strlen("2017-05-09T12:00:00.123Z warning loud\n"));
    assert_memory_equal(text + 24, " warning loud\n", 14);
    assert_int_equal(read(ends[0], text, sizeof text), 0);
    close(ends[0]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_without_fields),           cmocka_unit_test(texts_and_numbers),
        cmocka_unit_test(any_bytes_make_one_line),           cmocka_unit_test(json_is_valid_utf8),
        cmocka_unit_test(what_does_not_fit_is_left_out),     cmocka_unit_test(levels_have_names),
        cmocka_unit_test(lines_are_written_up_to_the_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
