#include "cli/help.h"

#include "base/heap.h"
#include "cli/cli.h"
#include "cli/values.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 80

/* Terms longer than this have a line of their own. */
#define LONGEST_TERM 22

/* ---- Lines ------------------------------------------------------------------------------------------------- */

/* How much of TEXT goes on a line of WIDTH columns: whole words. */
static size_t line_length(const char *text, size_t width) {
    size_t len = strcspn(text, "\n");
    if (len <= width || *text == ' ')
        return len;
    for (size_t end = width; end > 0; end--) {
        if (text[end] == ' ')
            return end;
    }
    return strcspn(text, " \n");
}

void cli_wrap(FILE *out, size_t indent, size_t at, const char *text) {
    while (*text != '\0') {
        size_t len = line_length(text, WIDTH - indent);
        fprintf(out, "%*s%.*s\n", len != 0 ? (int)(indent - at) : 0, "", (int)len, text);
        at = 0;
        text += len;
        text += *text == '\n' ? 1 : strspn(text, " ");
    }
}

/* A term, and what it means from COLUMN on. */
static void print_row(const char *term, size_t column, const char *meaning) {
    size_t at = strlen(term) + 2;
    printf("  %s", term);
    if (at + 2 > column) {
        putchar('\n');
        at = 0;
    }
    cli_wrap(stdout, column, at, meaning);
}

/* ---- Options ----------------------------------------------------------------------------------------------- */

/* "-h, --help" or "--jobs N". The caller's to free. */
static char *option_term(const cli_option *o) {
    char letter[] = {'-', o->letter, ',', ' ', '\0'};
    return heap_format("%s--%s%s%s", o->letter != 0 ? letter : "", o->name, o->argument != NULL ? " " : "",
                       o->argument != NULL ? o->argument : "");
}

/* The help of an option, with its choices and its default after the first line. The caller's to free. */
static char *option_meaning(const cli_option *o) {
    const char *standard = o->shown != NULL ? o->shown : o->standard;
    char *words = o->words != NULL ? cli_words_text(o->words) : heap_text("");
    size_t first = strcspn(o->help, "\n");
    char *meaning =
        heap_format("%.*s%s%s%s%s%s%s%s", (int)first, o->help, o->words != NULL ? ": " : "", words,
                    cli_is_repeatable(o) ? "; repeatable" : "", standard != NULL ? " (default: " : "",
                    standard != NULL ? standard : "", standard != NULL ? ")" : "", o->help + first);
    free(words);
    return meaning;
}

/* The end of a table. */
static const cli_option *end_of(const cli_option *options) {
    while (options->kind != CLI_HELP)
        options++;
    return options + 1;
}

static size_t options_column(const cli_option *options) {
    size_t longest = 0;
    for (const cli_option *o = options; o < end_of(options); o++) {
        char *term = o->name != NULL ? option_term(o) : NULL;
        size_t len = term != NULL ? strlen(term) : 0;
        if (len > longest && len <= LONGEST_TERM)
            longest = len;
        free(term);
    }
    return longest + 4;
}

static void print_options(const cli_option *options) {
    size_t column = options_column(options);
    if (options->name != NULL)
        puts("\nOptions");
    for (const cli_option *o = options; o < end_of(options); o++) {
        char *term, *meaning;
        if (o->name == NULL) {
            printf("\n%s\n", o->help);
            continue;
        }
        term = option_term(o);
        meaning = option_meaning(o);
        print_row(term, column, meaning);
        free(meaning);
        free(term);
    }
}

/* ---- The whole help ---------------------------------------------------------------------------------------- */

static const char *between(const cli_command *command) {
    return command->name != NULL ? " " : "";
}

static const char *name_of(const cli_command *command) {
    return command->name != NULL ? command->name : "";
}

static void print_examples(const cli_part *examples) {
    puts("\nExamples");
    for (const cli_part *e = examples; e->title != NULL; e++) {
        if (e != examples)
            putchar('\n');
        cli_wrap(stdout, 2, 0, e->title);
        printf("  $ ");
        cli_wrap(stdout, 4, 4, e->text);
        if (e->output != NULL)
            cli_wrap(stdout, 2, 0, e->output);
    }
}

