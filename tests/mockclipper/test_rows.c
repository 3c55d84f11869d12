/* Rows of a CSV file as items. */
#include "engine/rows.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* Reads LEN bytes with FORM; WANTED, COLUMNS and LABEL, NULL for none, are filled in. */
static rows *read_bytes(const char *text, size_t len, clipper_data_type type, rows_form form,
                        const char *wanted, const char *columns, const char *label, char **problem) {
    rows *result;
    assert_true(wanted == NULL || range_list_parse(&form.wanted, wanted));
    assert_true(columns == NULL || column_list_parse(&form.columns, columns));
    assert_true(label == NULL || column_list_parse(&form.label, label));
    *problem = NULL;
    result = rows_read(text, len, type, &form, problem);
    range_list_free(&form.wanted);
    column_list_free(&form.columns);
    column_list_free(&form.label);
    assert_true((result == NULL) == (*problem != NULL));
    return result;
}

static rows *read_form(const char *text, clipper_data_type type, rows_form form, const char *wanted,
                       const char *columns, const char *label) {
    char *problem;
    rows *result = read_bytes(text, strlen(text), type, form, wanted, columns, label, &problem);
    if (result == NULL)
        fail_msg("%s", problem);
    return result;
}

static rows *read_text(const char *text, clipper_data_type type, const char *wanted, const char *columns,
                       const char *label) {
    return read_form(text, type, (rows_form){0}, wanted, columns, label);
}

/* Expects that the text cannot be read, for a reason that is EXPECTED. */
static void refused_as(const char *text, size_t len, clipper_data_type type, rows_form form,
                       const char *columns, const char *label, const char *expected) {
    char *problem;
    assert_null(read_bytes(text, len, type, form, NULL, columns, label, &problem));
    assert_string_equal(problem, expected);
    free(problem);
}

static void refused(const char *text, clipper_data_type type, const char *columns, const char *label,
                    const char *expected) {
    refused_as(text, strlen(text), type, (rows_form){0}, columns, label, expected);
}

static void expect_text(const rows *read, size_t row, const char *expected) {
    assert_int_equal(read->items->items[row].len, strlen(expected));
    assert_memory_equal(read->items->items[row].base, expected, strlen(expected));
}

/* ---- Which rows and columns --------------------------------------------------------------------------------- */

static void ranges(void **state) {
    static const char *const bad[] = {"", ",", "0", "1-0", "3-2", "1,", "a", "1 ", "-3", "1--2", "1,,2"};
    range_list list = {0};
    (void)state;
    assert_true(range_list_parse(&list, "2-4,7,9-"));
    for (size_t i = 1; i < 20; i++)
        assert_int_equal(range_list_has(&list, i), (i >= 2 && i <= 4) || i == 7 || i >= 9);
    range_list_free(&list);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        range_list none = {0};
        assert_false(range_list_parse(&none, bad[i]));
        range_list_free(&none);
    }
}

static void columns_are_ranges_and_names(void **state) {
    static const char *const bad[] = {"", ",", "0", "3-2", "1,", "-3", "1--2", "1,,2", "a\nb", "a\"b", "\"a"};
    static const char given[] = "3,1-2,7-,age,\"2\",\"a,b\",\"say \"\"x\"\"\"";
    column_list list = {0};
    char *text;
    (void)state;
    assert_null(column_list_format(&list));
    assert_true(column_list_parse(&list, given));
    assert_int_equal(list.count, 7);
    assert_true(column_list_has_names(&list));
    assert_false(column_list_is_one(&list));
    assert_string_equal(list.columns[4].name, "2");
    assert_string_equal(list.columns[6].name, "say \"x\"");
    text = column_list_format(&list);
    assert_string_equal(text, given);
    free(text);
    column_list_free(&list);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (column_list_parse(&list, bad[i]))
            fail_msg("'%s' was taken", bad[i]);
        column_list_free(&list);
    }
    assert_true(column_list_parse(&list, "7") && column_list_is_one(&list) && !column_list_has_names(&list));
    column_list_free(&list);
    assert_true(column_list_parse(&list, "7-8") && !column_list_is_one(&list));
    column_list_free(&list);
}

static void only_what_is_wanted_is_read(void **state) {
    rows *read = read_text("1,x,3\n4,x,6\n\n7,x,9\n", CLIPPER_TYPE_INTS, "2-", "1,3", NULL);
    (void)state;
    assert_int_equal(read->items->count, 2);
    assert_int_equal(clipper_i32_at(read->items->items[0], 0), 4);
    assert_int_equal(clipper_i32_at(read->items->items[1], 1), 9);
    assert_int_equal(read->numbers[0], 2);
    assert_int_equal(read->numbers[1], 4);
    assert_null(read->labels);
    rows_destroy(&read);
}

