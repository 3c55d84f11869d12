/* Causes in what a container does once it serves: timers, variables, processes, requests in flight. */
#include "run/cause_rules.h"

#include "base/heap.h"

#include <stdlib.h>
#include <string.h>

/* ---- Variables and timers ----------------------------------------------------------------------------- */

static bool ignores_address(const ledger_case *one) {
    return cause_is_fault(one) && cause_breaches(one, "DEP-2") && one->outcome->sessions == 0;
}

void cause_of_address(const ledger *book, cause_list *found) {
    cause_add(book, found, ignores_address, "ignores-clipper-ip",
              heap_text("CLIPPER_IP is ignored: the container does not connect to the address that it names"),
              heap_text("it connects to tcp://CLIPPER_IP:CLIPPER_PORT, whatever these are"));
}

static bool misses_told_timers(const ledger_case *one) {
    return cause_is_of(one, "heartbeat/told-timers") && one->outcome != NULL &&
           one->outcome->verdict != VERDICT_PASS && one->outcome->verdict != VERDICT_SKIP;
}

#define LATE "it came after "

/* Whether the session should have ended at TO, and went on. */
static bool outlives_timeout(const ledger_case *one) {
    const finding *worst =
        cause_is_fault(one) && cause_breaches(one, "TMO-4") ? outcome_worst(one->outcome) : NULL;
    return worst != NULL && worst->verdict == VERDICT_FAIL &&
           (strncmp(worst->actual, "none", strlen("none")) == 0 ||
            strstr(worst->actual, "TO seems to be that") != NULL);
}

/* How long its TO seems to be: "about 60.41 s", or "longer than 30.00 s". The caller's to free. */
static char *own_timeout(const ledger_case *one, const char *told) {
    const char *actual = outcome_worst(one->outcome)->actual;
    if (strncmp(actual, LATE, strlen(LATE)) != 0)
        return heap_format("longer than %s", told);
    actual += strlen(LATE);
    return heap_format("about %.*s, not %s", (int)strcspn(actual, ":("), actual, told);
}

static bool is_about_timeout(const ledger_case *one) {
    const finding *worst = cause_is_fault(one) ? outcome_worst(one->outcome) : NULL;
    return worst != NULL && strncmp(one->scenario->id, "timeout/", 8) == 0 &&
           strstr(worst->expected, "a new session") != NULL;
}

void cause_of_timers(const ledger *book, cause_list *found) {
    const timing *told = &book->parameters.timing;
    char to[DURATION_TEXT], *own;
    if (book->parameters.own_timers != NULL)
        cause_add(
            book, found, misses_told_timers, "own-timers",
            heap_format("the container's %s, whatever its environment says", book->parameters.own_timers),
            heap_text(
                "read CLIPPER_POLL_TIMEOUT_MS and CLIPPER_ACTIVITY_TIMEOUT_MS, or give --poll-timeout and "
                "--activity-timeout the container's own"));
    for (size_t i = 0; i < book->count; i++) {
        if (!outlives_timeout(&book->cases[i]))
            continue;
        own = own_timeout(&book->cases[i], duration_text(told->activity, to));
        cause_add(
            book, found, is_about_timeout, "long-timeout",
            heap_format("TO is %s: in silence the session goes on", own),
            heap_text("the protocol's TO is 30 s. The document's sample has 60 s, against its own text: "
                      "--activity-timeout 60000 if that is meant"));
        free(own);
        return;
    }
}

/* ---- Answers ------------------------------------------------------------------------------------------ */

static bool mixes_answers(const ledger_case *one) {
    return cause_is_fault(one) && strstr(outcome_worst(one->outcome)->actual, "are mixed up") != NULL;
}

static bool answers_wrongly_alone(const ledger_case *one) {
    return cause_is_fault(one) && cause_breaches(one, "PRED-12") &&
           (cause_is_of(one, "prediction/one-item") || strstr(one->scenario->id, "batch") != NULL);
}

void cause_of_mixed_answers(const ledger *book, cause_list *found) {
    for (size_t i = 0; i < book->count; i++) {
        if (answers_wrongly_alone(&book->cases[i]))
            return;
    }
    cause_add(
        book, found, mixes_answers, "mixed-answers",
        heap_text(
            "answers of requests in flight are mixed up: alone, requests are answered as they should be"),
        heap_text("is a buffer, an id or a list of outputs shared by requests that are answered one after "
                  "the other?"));
}

/* Whether a request was answered after more than AT_LEAST, with nothing sent meanwhile. */
static bool is_silent_at_work(const ledger_case *one, duration at_least) {
    const journal *log = one->outcome != NULL ? one->outcome->journal : NULL;
    const journal_entry *request = NULL;
    for (size_t i = 0; log != NULL && i < journal_size(log); i++) {
        const journal_entry *each = journal_at(log, i);
        if (each->what == JOURNAL_SENT)
            request = strncmp(each->line, "prediction request", 18) == 0 ? each : NULL;
        else if (each->what == JOURNAL_RECEIVED && request != NULL && each->session == request->session &&
                 strncmp(each->line, "prediction response", 19) == 0 && each->at - request->at > at_least)
            return true;
        else if (each->what == JOURNAL_RECEIVED)
            request = NULL;
    }
    return false;
}

/* One large answer may take longer than a short D by its transfer alone: what counts is a model that is seen to take longer
 * as a rule, or a scenario that is about it. */
