/* help.c: the help, and the same as JSON. */
#include "help.h"
#include "models.h"

#include <stdio.h>

enum {
    WIDTH = 80,
    COLUMN = 28, /* of what an option means */
    MOST_TEXT = 1000
};

typedef struct pair {
    const char *heading;
    const char *text;
} pair;

static const char *const usage[] = {"--model NAME [OPTION...]",
                                    "--model-library FILE [--model-path PATH] [OPTION...]", NULL};

static const char about[] = "Serves a model to Clipper over its container RPC, version 3. Each option can be "
                            "given as a flag, --name VALUE or "
                            "--name=VALUE, or as the environment variable in brackets; the flag wins.";

static const pair topics[] = {
    {"Signals",
     "SIGTERM and SIGINT stop it: no more requests are taken, those under way are answered within the grace "
     "period; a second one stops it at once. SIGUSR1 logs the counters."},
    {NULL, NULL}};

static const char *const statuses[] = {"stopped by a signal, with all sockets closed", "it cannot run",
                                       "usage or configuration; stderr says what to change",
                                       "Clipper speaks another RPC version", NULL};

static const pair examples[] = {
    {"Sums of doubles, as the model \"adder\" of a Clipper on this host:",
     "clipper-container --model sum --model-name adder \\\n    --model-version 1 --input-type doubles"},
    {"Your own model, configured as Clipper does it:",
     "CLIPPER_MODEL_NAME=digits CLIPPER_MODEL_VERSION=1 CLIPPER_IP=clipper \\\n"
     "    clipper-container --model-library ./libdigits.so \\\n    --model-path digits.model"},
    {"See that it keeps to the protocol:", "mockclipper check -- clipper-container --model sum"},
    {NULL, NULL}};

/* ---- Texts --------------------------------------------------------------------------------------------- */

/* Adds to the text in BUFFER, of MOST_TEXT bytes; what does not fit is left out. */
static void add(char *buffer, const char *before, const char *text, const char *after) {
    const size_t len = strlen(buffer);
    snprintf(buffer + len, MOST_TEXT - len, "%s%s%s", before, text, after);
}

/* Whether an earlier choice means the same. */
static int is_alias(const clipper_setting_choice *choices, const clipper_setting_choice *choice) {
    while (choices->value != choice->value)
        choices++;
    return choices != choice;
}

/* The help of a setting, with its choices and its default. */
static const char *meaning(const clipper_container_setting *setting, char buffer[MOST_TEXT]) {
    snprintf(buffer, MOST_TEXT, "%s", setting->help);
    for (const clipper_setting_choice *choice = setting->choices; choice != NULL && choice->name != NULL;
         choice++) {
        if (!is_alias(setting->choices, choice))
            add(buffer, choice == setting->choices ? ": " : ", ", choice->name, "");
    }
    if (setting->standard != NULL)
        add(buffer, " (default: ", setting->standard, ")");
    return buffer;
}

/* The models, a line each. */
static const char *models_text(char buffer[MOST_TEXT]) {
    buffer[0] = '\0';
    for (const clipper_setting_choice *name = builtin_model_names; name->name != NULL; name++) {
        add(buffer, buffer[0] != '\0' ? "\n" : "", name->name, ": ");
        add(buffer, "", builtin_models[name->value].help, "");
    }
    return buffer;
}

/* ---- Help ---------------------------------------------------------------------------------------------- */

/* How much of TEXT goes on a line of WIDTH columns: whole words. */
static size_t line_length(const char *text, size_t width) {
    const size_t len = strcspn(text, "\n");
    if (len <= width)
        return len;
    while (width > 0 && text[width] != ' ')
        width--;
    return width > 0 ? width : strcspn(text, " \n");
}

/* Writes TEXT in lines of at most WIDTH columns, INDENT of them blanks; AT columns of the first are written. */
static void wrap(size_t indent, size_t at, const char *text) {
    while (*text != '\0') {
        const size_t len = line_length(text, WIDTH - indent);
        printf("%*s%.*s\n", (int)(indent - at), "", (int)len, text);
        text += len;
        text += *text == '\n' ? 1 : strspn(text, " ");
        at = 0;
    }
}

static void print_setting(const clipper_container_setting *setting) {
    char text[MOST_TEXT];
    const int at = printf("  --%s %s", setting->name, setting->argument);
    meaning(setting, text);
    add(text, " [", setting->variable, "]");
    if (at + 2 > COLUMN)
        putchar('\n');
    wrap(COLUMN, at + 2 > COLUMN ? 0 : (size_t)at, text);
}

