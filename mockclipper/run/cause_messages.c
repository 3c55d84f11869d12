/* Causes that show in the first messages: in their frames, or in what the container does at Clipper's. */
#include "run/cause_rules.h"

#include "base/heap.h"
#include "engine/describe.h"

#include <stdlib.h>
#include <string.h>

/* ---- The container's first message -------------------------------------------------------------------- */

static bool is_u32(const journal_entry *m, size_t index, const char *bytes) {
    return index < m->kept_frames && m->frames[index].len == 4 &&
           memcmp(m->frames[index].bytes, bytes, 4) == 0;
}

static bool is_empty(const journal_entry *m, size_t index) {
    return index < m->kept_frames && m->frames[index].len == 0;
}

#define HEARTBEAT "\2\0\0"
#define SWAPPED   "\0\0\0\2"
#define VERSION_3 "\3\0\0"

static bool lacks_delimiter(const journal_entry *m) {
    return m->frame_count != 0 && !is_empty(m, 0);
}

static bool has_two_delimiters(const journal_entry *m) {
    return is_empty(m, 0) && is_empty(m, 1);
}

static bool is_swapped(const journal_entry *m) {
    return is_u32(m, 1, SWAPPED);
}

static bool is_wide(const journal_entry *m) {
    return m->kept_frames > 1 && m->frames[1].len == 8;
}

static bool has_version(const journal_entry *m) {
    return is_u32(m, 1, VERSION_3) && m->frame_count > 2;
}

/* Delimiter, name, version, input type: what containers sent at once before there were heartbeats. */
static bool is_of_2016(const journal_entry *m) {
    return m->frame_count == 4 && is_empty(m, 0) && m->frames[3].len == 1 && m->frames[3].bytes[0] >= '0' &&
           m->frames[3].bytes[0] <= '4';
}

static bool is_metadata(const journal_entry *m) {
    return m->frame_count >= 5 && is_u32(m, 1, "\0\0\0");
}

static bool is_typed_heartbeat(const journal_entry *m) {
    return is_u32(m, 1, HEARTBEAT) && m->frame_count > 2;
}

static bool is_text(const journal_entry *m) {
    return m->kept_frames > 1 && m->frames[1].len == 1 && m->frames[1].bytes[0] == '2';
}

static bool is_no_heartbeat(const journal_entry *m) {
    return !(m->frame_count == 2 && is_empty(m, 0) && is_u32(m, 1, HEARTBEAT));
}

static const struct shape {
    bool (*fits)(const journal_entry *m);
    const char *id, *text, *hint;
} shapes[] = {
    {is_of_2016, "protocol-2016",
     "this is the protocol of 2016, before heartbeats and version tags: the first message is name, version "
     "and input type",
     "in version 3 a container sends a heartbeat first, and its metadata when it is asked; every message has "
     "a type"},
    {lacks_delimiter, "no-delimiter", "the delimiter is missing: a message's first frame is not empty",
     "every message begins with an empty frame, and so do those from Clipper: send it, and read it first"},
    {has_two_delimiters, "second-delimiter", "a second delimiter: the message's second frame is empty, too",
     "a REQ socket adds one by itself, and some wrappers do; the type follows the first at once"},
    {is_swapped, "swapped-bytes", "integers are sent with their bytes swapped (big-endian)",
     "all integers are little-endian: struct.pack(\"<I\", ...), not \"!I\" or \">I\""},
    {is_wide, "wide-integers", "the message type is sent as 8 bytes", "it is a u32: 4 bytes, little-endian"},
    {has_version, "outbound-version-tag", "the container sends a version tag",
     "only Clipper's messages have one; the container's have the type right after the delimiter"},
    {is_typed_heartbeat, "typed-heartbeat",
     "the container's heartbeat has more than the delimiter and the type",
     "only Clipper's heartbeats have a heartbeat type"},
    {is_metadata, "metadata-unasked", "the first message is the new container message, not a heartbeat",
     "the container sends a heartbeat, and its metadata when Clipper's heartbeat asks for it (type 1)"},
    {is_text, "numbers-as-text", "numbers are sent as text",
     "the message type is a u32: 4 bytes, little-endian"},
    {is_no_heartbeat, "no-heartbeat-first", "the first message is no heartbeat",
     "it is two frames: an empty one, and u32 2, little-endian"},
};

static const struct shape *shape_of(const ledger_case *one) {
    const journal_entry *first = cause_is_fault(one) ? cause_first_message(one) : NULL;
    for (size_t i = 0; first != NULL && i < sizeof shapes / sizeof *shapes; i++) {
        if (shapes[i].fits(first))
            return &shapes[i];
    }
    return NULL;
}

static bool has_wrong_first_message(const ledger_case *one) {
    return one->scenario->prerequisite && shape_of(one) != NULL;
}

void cause_of_first_message(const ledger *book, cause_list *found) {
    /* A socket of another type has other frames. */
    for (size_t i = 0; found->count == 0 && i < book->count; i++) {
        const struct shape *its = has_wrong_first_message(&book->cases[i]) ? shape_of(&book->cases[i]) : NULL;
        if (its != NULL) {
            cause_add(book, found, has_wrong_first_message, its->id, heap_text(its->text),
                      heap_text(its->hint));
            return;
        }
    }
}

/* ---- What it does at Clipper's first ------------------------------------------------------------------ */

