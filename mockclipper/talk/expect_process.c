/* What is expected of the container's process. */
#include "talk/talk_parts.h"

#include "base/heap.h"
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

void talk_expect_exit(talk *t) {
    awaited what = {"the container exits", exit_due_since(t), limit_exit(), false};
    t->end_expected = true;
    talk_need_own_container(t);
    while (!t->over && !process_ended(t->process))
        talk_wait(t, &what, "it does not");
    if (!t->over)
        talk_judge_time(t, &what, process_ended_at(t->process), NULL, NULL);
}

/* A crash is a failure, whatever requirement is checked. */
static void fail_by_crash(talk *t) {
    char *end = process_end_text(t->process);
    outcome_find(t->outcome, VERDICT_FAIL, t->requirement, heap_text("the container exits by itself"),
                 heap_format("a crash: the container was %s", end));
    free(end);
    t->over = true;
}

/* The process has ended. What it sent, or what it has left behind sends, may be on its way to us until the connection
 * closes. */
static void await_last_messages(talk *t) {
    awaited what = {"the connection closes", process_ended_at(t->process), limit_answer(0), false};
    while (!t->over && t->session != NULL && t->session->closed == 0 &&
           clock_now() < talk_give_up_at(t, &what))
        talk_pump(t, talk_give_up_at(t, &what));
}

void talk_expect_graceful_exit(talk *t, const char *refused) {
    awaited what = {"the container exits", exit_due_since(t), limit_exit(), false};
    t->end_expected = true;
    talk_need_own_container(t);
    while (!t->over && !process_ended(t->process)) {
        talk_expect_nothing_more(t);
        if (!t->over && clock_now() >= talk_give_up_at(t, &what)) {
            talk_checking(t, refused);
            talk_miss(t, &what, heap_text("it does not"));
        }
        if (!t->over)
            talk_pump(t, talk_give_up_at(t, &what));
    }
    if (!t->over)
        await_last_messages(t);
    talk_expect_nothing_more(t);
    if (!t->over && process_end_signal(t->process) != 0)
        fail_by_crash(t);
    talk_checking(t, refused);
    talk_judge_time(t, &what, t->over ? 0 : process_ended_at(t->process), NULL, NULL);
}

void talk_expect_no_crash(talk *t) {
    if (!t->over && process_end_signal(t->process) != 0)
        talk_breach_by_process(t, NULL, "the container exits by itself");
}

void talk_expect_exit_by(talk *t, int signal) {
    int status;
    if (t->over)
        return;
    status = process_exit_status(t->process);
    if (status != 0 && status != 128 + signal && process_end_signal(t->process) != signal)
        talk_breach_by_process(t, NULL, "an exit status of 0, or death by the signal that was sent");
}

void talk_expect_failure_status(talk *t) {
    if (!t->over && process_exit_status(t->process) <= 0)
        talk_breach_by_process(t, NULL, "an exit status other than 0");
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
        size_t len, total, noted = t->noted_output[stream - 1];
        char *text = process_tail(t->process, stream, &len, &total);
        /* What was written after that is in the last TOTAL - NOTED bytes. */
        const char *fresh = total - noted < len ? text + len - (total - noted) : text;
        for (const char *const *word = words; *word != NULL; word++)
            found = found || strcasestr(fresh, *word) != NULL;
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
    talk_need_own_container(t);
    return t->over ? 0 : (size_t)(proc_memory_of(process_pid(t->process)).resident / 1024);
}

void talk_expect_memory_below(talk *t, size_t kilobytes) {
    size_t now = talk_resident_kilobytes(t);
    if (!t->over && now > kilobytes)
        talk_breach(t, NULL, heap_format("at most %zu KiB of resident memory", kilobytes),
                    heap_format("%zu KiB", now));
}
