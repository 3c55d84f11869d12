#include "lines/line_filter.h"

#include "base/heap.h"
#include "cli/options.h"
#include "lines/json_message.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Memory of a line beyond this is freed after the line. */
#define KEPT_CAPACITY ((size_t)1 << 20)

typedef struct input_line {
    char *text;
    size_t capacity;
    size_t len;     /* without the line feed */
    bool first;     /* nothing was read before it */
    bool too_long;  /* longer than was allowed: TEXT is its beginning */
    uint64_t limit; /* bytes of a line */
} input_line;

static void add_byte(input_line *line, char byte) {
    if (line->len == line->capacity) {
        line->capacity = 2 * line->capacity + 4096;
        line->text = heap_grow(line->text, line->capacity, 1);
    }
    line->text[line->len++] = byte;
}

/* The next line of stdin, which need not end with a line feed. False at the end, or when reading failed. */
static bool read_line(input_line *line) {
    int byte;
    if (line->capacity > KEPT_CAPACITY) {
        free(line->text);
        line->text = NULL;
        line->capacity = 0;
    }
    line->len = 0;
    line->too_long = false;
    errno = 0;
    while ((byte = getc_unlocked(stdin)) != EOF && byte != '\n') {
        line->too_long = line->too_long || line->len >= line->limit;
        if (!line->too_long)
            add_byte(line, (char)byte);
    }
    return byte != EOF || (line->len != 0 && !ferror(stdin));
}

/* Leaves out the byte order mark, which some programs put before all text. */
static void drop_mark(input_line *line) {
    if (line->first && line->len >= 3 && memcmp(line->text, "\xef\xbb\xbf", 3) == 0) {
        line->len -= 3;
        memmove(line->text, line->text + 3, line->len);
    }
    line->first = false;
}

static bool answer_line(const input_line *line, json_line_function *function,
                        const json_line_options *options, json_out *out) {
    char *text;
    if (!line->too_long)
        return function(line->text, line->len, options, out);
    text = heap_format("the line is longer than %" PRIu64 " bytes (--max-line)", line->limit);
    json_out_problem(out, text);
    free(text);
    return false;
}

static int answer_lines(const char *command, json_line_function *function, const json_line_options *options,
                        input_line *line, json_out *out) {
    int status = CLI_OK;
    while (read_line(line)) {
        drop_mark(line);
        if (!line->too_long && json_line_is_blank(line->text, line->len))
            continue;
        json_out_clear(out);
        if (!answer_line(line, function, options, out))
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

static int line_filter(const char *command, json_line_function *function,
                       const line_filter_options *options) {
    input_line line = {.first = true, .limit = options->max_line};
    json_out out = {0};
    int status;
    /* jansson does not notice everywhere that it got no memory, and would read half a line. */
    json_set_alloc_funcs(heap_new, free);
    if (isatty(STDIN_FILENO))
        cli_note(command, "reading JSON lines from the terminal, Ctrl-D ends; see 'mockclipper %s --help'",
                 command);
    status = answer_lines(command, function, &options->line, &line, &out);
    json_out_free(&out);
    free(line.text);
    return status;
}

int line_filter_command(const cli_command *command, json_line_function *function, char **argv) {
    line_filter_options options = {.line.codec = clipper_default_options(), .direction = -1, .era = -1};
    char **arguments;
    int status;
    if (!cli_options_read(command, argv, &options, &arguments, &status))
        return status;
    options.line.codec.strict = options.strict;
    options.line.has_era = options.era >= 0;
    options.line.era = options.era;
    options.line.has_direction = options.direction >= 0;
    if (options.direction >= 0)
        options.line.direction = (clipper_direction)options.direction;
    return line_filter(command->name, function, &options);
}