static void print_topic(const char *heading, const char *text) {
    printf("\n%s\n", heading);
    wrap(2, 0, text);
}

void print_help(const settings_section *sections) {
    char text[MOST_TEXT];
    for (size_t i = 0; usage[i] != NULL; i++)
        printf("%s clipper-container %s\n", i == 0 ? "Usage:" : "      ", usage[i]);
    putchar('\n');
    wrap(0, 0, about);
    for (; sections->heading != NULL; sections++) {
        printf("\n%s\n", sections->heading);
        for (size_t i = 0; i < sections->count; i++)
            print_setting(&sections->settings[i]);
    }
    printf("\nOther options\n  %-*sthis help\n  %-*sthe version of this program\n", COLUMN - 2, "-h, --help",
           COLUMN - 2, "--version");
    print_topic("Built-in models, each for every input type, with one output for each input",
                models_text(text));
    for (const pair *topic = topics; topic->heading != NULL; topic++)
        print_topic(topic->heading, topic->text);
    printf("\nExit status\n");
    for (size_t i = 0; statuses[i] != NULL; i++)
        printf("  %zu  %s\n", i, statuses[i]);
    printf("\nExamples\n");
    for (const pair *example = examples; example->heading != NULL; example++) {
        wrap(2, 0, example->heading);
        printf("  $ ");
        wrap(4, 4, example->text);
        if (example[1].heading != NULL)
            putchar('\n');
    }
}

/* ---- JSON ---------------------------------------------------------------------------------------------- */

/* BEFORE, and TEXT as a string. Our texts are printable ASCII and line feeds. */
static void put(const char *before, const char *text) {
    printf("%s\"", before);
    for (; *text != '\0'; text++) {
        if (*text == '\n')
            printf("\\n");
        else
            printf("%s%c", *text == '"' || *text == '\\' ? "\\" : "", *text);
    }
    putchar('"');
}

static void put_texts(const char *before, const char *const *texts) {
    printf("%s[", before);
    for (size_t i = 0; texts[i] != NULL; i++)
        put(i > 0 ? "," : "", texts[i]);
    putchar(']');
}

static void put_pairs(const pair *pairs, const char *first_key, const char *second_key) {
    for (const pair *one = pairs; one->heading != NULL; one++) {
        put(one > pairs ? "},{" : "{", first_key);
        put(":", one->heading);
        put(",", second_key);
        put(":", one->text);
    }
    printf("}]");
}

static void put_setting(const char *section, const clipper_container_setting *setting) {
    static const char *const kinds[] = {"text", "number", "number", "choice", "size"};
    char text[MOST_TEXT];
    put("{\"section\":", section);
    put(",\"name\":", setting->name);
    put(",\"variable\":", setting->variable);
    put(",\"argument\":", setting->argument);
    put(",\"kind\":", kinds[setting->kind]);
    for (const clipper_setting_choice *choice = setting->choices; choice != NULL && choice->name != NULL;
         choice++) {
        if (!is_alias(setting->choices, choice))
            put(choice == setting->choices ? ",\"choices\":[" : ",", choice->name);
    }
    if (setting->choices != NULL)
        putchar(']');
    if (setting->standard != NULL)
        put(",\"default\":", setting->standard);
    put(",\"help\":", meaning(setting, text));
    printf("},");
}

void print_json_help(const settings_section *sections) {
    char text[MOST_TEXT];
    put_texts("[{\"usage\":", usage);
    put(",\"about\":", about);
    printf(",\"options\":[");
    for (; sections->heading != NULL; sections++) {
        for (size_t i = 0; i < sections->count; i++)
            put_setting(sections->heading, &sections->settings[i]);
    }
    printf("{\"section\":\"Other "
           "options\",\"name\":\"help\",\"letter\":\"h\",\"kind\":\"help\",\"help\":\"this help\"},"
           "{\"section\":\"Other options\",\"name\":\"version\",\"kind\":\"flag\","
           "\"help\":\"the version of this program\"}]");
    put(",\"topics\":[{\"heading\":\"Built-in models\",\"text\":", models_text(text));
    printf("},");
    put_pairs(topics, "heading", "text");
    put_texts(",\"statuses\":", statuses);
    printf(",\"examples\":[");
    put_pairs(examples, "text", "command");
    printf("}]\n");
}
