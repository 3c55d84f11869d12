/* Hex digits, UTF-8, and JSON as it is written. */
#include "base/hex.h"
#include "base/json_out.h"
#include "base/text.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>

/* ---- Hex ---------------------------------------------------------------------------------------------- */

static void hex_of_every_byte_comes_back(void **state) {
    (void)state;
    for (unsigned value = 0; value < 256; value++) {
        uint8_t byte = (uint8_t)value, back = (uint8_t)~value;
        char text[2], expected[3];
        size_t bad;
        hex_encode(&byte, 1, text);
        snprintf(expected, sizeof expected, "%02x", value);
        assert_memory_equal(text, expected, 2);
        assert_true(hex_decode(text, 2, &back, &bad));
        assert_int_equal(back, byte);
        snprintf(expected, sizeof expected, "%02X", value);
        assert_true(hex_decode(expected, 2, &back, &bad));
        assert_int_equal(back, byte);
    }
}

static void hex_of_nothing_is_nothing(void **state) {
    size_t bad;
    (void)state;
    hex_encode(NULL, 0, NULL);
    assert_true(hex_decode("", 0, NULL, &bad));
}

static void only_digits_are_digits(void **state) {
    (void)state;
    for (unsigned value = 0; value < 256; value++) {
        char first[2] = {(char)value, '0'}, second[2] = {'0', (char)value};
        const char *place = strchr("0123456789abcdefABCDEF", (int)value);
        bool digit = value != 0 && place != NULL;
        uint8_t byte;
        size_t bad = 9;
        assert_int_equal(hex_decode(first, 2, &byte, &bad), digit);
        assert_int_equal(bad, digit ? 9 : 0);
        bad = 9;
        assert_int_equal(hex_decode(second, 2, &byte, &bad), digit);
        assert_int_equal(bad, digit ? 9 : 1);
    }
}

static void the_first_bad_character_is_told(void **state) {
    static const struct {
        const char *text;
        size_t bad;
    } cases[] = {{"0", 1}, {"g", 0}, {"123", 3}, {"12x", 2}, {"1234zz", 4}, {"1 34", 1}, {"12345", 5}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t bytes[4];
        size_t bad = 99;
        assert_false(hex_decode(cases[i].text, strlen(cases[i].text), bytes, &bad));
        assert_int_equal(bad, cases[i].bad);
    }
}

/* ---- UTF-8 -------------------------------------------------------------------------------------------- */

/* UTF-8 as its definition has it: the only encoding of a code point that is no surrogate. */
static size_t encode_point(uint32_t point, uint8_t bytes[4]) {
    if (point < 0x80) {
        bytes[0] = (uint8_t)point;
        return 1;
    }
    if (point < 0x800) {
        bytes[0] = (uint8_t)(0xc0 | point >> 6);
        bytes[1] = (uint8_t)(0x80 | (point & 0x3f));
        return 2;
    }
    if (point < 0x10000) {
        bytes[0] = (uint8_t)(0xe0 | point >> 12);
        bytes[1] = (uint8_t)(0x80 | (point >> 6 & 0x3f));
        bytes[2] = (uint8_t)(0x80 | (point & 0x3f));
        return 3;
    }
    bytes[0] = (uint8_t)(0xf0 | point >> 18);
    bytes[1] = (uint8_t)(0x80 | (point >> 12 & 0x3f));
    bytes[2] = (uint8_t)(0x80 | (point >> 6 & 0x3f));
    bytes[3] = (uint8_t)(0x80 | (point & 0x3f));
    return 4;
}

static void every_code_point_is_a_character_but_surrogates(void **state) {
    (void)state;
    for (uint32_t point = 0; point < 0x110000; point++) {
        uint8_t bytes[4];
        size_t len = encode_point(point, bytes);
        bool surrogate = point >= 0xd800 && point < 0xe000;
        assert_int_equal(utf8_character(bytes, len), surrogate ? 0 : len);
        assert_int_equal(utf8_character(bytes, len - 1), 0);
    }
}

/* Every sequence of one to three bytes that is a character is the encoding of a code point: as many as there
 * are code points of that length, each byte string counted once. */
static void nothing_else_is_a_character(void **state) {
    size_t found[4] = {0};
    (void)state;
    for (uint32_t sequence = 0; sequence < 0x1000000; sequence++) {
        uint8_t bytes[3] = {(uint8_t)(sequence >> 16), (uint8_t)(sequence >> 8), (uint8_t)sequence};
        size_t len = utf8_character(bytes, 3);
        assert_true(len <= 3);
        found[len]++;
    }
    /* what comes after a character is not looked at */
    assert_int_equal(found[1], (size_t)0x80 << 16);
    assert_int_equal(found[2], (size_t)(0x800 - 0x80) << 8);
    assert_int_equal(found[3], 0x10000 - 0x800 - 0x800);
}

