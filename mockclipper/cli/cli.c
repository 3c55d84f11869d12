#include "cli/cli.h"

#include "base/heap.h"
#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
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
    char *text = heap_vformat(format, arguments);
    print_name(command);
    /* It may have text of a file or a container in it. */
    text_write_string(stderr, TEXT_PLAIN, text);
    fputc('\n', stderr);
    free(text);
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

int cli_host_problem(const char *command, char *problem) {
    cli_host_error(command, "%s", problem);
    free(problem);
    return CLI_HOST;
}

void cli_note(const char *command, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    print_line(command, format, arguments);
    va_end(arguments);
}

int cli_finish_output(const char *command, int status) {
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    return cli_host_error(command, "cannot write the output: %s",
                          errno != 0 ? strerror(errno) : "an earlier write failed");
}

/* ---- Suggestions -------------------------------------------------------------------------------------- */

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

/* ---- Colour ------------------------------------------------------------------------------------------- */

const char *const cli_color_words[] = {"auto", "always", "never", NULL};

bool cli_use_color(cli_color color, FILE *stream) {
    const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
    if (color != CLI_COLOR_AUTO)
        return color == CLI_COLOR_ALWAYS;
    return isatty(fileno(stream)) && term != NULL && strcmp(term, "dumb") != 0 &&
           (no_color == NULL || *no_color == '\0');
}
