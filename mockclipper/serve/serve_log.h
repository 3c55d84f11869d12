/* What `serve` prints: events while it runs, the result at its end; as text, or as JSON lines. */
#ifndef MOCKCLIPPER_SERVE_SERVE_LOG_H
#define MOCKCLIPPER_SERVE_SERVE_LOG_H

#include "engine/engine.h"

#include <stdio.h>

/* The result of it. */
typedef struct serve_result {
    uint64_t sent;       /* requests */
    uint64_t answered;   /* requests with a well-formed response */
    uint64_t items;      /* items of answered requests */
    uint64_t wrong;      /* outputs that are not the model's */
    uint64_t labelled;   /* outputs that have a label */
    uint64_t right;      /* of these, those that are the label */
    uint64_t unanswered; /* requests that were not answered in time */
    uint64_t lost; /* requests that a container had when it went away; another is asked them, if one comes */
    uint64_t malformed;  /* messages that are malformed, or no answer to a request */
    uint64_t containers; /* registrations */
    duration took;       /* from the first request to the last answer */
} serve_result;

typedef struct serve_log {
    FILE *out;
    bool json;
    bool verbose;
    instant begun;
    bool live;            /* stderr is a terminal on which lines can be drawn again */
    bool drawn;           /* the line of progress stands there */
    instant drawing;      /* when it was drawn */
    unsigned problems;    /* so far */
    unsigned mislabelled; /* so far */
} serve_log;

/* Problems that are printed as text, and rows that are; further ones are only counted. */
#define SERVE_LOG_PROBLEMS 20

void serve_log_listening(serve_log *self, const char *address, unsigned port);
void serve_log_registered(serve_log *self, const session *s);
void serve_log_gone(serve_log *self, const session *s);

/* A connection that probably has the routing identity of S, and so is ignored. */
void serve_log_ignored(serve_log *self, const session *s);

/* An error of a container. TEXT is freed. */
void serve_log_problem(serve_log *self, const session *s, char *text);

/* An answer to a row that is not its label: no error, but what somebody wants to look at. */
void serve_log_mislabelled(serve_log *self, size_t row, const char *label, clipper_frame answer);

/* A journal's listener: CONTEXT is the serve_log. */
void serve_log_entry(void *context, const journal *log, const journal_entry *entry);

/* Shows how far it is, on a terminal, now and then. ROWS: whether the items are rows of a file. TOTAL: 0 for no end. */
void serve_log_progress(serve_log *self, uint64_t items, uint64_t total, bool rows);

/* A signal ended it: UNSENT of TOTAL items were not sent, and WAITING requests not answered. */
void serve_log_stopped(serve_log *self, uint64_t unsent, uint64_t total, uint64_t waiting, bool rows);

/* Begins: to stdout, or to stderr where that is for the answers. */
void serve_log_begin(serve_log *self, bool json, bool verbose, bool stdout_is_taken);

/* FIRED: the faults, and how often each has happened. ROWS: whether the items are rows of a file. */
void serve_log_result(serve_log *self, const serve_result *result, const faults *fired, bool rows,
                      bool verified);

#endif