static void four_bytes_end_at_10ffff(void **state) {
    (void)state;
    assert_int_equal(utf8_character("\xf0\x90\x80\x80", 4), 4);
    assert_int_equal(utf8_character("\xf0\x8f\xbf\xbf", 4), 0); /* overlong */
    assert_int_equal(utf8_character("\xf4\x8f\xbf\xbf", 4), 4);
    assert_int_equal(utf8_character("\xf4\x90\x80\x80", 4), 0);
    assert_int_equal(utf8_character("\xf5\x80\x80\x80", 4), 0);
    assert_int_equal(utf8_character("\xf1\x80\x80\x7f", 4), 0);
    assert_int_equal(utf8_character("\xf1\x80\xc0\x80", 4), 0);
    assert_int_equal(utf8_character("\xf8\x88\x80\x80\x80", 5), 0);
    assert_int_equal(utf8_character("", 0), 0);
}

static void text_is_valid_as_a_whole(void **state) {
    (void)state;
    assert_true(utf8_is_valid(NULL, 0));
    assert_true(utf8_is_valid("a\0b", 3));
    assert_true(utf8_is_valid("gr\xc3\xb6\xc3\x9f"
                              "e",
                              7));
    assert_false(utf8_is_valid("gr\xc3\xb6\xc3", 5));
    assert_false(utf8_is_valid("\xff", 1));
    assert_false(utf8_is_valid("ab\x80", 3));
}

/* ---- Formats ------------------------------------------------------------------------------------------ */

static void every_format_holds_any_text_in_its_own_way(void **state) {
    /* Markup, a line feed, the four kinds of control characters, a noncharacter, and bytes that are not UTF-8. */
    static const char text[] = "<a> &\"\\#\n\t\x1b\x7f\xc2\x9b\xe2\x80\xa8|\xef\xbf\xbf\xc3\xb6\xff\xc3";
    static const char *const expected[] = {
        [TEXT_PLAIN] = "<a> &\"\\#\n\t\\x1b\\x7f\\xc2\\x9b\\xe2\\x80\\xa8|\\xef\\xbf\\xbf\xc3\xb6\\xff\\xc3",
        [TEXT_JSON] = "<a> &\\\"\\\\#\\n\\t\\u001b\\u007f\\u009b\\u2028|\\uffff\xc3\xb6\\ufffd\\ufffd",
        [TEXT_JSON_IN_HTML] =
            "\\u003ca> &\"\\#\n\\u0009\\u001b\\u007f\\u009b\\u2028|\\uffff\xc3\xb6\\ufffd\\ufffd",
        [TEXT_XML] = "&lt;a&gt; &amp;&quot;\\#\n\t|\xc3\xb6\xef\xbf\xbd\xef\xbf\xbd",
        [TEXT_MARKDOWN] = "&lt;a\\> &amp;\"\\\\\\#      \\| \xc3\xb6\xef\xbf\xbd\xef\xbf\xbd",
        [TEXT_TAP] = "<a> &\"\\\\\\#      | \xc3\xb6\xef\xbf\xbd\xef\xbf\xbd",
    };
    (void)state;
    for (int format = 0; format < TEXT_FORMAT_COUNT; format++) {
        char *written = NULL;
        size_t len = 0;
        FILE *out = open_memstream(&written, &len);
        text_write_string(out, (text_format)format, text);
        text_write(out, (text_format)format, "\0", 1); /* a control character, too */
        fclose(out);
        assert_memory_equal(written, expected[format], strlen(expected[format]));
        assert_null(memchr(written, '\0', len));
        free(written);
    }
}

/* ---- JSON --------------------------------------------------------------------------------------------- */

static void assert_text(const json_out *out, const char *expected) {
    assert_int_equal(out->len, strlen(expected));
    assert_memory_equal(out->data, expected, out->len);
}

static void commas_come_by_themselves(void **state) {
    json_out out = {0};
    (void)state;
    json_out_open(&out, '{');
    json_out_key(&out, "none");
    json_out_open(&out, '[');
    json_out_close(&out, ']');
    json_out_key(&out, "list");
    json_out_open(&out, '[');
    json_out_number(&out, 0);
    json_out_null(&out);
    json_out_bool(&out, true);
    json_out_bool(&out, false);
    json_out_text(&out, "");
    json_out_text(&out, "{[:,");
    json_out_hex(&out, "\x01\xff", 2);
    json_out_open(&out, '{');
    json_out_close(&out, '}');
    json_out_open(&out, '[');
    json_out_close(&out, ']');
    json_out_close(&out, ']');
    json_out_key(&out, "last");
    json_out_hex(&out, NULL, 0);
    json_out_close(&out, '}');
    json_out_end_line(&out);
    assert_text(&out,
                "{\"none\":[],\"list\":[0,null,true,false,\"\",\"{[:,\",\"01ff\",{},[]],\"last\":\"\"}\n");
    json_out_clear(&out);
    json_out_number(&out, 1);
    assert_text(&out, "1");
    json_out_free(&out);
}

