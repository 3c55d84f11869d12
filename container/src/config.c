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

/* Each takes VALUE into FIELD, or returns what was expected of it; NULL when all is well. */

static const char *set_text(void *field, const char *value) {
    *(const char **)field = value;
    return NULL;
}

static const char *set_required_text(void *field, const char *value) {
    if (value[0] == '\0')
        return "a text that is not empty";
    return set_text(field, value);
}

/* A decimal number from LOW to HIGH: digits only. */
static int parse_number(const char *value, uint64_t low, uint64_t high, uint64_t *number) {
    char *end;
    unsigned long long parsed;
    if (value[0] < '0' || value[0] > '9')
        return -1;
    errno = 0;
    parsed = strtoull(value, &end, 10);
    if (errno != 0 || *end != '\0' || parsed < low || parsed > high)
        return -1;
    *number = parsed;
    return 0;
}

static const char *set_port(void *field, const char *value) {
    uint64_t number;
    if (parse_number(value, 1, 65535, &number) != 0)
        return "a number from 1 to 65535";
    return set_text(field, value);
}

/* Timeouts must fit an int of milliseconds, which is what system calls take. */
static const char *set_timeout(void *field, const char *value) {
    if (parse_number(value, 1, 2147483647, (uint64_t *)field) != 0)
        return "a number of milliseconds from 1 to 2147483647";
    return NULL;
}

static const char *set_grace(void *field, const char *value) {
    if (parse_number(value, 0, 2147483647, (uint64_t *)field) != 0)
        return "a number of milliseconds from 0 to 2147483647";
    return NULL;
}

static const char *set_limit(void *field, const char *value) {
    if (parse_number(value, 1, INT64_MAX, (uint64_t *)field) != 0)
        return "a number from 1 to 9223372036854775807";
    return NULL;
}

static const char *set_workers(void *field, const char *value) {
    uint64_t number;
    if (parse_number(value, 0, 1024, &number) != 0)
        return "a number from 0 to 1024";
    *(unsigned *)field = (unsigned)number;
    return NULL;
}

static const char *set_queue(void *field, const char *value) {
    uint64_t number;
    if (parse_number(value, 1, 1000000, &number) != 0)
        return "a number from 1 to 1000000";
    *(size_t *)field = (size_t)number;
    return NULL;
}

static const char *set_wire(void *field, const char *value) {
    if (strcmp(value, "release") == 0)
        *(clipper_wire *)field = CLIPPER_WIRE_RELEASE;
    else if (strcmp(value, "document") == 0)
        *(clipper_wire *)field = CLIPPER_WIRE_DOCUMENT;
    else
        return "release or document";
    return NULL;
}

/* The names that released containers take. [release] */
static const char *set_input_type(void *field, const char *value) {
    static const struct {
        const char *name;
        clipper_data_type type;
    } names[] = {
        {"b", CLIPPER_TYPE_BYTES},         {"bytes", CLIPPER_TYPE_BYTES},    {"byte", CLIPPER_TYPE_BYTES},
        {"i", CLIPPER_TYPE_INTS},          {"ints", CLIPPER_TYPE_INTS},      {"int", CLIPPER_TYPE_INTS},
        {"integer", CLIPPER_TYPE_INTS},    {"integers", CLIPPER_TYPE_INTS},  {"f", CLIPPER_TYPE_FLOATS},
        {"floats", CLIPPER_TYPE_FLOATS},   {"float", CLIPPER_TYPE_FLOATS},   {"d", CLIPPER_TYPE_DOUBLES},
        {"doubles", CLIPPER_TYPE_DOUBLES}, {"double", CLIPPER_TYPE_DOUBLES}, {"s", CLIPPER_TYPE_STRINGS},
        {"strings", CLIPPER_TYPE_STRINGS}, {"string", CLIPPER_TYPE_STRINGS}, {"strs", CLIPPER_TYPE_STRINGS},
        {"str", CLIPPER_TYPE_STRINGS},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(value, names[i].name) == 0) {
            *(clipper_data_type *)field = names[i].type;
            return NULL;
        }
    }
    return "bytes, ints, floats, doubles or strings (or b, byte, i, int, integer, integers, f, float, d, "
           "double, s, string, str, strs)";
}

/* ---- The settings -------------------------------------------------------------------------------------- */

