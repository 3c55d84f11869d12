/* CSV as spreadsheets and programs write it, and the numbers in it. */
#include "base/csv.h"

#include "base/number.h"
#include "base/random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* What the text is, with "|" after each field and "$" after each row; what is wrong, after "!". The caller's to free. */
static char *read_all(const char *text, size_t len, char delimiter) {
    /* An exact block, so that a read beyond it is seen. */
    char *copy = malloc(len != 0 ? len : 1), *out = NULL, field[200];
    size_t out_len;
    FILE *memory = open_memstream(&out, &out_len);
    csv_reader reader;
    csv_result got;
    assert_true(copy != NULL && memory != NULL);
    memcpy(copy, text, len);
    reader = csv_begin(copy, len, delimiter);
    while ((got = csv_next(&reader)) == CSV_ROW) {
        for (size_t i = 0; i < reader.count; i++) {
            fwrite(field, 1, csv_copy(&reader.fields[i], field), memory);
            fputc('|', memory);
        }
        fputc('$', memory);
    }
    if (got == CSV_FAILED)
        fprintf(memory, "!%s", reader.problem);
    assert_int_equal(csv_next(&reader), got); /* and it stays so */
    csv_end(&reader);
    fclose(memory);
    free(copy);
    return out;
}

static void expect(const char *text, size_t len, char delimiter, const char *expected) {
    char *read = read_all(text, len, delimiter);
    assert_string_equal(read, expected);
    free(read);
}

#define EXPECT(text, expected) expect(text, sizeof(text) - 1, ',', expected)

static void rows_end_as_anyone_ends_them(void **state) {
    (void)state;
    EXPECT("", "");
    EXPECT("\n\r\n\r", "");
    EXPECT("a,b\nc,d\n", "a|b|$c|d|$");
    EXPECT("a,b\r\nc,d\r\n", "a|b|$c|d|$");
    EXPECT("a,b\rc,d", "a|b|$c|d|$");
    EXPECT("a\n\nb", "a|$b|$");
    EXPECT(",", "||$");
    EXPECT("a,\n", "a||$");
    EXPECT("\"\"\n", "|$");
    EXPECT("\xef\xbb\xbf"
           "a\n\xef\xbb\xbf",
           "a|$\xef\xbb\xbf|$");
    EXPECT("\xef\xbb\xbf\"a,b\"", "a,b|$");
}

static void quotes_hold_anything(void **state) {
    (void)state;
    EXPECT("\"a,b\",c", "a,b|c|$");
    EXPECT("\"two\nlines\r\nthree\"\nx", "two\nlines\r\nthree|$x|$");
    EXPECT("\"say \"\"x\"\"\"\r\n", "say \"x\"|$");
    EXPECT("\"\"\"\"", "\"|$");
    EXPECT(" a , b", " a | b|$");
}

static void other_delimiters(void **state) {
    (void)state;
    expect("a;b,c", 5, ';', "a|b,c|$");
    expect("a\t\"b\tc\"", 7, '\t', "a|b\tc|$");
    expect("a,b", 3, '\0', "a|b|$");
    expect("say \"a\", b\r\n\"\n", 13, CSV_PLAIN_LINES, "say \"a\", b|$\"|$");
}

static void what_cannot_be_meant_is_refused(void **state) {
    (void)state;
    EXPECT("a\nb,c\"d", "a|$!row 2, column 2: a quote within a field that does not begin with one");
    EXPECT("\"a\" ,b", "!row 1, column 1: something comes after the quote that closes this field");
    EXPECT("a,\"b\"c", "!row 1, column 2: something comes after the quote that closes this field");
    EXPECT("a, \"b\"", "!row 1, column 2: a quote within a field that does not begin with one");
    EXPECT("\"a\nb\"\n\"c\nd",
           "a\nb|$!row 2 (line 3), column 1: the quote that begins this field is never closed");
    EXPECT("\"", "!row 1, column 1: the quote that begins this field is never closed");
    EXPECT("\"\"\"", "!row 1, column 1: the quote that begins this field is never closed");
    EXPECT("\n\na,\0", "!row 3, column 2: a NUL byte, which is no text");
    EXPECT("\"\0\"", "!row 1, column 1: a NUL byte, which is no text");
}

