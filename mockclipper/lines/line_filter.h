/* JSON lines from stdin to stdout: one answer a line, in order, each written before the next line is read,
 * so that a program may send one line at a time. */
#ifndef MOCKCLIPPER_LINES_LINE_FILTER_H
#define MOCKCLIPPER_LINES_LINE_FILTER_H

#include "cli/command.h"
#include "lines/json_line.h"

/* The row of their option for the length of a line. */
#define MAX_LINE_OPTION                                                                                      \
    {                                                                                                        \
        "max-line", CLI_NUMBER, "N", offsetof(line_filter_options, max_line),                                \
            .least = 1, .most = UINT64_MAX, .standard = "4294967296", .help = "bytes of a line"              \
    }

/* What the options of these commands say. */
typedef struct line_filter_options {
    json_line_options line;
    bool strict;
    uint64_t max_line; /* bytes of a line */
    int era;           /* an index of line_era_names; -1: it is version 3 */
    int direction;     /* of lines that name none: an index of json_direction_names; -1: they must */
} line_filter_options;

/* Reads the options of COMMAND, and answers every line with FUNCTION until stdin ends. Returns the exit status: CLI_OK
 * when all answers were good, CLI_FAILED when some were not, CLI_HOST when reading, writing or memory failed
 * (reported then). Lines of blanks have no answer, and a byte order mark before the first is passed over. */
int line_filter_command(const cli_command *command, json_line_function *function, char **argv);

#endif
