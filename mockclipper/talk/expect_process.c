/* What is expected of the container's process. */
#include "talk/talk_parts.h"

#include "base/heap.h"
#include "base/trace.h"
#include "engine/describe.h"
#include "process/proc.h"

#include <signal.h>

void talk_send_signal(talk *t, int signal) {
    talk_need_own_container(t);
    if (t->over)
        return;
    journal_note(t->outcome->journal, 0, "the kit sends signal %d (%s) to the container", signal,
                 strsignal(signal));
    t->end_expected = true;
    talk_note_output(t);
    if (t->signalled == 0) /* it may end at the first */
        t->signalled = clock_now();
    process_signal(t->process, signal);
}

/* Since when an exit is expected: the start, the last message or the last signal to the container. */
static instant exit_due_since(const talk *t) {
    instant since = talk_last_event(t);
    if (t->session != NULL)
        since = t->session->last_sent;
    if (since < t->started)
        since = t->started;
    return t->signalled > since ? t->signalled : since;
}

static awaited exit_due(const talk *t) {
    awaited due = {"the container exits", exit_due_since(t), limit_exit(), false};
    /* What the model works on is finished first. */
    due.limit.at_most +=
        talk_time_to_start(t, due.since) + duration_max(t->delay, t->parameters->timing.answers.median);
    return due;
}

void talk_expect_exit(talk *t) {
    awaited what = exit_due(t);
    t->end_expected = true;
    talk_need_own_container(t);
    while (!t->over && !process_ended(t->process))
        talk_wait(t, &what, "it does not");
    if (!t->over)
        talk_judge_time(t, &what, process_ended_at(t->process), NULL, NULL);
}

/* What the process wrote to that stream since talk_note_output(). The caller's to free. */
static char *fresh_output(talk *t, int stream, size_t *len) {
    size_t total, noted = t->noted_output[stream - 1];
    char *text = process_tail(t->process, stream, len, &total);
    /* What was written after that is in the last TOTAL - NOTED bytes. */
    if (total - noted < *len) {
        memmove(text, text + *len - (total - noted), total - noted + 1);
        *len = total - noted;
    }
    return text;
}

/* Whether the exit status may be that of a runtime which ends for an exception: not one that the container chose. (A JVM
 * may end with 0 when a thread's exception made it end.) */
static bool status_of_runtime(int status, const char *language) {
    return status < 0 || status == 1 || status == 2 || status == 101 || status > 128 ||
           (status == 0 && strcmp(language, "Java") == 0);
}

/* The uncaught exception that ended the process, with its language; NULL when there was none. The caller's to free. */
static char *uncaught_exception(talk *t) {
    size_t len;
    char *text = fresh_output(t, 2, &len), *what, *result = NULL;
    const char *language = trace_find(text, len, &what);
    if (language != NULL && status_of_runtime(process_exit_status(t->process), language))
        result = heap_format("an uncaught exception (%s: %s)", language, what);
    free(what);
    free(text);
    return result;
}

/* The process has ended. What it sent, or what it has left behind sends, may be on its way to us until the connection
 * closes. */
static void await_last_messages(talk *t) {
    awaited what = {"the connection closes", process_ended_at(t->process), limit_reaction(), false};
    while (!t->over && t->session != NULL && t->session->closed == 0 &&
           clock_now() < talk_give_up_at(t, &what))
        talk_pump(t, talk_give_up_at(t, &what));
}

/* The process has ended: by itself? A crash is a failure, but for the profile under which nothing asks for the exit. */
static void judge_grace(talk *t, const char *refused) {
    char *exception = uncaught_exception(t), *end = process_end_text(t->process);
    if (exception != NULL) {
        talk_remark(t, refused, heap_text("the container exits by itself"),
                    heap_format("it ended by %s, and %s", exception, end));
    } else if (talk_has_crashed(t)) {
        bool asked = t->parameters->profile != PROFILE_RELEASE;
        outcome_find(t->outcome, asked ? VERDICT_FAIL : VERDICT_WARN, requirement_find(refused),
                     heap_text("the container exits by itself"),
                     heap_format("a crash: the container %s%s",
                                 process_end_signal(t->process) != 0 ? "was " : "", end));
        t->over = true;
    }
    free(exception);
    free(end);
}

static bool began_anew(const talk *t) {
    return engine_session_count(t->engine) > t->known_sessions;
}

