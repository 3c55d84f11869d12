#include "cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- Messages ----------------------------------------------------------------------------------------- */

static void print_name(const char *command) {
    if (command != NULL)
        fprintf(stderr, "mockclipper %s: ", command);
    else
        fputs("mockclipper: ", stderr);
}

__attribute__((format(printf, 2, 0))) static void print_line(const char *command, const char *format,
                                                             va_list arguments) {
    print_name(command);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

int cli_usage_error(const char *command, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    print_line(command, format, arguments);
    va_end(arguments);
    if (command != NULL)
        fprintf(stderr, "Try 'mockclipper %s --help'.\n", command);
    else
        fputs("Try 'mockclipper --help'.\n", stderr);
    return CLI_USAGE;
}

int cli_host_error(const char *command, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    print_line(command, format, arguments);
    va_end(arguments);
    return CLI_HOST;
}

void cli_note(const char *command, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    print_line(command, format, arguments);
    va_end(arguments);
}

int cli_print_help(const char *help) {
    fputs(help, stdout);
    return cli_finish_output(NULL, CLI_OK);
}

int cli_finish_output(const char *command, int status) {
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    return cli_host_error(command, "cannot write the output: %s",
                          errno != 0 ? strerror(errno) : "an earlier write failed");
}

/* ---- Options ------------------------------------------------------------------------------------------ */

/* Longer words are not compared: nothing of ours is that long. */
#define LONGEST_WORD 40

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* How many letters must be put in, taken out, exchanged or swapped with their neighbour to make B of A. */
static size_t edit_distance(const char *a, const char *b) {
    size_t rows[3][LONGEST_WORD + 1]; /* the distances of the last three prefixes of A to all prefixes of B */
    size_t n = strlen(a), m = strlen(b);
    if (n > LONGEST_WORD || m > LONGEST_WORD)
        return SIZE_MAX;
    for (size_t j = 0; j <= m; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            row[j] = least(least(row[j - 1], above[j]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], above2[j - 2] + 1);
        }
    }
    return rows[n % 3][m];
}

const char *cli_nearest(const char *word, const char *const *candidates, size_t count) {
    const char *nearest = NULL;
    size_t smallest = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        size_t distance = edit_distance(word, candidates[i]);
        if (distance < smallest) {
            smallest = distance;
            nearest = candidates[i];
        }
    }
    /* A word of which half must change is another word. */
    return nearest != NULL && smallest <= (strlen(nearest) + 1) / 3 ? nearest : NULL;
}

/* The long option that NAME (of LEN letters, without the dashes) most probably meant to be, or NULL. */
static const char *nearest_option(const char *name, size_t len, const struct option *longs) {
    char word[LONGEST_WORD + 1];
    const char *names[64] = {NULL};
    size_t count = 0;
    if (len > LONGEST_WORD)
        return NULL;
    memcpy(word, name, len);
    word[len] = '\0';
    for (; longs->name != NULL && count < sizeof names / sizeof *names; longs++)
        names[count++] = longs->name;
    return cli_nearest(word, names, count);
}

/* Whether NAME, of LEN letters, is the beginning of more than one long option and the whole of none. */
static bool is_ambiguous(const char *name, size_t len, const struct option *longs) {
    size_t matches = 0;
    for (; longs->name != NULL; longs++) {
        if (strncmp(longs->name, name, len) == 0)
            matches++;
    }
    return matches > 1;
}

static void report_unknown_option(const char *command, const char *argument, const struct option *longs) {
    const char *name = argument + 2, *nearest;
    size_t len;
    if (strncmp(argument, "--", 2) != 0) {
        cli_usage_error(command, "unknown option -%c", optopt);
        return;
    }
    len = strcspn(name, "=");
    nearest = nearest_option(name, len, longs);
    if (optopt != 0)
        cli_usage_error(command, "option --%.*s takes no value", (int)len, name);
    else if (is_ambiguous(name, len, longs))
        cli_usage_error(command, "option --%.*s may be one of several", (int)len, name);
    else if (nearest != NULL)
        cli_usage_error(command, "unknown option --%.*s; is --%s meant?", (int)len, name, nearest);
    else
        cli_usage_error(command, "unknown option --%.*s", (int)len, name);
}

int cli_option(const char *command, int argc, char **argv, const char *shorts, const struct option *longs) {
    char with_marks[64];
    /* While getopt is inside "-abc", optind still is that argument's; otherwise it is the next one's. */
    int current = optind > 0 ? optind : 1, found;
    /* "+": options end at the first argument, so that the options of a command to be run stay its own.
     * ":": a missing value is told from an unknown option. */
    snprintf(with_marks, sizeof with_marks, "+:%s", shorts);
    opterr = 0;
    found = getopt_long(argc, argv, with_marks, longs, NULL);
    if (found == '?')
        report_unknown_option(command, argv[current], longs);
    if (found != ':')
        return found;
    cli_usage_error(command, "option %s needs a value", argv[current]);
    return '?';
}

bool cli_no_arguments(const char *command, int argc, char **argv) {
    if (optind >= argc)
        return true;
    cli_usage_error(command, "takes no argument '%s'", argv[optind]);
    return false;
}

bool cli_number(const char *text, uint64_t min, uint64_t max, uint64_t *value) {
    uint64_t number = 0;
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        uint64_t digit = (uint64_t)(unsigned char)*text - '0';
        if (*text < '0' || *text > '9' || number > (UINT64_MAX - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    if (number < min || number > max)
        return false;
    *value = number;
    return true;
}

bool cli_number_option(const char *command, const char *option, const char *text, uint64_t min, uint64_t max,
                       uint64_t *value) {
    if (cli_number(text, min, max, value))
        return true;
    cli_usage_error(command, "--%s: '%s' is not a whole number from %ju to %ju", option, text, (uintmax_t)min,
                    (uintmax_t)max);
    return false;
}

/* ---- Colour ------------------------------------------------------------------------------------------- */

bool cli_parse_color(const char *text, cli_color *color) {
    static const char *const names[] = {"auto", "always", "never"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(text, names[i]) == 0) {
            *color = (cli_color)i;
            return true;
        }
    }
    return false;
}

bool cli_use_color(cli_color color, FILE *stream) {
    const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
    if (color != CLI_COLOR_AUTO)
        return color == CLI_COLOR_ALWAYS;
    return isatty(fileno(stream)) && term != NULL && strcmp(term, "dumb") != 0 &&
           (no_color == NULL || *no_color == '\0');
}