/* Whether a case of a prerequisite broke off after a right heartbeat, before the container registered. */
static bool stops_at_first_answer(const ledger_case *one) {
    return cause_is_fault(one) && one->scenario->prerequisite && one->outcome->sessions != 0 &&
           !one->outcome->registered && !has_wrong_first_message(one) && cause_breaches(one, "REG-3 REG-4");
}

static bool is_running(const ledger_case *one) {
    return one->outcome->process_end == NULL || strncmp(one->outcome->process_end, "running", 7) == 0;
}

/* The first case that PICKS chooses, if no prerequisite was met. */
static const ledger_case *first_unmet(const ledger *book, bool (*picks)(const ledger_case *one)) {
    const ledger_case *first = NULL;
    for (size_t i = 0; i < book->count; i++) {
        const ledger_case *one = &book->cases[i];
        if (one->outcome == NULL)
            continue;
        if (one->outcome->registered)
            return NULL;
        if (first == NULL && picks(one))
            first = one;
    }
    return first;
}

static bool sent_something_else(const ledger_case *one) {
    return strstr(outcome_worst(one->outcome)->actual, "malformed") != NULL;
}

void cause_of_first_answer(const ledger *book, cause_list *found) {
    const ledger_case *first = first_unmet(book, stops_at_first_answer);
    char *trace;
    if (first == NULL)
        return;
    if (sent_something_else(first)) {
        cause_add(
            book, found, stops_at_first_answer, "wrong-metadata",
            heap_format("the new container message is not in its form: %s",
                        outcome_worst(first->outcome)->actual),
            heap_text(
                "it is: delimiter, u32 0, name, version, input type as one digit, and for released Clipper "
                "u32 3"));
        return;
    }
    trace = cause_trace(first);
    cause_add(
        book, found, stops_at_first_answer, "version-frame-not-read",
        is_running(first)
            ? heap_text("the container gets no further than Clipper's first message")
            : heap_format("the container ends at Clipper's first message%s%s%s", trace != NULL ? " (" : "",
                          trace != NULL ? trace : "", trace != NULL ? ")" : ""),
        heap_text(
            "is the version frame read? A version frame (u32 3) comes before the message type: delimiter, 3, "
            "2, 1. The document's samples leave it out, and so do the protocols before version 3"));
    free(trace);
}

/* ---- Metadata ----------------------------------------------------------------------------------------- */

static bool names_another_type(const ledger_case *one) {
    return cause_is_fault(one) && one->scenario->prerequisite && cause_breaches(one, "REG-8");
}

void cause_of_input_type(const ledger *book, cause_list *found) {
    for (size_t i = 0; i < book->count; i++) {
        const ledger_case *one = &book->cases[i];
        if (!names_another_type(one))
            continue;
        cause_add(
            book, found, names_another_type, "ignores-input-type",
            heap_format("CLIPPER_INPUT_TYPE is not what the container registers: %s",
                        outcome_worst(one->outcome)->actual),
            heap_text("a model that takes one type only is checked with --input-type TYPE; else read the "
                      "variable (bytes, ints, floats, doubles, strings)"));
        return;
    }
}

/* ---- What it does at the first prediction -------------------------------------------------------------- */

static bool stops_at_prediction(const ledger_case *one) {
    const finding *worst = cause_is_fault(one) ? outcome_worst(one->outcome) : NULL;
    return worst != NULL && cause_breaches(one, "PRED-13") &&
           strstr(worst->actual, "registered, but does not answer") != NULL;
}

static bool mentions(const char *text, const char *const words[]) {
    for (; text != NULL && *words != NULL; words++) {
        if (strcasestr(text, *words) != NULL)
            return true;
    }
    return false;
}

/* What may be wrong where the container stops at its first request with that TRACE. */
static const char *hint_for_prediction(const char *trace) {
    static const char *const widths[] = {"unpack",      "buffer",   "underflow", "out of range",
                                         "outofbounds", "NoneType", NULL};
    static const char *const forms[] = {"shape", "dimension", "feature", "column", "reshape", NULL};
    if (mentions(trace, forms))
        return "the model wants another shape of input: give it samples with --items, or --elements N";
    if (mentions(trace, widths))
        return "a request is: delimiter, u32 3, u32 1, u32 id, u32 0, then the metadata's length as a u64 (8 "
               "bytes) and "
               "the metadata as u64 words {type, n, sizes}, then n items. Are 64-bit numbers read as 32-bit?";
    return "does the model take such an input (samples: --items, --elements)? Is the request read as it is: "
           "u32 3, u32 1, "
           "u32 id, u32 0, u64 length, metadata of u64 words {type, n, sizes}, then n items?";
}

void cause_of_first_prediction(const ledger *book, cause_list *found) {
    for (size_t i = 0; i < book->count; i++) {
        const ledger_case *one = &book->cases[i];
        char *trace;
        if (!stops_at_prediction(one))
            continue;
        trace = cause_trace(one);
        cause_add(book, found, stops_at_prediction, "first-prediction",
                  trace != NULL
                      ? heap_format("the container fails at its first prediction request (%s)", trace)
                      : heap_format("the container %s at its first prediction request",
                                    is_running(one) ? "does not answer" : one->outcome->process_end),
                  heap_text(hint_for_prediction(trace)));
        free(trace);
        return;
    }
}