/* Waits until something else than a heartbeat comes, a new session begins, or the process ends after all. */
static void await_sign(talk *t) {
    awaited what = {"an answer", clock_now(), limit_reaction(), false};
    while (!t->over && !process_ended(t->process) && !began_anew(t) &&
           clock_now() < talk_give_up_at(t, &what)) {
        zlistx_t *inbox = talk_session(t)->inbox;
        const message *last = inbox != NULL ? zlistx_last(inbox) : NULL;
        if (last != NULL && last->content.kind != CLIPPER_HEARTBEAT)
            return;
        talk_pump(t, talk_give_up_at(t, &what));
    }
}

/* Whether the message may have been lost with its session: then the process has not seen it. One that has lives for TO
 * after it, and so does one that was stopped meanwhile, but for that time. */
static bool may_have_missed(talk *t, hindrance *h) {
    instant end;
    if (!began_anew(t))
        return false;
    end = engine_session(t->engine, t->known_sessions)->opened;
    return talk_may_have_timed_out(t, end, h) &&
           end - t->session->last_sent - hindrance_total(h) <
               limit_new_session(&t->parameters->timing).at_least &&
           hindrance_is_large(h, talk_activity_timeout(t));
}

/* The process goes on: then it has dropped the message, and serves. No source has a container do neither. */
static void expect_carrying_on(talk *t, const char *refused) {
    batch *items = talk_uniform_batch(t, 1, 3);
    uint32_t id = 0;
    bool again = true;
    hindrance h;
    if (may_have_missed(t, &h)) {
        talk_breach_if_sure(t, true, &h, refused, heap_text("the container exits"),
                            heap_text("it may not have seen the message: it began a new session soon after"));
        return;
    }
    /* The silence in which an exit was waited for may have ended the session, or end it now. */
    for (int i = 0; again && i < 5; i++) {
        while (talk_adopt_session(t))
            ;
        if (talk_session(t)->registered == NULL) {
            talk_send_metadata_request(t);
            await_sign(t);
            if (!process_ended(t->process) && !began_anew(t))
                talk_expect_new_container(t);
        }
        if (!began_anew(t)) {
            id = talk_send_request(t, items);
            await_sign(t);
        }
        again = began_anew(t);
    }
    if (t->over || process_ended(t->process))
        return;
    talk_expect_response(t, id, items);
    if (!t->over)
        talk_breach(t, refused, heap_text("the container exits"),
                    heap_text("it does not: it drops the message, and carries on"));
}

void talk_expect_graceful_exit(talk *t, const char *refused) {
    awaited what = exit_due(t);
    t->end_expected = true;
    talk_need_own_container(t);
    while (!t->over && !process_ended(t->process)) {
        talk_expect_nothing_more(t);
        if (!t->over && clock_now() >= talk_give_up_at(t, &what))
            expect_carrying_on(t, refused);
        if (!t->over)
            talk_pump(t, talk_give_up_at(t, &what));
    }
    if (!t->over)
        await_last_messages(t);
    talk_expect_nothing_more(t);
    if (!t->over)
        judge_grace(t, refused);
    talk_checking(t, refused);
    talk_judge_time(t, &what, t->over ? 0 : process_ended_at(t->process), NULL, NULL);
}

void talk_expect_no_crash(talk *t) {
    char *exception;
    if (t->over)
        return;
    exception = uncaught_exception(t);
    if (exception != NULL)
        talk_remark(t, "PROC-9", heap_text("a refusal in the container's own words"), heap_text(exception));
    else if (talk_has_crashed(t))
        talk_breach_by_process(t, NULL, "the container exits by itself");
    free(exception);
}

/* The process of the same group, other than FIRST, that expects SIGNAL; 0 when there is none. */
static pid_t other_that_expects(pid_t first, int signal) {
    size_t count;
    pid_t *group = proc_group(first, &count), found = 0;
    for (size_t i = 0; i < count && found == 0; i++) {
        if (group[i] != first && proc_has_signal_changed(group[i], signal))
            found = group[i];
    }
    free(group);
    return found;
}

void talk_expect_handler(talk *t, int signal) {
    pid_t first, other;
    char name[PROC_NAME], other_name[PROC_NAME], *actual;
    talk_need_own_container(t);
    /* An image's process is not ours to look at, and --init is its process 1. */
    if (t->over || process_ended(t->process) || t->parameters->image.name != NULL)
        return;
    first = process_pid(t->process);
    /* Where there is no /proc, as in an empty root, nothing is known of it. */
    if (proc_name(first, name)[0] == '\0' || proc_has_signal_changed(first, signal))
        return;
    other = other_that_expects(first, signal);
    actual = heap_format(
        "%s leaves it at its default: as process 1 of an image it ignores it, and docker stop takes 10 s",
        name);
    if (other != 0) {
        char *begin = actual;
        actual = heap_format("%s (%s, which it started, would not: start that with exec)", begin,
                             proc_name(other, other_name));
        free(begin);
    }
    talk_remark(t, NULL, heap_format("SIG%s is caught, or waited for", sigabbrev_np(signal)), actual);
}

