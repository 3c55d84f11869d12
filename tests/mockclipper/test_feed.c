/* What containers are fed: samples in every format, items that are made up, and what goes not together. */
#include "engine/feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static char folder[] = "/tmp/mockclipper-feed-XXXXXX";

/* Writes a file of the folder, and returns its path, which the caller frees. */
static char *write_file(const char *name, const char *content, size_t len) {
    char *path = malloc(sizeof folder + strlen(name) + 1);
    FILE *file;
    assert_non_null(path);
    sprintf(path, "%s/%s", folder, name);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(content, 1, len, file), len);
    fclose(file);
    return path;
}

static feed *open_feed(const feed_choice *choice, clipper_data_type type) {
    char *problem = NULL;
    feed *opened = feed_new(choice, type, &problem);
    if (opened == NULL)
        fail_msg("%s", problem);
    return opened;
}

/* Expects that CHOICE cannot be read as TYPE, for a reason that has WORDS in it. */
static void refused(const feed_choice *choice, clipper_data_type type, const char *words) {
    char *problem = NULL;
    assert_null(feed_new(choice, type, &problem));
    if (strstr(problem, words) == NULL)
        fail_msg("'%s' is not in '%s'", words, problem);
    free(problem);
}

static void lengths_are_read(void **state) {
    static const char *const bad[] = {"", "0", "3-", "4-3", "1,2", "x", "1-2-3", "100000001"};
    element_range lengths = {0};
    char *text;
    (void)state;
    assert_null(feed_format_elements(&lengths));
    assert_true(feed_parse_elements(&lengths, "64"));
    assert_int_equal(lengths.least, 64);
    assert_int_equal(lengths.most, 64);
    text = feed_format_elements(&lengths);
    assert_string_equal(text, "64");
    free(text);
    assert_true(feed_parse_elements(&lengths, "3-9"));
    assert_int_equal(lengths.most, 9);
    text = feed_format_elements(&lengths);
    assert_string_equal(text, "3-9");
    free(text);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(feed_parse_elements(&lengths, bad[i]));
}

static void made_up_items_have_the_lengths_asked_for(void **state) {
    feed_choice choice = {.elements = {3, 5}};
    feed *fed = open_feed(&choice, CLIPPER_TYPE_FLOATS);
    batch *items = batch_new(CLIPPER_TYPE_FLOATS);
    random_source random = {1};
    size_t next = 0, seen[6] = {0};
    (void)state;
    for (int i = 0; i < 100; i++) {
        feed_add_item(fed, items, &random, &next, 77);
        assert_in_range(items->items[i].len / 4, 3, 5);
        seen[items->items[i].len / 4]++;
    }
    assert_true(seen[3] > 0 && seen[4] > 0 && seen[5] > 0);
    assert_true(feed_keeps_shape(fed));
    choice.any_shape = true;
    assert_false(feed_keeps_shape(fed));
    batch_destroy(&items);
    feed_destroy(&fed);
}

static void without_a_wish_items_are_as_the_sender_likes(void **state) {
    const feed_choice choice = {0};
    feed *fed = open_feed(&choice, CLIPPER_TYPE_INTS);
    batch *items = batch_new(CLIPPER_TYPE_INTS);
    random_source random = {1};
    size_t next = 0;
    (void)state;
    feed_add_item(fed, items, &random, &next, 7);
    feed_add_item(NULL, items, &random, &next, 8);
    assert_int_equal(items->items[0].len, 28);
    assert_int_equal(items->items[1].len, 32);
    assert_false(feed_keeps_shape(fed));
    assert_false(feed_has_slow_item(fed));
    batch_destroy(&items);
    feed_destroy(&fed);
}

/* The items of CHOICE, in turn: each must be the bytes of EXPECTED, and after the last comes the first. */
static void expect_items(const feed_choice *choice, clipper_data_type type, const clipper_frame *expected,
                         size_t count) {
    feed *fed = open_feed(choice, type);
    batch *items = batch_new(type);
    random_source random = {1};
    size_t next = 0;
    for (size_t i = 0; i <= count; i++) {
        feed_add_item(fed, items, &random, &next, 9);
        assert_int_equal(items->items[i].len, expected[i % count].len);
        assert_memory_equal(items->items[i].base, expected[i % count].base, expected[i % count].len);
    }
    assert_true(feed_keeps_shape(fed));
    batch_destroy(&items);
    feed_destroy(&fed);
}