static void other_encodings_are_named(void **state) {
    (void)state;
    EXPECT("\xff\xfe"
           "1\0,\0",
           "!this is UTF-16 (little-endian): save it as UTF-8");
    EXPECT("\xfe\xff\0"
           "1\0,",
           "!this is UTF-16 (big-endian): save it as UTF-8");
    EXPECT("1\0,\0"
           "2\0",
           "!this is UTF-16 (little-endian): save it as UTF-8");
    EXPECT("\0"
           "1\0,\0"
           "2",
           "!this is UTF-16 (big-endian): save it as UTF-8");
    EXPECT("\xff\xfe\0\0"
           "1\0\0\0",
           "!this is UTF-32: save it as UTF-8");
    EXPECT("1\0ab", "!row 1, column 1: a NUL byte, which is no text");
}

static void put_in_memory(void *to, const char *bytes, size_t len) {
    fwrite(bytes, 1, len, to);
}

static void what_is_written_reads_the_same(void **state) {
    static const char *const fields[] = {"",     "a",   "a,b", "\"",          "\"\"",   "a\nb",
                                         "a\rb", " a ", "a;b", "caf\xc3\xa9", "a\"b\"c"};
    char *text = NULL, *read;
    size_t len;
    FILE *memory = open_memstream(&text, &len);
    (void)state;
    assert_non_null(memory);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        fputs(i != 0 ? "," : "", memory);
        csv_write(fields[i], strlen(fields[i]), ',', put_in_memory, memory);
    }
    fclose(memory);
    assert_string_equal(
        text, ",a,\"a,b\",\"\"\"\",\"\"\"\"\"\",\"a\nb\",\"a\rb\", a ,a;b,caf\xc3\xa9,\"a\"\"b\"\"c\"");
    read = read_all(text, len, ',');
    assert_string_equal(read, "|a|a,b|\"|\"\"|a\nb|a\rb| a |a;b|caf\xc3\xa9|a\"b\"c|$");
    free(read);
    free(text);
}

/* LEN characters that matter to CSV, by SOURCE. */
static void fill(char *text, size_t len, random_source *source) {
    static const char characters[] = "\"\"\n\r,;ab ";
    for (size_t i = 0; i < len; i++)
        text[i] = characters[random_below(source, sizeof characters - 1)];
}

static void any_fields_survive_the_way_to_text_and_back(void **state) {
    random_source source = {1};
    (void)state;
    for (int round = 0; round < 20000; round++) {
        char fields[6][10], copy[10], *text = NULL;
        size_t lens[6], text_len, count = 2 + (size_t)random_below(&source, 5);
        FILE *memory = open_memstream(&text, &text_len);
        csv_reader reader;
        for (size_t i = 0; i < count; i++) {
            lens[i] = (size_t)random_below(&source, sizeof *fields);
            fill(fields[i], lens[i], &source);
            fputs(i != 0 ? ";" : "", memory);
            csv_write(fields[i], lens[i], ';', put_in_memory, memory);
        }
        fclose(memory);
        reader = csv_begin(text, text_len, ';');
        assert_int_equal(csv_next(&reader), CSV_ROW);
        assert_int_equal(reader.count, count);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(csv_copy(&reader.fields[i], copy), lens[i]);
            assert_memory_equal(copy, fields[i], lens[i]);
        }
        assert_int_equal(csv_next(&reader), CSV_END);
        csv_end(&reader);
        free(text);
    }
}

/* Whatever it is, it is read to its end, or refused with a reason, and never beyond. */
static void any_text_is_read_or_refused(void **state) {
    random_source source = {2};
    (void)state;
    for (int round = 0; round < 50000; round++) {
        char text[24], *read;
        size_t len = (size_t)random_below(&source, sizeof text);
        fill(text, len, &source);
        if (len != 0 && random_below(&source, 8) == 0)
            text[random_below(&source, len)] = '\0';
        read = read_all(text, len, round % 2 == 0 ? ',' : CSV_PLAIN_LINES);
        assert_true(strchr(read, '!') != NULL || memchr(text, '\0', len) == NULL);
        free(read);
    }
}