void cause_of_slow_model(const ledger *book, cause_list *found) {
    const timing *own = &book->parameters.timing;
    cause *added = NULL;
    char took[DURATION_TEXT];
    for (size_t i = 0; i < book->count; i++) {
        const ledger_case *one = &book->cases[i];
        bool slow = own->answers.median > own->poll && is_silent_at_work(one, 3 * own->poll / 2);
        if (!slow && !(cause_is_fault(one) && cause_breaches(one, "HB-11")))
            continue;
        if (added == NULL)
            added = cause_list_add(
                found, "no-heartbeat-at-work",
                heap_format(
                    "no heartbeat is sent while the model works%s%s: it runs on the thread that polls",
                    own->answers.median > own->poll ? ", which takes it " : "",
                    own->answers.median > own->poll ? duration_text(own->answers.median, took) : ""),
                heap_text("so do released containers: nothing else is wrong with that. Clipper drops a "
                          "container that is "
                          "silent for more than 30 s, and its late answer: let the model work in a thread of "
                          "its own"));
        cause_show(added, i);
    }
}

/* ---- Reading ------------------------------------------------------------------------------------------ */

/* Whether a message with too few or too many frames spoils what comes after it. */
static bool reads_by_frame(const ledger_case *one) {
    static const char *const parts[] = {"malformed/ends-after-", "malformed/extra-", "malformed/missing-",
                                        "malformed/feedback",    "malformed/no-del", "malformed/two-del"};
    bool among = false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        among = among || strncmp(one->scenario->id, parts[i], strlen(parts[i])) == 0;
    return among && cause_is_fault(one);
}

static bool is_spoilt_by_frames(const ledger_case *one) {
    return cause_is_fault(one) && strncmp(one->scenario->id, "malformed/", 10) == 0 &&
           cause_breaches(one, "MAL-2 MAL-3 "
                               "MAL-4 MAL-5 MAL-6 MAL-7 MAL-8 MAL-13 MAL-14 MAL-16 FBK-2 MAL-11 "
                               "MAL-12 MAL-15");
}

/* As many of the cases about numbers of frames show it. */
#define ENOUGH 4

void cause_of_partial_reads(const ledger *book, cause_list *found) {
    size_t count = 0;
    for (size_t i = 0; i < book->count; i++)
        count += reads_by_frame(&book->cases[i]);
    if (count >= ENOUGH)
        cause_add(
            book, found, is_spoilt_by_frames, "frame-by-frame",
            heap_text("messages are read frame by frame, and not looked at as a whole before they are used"),
            heap_text(
                "receive the whole multipart message (recv_multipart), then check its number of frames and "
                "their sizes, and drop what is malformed. No Clipper sends such: robustness"));
}

/* ---- Processes ---------------------------------------------------------------------------------------- */

static bool leaves_processes(const ledger_case *one) {
    return one->outcome != NULL && one->outcome->left_behind != 0;
}

static bool outlives_signal(const ledger_case *one) {
    return (cause_is_of(one, "process/sigterm") || cause_is_of(one, "process/sigint")) &&
           cause_is_fault(one) && leaves_processes(one);
}

void cause_of_left_processes(const ledger *book, cause_list *found) {
    cause_add(book, found, outlives_signal, "shell-without-exec",
              heap_text("the signal ends the command, but not the container that it has started"),
              heap_text("a shell that starts the container must do so with exec, as its last command; a "
                        "wrapper must pass "
                        "SIGTERM and SIGINT on"));
}

/* ---- Exceptions --------------------------------------------------------------------------------------- */

/* Whether another cause is shown by the case already. */
static bool is_explained(const cause_list *found, size_t index) {
    for (size_t i = 0; i < found->count; i++) {
        for (size_t k = 0; k < found->all[i].count; k++) {
            if (found->all[i].cases[k] == index)
                return true;
        }
    }
    return false;
}

/* Adds the cases after number FROM of which the trace is TEXT, too. */
static void show_same_trace(const ledger *book, cause *one, size_t from, const char *text) {
    for (size_t i = from + 1; i < book->count; i++) {
        char *other = cause_is_fault(&book->cases[i]) ? cause_trace(&book->cases[i]) : NULL;
        if (other != NULL && strcmp(other, text) == 0)
            cause_show(one, i);
        free(other);
    }
}

/* The trace that most of the unexplained cases have is enough. */
void cause_of_repeated_trace(const ledger *book, cause_list *found) {
    cause_list traces = {0};
    size_t best = 0;
    for (size_t i = 0; i < book->count; i++) {
        const ledger_case *one = &book->cases[i];
        char *text = cause_is_fault(one) && !is_explained(found, i) && !is_explained(&traces, i)
                         ? cause_trace(one)
                         : NULL;
        if (text == NULL)
            continue;
        cause_show(cause_list_add(&traces, "uncaught-exception",
                                  heap_format("an uncaught exception: %s", text),
                                  heap_text("the trace on stderr names the line; it is in the case")),
                   i);
        show_same_trace(book, &traces.all[traces.count - 1], i, text);
        if (traces.all[traces.count - 1].count > traces.all[best].count)
            best = traces.count - 1;
        free(text);
    }
    if (traces.count != 0 && traces.all[best].count > 1) {
        cause *added = cause_list_add(found, traces.all[best].id, heap_text(traces.all[best].text),
                                      heap_text(traces.all[best].hint));
        for (size_t k = 0; k < traces.all[best].count; k++)
            cause_show(added, traces.all[best].cases[k]);
    }
    cause_list_clear(&traces);
}