static void columns_come_in_the_order_asked_for(void **state) {
    rows *read = read_text("1,2,3,4\n", CLIPPER_TYPE_INTS, NULL, "3,1,3-,1", NULL);
    static const int expected[] = {3, 1, 3, 4, 1};
    (void)state;
    assert_int_equal(clipper_i32_count(read->items->items[0]), 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(clipper_i32_at(read->items->items[0], i), expected[i]);
    rows_destroy(&read);
}

static void columns_have_names(void **state) {
    static const char text[] = "\"height\", age ,\"a,b\",2\n1,2,3,7\n4,5,6,8\n";
    const rows_form form = {.header = true};
    rows *read = read_form(text, CLIPPER_TYPE_INTS, form, NULL, "\"a,b\",height", "age");
    (void)state;
    assert_int_equal(read->items->count, 2);
    assert_int_equal(clipper_i32_at(read->items->items[1], 0), 6);
    assert_int_equal(clipper_i32_at(read->items->items[1], 1), 4);
    assert_string_equal(read->labels[1], "5");
    assert_int_equal(read->numbers[1], 3);
    rows_destroy(&read);
    read = read_form(text, CLIPPER_TYPE_INTS, form, NULL, "2,\"2\"", NULL);
    assert_int_equal(clipper_i32_at(read->items->items[0], 0), 2);
    assert_int_equal(clipper_i32_at(read->items->items[0], 1), 7);
    rows_destroy(&read);
    refused_as(text, strlen(text), CLIPPER_TYPE_INTS, form, "weight", NULL,
               "the header has no column 'weight'");
    refused_as("x,y,x\n1,2,3\n", 12, CLIPPER_TYPE_INTS, form, "x", NULL,
               "the header has more than one column 'x'");
    refused_as("x,y\n1\n", 6, CLIPPER_TYPE_INTS, form, "x", NULL,
               "row 2 has 1 column, but row 1 has 2 (--ragged takes such rows)");
    refused_as("", 0, CLIPPER_TYPE_INTS, form, "x", NULL, "there is no header");
    refused_as("x\n", 2, CLIPPER_TYPE_INTS, form, "x", NULL, "there are no rows");
    refused_as("x\"\n", 3, CLIPPER_TYPE_INTS, form, "x", NULL,
               "row 1, column 1: a quote within a field that does not begin with one");
}

static void a_row_has_the_columns_asked_for(void **state) {
    (void)state;
    refused("1,2\n3\n", CLIPPER_TYPE_DOUBLES, NULL, "2", "row 2 has no column 2");
    refused("1,2,3\n4,5,6\n", CLIPPER_TYPE_DOUBLES, "9", NULL, "row 1 has no column 9");
    refused("1,2,3\n", CLIPPER_TYPE_DOUBLES, "9-", NULL, "row 1 has no column 9");
    refused("1,2,3\n", CLIPPER_TYPE_DOUBLES, "2-4", NULL, "row 1 has no column 4");
    refused("1,2,3\n", CLIPPER_TYPE_DOUBLES, "2-18446744073709551614", NULL, "row 1 has no column 4");
    refused("1,2,3\n1,2\n", CLIPPER_TYPE_DOUBLES, "2-3", NULL, "row 2 has no column 3");
    refused("1\n", CLIPPER_TYPE_DOUBLES, NULL, "1", "row 1 has no column but that of the label");
    refused_as("1,2,3\n1,2\n", 10, CLIPPER_TYPE_DOUBLES, (rows_form){.ragged = true}, "3", NULL,
               "row 2 has no column 3");
}

static void ragged_rows_are_refused_unless_asked_for(void **state) {
    static const char text[] = "1,2\n\"3\",\n4\n";
    rows *read;
    (void)state;
    refused("1,2\n3\n", CLIPPER_TYPE_DOUBLES, NULL, NULL,
            "row 2 has 1 column, but row 1 has 2 (--ragged takes such rows)");
    refused("1,2\n3,4,5\n", CLIPPER_TYPE_DOUBLES, "1", NULL,
            "row 2 has 3 columns, but row 1 has 2 (--ragged takes such rows)");
    refused("a\nHello, world\n", CLIPPER_TYPE_STRINGS, NULL, NULL,
            "row 2 has 2 columns, but row 1 has 1 (--ragged takes such rows)");
    read = read_form("1,2\n3\n4,5,6\n", CLIPPER_TYPE_DOUBLES, (rows_form){.ragged = true}, NULL, NULL, NULL);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(clipper_f64_count(read->items->items[i]), i == 0 ? 2 : i == 1 ? 1 : 3);
    rows_destroy(&read);
    /* What is not read need not fit: a title above the table. */
    read = read_text("a title\n1,2\n", CLIPPER_TYPE_DOUBLES, "2-", NULL, NULL);
    rows_destroy(&read);
    refused(text, CLIPPER_TYPE_DOUBLES, NULL, NULL, "row 2, column 2: '' is no element of doubles");
}

/* ---- What fields become ------------------------------------------------------------------------------------- */

static void numbers_become_elements(void **state) {
    rows *read = read_text("1,2.5,7\n-3,1e2,8\r\n\n", CLIPPER_TYPE_DOUBLES, NULL, NULL, "3");
    (void)state;
    assert_int_equal(read->items->count, 2);
    assert_int_equal(clipper_f64_count(read->items->items[0]), 2);
    assert_true(clipper_f64_at(read->items->items[0], 1) == 2.5);
    assert_true(clipper_f64_at(read->items->items[1], 0) == -3);
    assert_true(clipper_f64_at(read->items->items[1], 1) == 100);
    assert_string_equal(read->labels[0], "7");
    assert_string_equal(read->labels[1], "8");
    rows_destroy(&read);
    read = read_text(" 1,2 ,\"3\",\" 4\t\"\n", CLIPPER_TYPE_FLOATS, NULL, NULL, NULL);
    for (size_t i = 0; i < 4; i++)
        assert_true(clipper_f32_at(read->items->items[0], i) == (float)(i + 1));
    rows_destroy(&read);
}

static void what_is_no_number_at_all_is_taken_by_name(void **state) {
    rows *read = read_text("nan,inf,-Infinity\n", CLIPPER_TYPE_FLOATS, NULL, NULL, NULL);
    (void)state;
    assert_true(isnan(clipper_f32_at(read->items->items[0], 0)));
    assert_true(isinf(clipper_f32_at(read->items->items[0], 1)));
    assert_true(clipper_f32_at(read->items->items[0], 2) < 0);
    rows_destroy(&read);
}

static void strings_and_bytes(void **state) {
    rows *read = read_text("a,b\n", CLIPPER_TYPE_STRINGS, NULL, NULL, NULL);
    (void)state;
    expect_text(read, 0, "a,b");
    rows_destroy(&read);
    read = read_text("0,255\n", CLIPPER_TYPE_BYTES, NULL, NULL, NULL);
    assert_memory_equal(read->items->items[0].base, "\0\xff", 2);
    rows_destroy(&read);
}

static void strings_are_never_altered(void **state) {
    static const char text[] = "\"a,b\",c \n\"two\nlines\",\n\"say \"\"x\"\"\",d\n";
    rows *read = read_text(text, CLIPPER_TYPE_STRINGS, NULL, "1", NULL);
    (void)state;
    expect_text(read, 0, "a,b");
    expect_text(read, 1, "two\nlines");
    expect_text(read, 2, "say \"x\"");
    assert_int_equal(read->numbers[2], 3);
    rows_destroy(&read);
    /* Several columns are a row again, and can be told apart. */
    read = read_text(text, CLIPPER_TYPE_STRINGS, NULL, NULL, NULL);
    expect_text(read, 0, "\"a,b\",c ");
    expect_text(read, 1, "\"two\nlines\",");
    expect_text(read, 2, "\"say \"\"x\"\"\",d");
    rows_destroy(&read);
    read = read_form("a;\"b;c\"\n", CLIPPER_TYPE_STRINGS, (rows_form){.delimiter = ';'}, NULL, "2,1", NULL);
    expect_text(read, 0, "\"b;c\";a");
    rows_destroy(&read);
    read = read_form("He said \"no, no\"\n", CLIPPER_TYPE_STRINGS, (rows_form){.delimiter = CSV_PLAIN_LINES},
                     NULL, NULL, NULL);
    expect_text(read, 0, "He said \"no, no\"");
    rows_destroy(&read);
}

static void what_is_no_element_is_refused(void **state) {
    static const struct {
        const char *text;
        clipper_data_type type;
        const char *what;
    } bad[] = {
        {"1,\n", CLIPPER_TYPE_DOUBLES, "row 1, column 2: '' is no element of doubles"},
        {"1,x\n", CLIPPER_TYPE_FLOATS, "row 1, column 2: 'x' is no element of floats"},
        {"1.5\n", CLIPPER_TYPE_INTS, "row 1, column 1: '1.5' is no element of ints"},
        {"2147483648\n", CLIPPER_TYPE_INTS, "row 1, column 1: '2147483648' is beyond the range of ints"},
        {"-2147483649\n", CLIPPER_TYPE_INTS, "row 1, column 1: '-2147483649' is beyond the range of ints"},
        {"99999999999999999999\n", CLIPPER_TYPE_INTS,
         "row 1, column 1: '99999999999999999999' is beyond the range of ints"},
        {"256\n", CLIPPER_TYPE_BYTES, "row 1, column 1: '256' is beyond the range of bytes"},
        {"-1\n", CLIPPER_TYPE_BYTES, "row 1, column 1: '-1' is beyond the range of bytes"},
        {"1e400\n", CLIPPER_TYPE_DOUBLES, "row 1, column 1: '1e400' is beyond the range of doubles"},
        {"-1e400\n", CLIPPER_TYPE_FLOATS, "row 1, column 1: '-1e400' is beyond the range of floats"},
        {"1e39\n", CLIPPER_TYPE_FLOATS, "row 1, column 1: '1e39' is beyond the range of floats"},
        {"0x10\n", CLIPPER_TYPE_DOUBLES, "row 1, column 1: '0x10' is no element of doubles"},
        {"0x10\n", CLIPPER_TYPE_INTS, "row 1, column 1: '0x10' is no element of ints"},
        {"nan(7)\n", CLIPPER_TYPE_DOUBLES, "row 1, column 1: 'nan(7)' is no element of doubles"},
        {"1e\n", CLIPPER_TYPE_DOUBLES, "row 1, column 1: '1e' is no element of doubles"},
        {".\n", CLIPPER_TYPE_DOUBLES, "row 1, column 1: '.' is no element of doubles"},
        {"1 2\n", CLIPPER_TYPE_DOUBLES, "row 1, column 1: '1 2' is no element of doubles"},
        {"+\n", CLIPPER_TYPE_BYTES, "row 1, column 1: '+' is no element of bytes"},
        {"1\n\x1b[2J\n", CLIPPER_TYPE_DOUBLES, "row 2, column 1: '\\x1b[2J' is no element of doubles"},
        {"1\n0123456789012345678901234567890123456789x\n", CLIPPER_TYPE_DOUBLES,
         "row 2, column 1: '0123456789012345678901234567890123456789...' is no element of doubles"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char expected[200];
        /* What begins as a name does may be a header. */
        bool name = strstr(bad[i].what, "'x") != NULL || strstr(bad[i].what, "'nan") != NULL;
        snprintf(expected, sizeof expected, "%s%s", bad[i].what,
                 name ? "; if the first row has names, say --header" : "");
        refused(bad[i].text, bad[i].type, NULL, NULL, expected);
    }
    refused("\n", CLIPPER_TYPE_DOUBLES, NULL, NULL, "there are no rows");
    refused("", CLIPPER_TYPE_DOUBLES, NULL, NULL, "there are no rows");
}

static void a_place_is_a_row_and_where_it_differs_a_line(void **state) {
    (void)state;
    refused("\"a\nb\",1\nc,x\n", CLIPPER_TYPE_INTS, "2", NULL,
            "row 2 (line 3), column 2: 'x' is no element of ints");
    refused_as("1\0junk,2\n", 9, CLIPPER_TYPE_DOUBLES, (rows_form){0}, NULL, NULL,
               "row 1, column 1: a NUL byte, which is no text");
    refused_as("x\0junk\n", 7, CLIPPER_TYPE_STRINGS, (rows_form){.delimiter = CSV_PLAIN_LINES}, NULL, NULL,
               "row 1, column 1: a NUL byte, which is no text");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges),
        cmocka_unit_test(columns_are_ranges_and_names),
        cmocka_unit_test(only_what_is_wanted_is_read),
        cmocka_unit_test(columns_come_in_the_order_asked_for),
        cmocka_unit_test(columns_have_names),
        cmocka_unit_test(a_row_has_the_columns_asked_for),
        cmocka_unit_test(ragged_rows_are_refused_unless_asked_for),
        cmocka_unit_test(numbers_become_elements),
        cmocka_unit_test(what_is_no_number_at_all_is_taken_by_name),
        cmocka_unit_test(strings_and_bytes),
        cmocka_unit_test(strings_are_never_altered),
        cmocka_unit_test(what_is_no_element_is_refused),
        cmocka_unit_test(a_place_is_a_row_and_where_it_differs_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