/* ---- Numbers ------------------------------------------------------------------------------------------------ */

static void numbers_are_read_or_not(void **state) {
    static const char *const good[] = {"0", "-0", "+1", "1.", ".5", "-1.5E+3", " 7\t", "1e308", "1e-400"},
                             *const bad[] = {"",      " ",    ".",   "-",      "e5",   "1e",  "1e+",
                                             "0x10",  "1_0",  "1,5", "nan(7)", "infi", "1 2", "--1",
                                             "1.2.3", "nano", "0b1", "1f",     "1\n"};
    static const char zeros[] =
        "0.00000000000000000000000000000000000000000000000000000000000000000000000000005";
    double value;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(number_read(good[i], strlen(good[i]), &value), NUMBER_FINE);
        assert_true(value == strtod(good[i], NULL));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (number_read(bad[i], strlen(bad[i]), &value) != NUMBER_NONE)
            fail_msg("'%s' was taken", bad[i]);
    }
    assert_int_equal(number_read(zeros, strlen(zeros), &value), NUMBER_FINE);
    assert_true(value == 5e-77);
    assert_int_equal(number_read("1\0", 2, &value), NUMBER_NONE);
    assert_int_equal(number_read("1234", 2, &value), NUMBER_FINE);
    assert_true(value == 12);
    assert_int_equal(number_read("-1e309", 6, &value), NUMBER_BEYOND);
    assert_int_equal(number_read("-INFinity", 9, &value), NUMBER_FINE);
    assert_true(isinf(value) && value < 0);
}

static void whole_numbers_have_a_range(void **state) {
    int64_t value;
    (void)state;
    assert_int_equal(number_read_whole(" -007 ", 6, -7, 7, &value), NUMBER_FINE);
    assert_int_equal(value, -7);
    assert_int_equal(number_read_whole("8", 1, -7, 7, &value), NUMBER_BEYOND);
    assert_int_equal(number_read_whole("-8", 2, -7, 7, &value), NUMBER_BEYOND);
    assert_int_equal(number_read_whole("9223372036854775808", 19, INT64_MIN, INT64_MAX, &value),
                     NUMBER_BEYOND);
    assert_int_equal(number_read_whole("99999999999999999999999", 23, INT64_MIN, INT64_MAX, &value),
                     NUMBER_BEYOND);
    assert_int_equal(number_read_whole("1.0", 3, 0, 9, &value), NUMBER_NONE);
    assert_int_equal(number_read_whole("99999999999999999999x", 21, 0, 9, &value), NUMBER_NONE);
    assert_int_equal(number_read_whole("-", 1, 0, 9, &value), NUMBER_NONE);
}

static void the_same_number_is_written_in_many_ways(void **state) {
    static const struct {
        const char *a, *b;
        bool same;
    } cases[] = {{"1", "1.0", true},
                 {"1", " 1e0", true},
                 {"0.5", ".50", true},
                 {"0", "-0", true},
                 {"nan", "NaN", true},
                 {"inf", "Infinity", true},
                 {"inf", "-inf", false},
                 {"1", "2", false},
                 {"a", "a", false},
                 {"1", "", false},
                 {"1", "nan", false},
                 {"1", "inf", false},
                 {"9007199254740993", "9007199254740992", false},
                 {"9007199254740993", "9007199254740993", true}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (number_same(cases[i].a, strlen(cases[i].a), cases[i].b, strlen(cases[i].b)) != cases[i].same)
            fail_msg("'%s' and '%s'", cases[i].a, cases[i].b);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_end_as_anyone_ends_them),
        cmocka_unit_test(quotes_hold_anything),
        cmocka_unit_test(other_delimiters),
        cmocka_unit_test(what_cannot_be_meant_is_refused),
        cmocka_unit_test(other_encodings_are_named),
        cmocka_unit_test(what_is_written_reads_the_same),
        cmocka_unit_test(any_fields_survive_the_way_to_text_and_back),
        cmocka_unit_test(any_text_is_read_or_refused),
        cmocka_unit_test(numbers_are_read_or_not),
        cmocka_unit_test(whole_numbers_have_a_range),
        cmocka_unit_test(the_same_number_is_written_in_many_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
