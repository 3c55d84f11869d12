/* What all commands share: exit statuses, messages to the user, suggestions, colour.
 *
 * Messages go to stderr, begin with "mockclipper COMMAND: ", and say what to do about it. COMMAND may be
 * NULL: the message is then the program's own. */
#ifndef MOCKCLIPPER_CLI_CLI_H
#define MOCKCLIPPER_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Exit statuses that mean the same in every command. `check` has more. */
enum {
    CLI_OK = 0,     /* all is well */
    CLI_FAILED = 1, /* what was looked at is not as it should be */
    CLI_USAGE = 2,  /* the command line is wrong */
    CLI_HOST = 3    /* the program or its host failed: no memory, a full disk, a closed pipe, ... */
};

/* ---- Messages ----------------------------------------------------------------------------------------- */

/* Says what is wrong with the command line, and points to --help. Returns CLI_USAGE. */
int cli_usage_error(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Says what went wrong on this side. Returns CLI_HOST. */
int cli_host_error(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same with a text of why something failed, which is freed. */
int cli_host_problem(const char *command, char *problem);

/* Says something that the user may want to know. */
void cli_note(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Flushes stdout. Returns STATUS, or CLI_HOST when something could not be written: for the last statement of
 * a command, so that a full disk never looks like success. */
int cli_finish_output(const char *command, int status);

/* ---- Suggestions -------------------------------------------------------------------------------------- */

/* The one of COUNT candidates that WORD most probably meant to be, or NULL when it resembles none. */
const char *cli_nearest(const char *word, const char *const *candidates, size_t count);

/* ---- Colour ------------------------------------------------------------------------------------------- */

typedef enum cli_color {
    CLI_COLOR_AUTO,
    CLI_COLOR_ALWAYS,
    CLI_COLOR_NEVER
} cli_color;

extern const char *const cli_color_words[]; /* "auto", "always", "never", NULL */

/* Whether to colour what is written to STREAM. AUTO: yes, if it is a terminal that is not "dumb" and the
 * environment does not have NO_COLOR. */
bool cli_use_color(cli_color color, FILE *stream);

#endif