static void numbers_are_exact(void **state) {
    static const struct {
        uint64_t number;
        const char *text;
    } cases[] = {{0, "0"},
                 {4294967296u, "4294967296"},
                 {UINT64_C(9007199254740993), "9007199254740993"},
                 {UINT64_C(9223372036854775807), "9223372036854775807"},
                 {UINT64_C(9223372036854775808), "9223372036854775808"},
                 {UINT64_MAX, "18446744073709551615"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_out out = {0};
        json_out_number(&out, cases[i].number);
        assert_text(&out, cases[i].text);
        json_out_free(&out);
    }
}

static void decimals_have_three_places(void **state) {
    static const struct {
        double number;
        const char *text;
    } cases[] = {{0, "0.000"},      {1.5, "1.500"},      {0.0078125, "0.008"}, {1e15, "1000000000000000.000"},
                 {-2.25, "-2.250"}, {INFINITY, "0.000"}, {NAN, "0.000"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_out out = {0};
        json_out_open(&out, '[');
        json_out_decimal(&out, cases[i].number);
        json_out_bool(&out, true); /* with a comma before it */
        assert_int_equal(memcmp(out.data + 1, cases[i].text, strlen(cases[i].text)), 0);
        assert_int_equal(out.len, strlen(cases[i].text) + sizeof "[,true" - 1);
        json_out_free(&out);
    }
}

static void what_must_be_escaped_is(void **state) {
    static const struct {
        const char *bytes;
        const char *text;
    } cases[] = {
        {"a\"b\\c/d", "\"a\\\"b\\\\c/d\""},
        {"\b\f\n\r\t\x01\x1f\x7f ", "\"\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f \""},
        /* NEXT LINE, the last C1 control, and a no-break space, which is none */
        {"\xc2\x85\xc2\x9f\xc2\xa0", "\"\\u0085\\u009f\xc2\xa0\""},
        /* the line and paragraph separators between their neighbours */
        {"\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa", "\"\xe2\x80\xa7\\u2028\\u2029\xe2\x80\xaa\""},
        {"\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\""},
        /* not UTF-8: one replacement for each byte that begins no character */
        {"a\xff\xe2\x80z", "\"a\\ufffd\\ufffd\\ufffdz\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_out out = {0};
        json_out_text(&out, cases[i].bytes);
        assert_text(&out, cases[i].text);
        json_out_free(&out);
    }
}

/* An independent reader must find the same bytes again, for every code point, and only one line. */
static void every_string_is_read_back(void **state) {
    json_out out = {0};
    (void)state;
    for (uint32_t point = 0; point < 0x110000; point += point < 0x3000 ? 1 : 257) {
        uint8_t bytes[8] = "<";
        size_t len;
        json_t *string;
        if (point >= 0xd800 && point < 0xe000)
            continue;
        len = 1 + encode_point(point, bytes + 1);
        bytes[len++] = '>';
        json_out_clear(&out);
        json_out_string(&out, bytes, len);
        assert_null(memchr(out.data, '\n', out.len));
        string = json_loadb(out.data, out.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        assert_non_null(string);
        assert_int_equal(json_string_length(string), len);
        assert_memory_equal(json_string_value(string), bytes, len);
        json_decref(string);
    }
    json_out_free(&out);
}

static void text_grows_as_it_must(void **state) {
    const size_t len = (size_t)3 << 20;
    uint8_t *bytes = malloc(len);
    json_out out = {0};
    (void)state;
    assert_non_null(bytes);
    memset(bytes, 0xa5, len);
    json_out_open(&out, '[');
    for (unsigned i = 0; i < 1000; i++)
        json_out_number(&out, i);
    json_out_hex(&out, bytes, len);
    assert_memory_equal(out.data, "[0,1,2,", 7);
    assert_memory_equal(out.data + out.len - 5, "a5a5\"", 5);
    json_out_clear(&out);
    assert_null(out.data); /* so much is not kept */
    json_out_free(&out);
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hex_of_every_byte_comes_back),
        cmocka_unit_test(hex_of_nothing_is_nothing),
        cmocka_unit_test(only_digits_are_digits),
        cmocka_unit_test(the_first_bad_character_is_told),
        cmocka_unit_test(every_code_point_is_a_character_but_surrogates),
        cmocka_unit_test(nothing_else_is_a_character),
        cmocka_unit_test(four_bytes_end_at_10ffff),
        cmocka_unit_test(text_is_valid_as_a_whole),
        cmocka_unit_test(every_format_holds_any_text_in_its_own_way),
        cmocka_unit_test(commas_come_by_themselves),
        cmocka_unit_test(numbers_are_exact),
        cmocka_unit_test(decimals_have_three_places),
        cmocka_unit_test(what_must_be_escaped_is),
        cmocka_unit_test(every_string_is_read_back),
        cmocka_unit_test(text_grows_as_it_must),
    };
    return cmocka_run_group_tests_name("json_text", tests, NULL, NULL);
}
