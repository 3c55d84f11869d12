/* log.c: events as lines of text or of JSON. */
#include "clipper/log.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* A line being written. What does not fit is left out and sets FULL. */
typedef struct log_line {
    char *bytes;
    size_t used;
    size_t capacity;
    int full;
} log_line;

const char *clipper_log_level_name(clipper_log_level level) {
    static const char *const names[] = {"error", "warning", "info", "debug"};
    return (unsigned)level < sizeof names / sizeof names[0] ? names[level] : "unknown";
}

static void put(log_line *line, const char *bytes, size_t len) {
    if (line->full || len > line->capacity - line->used) {
        line->full = 1;
        return;
    }
    memcpy(line->bytes + line->used, bytes, len);
    line->used += len;
}

static void put_text(log_line *line, const char *text) {
    put(line, text, strlen(text));
}

__attribute__((format(printf, 2, 3))) static void put_format(log_line *line, const char *format, ...) {
    char text[96];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    put_text(line, text);
}

static void put_time(log_line *line, uint64_t unix_ms) {
    const time_t seconds = (time_t)(unix_ms / 1000);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    put_format(line, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
               utc.tm_hour, utc.tm_min, utc.tm_sec, (int)(unix_ms % 1000));
}

/* ---- Text ---------------------------------------------------------------------------------------------- */

/* Needs TEXT no quotes? */
static int is_plain(const char *text) {
    const char *c;
    for (c = text; *c > ' ' && *c <= '~' && *c != '"' && *c != '=' && *c != '\\'; c++)
        ;
    return *c == '\0' && c != text;
}

static void put_quoted(log_line *line, const char *text) {
    put_text(line, "\"");
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            put_format(line, "\\%c", *c);
        else if (*c < ' ' || *c > '~')
            put_format(line, "\\x%02x", *c);
        else
            put(line, (const char *)c, 1);
    }
    put_text(line, "\"");
}

static void put_text_field(log_line *line, const clipper_log_field *field) {
    put_format(line, " %s=", field->key);
    if (field->text == NULL)
        put_format(line, "%llu", (unsigned long long)field->number);
    else if (is_plain(field->text))
        put_text(line, field->text);
    else
        put_quoted(line, field->text);
}

/* ---- JSON ---------------------------------------------------------------------------------------------- */

/* The bytes of the UTF-8 character at C; 0 where none is. C ends with a NUL. */
static size_t utf8_length(const unsigned char *c) {
    static const struct {
        unsigned char low, high;   /* the first byte */
        unsigned char low2, high2; /* the second: neither overlong, nor a surrogate, nor above U+10FFFF */
        unsigned char length;
    } forms[] = {
        {0x20, 0x7e, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        size_t length = 1;
        if (c[0] < forms[i].low || c[0] > forms[i].high)
            continue;
        if (forms[i].length > 1 && (c[1] < forms[i].low2 || c[1] > forms[i].high2))
            return 0;
        while (length < forms[i].length && (length == 1 || (c[length] & 0xc0) == 0x80))
            length++;
        return length == forms[i].length ? length : 0;
    }
    return 0;
}

static void put_json_text(log_line *line, const char *text) {
    const unsigned char *c = (const unsigned char *)text;
    put_text(line, "\"");
    while (*c != '\0') {
        const size_t length = utf8_length(c);
        if (*c == '"' || *c == '\\')
            put_format(line, "\\%c", *c);
        else if (length > 0)
            put(line, (const char *)c, length);
        else if (*c < 0x80)
            put_format(line, "\\u%04x", *c);
        else
            put_text(line, "\xef\xbf\xbd"); /* U+FFFD */
        c += length > 0 ? length : 1;
    }
    put_text(line, "\"");
}

static void put_json_field(log_line *line, const clipper_log_field *field) {
    put_format(line, ",\"%s\":", field->key);
    if (field->text == NULL)
        put_format(line, "%llu", (unsigned long long)field->number);
    else
        put_json_text(line, field->text);
}

/* ---- Lines --------------------------------------------------------------------------------------------- */

size_t clipper_log_line(const clipper_log_event *event, clipper_log_format format, uint64_t unix_ms,
                        char bytes[CLIPPER_LOG_LINE]) {
    log_line line = {bytes, 0, CLIPPER_LOG_LINE - 2, 0};
    const int json = format == CLIPPER_LOG_JSON;
    if (json)
        put_text(&line, "{\"time\":\"");
    put_time(&line, unix_ms);
    put_text(&line, json ? "\",\"level\":\"" : " ");
    put_text(&line, clipper_log_level_name(event->level));
    put_text(&line, json ? "\",\"event\":\"" : " ");
    put_text(&line, event->name);
    put_text(&line, json ? "\"" : "");
    for (size_t i = 0; i < event->field_count; i++) {
        const size_t before = line.used;
        if (json)
            put_json_field(&line, &event->fields[i]);
        else
            put_text_field(&line, &event->fields[i]);
        if (line.full)
            line.used = before;
        line.full = 0;
    }
    line.capacity = CLIPPER_LOG_LINE;
    put_text(&line, json ? "}\n" : "\n");
    return line.used;
}

/* Is there room for a line now? Where that cannot be told, there is. */
static int has_room(int descriptor) {
    struct pollfd item = {descriptor, POLLOUT, 0};
    return descriptor < 0 || poll(&item, 1, 0) != 0;
}

/* Writes what there is room for. Serving goes on without a log. Returns 0 when nothing was written for want of room. */
static int write_bytes(int descriptor, const char *bytes, size_t length) {
    size_t written = 0;
    while (written < length && has_room(descriptor)) {
        const ssize_t n = write(descriptor, bytes + written, length - written);
        if (n < 0 && errno == EAGAIN)
            break;
        if (n < 0 && errno != EINTR)
            return 1;
        written += n > 0 ? (size_t)n : 0;
    }
    return written > 0;
}

static int write_event(const clipper_log_output *output, const clipper_log_event *event) {
    char bytes[CLIPPER_LOG_LINE];
    struct timespec now;
    size_t length;
    clock_gettime(CLOCK_REALTIME, &now);
    length = clipper_log_line(event, output->format,
                              (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u, bytes);
    return write_bytes(output->descriptor, bytes, length);
}

/* Says how many lines were dropped since that was last said. Returns 0 when there is no room for that either. */
static int write_dropped(clipper_log_output *output) {
    const clipper_log_field field = {"count", NULL, output->dropped - output->dropped_told};
    const clipper_log_event event = {CLIPPER_LOG_WARNING, "log_lines_dropped", &field, 1};
    if (output->dropped == output->dropped_told)
        return 1;
    if (!write_event(output, &event))
        return 0;
    output->dropped_told = output->dropped;
    return 1;
}

void clipper_log_write(void *context, const clipper_log_event *event) {
    clipper_log_output *output = context;
    if (event->level > output->level)
        return;
    if (!write_dropped(output) || !write_event(output, event))
        output->dropped++;
}
