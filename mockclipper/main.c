/* mockclipper: finds the command and runs it. */
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/options.h"
#include "commands/commands.h"

#include <clipper/codec.h>

#include <stddef.h>
#include <string.h>

#define COMMAND_DESCRIPTION(name) &name##_command,
#define COMMAND_FUNCTION(name)    cmd_##name,
static const cli_command *const commands[] = {COMMANDS(COMMAND_DESCRIPTION) NULL};
static int (*const functions[])(char **argv) = {COMMANDS(COMMAND_FUNCTION)};

#define COMMAND_COUNT (sizeof functions / sizeof *functions)

typedef struct program_options {
    bool version;
} program_options;

static const cli_option options[] = {
    {"version", CLI_FLAG, NULL, offsetof(program_options, version), .letter = 'V',
     .help = "the version of this program and of the protocol"},
    {"help", CLI_HELP, .letter = 'h', .help = "this help; after a command, the command's"},
};

static const cli_command program = {
    .usage = (const char *const[]){"COMMAND [OPTION...]", NULL},
    .about = "Tells whether a container speaks Clipper's container RPC, version 3, and where not.",
    .takes_arguments = true,
    .options = options,
    .commands = commands,
    .statuses =
        (const char *const[]){
            "all is well", "what was looked at is not as it should be", "the command line is wrong",
            "the program or its host failed\nCommands may have more: see their help.", NULL},
    .examples =
        (const cli_part[]){
            {"Check a container that a command starts:", "mockclipper check -- python3 container.py", NULL},
            {"What a requirement is about, and which scenarios check it:", "mockclipper explain TMO-4", NULL},
            {0}},
};

static const cli_option help_options[] = {
    {"help", CLI_HELP, .letter = 'h', .help = "this help"},
};

const cli_command help_command = {
    .name = "help",
    .summary = "the help of a command",
    .usage = (const char *const[]){"[COMMAND]", NULL},
    .about =
        "Prints the help of COMMAND, as `mockclipper COMMAND --help` does; without one, that of the program.",
    .takes_arguments = true,
    .options = help_options,
    .statuses =
        (const char *const[]){"printed", "", "the command line is wrong", "it could not be written", NULL},
    .examples = (const cli_part[]){{"How to check a container:", "mockclipper help check", NULL}, {0}},
};

/* The index of the command NAME; COMMAND_COUNT, and reported, when there is none. */
static size_t find_command(const char *name) {
    const char *names[COMMAND_COUNT], *nearest;
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return i;
        names[i] = commands[i]->name;
    }
    nearest = cli_nearest(name, names, COMMAND_COUNT);
    if (nearest != NULL)
        cli_usage_error(NULL, "unknown command '%s'; is '%s' meant?", name, nearest);
    else
        cli_usage_error(NULL, "unknown command '%s'", name);
    return COMMAND_COUNT;
}

int cmd_help(char **argv) {
    char **names;
    size_t index;
    int status;
    if (!cli_options_read(&help_command, argv, NULL, &names, &status))
        return status;
    if (names[0] == NULL)
        return cli_help_print(&program, false);
    if (names[1] != NULL)
        return cli_usage_error(NULL, "help takes one command");
    index = find_command(names[0]);
    return index < COMMAND_COUNT ? cli_help_print(commands[index], false) : CLI_USAGE;
}

int main(int argc, char **argv) {
    program_options asked = {0};
    char **arguments;
    size_t index;
    int status;
    (void)argc;
    if (!cli_options_read(&program, argv, &asked, &arguments, &status))
        return status;
    if (asked.version) {
        printf("mockclipper " CLIPPER_VERSION " (Clipper container RPC version %u)\n", CLIPPER_RPC_VERSION);
        return cli_finish_output(NULL, CLI_OK);
    }
    if (arguments[0] == NULL)
        return cli_usage_error(NULL, "a command is missing");
    index = find_command(arguments[0]);
    return index < COMMAND_COUNT ? functions[index](arguments) : CLI_USAGE;
}
