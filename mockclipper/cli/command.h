/* What a command of mockclipper is on the command line: a description with a table of options, a row an option. Parsing
 * (cli/options.h), the help, the manual page and shell completions (cli/help.h) all come from it.
 *
 * Texts are whole paragraphs: the help wraps them. A line feed begins a new line, and a line that begins with a blank
 * is kept as it is. */
#ifndef MOCKCLIPPER_CLI_COMMAND_H
#define MOCKCLIPPER_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an option takes, and the type of the member that holds it. */
typedef enum cli_kind {
    CLI_FLAG,         /* no value; bool */
    CLI_TEXT,         /* const char *, which belongs to argv */
    CLI_TEXTS,        /* text_list; repeatable */
    CLI_NUMBER,       /* whole, from LEAST to MOST; uint64_t */
    CLI_SIZE,         /* the same; size_t */
    CLI_DECIMAL,      /* from LOW to HIGH; double */
    CLI_MILLISECONDS, /* whole, from 1 to a day; duration */
    CLI_SECONDS,      /* decimal, from LOW to HIGH; duration */
    CLI_CHOICE,       /* one of WORDS; an enum of which it is the index */
    CLI_CHOICES,      /* one of WORDS; unsigned, of bits 1 << index; repeatable */
    CLI_ENDPOINT,     /* HOST:PORT; endpoint */
    CLI_REPORTS,      /* FORMAT[=FILE], FORMAT one of WORDS; report_files; repeatable */
    CLI_PARSED,       /* what PARSE makes of it */
    CLI_HELP          /* prints the help and ends the command: the last row of every table */
} cli_kind;

/* Texts that belong to argv. */
typedef struct text_list {
    const char **texts;
    size_t count;
} text_list;

/* An address in numbers, IPv4 or IPv6 (without brackets), and a port. */
typedef struct endpoint {
    char *address; /* NULL when the option was not given */
    unsigned port;
} endpoint;

/* A row. Its first four members are given by position. */
typedef struct cli_option {
    const char *name; /* "jobs" for --jobs; NULL: HELP is a heading */
    cli_kind kind;
    const char *argument; /* "N": what the help calls the value; NULL for a flag */
    size_t at;            /* offset of the member that holds the value */
    char letter;          /* 'j' for -j; 0 without one */
    uint64_t least, most;
    double low, high;
    const char *const *words; /* ended with NULL */
    bool (*parse)(void *member, const char *text);
    const char *not_parsed;              /* "is no list of ranges": for the error when PARSE returns false */
    char *(*format)(const void *member); /* back to text, to be freed: for FOR_REPEAT; NULL without a value */
    const char *standard; /* the default, as a user would give it; NULL: the member is left as it is */
    const char *shown;    /* the default for the help, where that is not STANDARD */
    bool for_repeat;      /* the command that repeats one case of a run needs it too */
    bool repeatable;      /* where the kind does not say it */
    const char *help;
} cli_option;

/* A topic of the help, or an example. */
typedef struct cli_part {
    const char *title;  /* heading of a topic; what an example shows */
    const char *text;   /* of an example: the command */
    const char *output; /* of an example that has one to show */
} cli_part;

typedef struct cli_command {
    const char *name;         /* NULL: the program itself */
    const char *summary;      /* one line, for the list of commands */
    const char *const *usage; /* what follows "mockclipper NAME ", a line each; ended with NULL */
    const char *about;
    bool takes_arguments;
    const cli_option *options;
    const struct cli_command *const *commands; /* of the program; ended with NULL */
    const cli_part *topics;                    /* ended with {0}; NULL without any */
    const char *const *statuses; /* from 0 on, "" for one that does not occur; ended with NULL */
    const cli_part *examples;    /* ended with {0} */
} cli_command;

/* Whether an option may be given more than once, each adding to what it takes. */
static inline bool cli_is_repeatable(const cli_option *o) {
    return o->repeatable || o->kind == CLI_TEXTS || o->kind == CLI_CHOICES || o->kind == CLI_REPORTS;
}

#endif
