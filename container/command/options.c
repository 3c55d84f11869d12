/* options.c: flags, and the environment where there are none. */
#include "options.h"
#include "models.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- The settings that are the command's own ----------------------------------------------------------- */

static const char *set_text(command_options *options, size_t offset, const char *value) {
    if (value[0] == '\0')
        return "a text that is not empty";
    *(const char **)(void *)((char *)options + offset) = value;
    return NULL;
}

static const char *set_model(command_options *options, size_t offset, const char *value) {
    if (find_builtin_model(value) == NULL)
        return "noop, sum, probe or echo";
    return set_text(options, offset, value);
}

static const char *set_model_delay(command_options *options, size_t offset, const char *value) {
    char *end;
    const unsigned long ms = strtoul(value, &end, 10);
    (void)offset;
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || ms > 3600000)
        return "a number of milliseconds up to 3600000";
    options->model_delay_ms = ms;
    return NULL;
}

static const char *set_metrics_port(command_options *options, size_t offset, const char *value) {
    char *end;
    const unsigned long port = strtoul(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || port > 65535)
        return "a number from 0 to 65535";
    return set_text(options, offset, value);
}

static const char *set_log_format(command_options *options, size_t offset, const char *value) {
    (void)offset;
    if (strcmp(value, "text") == 0)
        options->log.format = CLIPPER_LOG_TEXT;
    else if (strcmp(value, "json") == 0)
        options->log.format = CLIPPER_LOG_JSON;
    else
        return "text or json";
    return NULL;
}

static const char *set_log_level(command_options *options, size_t offset, const char *value) {
    (void)offset;
    for (int level = CLIPPER_LOG_ERROR; level <= CLIPPER_LOG_DEBUG; level++) {
        if (strcmp(value, clipper_log_level_name((clipper_log_level)level)) == 0) {
            options->log.level = (clipper_log_level)level;
            return NULL;
        }
    }
    return "error, warning, info or debug";
}

typedef struct own_setting {
    clipper_container_setting face;
    const char *(*set)(command_options *options, size_t offset, const char *value);
    size_t offset;
} own_setting;

static const own_setting own_settings[] = {
    {{"model", "CLIPPER_MODEL", "NAME", "a built-in model: noop, sum, probe or echo (see below)"},
     set_model,
     offsetof(command_options, model)},
    {{"model-library", "CLIPPER_MODEL_LIBRARY", "FILE",
      "a model in a shared object instead: see clipper/model.h"},
     set_text,
     offsetof(command_options, model_library)},
    {{"model-path", "CLIPPER_MODEL_PATH", "PATH", "what that model is to load"},
     set_text,
     offsetof(command_options, model_path)},
    {{"model-delay", "CLIPPER_MODEL_DELAY_MS", "MS",
      "makes the model slow, for tests: each request takes so\nmuch longer (0)"},
     set_model_delay,
     0},
    {{"ready-file", "CLIPPER_READY_FILE", "PATH",
      "is written when Clipper has registered this container\nand shown it, and removed when that is no "
      "longer so"},
     set_text,
     offsetof(command_options, ready_file)},
    {{"legacy-ready-file", "CLIPPER_LEGACY_READY_FILE", "PATH",
      "is written before connecting, and left, as released\ncontainers do with /model_is_ready.check"},
     set_text,
     offsetof(command_options, legacy_ready_file)},
    {{"metrics-port", "CLIPPER_METRICS_PORT", "PORT",
      "serves the counters at http://*:PORT/metrics, for\nPrometheus; 0: any free port, which is logged"},
     set_metrics_port,
     offsetof(command_options, metrics_port)},
    {{"log-format", "CLIPPER_LOG_FORMAT", "FORMAT", "of the lines on stderr: text or json (text)"},
     set_log_format,
     0},
    {{"log-level", "CLIPPER_LOG_LEVEL", "LEVEL", "error, warning, info or debug (info)"}, set_log_level, 0},
};

enum {
    OWN_COUNT = sizeof own_settings / sizeof own_settings[0],
    MOST_SETTINGS = 64
};

/* ---- Help ---------------------------------------------------------------------------------------------- */

/* HELP, with its further lines indented to where the first one begins. */
static void print_help_text(const char *help, int indent) {
    const char *end;
    while ((end = strchr(help, '\n')) != NULL) {
        printf("%.*s\n%*s", (int)(end - help), help, indent, "");
        help = end + 1;
    }
    printf("%s\n", help);
}

static void print_setting(const clipper_container_setting *setting) {
    char flag[64];
    snprintf(flag, sizeof flag, "--%s %s", setting->name, setting->argument);
    printf("  %-28s", flag);
    print_help_text(setting->help, 30);
    printf("%30s[%s]\n", "", setting->variable);
}

