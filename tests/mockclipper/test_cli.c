/* Options, their values and suggestions on the command line. */
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/report_files.h"
#include "cli/values.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
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

/* ---- A table of options ------------------------------------------------------------------------------- */

typedef enum fruit {
    APPLE,
    PEAR,
    PLUM
} fruit;

typedef struct basket {
    bool washed;
    const char *label;
    text_list notes;
    uint64_t count;
    size_t slots;
    double weight;
    duration keeps;
    duration ripens;
    fruit best;
    unsigned kinds;
    endpoint shop;
    report_files reports;
    char parsed;
} basket;

static bool parse_letter(void *member, const char *text) {
    if (text[0] == '\0' || text[1] != '\0')
        return false;
    *(char *)member = text[0];
    return true;
}

static const char *const fruits[] = {"apple", "pear", "plum", NULL};

static const cli_option options[] = {
    {"washed", CLI_FLAG, NULL, offsetof(basket, washed), .letter = 'w', .for_repeat = true, .help = "w"},
    {"label", CLI_TEXT, "TEXT", offsetof(basket, label), .letter = 'l', .help = "l"},
    {"note", CLI_TEXTS, "TEXT", offsetof(basket, notes), .help = "n"},
    {.help = "What is in it"},
    {"count", CLI_NUMBER, "N", offsetof(basket, count), .letter = 'c', .least = 1, .most = 9, .standard = "2",
     .for_repeat = true, .help = "c"},
    {"slots", CLI_SIZE, "N", offsetof(basket, slots), .least = 1, .most = 9, .help = "s"},
    {"weight", CLI_DECIMAL, "KG", offsetof(basket, weight), .low = 0.5, .high = 8, .standard = "1",
     .for_repeat = true, .help = "w"},
    {"keeps", CLI_MILLISECONDS, "MS", offsetof(basket, keeps), .standard = "500", .for_repeat = true,
     .help = "k"},
    {"ripens", CLI_SECONDS, "S", offsetof(basket, ripens), .high = 60, .help = "r"},
    {"best", CLI_CHOICE, "FRUIT", offsetof(basket, best), .words = fruits, .standard = "pear",
     .for_repeat = true, .help = "b"},
    {"kind", CLI_CHOICES, "FRUIT", offsetof(basket, kinds), .words = fruits, .help = "k"},
    {"shop", CLI_ENDPOINT, "HOST:PORT", offsetof(basket, shop), .help = "s"},
    {"report", CLI_REPORTS, "F", offsetof(basket, reports), .words = fruits, .help = "r"},
    {"parsed", CLI_PARSED, "C", offsetof(basket, parsed), .parse = parse_letter, .not_parsed = "is no letter",
     .help = "p"},
    {"help", CLI_HELP, .letter = 'h', .help = "this help"},
};

static const cli_command fill = {.name = "fill", .takes_arguments = true, .options = options};

/* Reads LINE, words with a blank between, into *B. True when all were good; *REST are then the arguments. */
static bool read_line(basket *b, const char *line, char ***rest) {
    static char words[400], *argv[30];
    size_t count = 0;
    int status;
    snprintf(words, sizeof words, "fill %s", line);
    for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " "))
        argv[count++] = word;
    argv[count] = NULL;
    *b = (basket){0};
    if (cli_options_read(&fill, argv, b, rest, &status))
        return true;
    assert_int_equal(status, CLI_USAGE);
    return false;
}

static void options_end_at_the_first_argument(void **state) {
    static const char *const lines[] = {"--count=3 -wc4 prog --own", "-wc 4 -- prog --own",
                                        "-w -c4 -- prog --own"};
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        basket b;
        char **rest;
        assert_true(read_line(&b, lines[i], &rest));
        assert_true(b.washed);
        assert_int_equal(b.count, 4);
        assert_string_equal(rest[0], "prog");
        assert_string_equal(rest[1], "--own");
        assert_null(rest[2]);
    }
}

static void every_kind_of_value_is_taken(void **state) {
    static const char line[] =
        "--label x --note=a --note=b --slots=9 --weight=2.5 --keeps=7 --ripens=0.25 --best=plum --kind=apple "
        "--kind=plum --shop=10.0.0.1:80 --report=pear=file --report=plum=- --report apple --parsed=q";
    basket b;
    char **rest;
    (void)state;
    assert_true(read_line(&b, line, &rest));
    assert_null(rest[0]);
    assert_string_equal(b.label, "x");
    assert_int_equal(b.notes.count, 2);
    assert_string_equal(b.notes.texts[1], "b");
    assert_int_equal(b.slots, 9);
    assert_true(b.weight == 2.5);
    assert_true(b.keeps == 7 * MILLISECOND && b.ripens == 250 * MILLISECOND);
    assert_int_equal(b.best, PLUM);
    assert_int_equal(b.kinds, 1 << APPLE | 1 << PLUM);
    assert_string_equal(b.shop.address, "10.0.0.1");
    assert_int_equal(b.shop.port, 80);
    assert_int_equal(b.reports.count, 3);
    assert_int_equal(b.reports.all[0].format, PEAR);
    assert_string_equal(b.reports.all[0].path, "file");
    assert_null(b.reports.all[1].path);
    assert_null(b.reports.all[2].path);
    assert_int_equal(b.parsed, 'q');
    cli_options_free(&fill, &b);
}

