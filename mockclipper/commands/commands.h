/* The commands of mockclipper. A new one is a file cmd_NAME.c and a row here.
 *
 * NAME_command describes it; its options need not be in the same file. cmd_NAME() runs it: it gets its own name as
 * argv[0] and its options and arguments after it, ended with NULL, and returns the exit status of the program. */
#ifndef MOCKCLIPPER_COMMANDS_COMMANDS_H
#define MOCKCLIPPER_COMMANDS_COMMANDS_H

#include "cli/command.h"

/* In the order of the help. */
#define COMMANDS(X)                                                                                          \
    X(check)                                                                                                 \
    X(list)                                                                                                  \
    X(explain)                                                                                               \
    X(serve)                                                                                                 \
    X(bench)                                                                                                 \
    X(decode)                                                                                                \
    X(encode)                                                                                                \
    X(help)

#define COMMAND_DECLARATION(name)                                                                            \
    extern const cli_command name##_command;                                                                 \
    int cmd_##name(char **argv);
COMMANDS(COMMAND_DECLARATION)
#undef COMMAND_DECLARATION

#endif
