/* The ledger as one JSON object (spec/check-report.schema.json). */
#include "report/formats.h"

#include "engine/describe.h"
#include "engine/engine.h"
#include "run/ending.h"

#include <stdlib.h>
#include <string.h>

static void put_finding(json_out *out, const finding *f) {
    json_out_open(out, '{');
    json_out_key_text(out, "verdict", verdict_name(f->verdict));
    json_out_key_text(out, "requirement", f->requirement != NULL ? f->requirement->id : NULL);
    json_out_key_text(out, "level",
                      f->requirement != NULL ? requirement_level_name(f->requirement->level) : NULL);
    json_out_key_text(out, "text", f->requirement != NULL ? f->requirement->text : NULL);
    json_out_key_text(out, "expected", f->expected);
    json_out_key_text(out, "actual", f->actual);
    json_out_close(out, '}');
}

static void put_findings(json_out *out, const outcome *o) {
    json_out_key_open(out, "findings", '[');
    for (size_t i = 0; i < o->finding_count; i++)
        put_finding(out, &o->findings[i]);
    json_out_close(out, ']');
}

static void put_measurements(json_out *out, const outcome *o) {
    json_out_key_open(out, "measurements", '[');
    for (size_t i = 0; i < o->measurement_count; i++) {
        const measurement *m = &o->measurements[i];
        json_out_open(out, '{');
        json_out_key_text(out, "what", m->what);
        json_out_key_time(out, "measured_us", m->measured);
        json_out_key_time(out, "at_least_us", m->at_least);
        json_out_key_time(out, "at_most_us", m->at_most);
        json_out_key_text(out, "formula", m->formula);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
}

static void put_entry(json_out *out, const journal *log, size_t index) {
    const journal_entry *entry = journal_at(log, index);
    static const char *const what[] = {"to_container", "to_clipper", "note"};
    json_out_open(out, '{');
    json_out_key_time(out, "at_us", entry->at - journal_begun(log));
    json_out_key_text(out, "what", what[entry->what]);
    json_out_key_number(out, "session", entry->session);
    json_out_key_text(out, "text", entry->line);
    json_out_key_open(out, "frames", '[');
    for (size_t i = 0; i < entry->kept_frames; i++) {
        json_out_open(out, '{');
        json_out_key_number(out, "bytes", entry->frames[i].len);
        json_out_key(out, "hex");
        json_out_hex(out, entry->frames[i].bytes, entry->frames[i].kept);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
    json_out_key_number(out, "frame_count", entry->frame_count);
    json_out_key_number(out, "left_out_before", journal_missing_before(log, index));
    json_out_close(out, '}');
}

static void put_conversation(json_out *out, const journal *log) {
    json_out_key_open(out, "conversation", '[');
    for (size_t i = 0; log != NULL && i < journal_size(log); i++)
        put_entry(out, log, i);
    json_out_close(out, ']');
}

static void put_outcome(json_out *out, const outcome *o) {
    json_out_key_text(out, "verdict", verdict_name(o->verdict));
    json_out_key_text(out, "reason", o->reason);
    json_out_key_time(out, "took_us", o->took);
    json_out_key_time(out, "lag_us", o->lag);
    put_findings(out, o);
    put_measurements(out, o);
    json_out_key_text(out, "process_end", o->process_end);
    json_out_key(out, "stdout");
    json_out_string(out, o->output[0], o->output_len[0]);
    json_out_key(out, "stderr");
    json_out_string(out, o->output[1], o->output_len[1]);
    json_out_key_number(out, "stdout_bytes", o->output_total[0]);
    json_out_key_number(out, "stderr_bytes", o->output_total[1]);
    put_conversation(out, o->journal);
}

static void put_case(json_out *out, const ledger *book, const ledger_case *one) {
    char *repeat = ledger_repeat_command(book, one), *text = ledger_case_message(one);
    json_out_open(out, '{');
    json_out_key_text(out, "id", one->id);
    json_out_key_text(out, "scenario", one->scenario->id);
    json_out_key_text(out, "title", one->scenario->title);
    json_out_key_text(out, "input_type", data_type_name(one->type));
    json_out_key_number(out, "round", one->round);
    json_out_key_words(out, "requirements", one->scenario->requirements);
    json_out_key_text(out, "repeat", repeat);
    json_out_key_text(out, "message", text);
    json_out_key_bool(out, "known", one->known);
    if (one->outcome != NULL)
        put_outcome(out, one->outcome);
    else
        json_out_key_text(out, "verdict", NULL);
    if (one->first_try != NULL) {
        json_out_key_open(out, "first_try", '{');
        put_outcome(out, one->first_try);
        json_out_close(out, '}');
    }
    json_out_close(out, '}');
    free(repeat);
    free(text);
}

/* Of spec/check-report.schema.json. */
#define SCHEMA_VERSION 2

static void put_environment(json_out *out, const ledger *book) {
    char library[ENGINE_LIBRARY_TEXT];
    json_out_key_open(out, "environment", '{');
    json_out_key_text(out, "began", book->wall_clock);
    json_out_key_text(out, "host", book->host.name);
    json_out_key_text(out, "cpu", book->host.cpu);
    json_out_key_number(out, "processors", book->host.processors);
    json_out_key_text(out, "kernel", book->host.kernel);
    json_out_key_text(out, "libzmq", engine_library(library));
    json_out_close(out, '}');
    json_out_key_open(out, "arguments", '[');
    for (char *const *word = book->arguments; word != NULL && *word != NULL; word++)
        json_out_text(out, *word);
    json_out_close(out, ']');
}

static void put_run(json_out *out, const ledger *book) {
    int status = ledger_status(book);
    json_out_key_text(out, "program", "mockclipper " CLIPPER_VERSION);
    json_out_key_number(out, "schema", SCHEMA_VERSION);
    put_environment(out, book);
    json_out_key_open(out, "command", '[');
    for (char *const *word = book->parameters.command; word != NULL && *word != NULL; word++)
        json_out_text(out, *word);
    json_out_close(out, ']');
    if (book->parameters.image.name != NULL)
        json_out_key_text(out, "image", book->parameters.image.name);
    json_out_key_text(out, "profile", profile_name(book->parameters.profile));
    json_out_key_text(out, "model", oracle_name(book->parameters.model));
    json_out_key_bool(out, "strict", book->strict);
    json_out_key_time(out, "poll_timeout_us", book->parameters.timing.poll);
    json_out_key_time(out, "activity_timeout_us", book->parameters.timing.activity);
    json_out_key_number(out, "seed", book->parameters.seed);
    json_out_key_time(out, "took_us", book->took);
    json_out_key_bool(out, "interrupted", book->interrupted);
    json_out_key_number(out, "status", (uint64_t)status);
    json_out_key_text(out, "result", ledger_status_text(status));
}

static void put_meaning(json_out *out, const ledger *book) {
    char *headline = ending_headline(book), *text;
    json_out_key_text(out, "headline", headline);
    json_out_key_open(out, "meaning", '[');
    for (size_t i = 0; (text = ending_meaning(book, i)) != NULL; i++) {
        json_out_text(out, text);
        free(text);
    }
    json_out_close(out, ']');
    free(headline);
}

static void put_cause(json_out *out, const ledger *book, const cause *one) {
    json_out_open(out, '{');
    json_out_key_text(out, "id", one->id);
    json_out_key_text(out, "text", one->text);
    json_out_key_text(out, "hint", one->hint);
    json_out_key_open(out, "findings", '[');
    for (size_t i = 0; i < one->count; i++)
        json_out_text(out, book->cases[one->cases[i]].id);
    json_out_close(out, ']');
    json_out_key_number(out, "explains", one->explains);
    json_out_close(out, '}');
}

static void put_causes(json_out *out, const ledger *book) {
    json_out_key_open(out, "causes", '[');
    for (size_t i = 0; i < book->causes.count; i++)
        put_cause(out, book, &book->causes.all[i]);
    json_out_close(out, ']');
}

static void put_stale_entries(json_out *out, const ledger *book) {
    json_out_key_open(out, "stale_baseline", '[');
    for (size_t i = 0; book->baseline != NULL && i < book->baseline->count; i++) {
        const baseline_entry *entry = &book->baseline->entries[i];
        if (entry->stale != NULL) {
            json_out_open(out, '{');
            json_out_key_text(out, "id", entry->id);
            json_out_key_number(out, "line", entry->line);
            json_out_key_text(out, "reason", entry->stale);
            json_out_close(out, '}');
        }
    }
    json_out_close(out, ']');
}

static void put_counts(json_out *out, const ledger *book) {
    json_out_key_open(out, "counts", '{');
    for (int v = 0; v < VERDICT_COUNT; v++)
        json_out_key_number(out, verdict_name((verdict)v), ledger_tally(book, (verdict)v));
    json_out_close(out, '}');
}

void report_value(const ledger *book, json_out *out) {
    json_out_open(out, '{');
    put_run(out, book);
    put_counts(out, book);
    put_meaning(out, book);
    put_causes(out, book);
    put_stale_entries(out, book);
    json_out_key_open(out, "cases", '[');
    for (size_t i = 0; i < book->count; i++)
        put_case(out, book, &book->cases[i]);
    json_out_close(out, ']');
    json_out_close(out, '}');
}

void report_json(const ledger *book, FILE *out) {
    json_out json = {0};
    report_value(book, &json);
    json_out_end_line(&json);
    json_out_write(&json, out);
}
