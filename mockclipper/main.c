/* mockclipper: finds the command and runs it. */
#include "cli/cli.h"
#include "commands/commands.h"

#include <clipper/codec.h>

#include <string.h>

static const command commands[] = {
    {"check", "run the scenarios against a container started by a command", cmd_check},
    {"list", "every scenario, in one line each", cmd_list},
    {"explain", "one scenario or requirement in full", cmd_explain},
    {"serve", "a stand-in Clipper that stays up", cmd_serve},
    {"bench", "load a container: throughput and latency", cmd_bench},
    {"decode", "frames in hex to messages, as JSON lines", cmd_decode},
    {"encode", "messages to frames in hex, as JSON lines", cmd_encode},
};
#define COMMAND_COUNT (sizeof commands / sizeof *commands)

static int print_help(void) {
    fputs("Usage: mockclipper COMMAND [OPTION...]\n"
          "\n"
          "Tells whether a container speaks Clipper's container RPC, version 3, and where not.\n"
          "\n"
          "Commands\n",
          stdout);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        printf("  %-10s%s\n", commands[i].name, commands[i].summary);
    fputs("  help      the help of a command: mockclipper help COMMAND\n"
          "\n"
          "Options\n"
          "  -h, --help     this help; after a command, the command's\n"
          "  -V, --version  the version of this program and of the protocol\n"
          "\n"
          "Exit status\n"
          "  0  all is well\n"
          "  1  what was looked at is not as it should be\n"
          "  2  the command line is wrong\n"
          "  3  the program or its host failed\n"
          "Commands may have more: see their help.\n",
          stdout);
    return cli_finish_output(NULL, CLI_OK);
}

static int print_version(void) {
    printf("mockclipper " CLIPPER_VERSION " (Clipper container RPC version %u)\n", CLIPPER_RPC_VERSION);
    return cli_finish_output(NULL, CLI_OK);
}

static const command *find_command(const char *name) {
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

static int unknown_command(const char *name) {
    const char *names[COMMAND_COUNT], *nearest;
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        names[i] = commands[i].name;
    nearest = cli_nearest(name, names, COMMAND_COUNT);
    if (nearest != NULL)
        return cli_usage_error(NULL, "unknown command '%s'; is '%s' meant?", name, nearest);
    return cli_usage_error(NULL, "unknown command '%s'", name);
}

static int run_help(int argc, char **argv) {
    const command *found;
    char help[] = "--help";
    char *arguments[] = {NULL, help, NULL};
    if (argc < 2)
        return print_help();
    if (argc > 2)
        return cli_usage_error(NULL, "help takes one command");
    found = find_command(argv[1]);
    if (found == NULL)
        return unknown_command(argv[1]);
    arguments[0] = argv[1];
    return found->run(2, arguments);
}

int main(int argc, char **argv) {
    const command *found;
    if (argc < 2)
        return cli_usage_error(NULL, "a command is missing");
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return print_help();
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)
        return print_version();
    if (strcmp(argv[1], "help") == 0)
        return run_help(argc - 1, argv + 1);
    if (argv[1][0] == '-')
        return cli_usage_error(NULL, "unknown option %s: a command comes first", argv[1]);
    found = find_command(argv[1]);
    if (found == NULL)
        return unknown_command(argv[1]);
    return found->run(argc - 1, argv + 1);
}
