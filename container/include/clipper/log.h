/* clipper/log.h: what a container logs: events with fields, and two formats to write them in.
 *
 * An event is a name ("session_opened") with some fields, at a level. The library hands every event to one
 * function; clipper_log_write turns it into one line of text or of JSON. Events that a peer can cause
 * are limited in rate; the field `suppressed` is then the number of the same name left out before.
 */
#ifndef CLIPPER_LOG_H
#define CLIPPER_LOG_H

#include "clipper/codec.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum clipper_log_level {
    CLIPPER_LOG_ERROR = 0,   /* the container cannot go on, or cannot answer */
    CLIPPER_LOG_WARNING = 1, /* something was wrong; the container goes on */
    CLIPPER_LOG_INFO = 2,    /* start, sessions, registration, stop */
    CLIPPER_LOG_DEBUG = 3    /* every heartbeat */
} clipper_log_level;

/* One field of an event: a text, or a number where TEXT is NULL. */
typedef struct clipper_log_field {
    const char *key;  /* lower case and underscores */
    const char *text; /* any bytes, NUL-terminated */
    uint64_t number;
} clipper_log_field;

/* An event; all of it is borrowed for the length of the call. */
typedef struct clipper_log_event {
    clipper_log_level level;
    const char *name;
    const clipper_log_field *fields;
    size_t field_count;
} clipper_log_event;

/* Takes one event. Called by the polling thread only. */
typedef void (*clipper_log_function)(void *context, const clipper_log_event *event);

typedef enum clipper_log_format {
    CLIPPER_LOG_TEXT = 0, /* 2017-05-09T12:00:00.123Z info session_opened session=1 model="a b" */
    CLIPPER_LOG_JSON = 1  /* {"time":"...","level":"info","event":"session_opened","session":1} */
} clipper_log_format;

/* The level's name: "error", "warning", "info", "debug". Static. */
CLIPPER_API const char *clipper_log_level_name(clipper_log_level level);

/* The longest line, with its newline; what does not fit is left out, field by field. */
#define CLIPPER_LOG_LINE 2048

/* Writes EVENT as one line with its newline to LINE: at most CLIPPER_LOG_LINE bytes, not NUL-terminated.
 * UNIX_MS is the wall-clock time in milliseconds since 1970. Bytes that are not printable ASCII are escaped
 * (\xNN in text; in JSON \u00NN, valid UTF-8 as it is, and U+FFFD for what is not). Returns the length. */
CLIPPER_API size_t clipper_log_line(const clipper_log_event *event, clipper_log_format format,
                                    uint64_t unix_ms, char line[CLIPPER_LOG_LINE]);

/* Where clipper_log_write writes to. */
typedef struct clipper_log_output {
    int descriptor; /* each line is one write(2) */
    clipper_log_format format;
    clipper_log_level level; /* events above it are left out */
    uint64_t dropped;        /* lines that found no room so far; begins with 0 */
    uint64_t dropped_told;   /* those that the event log_lines_dropped has told of */
} clipper_log_output;

/* A clipper_log_function; CONTEXT is a clipper_log_output. It waits for nobody: a line that finds no room, as a full
 * pipe has none, is dropped. When there is room again, the event log_lines_dropped says how many were. */
CLIPPER_API void clipper_log_write(void *context, const clipper_log_event *event);

#ifdef __cplusplus
}
#endif

#endif
