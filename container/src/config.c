/* config.c: a container's configuration, from texts. */
#include "clipper/container.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

clipper_container_config clipper_container_default_config(void) {
    clipper_container_config config;
    memset(&config, 0, sizeof config);
    config.ip = "127.0.0.1";
    config.port = "7000";
    config.input_type = CLIPPER_TYPE_DOUBLES;
    config.wire = CLIPPER_WIRE_RELEASE;
    config.poll_timeout_ms = CLIPPER_POLL_TIMEOUT_MS;
    config.activity_timeout_ms = CLIPPER_ACTIVITY_TIMEOUT_MS;
    config.limits = clipper_default_limits();
    config.workers = 1;
    config.queue = 256;
    config.grace_ms = 10000;
    return config;
}

/* ---- Values -------------------------------------------------------------------------------------------- */

/* What the letter at the end of a size stands for: 1 for none, 0 for one that it cannot have. */
static uint64_t unit(const char *letter) {
    static const char units[] = "KMG";
    const char *known = *letter != '\0' ? strchr(units, *letter) : NULL;
    if (*letter == '\0')
        return 1;
    return known != NULL && letter[1] == '\0' ? UINT64_C(1) << (10 * (known - units + 1)) : 0;
}

/* A decimal number within the bounds of SETTING: digits only, but for the unit of a size. */
static int parse_number(const clipper_container_setting *setting, const char *value, uint64_t *number) {
    char *end;
    unsigned long long parsed;
    uint64_t times;
    if (value[0] < '0' || value[0] > '9')
        return -1;
    errno = 0;
    parsed = strtoull(value, &end, 10);
    times = setting->kind == CLIPPER_SETTING_SIZE ? unit(end) : *end == '\0';
    if (errno != 0 || times == 0 || parsed > setting->most / times || parsed * times < setting->least)
        return -1;
    *number = parsed * times;
    return 0;
}

static void store(void *member, size_t size, uint64_t number) {
    const uint32_t small = (uint32_t)number;
    if (size == sizeof small)
        memcpy(member, &small, sizeof small);
    else
        memcpy(member, &number, sizeof number);
}

static int take_number(const clipper_container_setting *setting, void *member, const char *value,
                       char error[CLIPPER_CONTAINER_ERROR_TEXT]) {
    uint64_t number;
    if (strcmp(setting->variable, "CLIPPER_PORT") == 0 && strncmp(value, "tcp://", 6) == 0) {
        snprintf(
            error, CLIPPER_CONTAINER_ERROR_TEXT,
            "\"%.40s\" is no port. Kubernetes sets this where a Service is named clipper: set the port, or "
            "enableServiceLinks: false in the pod's spec",
            value);
        return -1;
    }
    if (parse_number(setting, value, &number) != 0) {
        snprintf(error, CLIPPER_CONTAINER_ERROR_TEXT, "\"%.40s\" is not a number from %llu to %llu", value,
                 (unsigned long long)setting->least, (unsigned long long)setting->most);
        return -1;
    }
    if (setting->kind != CLIPPER_SETTING_NUMBER_TEXT)
        store(member, setting->size, number);
    else
        *(const char **)member = value;
    return 0;
}

static int take_choice(const clipper_container_setting *setting, void *member, const char *value,
                       char error[CLIPPER_CONTAINER_ERROR_TEXT]) {
    const char *between = " ";
    size_t len;
    for (const clipper_setting_choice *choice = setting->choices; choice->name != NULL; choice++) {
        if (strcmp(value, choice->name) == 0) {
            *(int *)member = choice->value;
            return 0;
        }
    }
    len = (size_t)snprintf(error, CLIPPER_CONTAINER_ERROR_TEXT, "\"%.40s\" is none of", value);
    for (const clipper_setting_choice *choice = setting->choices; choice->name != NULL; choice++) {
        if (len < CLIPPER_CONTAINER_ERROR_TEXT)
            len += (size_t)snprintf(error + len, CLIPPER_CONTAINER_ERROR_TEXT - len, "%s%s", between,
                                    choice->name);
        between = ", ";
    }
    return -1;
}

int clipper_setting_take(const clipper_container_setting *setting, void *values, const char *value,
                         char error[CLIPPER_CONTAINER_ERROR_TEXT]) {
    void *member = (char *)values + setting->offset;
    if (setting->kind == CLIPPER_SETTING_CHOICE)
        return take_choice(setting, member, value, error);
    if (setting->kind != CLIPPER_SETTING_TEXT)
        return take_number(setting, member, value, error);
    if (value[0] == '\0') {
        snprintf(error, CLIPPER_CONTAINER_ERROR_TEXT, "\"\" is not a text that is not empty");
        return -1;
    }
    *(const char **)member = value;
    return 0;
}

