/* The help of a command, in lines of at most 80 columns, from its description.
 *
 * For programs, --help=json gives the same as JSON: an array of commands, the one that was asked first; where that is
 * the program itself, all its commands after it. Of each:
 *   name, summary, usage, about
 *   options   section; name; letter; argument; kind ("flag", "text", "number", "decimal", "choice" with choices,
 *             "endpoint", "report" with choices, "help"); choices; default; repeatable; help, as one text
 *   topics    heading, text
 *   statuses  what each exit status from 0 on means
 *   examples  text, command, output
 * Keys without a value are left out. The manual pages are made from it (man/make_man.py), and it has all that a shell's
 * completion needs. clipper-container gives the same of itself, with the variable of each option. */
#ifndef MOCKCLIPPER_CLI_HELP_H
#define MOCKCLIPPER_CLI_HELP_H

#include "cli/command.h"

#include <stdio.h>

/* Prints the help of COMMAND to stdout, or the same as JSON. Returns CLI_OK, or CLI_HOST when it cannot be written. */
int cli_help_print(const cli_command *command, bool as_json);

/* Writes TEXT in lines of at most 80 columns, INDENT of them blanks; on the first line AT columns are written already.
 * A line feed begins a new line; a line that begins with a blank is not broken. */
void cli_wrap(FILE *out, size_t indent, size_t at, const char *text);

#endif