static void print_help(void) {
    size_t count;
    const clipper_container_setting *settings = clipper_container_settings(&count);
    printf("usage: clipper-container --model NAME [options]\n"
           "       clipper-container --model-library FILE [--model-path PATH] [options]\n"
           "\n"
           "Serves a model to Clipper over its container RPC, version 3. Each option can be\n"
           "given as a flag, --name VALUE or --name=VALUE, or as the environment variable in\n"
           "brackets; the flag wins.\n"
           "\n"
           "The model:\n");
    for (size_t i = 0; i < OWN_COUNT; i++)
        print_setting(&own_settings[i].face);
    printf("\nThe container:\n");
    for (size_t i = 0; i < count; i++)
        print_setting(&settings[i]);
    printf("\n  %-28s%s\n  %-28s%s\n", "--help", "this text", "--version", "the version of this program");
    printf("\nBuilt-in models, each for every input type (one output for each input):\n");
    for (const builtin_model *model = builtin_models; model->name != NULL; model++) {
        printf("  %-8s", model->name);
        print_help_text(model->help, 10);
    }
    printf("\n"
           "Signals: SIGTERM and SIGINT stop it: no more requests are taken, those under way\n"
           "are answered within the grace period; a second one stops it at once. SIGUSR1 logs\n"
           "the counters.\n"
           "\n"
           "Exit status: 0 stopped by a signal; 1 it cannot run; 2 usage or configuration;\n"
           "3 Clipper speaks another RPC version.\n");
}

/* ---- Reading ------------------------------------------------------------------------------------------- */

typedef struct option_reader {
    command_options *options;
    const clipper_container_setting *settings; /* the container's */
    size_t count;
    const char *values[MOST_SETTINGS]; /* given as flags: the command's own, then the container's */
} option_reader;

__attribute__((format(printf, 1, 2))) static options_result bad(const char *format, ...) {
    va_list arguments;
    fprintf(stderr, "clipper-container: ");
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\nTry: clipper-container --help\n");
    return OPTIONS_BAD;
}

static const clipper_container_setting *setting_at(const option_reader *reader, size_t index) {
    return index < OWN_COUNT ? &own_settings[index].face : &reader->settings[index - OWN_COUNT];
}

/* Where the value of the flag NAME (LEN bytes) goes; NULL for one that does not exist. */
static const char **find_flag(option_reader *reader, const char *name, size_t len) {
    for (size_t i = 0; i < OWN_COUNT + reader->count; i++) {
        const char *known = setting_at(reader, i)->name;
        if (strlen(known) == len && memcmp(known, name, len) == 0)
            return &reader->values[i];
    }
    return NULL;
}

static options_result read_flags(option_reader *reader, int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        const char *flag = argv[i], *equals = strchr(flag, '=');
        const char **value;
        if (strcmp(flag, "--help") == 0 || strcmp(flag, "-h") == 0) {
            print_help();
            return OPTIONS_DONE;
        }
        if (strcmp(flag, "--version") == 0) {
            printf("clipper-container %s\n", CLIPPER_VERSION);
            return OPTIONS_DONE;
        }
        if (strncmp(flag, "--", 2) != 0)
            return bad("\"%.40s\" is no flag", flag);
        value = find_flag(reader, flag + 2, equals != NULL ? (size_t)(equals - flag - 2) : strlen(flag + 2));
        if (value == NULL)
            return bad("there is no flag %.*s", equals != NULL ? (int)(equals - flag) : 40, flag);
        if (equals == NULL && i + 1 == argc)
            return bad("%s needs a value", flag);
        *value = equals != NULL ? equals + 1 : argv[++i];
    }
    return OPTIONS_RUN;
}

/* Sets setting INDEX to VALUE; NAME is what the user knows it by. */
static options_result apply(option_reader *reader, size_t index, const char *name, const char *value) {
    char error[CLIPPER_CONTAINER_ERROR_TEXT];
    if (index < OWN_COUNT) {
        const own_setting *own = &own_settings[index];
        const char *expected = own->set(reader->options, own->offset, value);
        return expected == NULL ? OPTIONS_RUN : bad("%s: \"%.40s\" is not %s", name, value, expected);
    }
    if (clipper_container_config_set(&reader->options->config, setting_at(reader, index)->name, value,
                                     error) != 0)
        return bad("%s: %s", name, error);
    return OPTIONS_RUN;
}

static options_result apply_all(option_reader *reader) {
    for (size_t i = 0; i < OWN_COUNT + reader->count; i++) {
        const clipper_container_setting *setting = setting_at(reader, i);
        char flag[64];
        const char *name = flag, *value = reader->values[i];
        options_result result;
        snprintf(flag, sizeof flag, "--%s", setting->name);
        if (value == NULL) {
            name = setting->variable;
            value = getenv(setting->variable);
        }
        result = value == NULL ? OPTIONS_RUN : apply(reader, i, name, value);
        if (result != OPTIONS_RUN)
            return result;
    }
    return OPTIONS_RUN;
}

options_result read_options(int argc, char **argv, command_options *options) {
    option_reader reader;
    options_result result;
    memset(options, 0, sizeof *options);
    options->config = clipper_container_default_config();
    options->log.descriptor = STDERR_FILENO;
    options->log.level = CLIPPER_LOG_INFO;
    memset(&reader, 0, sizeof reader);
    reader.options = options;
    reader.settings = clipper_container_settings(&reader.count);
    result = read_flags(&reader, argc, argv);
    if (result == OPTIONS_RUN)
        result = apply_all(&reader);
    if (result == OPTIONS_RUN && (options->model == NULL) == (options->model_library == NULL))
        return bad(
            "say which model to serve: either --model noop, sum, probe or echo, or --model-library FILE");
    return result;
}