static void an_endpoint_is_written_as_people_do(void **state) {
    static const struct {
        const char *line, *address;
        unsigned port;
    } cases[] = {{"--shop localhost:80", "127.0.0.1", 80},
                 {"--shop *:80", "0.0.0.0", 80},
                 {"--shop [::1]:80", "::1", 80},
                 {"--shop [::]:0", "::", 0},
                 {"--shop 7000", "127.0.0.1", 7000}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        basket b;
        char **rest;
        assert_true(read_line(&b, cases[i].line, &rest));
        assert_string_equal(b.shop.address, cases[i].address);
        assert_int_equal(b.shop.port, cases[i].port);
        cli_options_free(&fill, &b);
    }
}

static void what_is_no_value_is_refused(void **state) {
    static const char words[] =
        "--count=0 --count=10 --count= --slots=-1 --weight=0.4 --weight=9 --weight=2kg --weight=nan "
        "--keeps=0 --keeps=86400001 --keeps=1.5 --ripens=61 --ripens= --best=fig --best= --kind=ap "
        "--shop=host:80 --shop=::1 --shop=::1:80 --shop=[::1] --shop=[*]:80 --shop=[1.2.3.4]:80 --shop=[]:80 "
        "--shop= "
        "--shop=:80 --shop=localhost --shop=1.2.3.4 --shop=1.2.3.4:65536 --shop=1.2.3.4:80x "
        "--report=fig=file --report==f "
        "--parsed=qq --washed=yes --help=xml --wash=1 --we --nothing -x -c --label";
    (void)state;
    for (const char *word = words; *word != '\0'; word += strcspn(word, " "), word += *word == ' ') {
        char line[40];
        basket b;
        char **rest;
        snprintf(line, sizeof line, "%.*s", (int)strcspn(word, " "), word);
        assert_false(read_line(&b, line, &rest));
        cli_options_free(&fill, &b);
    }
}

static void defaults_come_from_the_table(void **state) {
    basket b;
    char **rest;
    (void)state;
    assert_true(read_line(&b, "", &rest));
    assert_int_equal(b.count, 2);
    assert_true(b.weight == 1 && b.keeps == 500 * MILLISECOND);
    assert_int_equal(b.best, PEAR);
    assert_null(b.shop.address);
    assert_false(b.washed);
}

static void what_differs_from_the_defaults_can_be_repeated(void **state) {
    basket b;
    char **rest, *text;
    (void)state;
    assert_true(read_line(&b, "-w --count=2 --slots=3 --weight=2.5 --keeps=7 --best=apple", &rest));
    text = cli_options_to_repeat(&fill, &b);
    assert_string_equal(text, " --washed --weight 2.5 --keeps 7 --best apple");
    free(text);
    assert_true(read_line(&b, "", &rest));
    text = cli_options_to_repeat(&fill, &b);
    assert_string_equal(text, "");
    free(text);
}

static void a_long_option_may_be_shortened_as_far_as_it_is_one_alone(void **state) {
    static const char *const lines[] = {"--cou=3", "--co=3", "--c=3"};
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        basket b;
        char **rest;
        assert_true(read_line(&b, lines[i], &rest));
        assert_int_equal(b.count, 3);
    }
}

/* ---- Colour ------------------------------------------------------------------------------------------- */

static void colour_is_asked_for_or_seen(void **state) {
    FILE *file = tmpfile();
    (void)state;
    assert_non_null(file);
    assert_string_equal(cli_color_words[CLI_COLOR_AUTO], "auto");
    assert_string_equal(cli_color_words[CLI_COLOR_ALWAYS], "always");
    assert_string_equal(cli_color_words[CLI_COLOR_NEVER], "never");
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
        cmocka_unit_test(every_kind_of_value_is_taken),
        cmocka_unit_test(an_endpoint_is_written_as_people_do),
        cmocka_unit_test(what_is_no_value_is_refused),
        cmocka_unit_test(defaults_come_from_the_table),
        cmocka_unit_test(what_differs_from_the_defaults_can_be_repeated),
        cmocka_unit_test(a_long_option_may_be_shortened_as_far_as_it_is_one_alone),
        cmocka_unit_test(colour_is_asked_for_or_seen),
        cmocka_unit_test(a_terminal_has_colour_unless_told_otherwise),
    };
    return cmocka_run_group_tests_name("cli", tests, NULL, NULL);
}
