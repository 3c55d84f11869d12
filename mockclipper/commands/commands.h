/* The commands of mockclipper. Each is one cmd_NAME.c; main.c has the table.
 *
 * A command gets its own name as argv[0] and its options and arguments after it, and returns the exit status
 * of the program. */
#ifndef MOCKCLIPPER_COMMANDS_COMMANDS_H
#define MOCKCLIPPER_COMMANDS_COMMANDS_H

typedef struct command {
    const char *name;
    const char *summary;               /* one line, for the list of commands */
    int (*run)(int argc, char **argv); /* returns the exit status */
} command;

int cmd_check(int argc, char **argv);
int cmd_serve(int argc, char **argv);
int cmd_bench(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_decode(int argc, char **argv);
int cmd_encode(int argc, char **argv);

#endif
