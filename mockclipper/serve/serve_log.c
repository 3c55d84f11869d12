#include "serve/serve_log.h"

#include "base/json_out.h"
#include "engine/describe.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- JSON lines ------------------------------------------------------------------------------------- */

static void begin(json_out *out, const serve_log *self, const char *event) {
    json_out_open(out, '{');
    json_out_key(out, "event");
    json_out_text(out, event);
    json_out_key(out, "at_us");
    json_out_number(out, (uint64_t)((clock_now() - self->begun) / MICROSECOND));
}

static void put_text(json_out *out, const char *key, const char *text) {
    json_out_key(out, key);
    json_out_text(out, text);
}

static void put_number(json_out *out, const char *key, uint64_t number) {
    json_out_key(out, key);
    json_out_number(out, number);
}

static void end(json_out *out) {
    json_out_close(out, '}');
    json_out_end_line(out);
    fwrite(out->data, 1, out->len, stdout);
    fflush(stdout);
    json_out_free(out);
}

/* ---- Events ----------------------------------------------------------------------------------------- */

/* A line of text begins with the time. */
static void print_time(const serve_log *self) {
    printf("%9.4f  ", (double)(clock_now() - self->begun) / (double)SECOND);
}

void serve_log_listening(const serve_log *self, const char *address, unsigned port) {
    json_out out = {0};
    if (self->json) {
        begin(&out, self, "listening");
        put_text(&out, "address", address);
        put_number(&out, "port", port);
        end(&out);
        return;
    }
    printf("Clipper listens on %s:%u\n", address, port);
    fflush(stdout);
}

void serve_log_registered(const serve_log *self, const session *s) {
    const registration *r = s->registered;
    json_out out = {0};
    if (self->json) {
        begin(&out, self, "registered");
        put_number(&out, "session", s->number);
        put_text(&out, "name", r->name);
        put_text(&out, "model_version", r->model_version);
        put_text(&out, "input_type", data_type_name(r->input_type));
        put_text(&out, "wire", r->wire == CLIPPER_WIRE_DOCUMENT ? "document" : "release");
        put_number(&out, "replica", r->replica);
        end(&out);
        return;
    }
    print_time(self);
    printf("#%u registered: %s version %s, input type %s, replica %u (%s)\n", s->number, r->name,
           r->model_version, data_type_name(r->input_type), r->replica, wire_name(r->wire));
    fflush(stdout);
}

void serve_log_gone(const serve_log *self, const session *s) {
    json_out out = {0};
    if (self->json) {
        begin(&out, self, "gone");
        put_number(&out, "session", s->number);
        end(&out);
        return;
    }
    print_time(self);
    printf("#%u gone\n", s->number);
    fflush(stdout);
}

void serve_log_problem(serve_log *self, const session *s, char *text) {
    json_out out = {0};
    self->problems++;
    if (self->json) {
        begin(&out, self, "problem");
        put_number(&out, "session", s->number);
        put_text(&out, "text", text);
        end(&out);
    } else if (self->problems <= SERVE_LOG_PROBLEMS) {
        print_time(self);
        printf("#%u %s%s\n", s->number, text,
               self->problems == SERVE_LOG_PROBLEMS ? " (further problems are only counted)" : "");
        fflush(stdout);
    }
    free(text);
}

static void put_frames(json_out *out, const journal_entry *entry) {
    json_out_key(out, "frames");
    json_out_open(out, '[');
    for (size_t i = 0; i < entry->kept_frames; i++)
        json_out_hex(out, entry->frames[i].bytes, entry->frames[i].kept);
    json_out_close(out, ']');
}

void serve_log_entry(void *context, const journal *log, const journal_entry *entry) {
    static const char *const directions[] = {"to_container", "to_clipper"};
    static const char *const arrows[] = {"<-", "->"};
    const serve_log *self = context;
    json_out out = {0};
    (void)log;
    if (entry->what == JOURNAL_NOTE)
        return;
    if (self->json) {
        begin(&out, self, "message");
        put_number(&out, "session", entry->session);
        put_text(&out, "direction", directions[entry->what]);
        put_text(&out, "text", entry->line);
        put_frames(&out, entry);
        end(&out);
        return;
    }
    print_time(self);
    printf("#%u %s %s\n", entry->session, arrows[entry->what], entry->line);
}

/* ---- The result ------------------------------------------------------------------------------------- */

static double seconds_of(const serve_result *result) {
    return result->took > 0 ? (double)result->took / (double)SECOND : 1e-9;
}

static void put_result(const serve_log *self, const serve_result *result) {
    json_out out = {0};
    begin(&out, self, "result");
    put_number(&out, "requests", result->sent);
    put_number(&out, "answered", result->answered);
    put_number(&out, "items", result->items);
    put_number(&out, "wrong", result->wrong);
    put_number(&out, "labelled", result->labelled);
    put_number(&out, "right", result->right);
    put_number(&out, "unanswered", result->unanswered);
    put_number(&out, "malformed", result->malformed);
    put_number(&out, "containers", result->containers);
    put_number(&out, "took_us", (uint64_t)(result->took / MICROSECOND));
    end(&out);
}

void serve_log_result(const serve_log *self, const serve_result *result, bool rows, bool verified) {
    double seconds = seconds_of(result);
    char took[DURATION_TEXT];
    if (self->json) {
        put_result(self, result);
        return;
    }
    printf("%" PRIu64 " %s in %" PRIu64 " requests, all in %s: %.0f requests/s, %.0f %s/s\n", result->items,
           rows ? "rows" : "items", result->answered, duration_text(result->took, took),
           (double)result->answered / seconds, (double)result->items / seconds, rows ? "rows" : "items");
    if (verified)
        printf("%" PRIu64 " wrong answers, ", result->wrong);
    printf("%" PRIu64 " requests unanswered, %" PRIu64 " messages malformed\n", result->unanswered,
           result->malformed);
    if (result->labelled != 0)
        printf("accuracy %.2f %% (%" PRIu64 " of %" PRIu64 ")\n",
               100 * (double)result->right / (double)result->labelled, result->right, result->labelled);
}
