#include "serve/serve_log.h"

#include "base/heap.h"
#include "base/json_out.h"
#include "base/port.h"
#include "base/text.h"
#include "engine/describe.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- JSON lines ------------------------------------------------------------------------------------- */

/* Makes room where the line of progress stands. */
static void erase(serve_log *self) {
    if (self->drawn)
        fputs("\r\033[K", stderr);
    self->drawn = false;
}

static void begin(json_out *out, serve_log *self, const char *event) {
    erase(self);
    json_out_open(out, '{');
    json_out_key_text(out, "event", event);
    json_out_key_time(out, "at_us", clock_now() - self->begun);
}

static void end(serve_log *self, json_out *out) {
    json_out_close(out, '}');
    json_out_end_line(out);
    json_out_write(out, self->out);
    fflush(self->out);
}

/* ---- Progress --------------------------------------------------------------------------------------- */

void serve_log_begin(serve_log *self, bool json, bool verbose, bool stdout_is_taken) {
    const char *terminal = getenv("TERM");
    *self = (serve_log){
        .out = stdout_is_taken ? stderr : stdout, .json = json, .verbose = verbose, .begun = clock_now()};
    self->live = isatty(STDERR_FILENO) && terminal != NULL && strcmp(terminal, "dumb") != 0;
}

void serve_log_progress(serve_log *self, uint64_t items, uint64_t total, bool rows) {
    instant now = clock_now();
    if (!self->live || now - self->begun < SECOND || now - self->drawing < 200 * MILLISECOND)
        return;
    self->drawing = now;
    self->drawn = true;
    fprintf(stderr, "\r\033[K%" PRIu64, items);
    if (total != 0)
        fprintf(stderr, " of %" PRIu64, total);
    fprintf(stderr, " %s", rows ? "rows" : "items");
    if (total != 0 && items != 0)
        fprintf(stderr, ", about %.0f s left",
                (double)(now - self->begun) / (double)SECOND * (double)(total - items) / (double)items);
    fflush(stderr);
}

/* ---- Events ----------------------------------------------------------------------------------------- */

/* A line of text begins with the time. */
static void print_time(serve_log *self) {
    erase(self);
    fprintf(self->out, "%9.4f  ", (double)(clock_now() - self->begun) / (double)SECOND);
}

void serve_log_listening(serve_log *self, const char *address, unsigned port) {
    json_out out = {0};
    char *where;
    if (self->json) {
        begin(&out, self, "listening");
        json_out_key_text(&out, "address", address);
        json_out_key_number(&out, "port", port);
        end(self, &out);
        return;
    }
    where = port_text(address, port);
    fprintf(self->out, "Clipper listens on %s\n", where);
    fflush(self->out);
    free(where);
}

/* Text of a container, which does nothing to the terminal and ends no line. */
static void write_on_line(FILE *out, const char *text) {
    for (;;) {
        size_t len = strcspn(text, "\n\t");
        text_write(out, TEXT_PLAIN, text, len);
        if (text[len] == '\0')
            return;
        fprintf(out, "\\x%02x", (unsigned)text[len]);
        text += len + 1;
    }
}

void serve_log_registered(serve_log *self, const session *s) {
    const registration *r = s->registered;
    json_out out = {0};
    if (self->json) {
        begin(&out, self, "registered");
        json_out_key_number(&out, "session", s->number);
        json_out_key_text(&out, "name", r->name);
        json_out_key_text(&out, "model_version", r->model_version);
        json_out_key_text(&out, "input_type", data_type_name(r->input_type));
        json_out_key_text(&out, "wire", r->wire == CLIPPER_WIRE_DOCUMENT ? "document" : "release");
        json_out_key_number(&out, "replica", r->replica);
        end(self, &out);
        return;
    }
    print_time(self);
    fprintf(self->out, "#%u registered: ", s->number);
    write_on_line(self->out, r->name);
    fputs(" version ", self->out);
    write_on_line(self->out, r->model_version);
    fprintf(self->out, ", input type %s, replica %u (%s)\n", data_type_name(r->input_type), r->replica,
            wire_name(r->wire));
    fflush(self->out);
}

