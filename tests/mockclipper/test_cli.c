/* Options, numbers and suggestions on the command line. */
#include "cli/cli.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <fcntl.h>
#include <unistd.h>
#include <cmocka.h>

static void numbers_are_decimal_and_within_range(void **state) {
    static const char *const refused[] = {"",    "-1",
                                          "+1",  " 1",
                                          "1 ",  "0x10",
                                          "1e3", "1.0",
                                          "4",   "21",
                                          "184", "18446744073709551616",
                                          "٣",   "99999999999999999999999"};
    uint64_t value = 77;
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_false(cli_number(refused[i], 5, 20, &value));
        assert_int_equal(value, 77);
    }
    assert_true(cli_number("5", 5, 20, &value) && value == 5);
    assert_true(cli_number("20", 5, 20, &value) && value == 20);
    assert_true(cli_number("0007", 5, 20, &value) && value == 7);
    assert_true(cli_number("18446744073709551615", 0, UINT64_MAX, &value) && value == UINT64_MAX);
    assert_true(cli_number("0", 0, 0, &value) && value == 0);
    assert_false(cli_number("18446744073709551616", 0, UINT64_MAX, &value));
    assert_false(cli_number("18446744073709551620", 0, UINT64_MAX, &value));
}

static void the_nearest_word_is_found(void **state) {
    static const char *const words[] = {"check", "list", "explain", "serve", "decode", "encode"};
    static const struct {
        const char *word, *nearest;
    } cases[] = {
        {"check", "check"},
        {"chekc", "check"},
        {"lists", "list"},
        {"lits", "list"},
        {"explian", "explain"},
        {"exlpian", "explain"},
        {"sevre", "serve"},
        {"decod", "decode"},
        {"encoder", "encode"},
        {"dencode", "decode"}, /* as near as encode, and first */
        {"", NULL},
        {"x", NULL},
        {"fuzz", NULL},
        {"serving", NULL},
        {"decodedecodedecodedecodedecodedecodedecodedecode", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *nearest = cli_nearest(cases[i].word, words, sizeof words / sizeof *words);
        if (cases[i].nearest == NULL)
            assert_null(nearest);
        else
            assert_string_equal(nearest, cases[i].nearest);
    }
}

static void options_end_at_the_first_argument(void **state) {
    static const struct option longs[] = {
        {"jobs", required_argument, NULL, 'j'}, {"verbose", no_argument, NULL, 'v'}, {0}};
    char name[] = "check", jobs[] = "--jobs=3", verbose[] = "-vj4", command[] = "prog", own[] = "--own";
    char *argv[] = {name, jobs, verbose, command, own, NULL};
    (void)state;
    optind = 0;
    assert_int_equal(cli_option("check", 5, argv, "j:v", longs), 'j');
    assert_string_equal(optarg, "3");
    assert_int_equal(cli_option("check", 5, argv, "j:v", longs), 'v');
    assert_int_equal(cli_option("check", 5, argv, "j:v", longs), 'j');
    assert_string_equal(optarg, "4");
    assert_int_equal(cli_option("check", 5, argv, "j:v", longs), -1);
    assert_int_equal(optind, 3);
    assert_false(cli_no_arguments("check", 5, argv));
    assert_true(cli_no_arguments("check", 3, argv));
}

static void colour_is_asked_for_or_seen(void **state) {
    cli_color color = CLI_COLOR_AUTO;
    FILE *file = tmpfile();
    (void)state;
    assert_non_null(file);
    assert_true(cli_parse_color("never", &color) && color == CLI_COLOR_NEVER);
    assert_true(cli_parse_color("always", &color) && color == CLI_COLOR_ALWAYS);
    assert_false(cli_parse_color("sometimes", &color));
    assert_int_equal(color, CLI_COLOR_ALWAYS);
    assert_true(cli_use_color(CLI_COLOR_ALWAYS, file));
    assert_false(cli_use_color(CLI_COLOR_NEVER, file));
    assert_false(cli_use_color(CLI_COLOR_AUTO, file));
    fclose(file);
}

static void a_terminal_has_colour_unless_told_otherwise(void **state) {
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    FILE *terminal;
    (void)state;
    assert_true(master >= 0);
    assert_int_equal(grantpt(master), 0);
    assert_int_equal(unlockpt(master), 0);
    terminal = fopen(ptsname(master), "w");
    assert_non_null(terminal);
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    assert_true(cli_use_color(CLI_COLOR_AUTO, terminal));
    setenv("NO_COLOR", "", 1); /* empty is as good as not there */
    assert_true(cli_use_color(CLI_COLOR_AUTO, terminal));
    setenv("NO_COLOR", "1", 1);
    assert_false(cli_use_color(CLI_COLOR_AUTO, terminal));
    unsetenv("NO_COLOR");
    setenv("TERM", "dumb", 1);
    assert_false(cli_use_color(CLI_COLOR_AUTO, terminal));
    unsetenv("TERM");
    assert_false(cli_use_color(CLI_COLOR_AUTO, terminal));
    fclose(terminal);
    close(master);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_decimal_and_within_range),
        cmocka_unit_test(the_nearest_word_is_found),
        cmocka_unit_test(options_end_at_the_first_argument),
        cmocka_unit_test(colour_is_asked_for_or_seen),
        cmocka_unit_test(a_terminal_has_colour_unless_told_otherwise),
    };
    return cmocka_run_group_tests_name("cli", tests, NULL, NULL);
}
