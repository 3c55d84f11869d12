/* What is expected of the container's process. */
#include "talk/talk_parts.h"

#include "base/heap.h"
#include "engine/describe.h"

#include <signal.h>

void send_signal(conversation *c, int signal) {
    need_own_container(c);
    if (c->over)
        return;
    journal_note(c->outcome->journal, 0, "the kit sends signal %d (%s) to the container", signal,
                 strsignal(signal));
    c->end_expected = true;
    c->signalled = clock_now();
    process_signal(c->process, signal);
}

/* Since when an exit is expected: the last thing that was done to the container. */
static instant exit_due_since(const conversation *c) {
    instant since = last_event(c);
    if (c->session != NULL)
        since = c->session->last_sent;
    if (since < c->started)
        since = c->started;
    return c->signalled > since ? c->signalled : since;
}

void expect_exit(conversation *c) {
    awaited what = {"the container exits", exit_due_since(c), limit_exit(), false};
    c->end_expected = true;
    need_own_container(c);
    while (!c->over && !process_ended(c->process)) {
        if (clock_now() >= give_up_at(c, &what)) {
            miss(c, &what, heap_text("it does not"));
            return;
        }
        conversation_pump(c, give_up_at(c, &what));
    }
    if (!c->over)
        judge_time(c, &what, process_ended_at(c->process), NULL, NULL);
}

/* A crash is a failure, whatever was being checked. */
static void fail_by_crash(conversation *c) {
    char *end = process_end_text(c->process);
    outcome_find(c->outcome, VERDICT_FAIL, c->requirement, heap_text("the container exits by itself"),
                 heap_format("a crash: the container was %s", end));
    free(end);
    c->over = true;
}

/* The process has ended. What it sent, or what it has left behind sends, may be on its way to us until the connection
 * closes. */
static void await_last_messages(conversation *c) {
    awaited what = {"the connection closes", process_ended_at(c->process), limit_answer(0), false};
    while (!c->over && c->session != NULL && c->session->closed == 0 && clock_now() < give_up_at(c, &what))
        conversation_pump(c, give_up_at(c, &what));
}

void expect_graceful_exit(conversation *c, const char *refused) {
    awaited what = {"the container exits", exit_due_since(c), limit_exit(), false};
    c->end_expected = true;
    need_own_container(c);
    while (!c->over && !process_ended(c->process)) {
        expect_nothing_more(c);
        if (!c->over && clock_now() >= give_up_at(c, &what)) {
            checking(c, refused);
            miss(c, &what, heap_text("it does not"));
        }
        if (!c->over)
            conversation_pump(c, give_up_at(c, &what));
    }
    if (!c->over)
        await_last_messages(c);
    expect_nothing_more(c);
    if (!c->over && process_end_signal(c->process) != 0)
        fail_by_crash(c);
    checking(c, refused);
    judge_time(c, &what, c->over ? 0 : process_ended_at(c->process), NULL, NULL);
}

void expect_no_crash(conversation *c) {
    if (!c->over && process_end_signal(c->process) != 0)
        breach_by_process(c, NULL, "the container exits by itself");
}

void expect_exit_by(conversation *c, int signal) {
    int status;
    if (c->over)
        return;
    status = process_exit_status(c->process);
    if (status != 0 && status != 128 + signal && process_end_signal(c->process) != signal)
        breach_by_process(c, NULL, "an exit status of 0, or death by the signal that was sent");
}

void expect_failure_status(conversation *c) {
    if (!c->over && process_exit_status(c->process) <= 0)
        breach_by_process(c, NULL, "an exit status other than 0");
}

void expect_running_for(conversation *c, duration how_long) {
    instant until = clock_now() + how_long;
    do
        conversation_pump(c, until);
    while (!c->over && clock_now() < until && !has_ended(c));
    if (!c->over && has_ended(c))
        breach_by_process(c, NULL, "the container keeps running");
}

/* Whether one of WORDS is in what the process wrote last, letters of either case taken for the same. */
static bool says_one_of(conversation *c, const char *const words[]) {
    bool found = false;
    for (int stream = 1; stream <= 2; stream++) {
        size_t len, total, noted = c->noted_output[stream - 1];
        char *text = process_tail(c->process, stream, &len, &total);
        /* What was written after that is in the last TOTAL - NOTED bytes. */
        const char *fresh = total - noted < len ? text + len - (total - noted) : text;
        for (const char *const *word = words; *word != NULL; word++)
            found = found || strcasestr(fresh, *word) != NULL;
        free(text);
    }
    return found;
}

size_t output_so_far(conversation *c) {
    size_t len, out, err;
    need_own_container(c);
    if (c->over)
        return 0;
    conversation_pump(c, clock_now());
    free(process_tail(c->process, 1, &len, &out));
    free(process_tail(c->process, 2, &len, &err));
    return out + err;
}

void expect_output_since(conversation *c, size_t before, size_t at_least, size_t at_most) {
    size_t written = output_so_far(c) - before;
    if (!c->over && written < at_least)
        breach(c, NULL, heap_text("a word about it on stdout or stderr"), heap_text("none"));
    else if (!c->over && written > at_most)
        breach(c, NULL, heap_format("at most %zu bytes on stdout and stderr", at_most),
               heap_format("%zu bytes", written));
}

void note_output(conversation *c) {
    if (c->over || c->process == NULL)
        return;
    conversation_pump(c, clock_now());
    for (int stream = 1; stream <= 2; stream++) {
        size_t len;
        free(process_tail(c->process, stream, &len, &c->noted_output[stream - 1]));
    }
}

void expect_words(conversation *c, const char *const words[]) {
    if (c->over)
        return;
    conversation_pump(c, clock_now());
    if (!says_one_of(c, words))
        breach(c, NULL, heap_format("a message on stdout or stderr that names %s", words[0]),
               heap_text("no such message"));
}

/* ---- Memory ----------------------------------------------------------------------------------------- */

size_t resident_kilobytes(conversation *c) {
    char path[64], line[256];
    size_t kilobytes = 0;
    FILE *status;
    need_own_container(c);
    if (c->over)
        return 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)process_pid(c->process));
    status = fopen(path, "re");
    while (status != NULL && kilobytes == 0 && fgets(line, sizeof line, status) != NULL) {
        if (sscanf(line, "VmRSS: %zu", &kilobytes) != 1)
            kilobytes = 0;
    }
    if (status != NULL)
        fclose(status);
    return kilobytes;
}

void expect_memory_below(conversation *c, size_t kilobytes) {
    size_t now = resident_kilobytes(c);
    if (!c->over && now > kilobytes)
        breach(c, NULL, heap_format("at most %zu KiB of resident memory", kilobytes),
               heap_format("%zu KiB", now));
}