void serve_log_gone(serve_log *self, const session *s) {
    json_out out = {0};
    if (self->json) {
        begin(&out, self, "gone");
        json_out_key_number(&out, "session", s->number);
        end(self, &out);
        return;
    }
    print_time(self);
    fprintf(self->out, "#%u gone\n", s->number);
    fflush(self->out);
}

void serve_log_ignored(serve_log *self, const session *s) {
    char *identity = describe_text((clipper_frame){s->identity, s->identity_len}, 60);
    char *text = heap_format(
        "another container is connected, and nothing of it gets here: has it the routing identity "
        "%s of #%u, too? Clipper's socket ignores the second of two equal ones; --handover gives "
        "it the place of the first",
        identity, s->number);
    json_out out = {0};
    if (self->json) {
        begin(&out, self, "ignored");
        json_out_key_number(&out, "session", s->number);
        json_out_key_text(&out, "text", text);
        end(self, &out);
    } else {
        print_time(self);
        fprintf(self->out, "%s\n", text);
        fflush(self->out);
    }
    free(text);
    free(identity);
}

void serve_log_problem(serve_log *self, const session *s, char *text) {
    json_out out = {0};
    self->problems++;
    if (self->json) {
        begin(&out, self, "problem");
        json_out_key_number(&out, "session", s->number);
        json_out_key_text(&out, "text", text);
        end(self, &out);
    } else if (self->problems <= SERVE_LOG_PROBLEMS) {
        print_time(self);
        fprintf(self->out, "#%u %s%s\n", s->number, text,
                self->problems == SERVE_LOG_PROBLEMS ? " (further problems are only counted)" : "");
        fflush(self->out);
    }
    free(text);
}

void serve_log_mislabelled(serve_log *self, size_t row, const char *label, clipper_frame answer) {
    json_out out = {0};
    char *expected, *got;
    self->mislabelled++;
    if (self->json) {
        begin(&out, self, "mislabelled");
        json_out_key_number(&out, "row", row);
        json_out_key_text(&out, "label", label);
        json_out_key(&out, "answer");
        json_out_string(&out, answer.base, answer.len);
        end(self, &out);
        return;
    }
    if (self->mislabelled > SERVE_LOG_PROBLEMS)
        return;
    expected = describe_text((clipper_frame){label, strlen(label)}, 60);
    got = describe_text(answer, 60);
    print_time(self);
    fprintf(self->out, "row %zu: the label is %s, the answer %s%s\n", row, expected, got,
            self->mislabelled == SERVE_LOG_PROBLEMS ? " (further rows are only counted)" : "");
    fflush(self->out);
    free(got);
    free(expected);
}

void serve_log_stopped(serve_log *self, uint64_t unsent, uint64_t total, uint64_t waiting, bool rows) {
    json_out out = {0};
    if (self->json) {
        begin(&out, self, "stopped");
        json_out_key_number(&out, "unsent", unsent);
        json_out_key_number(&out, "of", total);
        json_out_key_number(&out, "waiting", waiting);
        end(self, &out);
        return;
    }
    print_time(self);
    fputs("stopped by a signal", self->out);
    if (total != 0)
        fprintf(self->out, ": %" PRIu64 " of %" PRIu64 " %s were not sent", unsent, total,
                rows ? "rows" : "items");
    if (waiting != 0)
        fprintf(self->out, "; %" PRIu64 " requests were not answered yet", waiting);
    fputc('\n', self->out);
}

static void put_frames(json_out *out, const journal_entry *entry) {
    json_out_key_open(out, "frames", '[');
    for (size_t i = 0; i < entry->kept_frames; i++)
        json_out_hex(out, entry->frames[i].bytes, entry->frames[i].kept);
    json_out_close(out, ']');
}