static void print_help(const cli_command *command) {
    for (const char *const *usage = command->usage; *usage != NULL; usage++)
        printf("%s mockclipper%s%s %s\n", usage == command->usage ? "Usage:" : "      ", between(command),
               name_of(command), *usage);
    putchar('\n');
    cli_wrap(stdout, 0, 0, command->about);
    if (command->commands != NULL)
        puts("\nCommands");
    for (const cli_command *const *one = command->commands; one != NULL && *one != NULL; one++)
        print_row((*one)->name, 12, (*one)->summary);
    print_options(command->options);
    for (const cli_part *topic = command->topics; topic != NULL && topic->title != NULL; topic++) {
        printf("\n%s\n", topic->title);
        cli_wrap(stdout, 2, 0, topic->text);
    }
    puts("\nExit status");
    for (size_t i = 0; command->statuses[i] != NULL; i++) {
        char number[] = {(char)('0' + i), '\0'};
        if (*command->statuses[i] != '\0')
            print_row(number, 5, command->statuses[i]);
    }
    print_examples(command->examples);
}

/* ---- The same as JSON -------------------------------------------------------------------------------------- */

static json_t *pack_texts(const char *const *texts) {
    json_t *array = texts != NULL ? json_array() : NULL;
    for (; texts != NULL && *texts != NULL; texts++)
        json_array_append_new(array, json_string(*texts));
    return array;
}

static json_t *pack_option(const cli_option *o, const char *section) {
    static const char *const kinds[] = {[CLI_FLAG] = "flag",
                                        [CLI_NUMBER] = "number",
                                        [CLI_SIZE] = "number",
                                        [CLI_DECIMAL] = "decimal",
                                        [CLI_MILLISECONDS] = "number",
                                        [CLI_SECONDS] = "decimal",
                                        [CLI_CHOICE] = "choice",
                                        [CLI_CHOICES] = "choice",
                                        [CLI_ENDPOINT] = "endpoint",
                                        [CLI_REPORTS] = "report",
                                        [CLI_HELP] = "help"};
    char letter[] = {o->letter, '\0'}, *meaning = option_meaning(o);
    json_t *packed = json_pack("{ss ss ss* ss* ss so* ss* sb ss}", "section", section, "name", o->name,
                               "letter", o->letter != 0 ? letter : NULL, "argument", o->argument, "kind",
                               kinds[o->kind] != NULL ? kinds[o->kind] : "text", "choices",
                               pack_texts(o->words), "default", o->shown != NULL ? o->shown : o->standard,
                               "repeatable", cli_is_repeatable(o), "help", meaning);
    free(meaning);
    return packed;
}

static json_t *pack_options(const cli_option *options) {
    json_t *array = json_array();
    const char *section = "Options";
    for (const cli_option *o = options; o < end_of(options); o++) {
        if (o->name == NULL)
            section = o->help;
        else
            json_array_append_new(array, pack_option(o, section));
    }
    return array;
}

static json_t *pack_parts(const cli_part *parts, const char *title, const char *text) {
    json_t *array = json_array();
    for (; parts != NULL && parts->title != NULL; parts++)
        json_array_append_new(
            array, json_pack("{ss ss ss*}", title, parts->title, text, parts->text, "output", parts->output));
    return array;
}

static json_t *pack_command(const cli_command *c) {
    return json_pack("{ss* ss* so ss so so so so}", "name", c->name, "summary", c->summary, "usage",
                     pack_texts(c->usage), "about", c->about, "options", pack_options(c->options), "topics",
                     pack_parts(c->topics, "heading", "text"), "statuses", pack_texts(c->statuses),
                     "examples", pack_parts(c->examples, "text", "command"));
}

static void print_json(const cli_command *command) {
    json_t *all = json_array();
    json_array_append_new(all, pack_command(command));
    for (const cli_command *const *one = command->commands; one != NULL && *one != NULL; one++)
        json_array_append_new(all, pack_command(*one));
    json_dumpf(all, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(all);
}

int cli_help_print(const cli_command *command, bool as_json) {
    if (as_json)
        print_json(command);
    else
        print_help(command);
    return cli_finish_output(NULL, CLI_OK);
}