static void samples_come_in_turn_whatever_their_format(void **state) {
    static const clipper_frame two[] = {{"ab", 2}, {"c", 1}}, three[] = {{"ab", 2}, {"c", 1}, {"", 0}};
    static const char csv[] = "97,98,7\n99,9,7\n", json[] = "\"6162\"\n\n  \"63\"\n\"\"\n",
                      decoded[] = "{\"message\":{\"items\":[\"6162\",\"63\"]}}\n{\"items\": [\"\"]}\n";
    char *paths[] = {write_file("a.csv", csv, strlen(csv)), write_file("b.jsonl", json, strlen(json)),
                     write_file("c.txt", json, strlen(json)), write_file("d", decoded, strlen(decoded))};
    feed_choice choice = {.items = paths[0]};
    (void)state;
    assert_true(feed_parse_columns(&choice.form.columns, "1-2"));
    {
        static const clipper_frame fields[] = {{"ab", 2}, {"c\t", 2}};
        expect_items(&choice, CLIPPER_TYPE_BYTES, fields, 2);
    }
    feed_choice_free(&choice);
    for (size_t i = 1; i < 4; i++) {
        choice = (feed_choice){.items = paths[i]};
        expect_items(&choice, CLIPPER_TYPE_BYTES, three, 3);
    }
    for (size_t i = 0; i < 4; i++) {
        unlink(paths[i]);
        free(paths[i]);
    }
    paths[0] = write_file("2", "c", 1);
    paths[1] = write_file("1", "ab", 2);
    paths[2] = write_file(".hidden", "x", 1);
    choice = (feed_choice){.items_dir = folder};
    expect_items(&choice, CLIPPER_TYPE_STRINGS, two, 2);
    refused(&choice, CLIPPER_TYPE_DOUBLES, "1: 2 bytes are no whole number of doubles");
    for (size_t i = 0; i < 3; i++) {
        unlink(paths[i]);
        free(paths[i]);
    }
    refused(&choice, CLIPPER_TYPE_BYTES, "there are no items");
}

static void what_cannot_be_read_is_said(void **state) {
    static const char json[] = "\"00\"\n\"0g\"\n", half[] = "\"000\"\n", number[] = "7\n", broken[] = "{\n";
    char *path;
    feed_choice choice = {.items = "/nonexistent/items"};
    (void)state;
    refused(&choice, CLIPPER_TYPE_BYTES, "/nonexistent/items: No such file");
    choice.items = path = write_file("x.json", json, strlen(json));
    refused(&choice, CLIPPER_TYPE_BYTES, "line 2: this is no string of hex digits");
    free(write_file("x.json", half, strlen(half)));
    refused(&choice, CLIPPER_TYPE_BYTES, "line 1: this is no string of hex digits");
    free(write_file("x.json", number, strlen(number)));
    refused(&choice, CLIPPER_TYPE_BYTES, "line 1: this is no string of hex digits");
    free(write_file("x.json", broken, strlen(broken)));
    refused(&choice, CLIPPER_TYPE_BYTES, "line 1: this is no JSON");
    free(write_file("x.json", json, 5));
    refused(&choice, CLIPPER_TYPE_INTS, "line 1: 1 bytes are no whole number of ints");
    unlink(path);
    free(path);
}

static void slow_items_are_read_likewise(void **state) {
    const feed_choice choice = {.slow_item = "1,2"};
    feed *fed = open_feed(&choice, CLIPPER_TYPE_INTS);
    batch *items = batch_new(CLIPPER_TYPE_INTS);
    (void)state;
    assert_true(feed_has_slow_item(fed));
    feed_add_slow_item(fed, items);
    assert_int_equal(items->count, 1);
    assert_memory_equal(items->items[0].base, "\1\0\0\0\2\0\0\0", 8);
    assert_false(feed_keeps_shape(fed));
    batch_destroy(&items);
    feed_destroy(&fed);
    refused(&(feed_choice){.slow_item = "x"}, CLIPPER_TYPE_INTS, "--slow-item: row 1, column 1");
    refused(&(feed_choice){.slow_item = ""}, CLIPPER_TYPE_INTS, "--slow-item: there are no rows");
    refused(&(feed_choice){.slow_items = "/nonexistent/slow"}, CLIPPER_TYPE_INTS,
            "/nonexistent/slow: No such file");
}

