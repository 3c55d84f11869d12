/* Rows of a CSV file as items. */
#include "engine/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static char path[] = "/tmp/mockclipper-rows-XXXXXX";

/* Reads TEXT as a file; RANGES may be NULL. */
static rows *read_text(const char *text, clipper_data_type type, const char *wanted, const char *columns,
                       size_t label, char **problem) {
    range_list rows_wanted = {0}, columns_wanted = {0};
    FILE *file = fopen(path, "w");
    rows *result;
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_true(wanted == NULL || range_list_parse(&rows_wanted, wanted));
    assert_true(columns == NULL || range_list_parse(&columns_wanted, columns));
    *problem = NULL;
    result = rows_read(path, type, &rows_wanted, &columns_wanted, label, problem);
    range_list_free(&rows_wanted);
    range_list_free(&columns_wanted);
    assert_true((result == NULL) == (*problem != NULL));
    return result;
}

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

static void numbers_become_elements(void **state) {
    char *problem;
    rows *read = read_text("1,2.5,7\n-3,1e2,8\r\n\n", CLIPPER_TYPE_DOUBLES, NULL, NULL, 3, &problem);
    (void)state;
    assert_int_equal(read->items->count, 2);
    assert_int_equal(clipper_f64_count(read->items->items[0]), 2);
    assert_true(clipper_f64_at(read->items->items[0], 1) == 2.5);
    assert_true(clipper_f64_at(read->items->items[1], 0) == -3);
    assert_true(clipper_f64_at(read->items->items[1], 1) == 100);
    assert_string_equal(read->labels[0], "7");
    assert_string_equal(read->labels[1], "8");
    rows_destroy(&read);
}

static void only_what_is_wanted_is_read(void **state) {
    char *problem;
    rows *read = read_text("1,x,3\n4,x,6\n7,x,9\n", CLIPPER_TYPE_INTS, "2-", "1,3", 0, &problem);
    (void)state;
    assert_int_equal(read->items->count, 2);
    assert_int_equal(clipper_i32_at(read->items->items[0], 0), 4);
    assert_int_equal(clipper_i32_at(read->items->items[1], 1), 9);
    assert_null(read->labels);
    rows_destroy(&read);
}

static void strings_and_bytes(void **state) {
    char *problem;
    rows *read = read_text("a,b\n", CLIPPER_TYPE_STRINGS, NULL, NULL, 0, &problem);
    (void)state;
    assert_int_equal(read->items->items[0].len, 3);
    assert_memory_equal(read->items->items[0].base, "a,b", 3);
    rows_destroy(&read);
    read = read_text("0,255\n", CLIPPER_TYPE_BYTES, NULL, NULL, 0, &problem);
    assert_memory_equal(read->items->items[0].base, "\0\xff", 2);
    rows_destroy(&read);
}

static void what_is_no_element_is_refused(void **state) {
    static const struct {
        const char *text;
        clipper_data_type type;
    } bad[] = {
        {"1,\n", CLIPPER_TYPE_DOUBLES},      {"1,x\n", CLIPPER_TYPE_FLOATS}, {"1.5\n", CLIPPER_TYPE_INTS},
        {"2147483648\n", CLIPPER_TYPE_INTS}, {"256\n", CLIPPER_TYPE_BYTES},  {"-1\n", CLIPPER_TYPE_BYTES},
        {"\n", CLIPPER_TYPE_DOUBLES},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char *problem;
        assert_null(read_text(bad[i].text, bad[i].type, NULL, NULL, 0, &problem));
        free(problem);
    }
}

static void a_row_without_its_label_is_refused(void **state) {
    char *problem;
    (void)state;
    assert_null(read_text("1,2\n3\n", CLIPPER_TYPE_DOUBLES, NULL, NULL, 2, &problem));
    assert_string_equal(problem, "row 2 has no column 2");
    free(problem);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges),
        cmocka_unit_test(numbers_become_elements),
        cmocka_unit_test(only_what_is_wanted_is_read),
        cmocka_unit_test(strings_and_bytes),
        cmocka_unit_test(what_is_no_element_is_refused),
        cmocka_unit_test(a_row_without_its_label_is_refused),
    };
    int descriptor = mkstemp(path), failed;
    if (descriptor < 0)
        return 1;
    close(descriptor);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
