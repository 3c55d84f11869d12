#include "lines/line_filter.h"

#include "base/heap.h"
#include "cli/options.h"
#include "lines/json_message.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Memory of a line beyond this is freed after the line. */
#define KEPT_CAPACITY ((size_t)1 << 20)

typedef struct input_line {
    char *text;
    size_t capacity;
    size_t len; /* without the line feed */
} input_line;

/* The next line of stdin, which need not end with a line feed. False at the end, or when reading failed. */
static bool read_line(input_line *line) {
    ssize_t len;
    if (line->capacity > KEPT_CAPACITY) {
        free(line->text);
        line->text = NULL;
        line->capacity = 0;
    }
    errno = 0;
    len = getline(&line->text, &line->capacity, stdin);
    if (len < 0)
        return false;
    line->len = (size_t)len;
    if (line->text[line->len - 1] == '\n')
        line->len--;
    return true;
}

static int answer_lines(const char *command, json_line_function *function, const json_line_options *options,
                        input_line *line, json_out *out) {
    int status = CLI_OK;
    while (read_line(line)) {
        json_out_clear(out);
        if (!function(line->text, line->len, options, out))
            status = CLI_FAILED;
        json_out_end_line(out);
        errno = 0;
        if (fwrite(out->data, 1, out->len, stdout) != out->len || fflush(stdout) != 0)
            return cli_host_error(command, "cannot write the output: %s", strerror(errno));
    }
    if (!feof(stdin))
        return cli_host_error(command, "cannot read the input: %s", strerror(errno));
    return status;
}

static int line_filter(const char *command, json_line_function *function, const json_line_options *options) {
    input_line line = {0};
    json_out out = {0};
    int status;
    signal(SIGPIPE, SIG_IGN);
    /* jansson does not notice everywhere that it got no memory, and would read half a line. */
    json_set_alloc_funcs(heap_new, free);
    if (isatty(STDIN_FILENO))
        cli_note(command, "reading JSON lines from the terminal, Ctrl-D ends; see 'mockclipper %s --help'",
                 command);
    status = answer_lines(command, function, options, &line, &out);
    json_out_free(&out);
    free(line.text);
    return status;
}

int line_filter_command(const cli_command *command, json_line_function *function, char **argv) {
    line_filter_options options = {.line.codec = clipper_default_options(), .direction = -1};
    char **arguments;
    int status;
    if (!cli_options_read(command, argv, &options, &arguments, &status))
        return status;
    options.line.codec.strict = options.strict;
    options.line.has_direction = options.direction >= 0;
    if (options.direction >= 0)
        options.line.direction = (clipper_direction)options.direction;
    return line_filter(command->name, function, &options.line);
}