/* ---- The settings -------------------------------------------------------------------------------------- */

/* The names that released containers take. [release] */
static const clipper_setting_choice input_types[] = {
    {"bytes", CLIPPER_TYPE_BYTES},     {"ints", CLIPPER_TYPE_INTS},
    {"floats", CLIPPER_TYPE_FLOATS},   {"doubles", CLIPPER_TYPE_DOUBLES},
    {"strings", CLIPPER_TYPE_STRINGS}, {"b", CLIPPER_TYPE_BYTES},
    {"byte", CLIPPER_TYPE_BYTES},      {"i", CLIPPER_TYPE_INTS},
    {"int", CLIPPER_TYPE_INTS},        {"integer", CLIPPER_TYPE_INTS},
    {"integers", CLIPPER_TYPE_INTS},   {"f", CLIPPER_TYPE_FLOATS},
    {"float", CLIPPER_TYPE_FLOATS},    {"d", CLIPPER_TYPE_DOUBLES},
    {"double", CLIPPER_TYPE_DOUBLES},  {"s", CLIPPER_TYPE_STRINGS},
    {"string", CLIPPER_TYPE_STRINGS},  {"str", CLIPPER_TYPE_STRINGS},
    {"strs", CLIPPER_TYPE_STRINGS},    {NULL, 0},
};

static const clipper_setting_choice wires[] = {
    {"release", CLIPPER_WIRE_RELEASE}, {"document", CLIPPER_WIRE_DOCUMENT}, {NULL, 0}};

/* Timeouts must fit an int of milliseconds, which is what system calls take. */
#define MOST_MS 2147483647

/* Where a member is, and its size. */
#define AT(member)                                                                                           \
    offsetof(clipper_container_config, member), sizeof((clipper_container_config *)NULL)->member

static const clipper_container_setting settings[] = {
    {"model-name", "CLIPPER_MODEL_NAME", "NAME", CLIPPER_SETTING_TEXT, AT(model_name),
     .help = "the model's name; required"},
    {"model-version", "CLIPPER_MODEL_VERSION", "TEXT", CLIPPER_SETTING_TEXT, AT(model_version),
     .help = "the model's version, an integer for the document; required"},
    {"ip", "CLIPPER_IP", "HOST", CLIPPER_SETTING_TEXT, AT(ip), .standard = "127.0.0.1",
     .help = "Clipper's address or host name; an IPv6 address with or without brackets"},
    {"port", "CLIPPER_PORT", "PORT", CLIPPER_SETTING_NUMBER_TEXT, AT(port), 1, 65535, .standard = "7000",
     .help = "Clipper's port"},
    {"endpoint", "CLIPPER_ENDPOINT", "URL", CLIPPER_SETTING_TEXT, AT(endpoint),
     .help = "a ZeroMQ endpoint in place of tcp://HOST:PORT"},
    {"input-type", "CLIPPER_INPUT_TYPE", "TYPE", CLIPPER_SETTING_CHOICE, AT(input_type),
     .choices = input_types, .standard = "doubles", .help = "of the model"},
    {"wire", "CLIPPER_WIRE", "WIRE", CLIPPER_SETTING_CHOICE, AT(wire), .choices = wires,
     .standard = "release", .help = "as released Clipper speaks, or as the v3 document has it"},
    {"poll-timeout", "CLIPPER_POLL_TIMEOUT_MS", "MS", CLIPPER_SETTING_NUMBER, AT(poll_timeout_ms), 1, MOST_MS,
     .standard = "5000", .help = "D: silence after which a heartbeat is sent"},
    {"activity-timeout", "CLIPPER_ACTIVITY_TIMEOUT_MS", "MS", CLIPPER_SETTING_NUMBER, AT(activity_timeout_ms),
     1, MOST_MS, .standard = "30000", .help = "TO: silence after which a new session is begun"},
    {"workers", "CLIPPER_WORKERS", "N", CLIPPER_SETTING_NUMBER, AT(workers), 0, 1024, .standard = "1",
     .help = "threads that predict; 0: the polling thread does, without heartbeats meanwhile"},
    {"queue", "CLIPPER_QUEUE", "N", CLIPPER_SETTING_NUMBER, AT(queue), 1, 1000000, .standard = "256",
     .help = "requests under way at a time; more wait in ZeroMQ"},
    {"memory", "CLIPPER_MEMORY", "BYTES", CLIPPER_SETTING_SIZE, AT(memory), 16 << 20, INT64_MAX,
     .help = "memory for requests and responses, with K, M or G: a request may take an eighth of it, and "
             "what would "
             "exceed it waits or ends the session; without it, the limits and the queue are the bound"},
    {"grace", "CLIPPER_GRACE_MS", "MS", CLIPPER_SETTING_NUMBER, AT(grace_ms), 0, MOST_MS, .standard = "10000",
     .help = "how long requests under way may take to finish after the first SIGTERM or SIGINT"},
    {"max-items", "CLIPPER_MAX_ITEMS", "N", CLIPPER_SETTING_NUMBER, AT(limits.items), 1, INT64_MAX,
     .standard = "1048576", .help = "inputs in one request"},
    {"max-item-bytes", "CLIPPER_MAX_ITEM_BYTES", "N", CLIPPER_SETTING_NUMBER, AT(limits.item_bytes), 1,
     INT64_MAX, .standard = "1073741824", .help = "bytes in one input"},
    {"max-request-bytes", "CLIPPER_MAX_REQUEST_BYTES", "N", CLIPPER_SETTING_NUMBER, AT(limits.total_bytes), 1,
     INT64_MAX, .standard = "1073741824", .help = "bytes in all inputs of one request"},
};