/* Whether it ended with status 0, or says that SIGNAL ended it. */
static bool ended_as_asked(const talk *t, int signal) {
    int status = process_exit_status(t->process);
    return status == 0 || status == 128 + signal || process_end_signal(t->process) == signal;
}

void talk_expect_exit_by(talk *t, const char *ended, int signal) {
    char *exception;
    if (t->over)
        return;
    exception = uncaught_exception(t);
    /* A runtime may say so of the signal itself: Python's KeyboardInterrupt. */
    if (exception != NULL && (process_exit_status(t->process) == 0 || !ended_as_asked(t, signal)))
        talk_breach(t, NULL, heap_text("an exit that the container chose"), heap_text(exception));
    else if (talk_ended_by_fault(t))
        talk_breach_by_process(t, ended, "an exit, not a crash");
    else if (!ended_as_asked(t, signal))
        talk_breach_by_process(t, NULL, "an exit status of 0, or death by the signal that was sent");
    free(exception);
}

void talk_expect_failure_status(talk *t) {
    if (!t->over && process_exit_status(t->process) <= 0)
        talk_breach_by_process(t, NULL, "an exit status other than 0");
}

void talk_allow_exit_for(talk *t, duration how_long) {
    instant until = clock_now() + how_long;
    while (!t->over && !process_ended(t->process) && clock_now() < until)
        talk_pump(t, until);
}

void talk_expect_running_for(talk *t, duration how_long) {
    instant until = clock_now() + how_long;
    do
        talk_pump(t, until);
    while (!t->over && clock_now() < until && !talk_process_ended(t));
    if (!t->over && talk_process_ended(t))
        talk_breach_by_process(t, NULL, "the container keeps running");
}

/* Whether one of WORDS, in letters of either case, is in the output since talk_note_output(). */
static bool says_one_of(talk *t, const char *const words[]) {
    bool found = false;
    for (int stream = 1; stream <= 2; stream++) {
        size_t len;
        char *text = fresh_output(t, stream, &len);
        for (const char *const *word = words; *word != NULL; word++)
            found = found || strcasestr(text, *word) != NULL;
        free(text);
    }
    return found;
}

size_t talk_output_so_far(talk *t) {
    size_t len, out, err;
    talk_need_own_container(t);
    if (t->over)
        return 0;
    talk_pump(t, clock_now());
    free(process_tail(t->process, 1, &len, &out));
    free(process_tail(t->process, 2, &len, &err));
    return out + err;
}

void talk_expect_output_since(talk *t, size_t before, size_t at_least, size_t at_most) {
    size_t written = talk_output_so_far(t) - before;
    if (!t->over && written < at_least)
        talk_breach(t, NULL, heap_text("a word about it on stdout or stderr"), heap_text("none"));
    else if (!t->over && written > at_most)
        talk_breach(t, NULL, heap_format("at most %zu bytes on stdout and stderr", at_most),
                    heap_format("%zu bytes", written));
}

void talk_note_output(talk *t) {
    if (t->over || t->process == NULL)
        return;
    talk_pump(t, clock_now());
    for (int stream = 1; stream <= 2; stream++) {
        size_t len;
        free(process_tail(t->process, stream, &len, &t->noted_output[stream - 1]));
    }
}

void talk_expect_words(talk *t, const char *const words[]) {
    if (t->over)
        return;
    talk_pump(t, clock_now());
    if (!says_one_of(t, words))
        talk_breach(t, NULL, heap_format("a message on stdout or stderr that names %s", words[0]),
                    heap_text("no such message"));
}

/* ---- Memory ----------------------------------------------------------------------------------------- */

size_t talk_resident_kilobytes(talk *t) {
    talk_need_own_process(t);
    return t->over ? 0 : (size_t)(proc_memory_of(process_pid(t->process)).resident / 1024);
}

void talk_expect_memory_below(talk *t, size_t kilobytes) {
    size_t now = talk_resident_kilobytes(t);
    if (!t->over && now > kilobytes)
        talk_breach(t, NULL, heap_format("at most %zu KiB of resident memory", kilobytes),
                    heap_format("%zu KiB", now));
}
