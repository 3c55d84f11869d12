/* options.c: flags, and the environment where there are none. */
#include "options.h"
#include "help.h"
#include "models.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- The settings that are the command's own ----------------------------------------------------------- */

static const clipper_setting_choice log_formats[] = {
    {"text", CLIPPER_LOG_TEXT}, {"json", CLIPPER_LOG_JSON}, {NULL, 0}};

static const clipper_setting_choice log_levels[] = {{"error", CLIPPER_LOG_ERROR},
                                                    {"warning", CLIPPER_LOG_WARNING},
                                                    {"info", CLIPPER_LOG_INFO},
                                                    {"debug", CLIPPER_LOG_DEBUG},
                                                    {NULL, 0}};

/* Where a member is, and its size. */
#define AT(member) offsetof(command_options, member), sizeof((command_options *)NULL)->member

static const clipper_container_setting own_settings[] = {
    {"model", "CLIPPER_MODEL", "NAME", CLIPPER_SETTING_CHOICE, AT(model), .choices = builtin_model_names,
     .help = "a built-in model (see below)"},
    {"model-library", "CLIPPER_MODEL_LIBRARY", "FILE", CLIPPER_SETTING_TEXT, AT(model_library),
     .help = "a model in a shared object instead: see clipper/model.h"},
    {"model-path", "CLIPPER_MODEL_PATH", "PATH", CLIPPER_SETTING_TEXT, AT(model_path),
     .help = "what that model is to load"},
    {"model-delay", "CLIPPER_MODEL_DELAY_MS", "MS", CLIPPER_SETTING_NUMBER, AT(model_delay_ms), 0, 3600000,
     .standard = "0", .help = "makes the model slow, for tests: each request takes MS longer"},
    {"ready-file", "CLIPPER_READY_FILE", "PATH", CLIPPER_SETTING_TEXT, AT(ready_file),
     .help = "is made when Clipper has registered this container and shown it, and removed when that is no "
             "longer so; only an empty file of this user's may be there before"},
    {"legacy-ready-file", "CLIPPER_LEGACY_READY_FILE", "PATH", CLIPPER_SETTING_TEXT, AT(legacy_ready_file),
     .help = "is made before connecting, and left, as released containers do with /model_is_ready.check"},
    {"metrics-port", "CLIPPER_METRICS_PORT", "PORT", CLIPPER_SETTING_NUMBER_TEXT, AT(metrics_port), 0, 65535,
     .help = "serves the counters at http://ADDRESS:PORT/metrics, for Prometheus; 0: any free port, which is "
             "logged"},
    {"metrics-address", "CLIPPER_METRICS_ADDRESS", "ADDRESS", CLIPPER_SETTING_TEXT, AT(metrics_address),
     .standard = "127.0.0.1", .help = "of the metrics port: an address of this host, or * for all of them"},
    {"log-format", "CLIPPER_LOG_FORMAT", "FORMAT", CLIPPER_SETTING_CHOICE, AT(log.format),
     .choices = log_formats, .standard = "text", .help = "of the lines on stderr"},
    {"log-level", "CLIPPER_LOG_LEVEL", "LEVEL", CLIPPER_SETTING_CHOICE, AT(log.level), .choices = log_levels,
     .standard = "info", .help = "up to which lines are written"},
};

enum {
    OWN_COUNT = sizeof own_settings / sizeof own_settings[0],
    MOST_SETTINGS = 64
};

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
    return index < OWN_COUNT ? &own_settings[index] : &reader->settings[index - OWN_COUNT];
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

/* Whether FLAG is one that only prints something, which is done then. */
static int prints(const option_reader *reader, const char *flag) {
    const settings_section sections[] = {{"The model", own_settings, OWN_COUNT},
                                         {"The container", reader->settings, reader->count},
                                         {NULL, NULL, 0}};
    if (strcmp(flag, "--help") == 0 || strcmp(flag, "-h") == 0)
        print_help(sections);
    else if (strcmp(flag, "--help=json") == 0)
        print_json_help(sections);
    else if (strcmp(flag, "--version") == 0)
        printf("clipper-container %s\n", CLIPPER_VERSION);
    else
        return 0;
    return 1;
}

static options_result read_flags(option_reader *reader, int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        const char *flag = argv[i], *equals = strchr(flag, '=');
        const char **value;
        if (prints(reader, flag))
            return OPTIONS_DONE;
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

/* Takes the values of the flags, and the environment's where there are none. */
static options_result take_all(const option_reader *reader) {
    for (size_t i = 0; i < OWN_COUNT + reader->count; i++) {
        const clipper_container_setting *setting = setting_at(reader, i);
        const char *flag = reader->values[i], *value = flag != NULL ? flag : getenv(setting->variable);
        void *values = i < OWN_COUNT ? (void *)reader->options : (void *)&reader->options->config;
        char error[CLIPPER_CONTAINER_ERROR_TEXT];
        if (value != NULL && clipper_setting_take(setting, values, value, error) != 0)
            return bad("%s%s: %s", flag != NULL ? "--" : "", flag != NULL ? setting->name : setting->variable,
                       error);
    }
    return OPTIONS_RUN;
}

options_result read_options(int argc, char **argv, command_options *options) {
    option_reader reader;
    options_result result;
    memset(options, 0, sizeof *options);
    options->config = clipper_container_default_config();
    options->model = -1;
    options->log.descriptor = STDERR_FILENO;
    options->log.level = CLIPPER_LOG_INFO;
    options->metrics_address = "127.0.0.1";
    memset(&reader, 0, sizeof reader);
    reader.options = options;
    reader.settings = clipper_container_settings(&reader.count);
    result = read_flags(&reader, argc, argv);
    if (result == OPTIONS_RUN)
        result = take_all(&reader);
    if (result == OPTIONS_RUN && (options->model < 0) == (options->model_library == NULL))
        return bad(
            "say which model to serve: either --model noop, sum, probe or echo, or --model-library FILE");
    return result;
}