enum {
    SETTING_COUNT = sizeof settings / sizeof settings[0]
};

const clipper_container_setting *clipper_container_settings(size_t *count) {
    *count = SETTING_COUNT;
    return settings;
}

int clipper_container_config_set(clipper_container_config *config, const char *name, const char *value,
                                 char error[CLIPPER_CONTAINER_ERROR_TEXT]) {
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        if (strcmp(settings[i].name, name) == 0)
            return clipper_setting_take(&settings[i], config, value, error);
    }
    snprintf(error, CLIPPER_CONTAINER_ERROR_TEXT, "there is no setting \"%.40s\"", name);
    return -1;
}

int clipper_container_config_from_environment(clipper_container_config *config,
                                              char error[CLIPPER_CONTAINER_ERROR_TEXT]) {
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const char *value = getenv(settings[i].variable);
        char why[CLIPPER_CONTAINER_ERROR_TEXT];
        if (value != NULL && clipper_setting_take(&settings[i], config, value, why) != 0) {
            snprintf(error, CLIPPER_CONTAINER_ERROR_TEXT, "%s: %.200s", settings[i].variable, why);
            return -1;
        }
    }
    return 0;
}

/* ---- Completeness -------------------------------------------------------------------------------------- */

/* HOST:PORT, or a URL, where a host is asked for? An IPv6 address has colons, too. */
static int is_no_host(const char *ip) {
    const char *colon = strchr(ip, ':');
    return ip[0] == '[' ? ip[strlen(ip) - 1] != ']'
                        : colon != NULL && (strchr(colon + 1, ':') == NULL || colon[1] == '/');
}

static const char *problem(const clipper_container_config *config) {
    if (config->model_name == NULL)
        return "the model's name is missing: set CLIPPER_MODEL_NAME (--model-name)";
    if (config->model_version == NULL)
        return "the model's version is missing: set CLIPPER_MODEL_VERSION (--model-version)";
    if (config->predict == NULL)
        return "there is no model to serve";
    if (config->endpoint == NULL && (config->ip == NULL || config->port == NULL))
        return "Clipper's address is missing: set CLIPPER_IP and CLIPPER_PORT (--ip, --port)";
    if (config->endpoint == NULL && is_no_host(config->ip))
        return "CLIPPER_IP (--ip) takes a host alone; its port goes into CLIPPER_PORT (--port), a URL into "
               "CLIPPER_ENDPOINT (--endpoint)";
    if (config->poll_timeout_ms == 0)
        return clipper_session_error_sentence(CLIPPER_SESSION_ERROR_POLL_TIMEOUT);
    if (config->activity_timeout_ms == 0)
        return clipper_session_error_sentence(CLIPPER_SESSION_ERROR_ACTIVITY_TIMEOUT);
    if (config->wire != CLIPPER_WIRE_DOCUMENT && config->wire != CLIPPER_WIRE_RELEASE)
        return clipper_session_error_sentence(CLIPPER_SESSION_ERROR_WIRE);
    if ((unsigned)config->input_type > CLIPPER_TYPE_STRINGS)
        return clipper_session_error_sentence(CLIPPER_SESSION_ERROR_INPUT_TYPE);
    if (config->queue == 0)
        return "the queue must hold at least 1 request";
    return NULL;
}

int clipper_container_config_check(const clipper_container_config *config,
                                   char error[CLIPPER_CONTAINER_ERROR_TEXT]) {
    const char *text = problem(config);
    if (text == NULL)
        return 0;
    snprintf(error, CLIPPER_CONTAINER_ERROR_TEXT, "%s", text);
    return -1;
}
