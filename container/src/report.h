/* report.h: the events that a container reports, and how often it may. */
#ifndef CLIPPER_CONTAINER_REPORT_H
#define CLIPPER_CONTAINER_REPORT_H

#include "clipper/log.h"
#include "clipper/transport.h"
#include "counter.h"
#include "rate.h"

/* All kinds of events, as X(NAME, name, level, limited). Those that a peer can cause are limited in rate. */
#define CLIPPER_REPORTS(X)                                                                                   \
    X(SERVING, "serving", INFO, 0)                                                                           \
    X(SESSION_OPENED, "session_opened", INFO, 1)                                                             \
    X(SESSION_LOST, "session_lost", WARNING, 1)                                                              \
    X(CANNOT_CONNECT, "cannot_connect", ERROR, 0)                                                            \
    X(CONNECTION_FAILED, "connection_failed", WARNING, 1)                                                    \
    X(CONNECTED, "connected", INFO, 1)                                                                       \
    X(DISCONNECTED, "disconnected", WARNING, 1)                                                              \
    X(CONNECTION_LOST, "connection_lost", WARNING, 1)                                                        \
    X(HEARTBEAT_SENT, "heartbeat_sent", DEBUG, 0)                                                            \
    X(METADATA_SENT, "metadata_sent", INFO, 1)                                                               \
    X(ASKED_IN_VAIN, "metadata_asked_again", WARNING, 1)                                                     \
    X(REGISTERED, "registered", INFO, 1)                                                                     \
    X(VERSION_MISMATCH, "version_mismatch", ERROR, 0)                                                        \
    X(BAD_MESSAGE, "bad_message", WARNING, 1)                                                                \
    X(WRONG_INPUT_TYPE, "wrong_input_type", WARNING, 1)                                                      \
    X(FEEDBACK_IGNORED, "feedback_ignored", WARNING, 1)                                                      \
    X(MESSAGE_LOST, "message_lost", ERROR, 1)                                                                \
    X(OUT_OF_MEMORY, "out_of_memory", ERROR, 1)                                                              \
    X(PREDICTION_FAILED, "prediction_failed", ERROR, 1)                                                      \
    X(RESPONSE_DROPPED, "response_dropped", WARNING, 1)                                                      \
    X(COUNTERS, "counters", INFO, 0)                                                                         \
    X(LATENCY, "latency", INFO, 0)                                                                           \
    X(MODEL_TIME, "model_time", INFO, 0)                                                                     \
    X(STOPPING, "stopping", INFO, 0)                                                                         \
    X(STOPPED, "stopped", INFO, 0)

typedef enum clipper_report_kind {
#define CLIPPER_X(NAME, name, level, limited) CLIPPER_REPORT_##NAME,
    CLIPPER_REPORTS(CLIPPER_X)
#undef CLIPPER_X
    CLIPPER_REPORT_COUNT
} clipper_report_kind;

typedef struct clipper_reporter {
    clipper_log_function log; /* NULL: nothing is reported */
    void *context;
    clipper_counter *lines_dropped; /* what CONTEXT says of that, where LOG is clipper_log_write */
    clipper_transport transport;    /* whose clock limits the rate */
    clipper_rate rates[CLIPPER_REPORT_COUNT];
} clipper_reporter;

static inline clipper_log_field clipper_field_text(const char *key, const char *text) {
    const clipper_log_field field = {key, text, 0};
    return field;
}

static inline clipper_log_field clipper_field_number(const char *key, uint64_t number) {
    const clipper_log_field field = {key, NULL, number};
    return field;
}

/* The most fields that an event has. */
enum {
    CLIPPER_MOST_FIELDS = 16
};

/* Reports an event of KIND, if the rate allows. After the last of FIELDS comes one without a key. */
void clipper_report(clipper_reporter *reporter, clipper_report_kind kind, const clipper_log_field *fields);

#endif
