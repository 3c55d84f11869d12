/* JSON lines from stdin to stdout: one answer a line, in order, each written before the next line is waited
 * for, so that a program may ask one thing at a time. */
#ifndef MOCKCLIPPER_LINES_LINE_FILTER_H
#define MOCKCLIPPER_LINES_LINE_FILTER_H

#include "lines/json_line.h"

/* Answers every line with FUNCTION until stdin ends. Returns the exit status: CLI_OK when every line could be
 * answered well, CLI_FAILED when some could not, CLI_HOST when reading, writing or memory failed (reported
 * then). A closed pipe is such a failure, not a signal. */
int line_filter(const char *command, json_line_function *function, const json_line_options *options);

/* For an option --direction: TEXT to OPTIONS. False, and reported, when it is no direction. */
bool line_filter_direction(const char *command, const char *text, json_line_options *options);

#endif