static void what_goes_not_together_is_refused(void **state) {
    range_list list = {0};
    column_list columns = {0}, name = {0};
    (void)state;
    assert_true(range_list_parse(&list, "1"));
    assert_true(column_list_parse(&columns, "1"));
    assert_true(column_list_parse(&name, "age"));
    assert_null(feed_choice_problem(&(feed_choice){0}));
    assert_null(feed_choice_problem(
        &(feed_choice){.items = "a", .form = {.wanted = list, .columns = columns}, .any_shape = true}));
    assert_null(feed_choice_problem(&(feed_choice){.slow_items = "a", .form.columns = columns}));
    assert_null(feed_choice_problem(&(feed_choice){.items = "a", .form = {.columns = name, .header = true}}));
    assert_non_null(feed_choice_problem(&(feed_choice){.items = "a", .form.columns = name}));
    assert_non_null(feed_choice_problem(&(feed_choice){.items = "a", .form.label = name}));
    assert_non_null(feed_choice_problem(
        &(feed_choice){.items = "a", .slow_item = "1", .form = {.columns = name, .header = true}}));
    assert_non_null(feed_choice_problem(&(feed_choice){.form.header = true}));
    assert_non_null(feed_choice_problem(&(feed_choice){.form.ragged = true}));
    assert_non_null(feed_choice_problem(&(feed_choice){.form.delimiter = ';'}));
    assert_non_null(feed_choice_problem(&(feed_choice){.items = "a", .items_dir = "b"}));
    assert_non_null(feed_choice_problem(&(feed_choice){.items = "a", .elements = {1, 1}}));
    assert_non_null(feed_choice_problem(&(feed_choice){.items_dir = "a", .form.wanted = list}));
    assert_non_null(feed_choice_problem(&(feed_choice){.form.columns = columns}));
    assert_non_null(feed_choice_problem(&(feed_choice){.any_shape = true}));
    assert_non_null(feed_choice_problem(&(feed_choice){.slow_items = "a", .slow_item = "b"}));
    range_list_free(&list);
    column_list_free(&columns);
    column_list_free(&name);
}

static void expect_words(const feed_choice *choice, clipper_data_type type, size_t elements,
                         const char *words) {
    feed *fed = open_feed(choice, type);
    char *text = feed_describe(fed, elements);
    assert_string_equal(text, words);
    free(text);
    feed_destroy(&fed);
}

static void the_first_item_is_described(void **state) {
    char *path = write_file("x.csv", "1,2\n", 4), expected[100];
    (void)state;
    expect_words(&(feed_choice){0}, CLIPPER_TYPE_DOUBLES, 1, "an input of 1 double");
    expect_words(&(feed_choice){0}, CLIPPER_TYPE_BYTES, 2, "an input of 2 bytes");
    expect_words(&(feed_choice){0}, CLIPPER_TYPE_STRINGS, 1, "an input of 1 string");
    expect_words(&(feed_choice){.elements = {64, 64}}, CLIPPER_TYPE_INTS, 1, "an input of 64 ints");
    expect_words(&(feed_choice){.elements = {1, 64}}, CLIPPER_TYPE_FLOATS, 1, "an input of 1 to 64 floats");
    snprintf(expected, sizeof expected, "item 1 of %s", path);
    expect_words(&(feed_choice){.items = path}, CLIPPER_TYPE_FLOATS, 1, expected);
    unlink(path);
    free(path);
}

static int make_folder(void **state) {
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state) {
    (void)state;
    return rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_are_read),
        cmocka_unit_test(made_up_items_have_the_lengths_asked_for),
        cmocka_unit_test(without_a_wish_items_are_as_the_sender_likes),
        cmocka_unit_test(samples_come_in_turn_whatever_their_format),
        cmocka_unit_test(what_cannot_be_read_is_said),
        cmocka_unit_test(slow_items_are_read_likewise),
        cmocka_unit_test(what_goes_not_together_is_refused),
        cmocka_unit_test(the_first_item_is_described),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