void serve_log_entry(void *context, const journal *log, const journal_entry *entry) {
    static const char *const directions[] = {"to_container", "to_clipper"};
    static const char *const arrows[] = {"<-", "->"};
    serve_log *self = context;
    json_out out = {0};
    (void)log;
    if (entry->what == JOURNAL_NOTE)
        return;
    if (self->json) {
        begin(&out, self, "message");
        json_out_key_number(&out, "session", entry->session);
        json_out_key_text(&out, "direction", directions[entry->what]);
        json_out_key_text(&out, "text", entry->line);
        put_frames(&out, entry);
        end(self, &out);
        return;
    }
    print_time(self);
    fprintf(self->out, "#%u %s %s\n", entry->session, arrows[entry->what], entry->line);
}

/* ---- The result ------------------------------------------------------------------------------------- */

static double seconds_of(const serve_result *result) {
    return result->took > 0 ? (double)result->took / (double)SECOND : 1e-9;
}

static void put_faults(json_out *out, const faults *fired) {
    json_out_key_open(out, "faults", '[');
    for (size_t i = 0; i < faults_count(fired); i++) {
        char *text = fault_text(faults_at(fired, i));
        json_out_open(out, '{');
        json_out_key_text(out, "fault", text);
        json_out_key_number(out, "fired", faults_at(fired, i)->fired);
        json_out_close(out, '}');
        free(text);
    }
    json_out_close(out, ']');
}

static void put_result(serve_log *self, const serve_result *result, const faults *fired) {
    json_out out = {0};
    begin(&out, self, "result");
    json_out_key_number(&out, "requests", result->sent);
    json_out_key_number(&out, "answered", result->answered);
    json_out_key_number(&out, "items", result->items);
    json_out_key_number(&out, "wrong", result->wrong);
    json_out_key_number(&out, "labelled", result->labelled);
    json_out_key_number(&out, "right", result->right);
    json_out_key_number(&out, "unanswered", result->unanswered);
    json_out_key_number(&out, "lost", result->lost);
    json_out_key_number(&out, "malformed", result->malformed);
    json_out_key_number(&out, "containers", result->containers);
    json_out_key_time(&out, "took_us", result->took);
    put_faults(&out, fired);
    end(self, &out);
}

static void print_faults(const serve_log *self, const faults *fired) {
    for (size_t i = 0; i < faults_count(fired); i++) {
        char *text = fault_text(faults_at(fired, i));
        unsigned times = faults_at(fired, i)->fired;
        if (times == 0)
            fprintf(self->out, "fault %s: did not fire\n", text);
        else
            fprintf(self->out, "fault %s: fired %u time%s\n", text, times, times == 1 ? "" : "s");
        free(text);
    }
}

void serve_log_result(serve_log *self, const serve_result *result, const faults *fired, bool rows,
                      bool verified) {
    double seconds = seconds_of(result);
    char took[DURATION_TEXT];
    if (self->json) {
        put_result(self, result, fired);
        return;
    }
    erase(self);
    fprintf(self->out, "%" PRIu64 " %s in %" PRIu64 " requests, all in %s: %.0f requests/s, %.0f %s/s\n",
            result->items, rows ? "rows" : "items", result->answered, duration_text(result->took, took),
            (double)result->answered / seconds, (double)result->items / seconds, rows ? "rows" : "items");
    if (verified)
        fprintf(self->out, "%" PRIu64 " wrong answers, ", result->wrong);
    fprintf(self->out, "%" PRIu64 " requests unanswered, ", result->unanswered);
    if (result->lost != 0)
        fprintf(self->out, "%" PRIu64 " lost with a container that went away, ", result->lost);
    fprintf(self->out, "%" PRIu64 " messages malformed\n", result->malformed);
    if (result->labelled != 0)
        fprintf(self->out, "accuracy %.2f %% (%" PRIu64 " of %" PRIu64 ")\n",
                100 * (double)result->right / (double)result->labelled, result->right, result->labelled);
    print_faults(self, fired);
}
