/* Reading a command line by the table of its command. */
#ifndef MOCKCLIPPER_CLI_OPTIONS_H
#define MOCKCLIPPER_CLI_OPTIONS_H

#include "cli/cli.h"
#include "cli/command.h"

/* Sets VALUES to the defaults of COMMAND's table, and then to what argv, after argv[0], asks for. Options end at "--"
 * or at the first argument, so that those of a command to be run are its own. The name of an option may be shortened
 * while it is the beginning of no other. *ARGUMENTS are what follows, ended with NULL.
 *
 * False when the command ends here, with *STATUS: the help was printed, or an error reported. VALUES are to be freed
 * either way. */
bool cli_options_read(const cli_command *command, char **argv, void *values, char ***arguments, int *status);

/* Frees what VALUES hold, but for members of kind CLI_PARSED. */
void cli_options_free(const cli_command *command, void *values);

/* The options for_repeat that are not at their default, with a blank before each. The caller's to free. */
char *cli_options_to_repeat(const cli_command *command, const void *values);

/* For commands that look at one container, which they start with *ARGUMENTS or from IMAGE (NULL: none; *ARGUMENTS are words
 * for it), or which connects to ATTACH: reports when none was given, or two were. *ARGUMENTS becomes NULL when attached. */
bool cli_one_container(const cli_command *command, const endpoint *attach, const char *image,
                       char ***arguments);

#endif