/* Each setting, as X(NAME, VARIABLE, ARGUMENT, SETTER, MEMBER, HELP). */
#define SETTINGS(X)                                                                                          \
    X("model-name", "CLIPPER_MODEL_NAME", "NAME", set_required_text, model_name,                             \
      "the model's name; required")                                                                          \
    X("model-version", "CLIPPER_MODEL_VERSION", "TEXT", set_required_text, model_version,                    \
      "the model's version, an integer for the document; required")                                          \
    X("ip", "CLIPPER_IP", "HOST", set_required_text, ip, "Clipper's address or host name (127.0.0.1)")       \
    X("port", "CLIPPER_PORT", "PORT", set_port, port, "Clipper's port (7000)")                               \
    X("endpoint", "CLIPPER_ENDPOINT", "URL", set_required_text, endpoint,                                    \
      "a ZeroMQ endpoint in place of tcp://HOST:PORT")                                                       \
    X("input-type", "CLIPPER_INPUT_TYPE", "TYPE", set_input_type, input_type,                                \
      "bytes, ints, floats, doubles or strings (doubles)")                                                   \
    X("wire", "CLIPPER_WIRE", "WIRE", set_wire, wire,                                                        \
      "release: as released Clipper speaks; document: as\nthe v3 document has it (release)")                 \
    X("poll-timeout", "CLIPPER_POLL_TIMEOUT_MS", "MS", set_timeout, poll_timeout_ms,                         \
      "D: silence after which a heartbeat is sent (5000)")                                                   \
    X("activity-timeout", "CLIPPER_ACTIVITY_TIMEOUT_MS", "MS", set_timeout, activity_timeout_ms,             \
      "TO: silence after which a new session is begun (30000)")                                              \
    X("workers", "CLIPPER_WORKERS", "N", set_workers, workers,                                               \
      "threads that predict; 0: the polling thread does,\nwithout heartbeats meanwhile (1)")                 \
    X("queue", "CLIPPER_QUEUE", "N", set_queue, queue,                                                       \
      "requests under way at a time; more wait in ZeroMQ (256)")                                             \
    X("grace", "CLIPPER_GRACE_MS", "MS", set_grace, grace_ms,                                                \
      "how long requests under way may take to finish\nafter the first SIGTERM or SIGINT (10000)")           \
    X("max-items", "CLIPPER_MAX_ITEMS", "N", set_limit, limits.items, "inputs in one request (1048576)")     \
    X("max-item-bytes", "CLIPPER_MAX_ITEM_BYTES", "N", set_limit, limits.item_bytes,                         \
      "bytes in one input (1073741824)")                                                                     \
    X("max-request-bytes", "CLIPPER_MAX_REQUEST_BYTES", "N", set_limit, limits.total_bytes,                  \
      "bytes in all inputs of one request (1073741824)")

static const clipper_container_setting settings[] = {
#define X(name, variable, argument, setter, member, help) {name, variable, argument, help},
    SETTINGS(X)
#undef X
};

enum {
    SETTING_COUNT = sizeof settings / sizeof settings[0]
};

static const char *set(clipper_container_config *config, size_t index, const char *value) {
    static const struct {
        const char *(*setter)(void *field, const char *value);
        size_t offset;
    } setters[] = {
#define X(name, variable, argument, setter, member, help)                                                    \
    {setter, offsetof(clipper_container_config, member)},
        SETTINGS(X)
#undef X
    };
    return setters[index].setter((char *)config + setters[index].offset, value);
}

const clipper_container_setting *clipper_container_settings(size_t *count) {
    *count = SETTING_COUNT;
    return settings;
}

int clipper_container_config_set(clipper_container_config *config, const char *name, const char *value,
                                 char error[CLIPPER_CONTAINER_ERROR_TEXT]) {
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const char *expected;
        if (strcmp(settings[i].name, name) != 0)
            continue;
        expected = set(config, i, value);
        if (expected == NULL)
            return 0;
        snprintf(error, CLIPPER_CONTAINER_ERROR_TEXT, "\"%.40s\" is not %s", value, expected);
        return -1;
    }
    snprintf(error, CLIPPER_CONTAINER_ERROR_TEXT, "there is no setting \"%.40s\"", name);
    return -1;
}

int clipper_container_config_from_environment(clipper_container_config *config,
                                              char error[CLIPPER_CONTAINER_ERROR_TEXT]) {
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const char *value = getenv(settings[i].variable);
        const char *expected = value == NULL ? NULL : set(config, i, value);
        if (expected != NULL) {
            snprintf(error, CLIPPER_CONTAINER_ERROR_TEXT, "%s: \"%.40s\" is not %s", settings[i].variable,
                     value, expected);
            return -1;
        }
    }
    return 0;
}

/* ---- Completeness -------------------------------------------------------------------------------------- */

static const char *problem(const clipper_container_config *config) {
    if (config->model_name == NULL)
        return "the model's name is missing: set CLIPPER_MODEL_NAME (--model-name)";
    if (config->model_version == NULL)
        return "the model's version is missing: set CLIPPER_MODEL_VERSION (--model-version)";
    if (config->predict == NULL)
        return "there is no model to serve";
    if (config->endpoint == NULL && (config->ip == NULL || config->port == NULL))
        return "Clipper's address is missing: set CLIPPER_IP and CLIPPER_PORT (--ip, --port)";
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
