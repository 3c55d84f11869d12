#include "cli/help.h"

#include "base/heap.h"
#include "base/json_out.h"
#include "cli/cli.h"
#include "cli/values.h"

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

static void print_examples(const cli_example *examples) {
    puts("\nExamples");
    for (const cli_example *e = examples; e->text != NULL; e++) {
        if (e != examples)
            putchar('\n');
        cli_wrap(stdout, 2, 0, e->text);
        printf("  $ ");
        cli_wrap(stdout, 4, 4, e->command);
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
    for (const cli_topic *topic = command->topics; topic != NULL && topic->heading != NULL; topic++) {
        printf("\n%s\n", topic->heading);
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

static void put(json_out *out, const char *key, const char *text) {
    if (text != NULL)
        json_out_key_text(out, key, text);
}

static void put_texts(json_out *out, const char *key, const char *const *texts) {
    if (texts == NULL)
        return;
    json_out_key(out, key);
    json_out_open(out, '[');
    for (; *texts != NULL; texts++)
        json_out_text(out, *texts);
    json_out_close(out, ']');
}

static void put_option(json_out *out, const cli_option *o, const char *section) {
    static const char *const kinds[] = {
        [CLI_FLAG] = "flag",           [CLI_TEXT] = "text",         [CLI_TEXTS] = "text",
        [CLI_NUMBER] = "number",       [CLI_SIZE] = "number",       [CLI_DECIMAL] = "decimal",
        [CLI_MILLISECONDS] = "number", [CLI_SECONDS] = "decimal",   [CLI_CHOICE] = "choice",
        [CLI_CHOICES] = "choice",      [CLI_ENDPOINT] = "endpoint", [CLI_REPORTS] = "report",
        [CLI_PARSED] = "text",         [CLI_HELP] = "help"};
    char letter[] = {o->letter, '\0'}, *meaning = option_meaning(o);
    json_out_open(out, '{');
    json_out_key_text(out, "section", section);
    json_out_key_text(out, "name", o->name);
    put(out, "letter", o->letter != 0 ? letter : NULL);
    put(out, "argument", o->argument);
    json_out_key_text(out, "kind", kinds[o->kind]);
    put_texts(out, "choices", o->words);
    put(out, "default", o->shown != NULL ? o->shown : o->standard);
    json_out_key(out, "repeatable");
    json_out_bool(out, cli_is_repeatable(o));
    json_out_key_text(out, "help", meaning);
    json_out_close(out, '}');
    free(meaning);
}

static void put_options(json_out *out, const cli_option *options) {
    const char *section = "Options";
    json_out_key(out, "options");
    json_out_open(out, '[');
    for (const cli_option *o = options; o < end_of(options); o++) {
        if (o->name == NULL)
            section = o->help;
        else
            put_option(out, o, section);
    }
    json_out_close(out, ']');
}

static void put_topics(json_out *out, const cli_topic *topics) {
    json_out_key(out, "topics");
    json_out_open(out, '[');
    for (; topics != NULL && topics->heading != NULL; topics++) {
        json_out_open(out, '{');
        json_out_key_text(out, "heading", topics->heading);
        json_out_key_text(out, "text", topics->text);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
}

static void put_examples(json_out *out, const cli_example *examples) {
    json_out_key(out, "examples");
    json_out_open(out, '[');
    for (; examples->text != NULL; examples++) {
        json_out_open(out, '{');
        json_out_key_text(out, "text", examples->text);
        json_out_key_text(out, "command", examples->command);
        put(out, "output", examples->output);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
}

static void put_command(json_out *out, const cli_command *command) {
    json_out_open(out, '{');
    put(out, "name", command->name);
    put(out, "summary", command->summary);
    put_texts(out, "usage", command->usage);
    json_out_key_text(out, "about", command->about);
    put_options(out, command->options);
    put_topics(out, command->topics);
    put_texts(out, "statuses", command->statuses);
    put_examples(out, command->examples);
    json_out_close(out, '}');
}

static void print_json(const cli_command *command) {
    json_out out = {0};
    json_out_open(&out, '[');
    put_command(&out, command);
    for (const cli_command *const *one = command->commands; one != NULL && *one != NULL; one++)
        put_command(&out, *one);
    json_out_close(&out, ']');
    json_out_end_line(&out);
    fwrite(out.data, 1, out.len, stdout);
    json_out_free(&out);
}

int cli_help_print(const cli_command *command, bool as_json) {
    if (as_json)
        print_json(command);
    else
        print_help(command);
    return cli_finish_output(NULL, CLI_OK);
}
