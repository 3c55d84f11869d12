/* The ledger as one HTML page that needs nothing else: the page of html/, with the JSON report and the texts of the
 * requirements and scenarios in it. The page draws itself from them.
 *
 * Whatever a container says is hostile until it is text on a screen: in the file it is inside JSON strings without
 * any "<", so that it cannot end the element that it stands in; the page's scripts make nodes of text of it, never
 * markup; and the page's policy allows no other script than its own, and no network. */
#include "report/formats.h"

#include "base/heap.h"
#include "base/json_out.h"
#include "base/html_page.h"

#include <stdlib.h>
#include <string.h>

static void write_pieces(const char *const pieces[], FILE *out) {
    for (; *pieces != NULL; pieces++)
        fputs(*pieces, out);
}

/* JSON, in which "<" occurs in strings only. */
static void write_json(const char *json, size_t len, FILE *out) {
    for (size_t i = 0; i < len; i++) {
        if (json[i] == '<')
            fputs("\\u003c", out);
        else
            fputc(json[i], out);
    }
}

static void put_text(json_out *out, const char *key, const char *text) {
    json_out_key(out, key);
    json_out_text(out, text);
}

static void put_requirements(json_out *out) {
    json_out_key(out, "requirements");
    json_out_open(out, '{');
    for (size_t i = 0; i < requirement_count; i++) {
        const requirement *r = &requirements[i];
        json_out_key(out, r->id);
        json_out_open(out, '{');
        put_text(out, "level", requirement_level_name(r->level));
        put_text(out, "profile", profile_name(r->profile));
        put_text(out, "source_kind", r->source_kind);
        put_text(out, "source", r->source);
        put_text(out, "text", r->text);
        json_out_close(out, '}');
    }
    json_out_close(out, '}');
}

static void put_scenarios(json_out *out) {
    json_out_key(out, "scenarios");
    json_out_open(out, '{');
    for (size_t i = 0; i < scenario_count(); i++) {
        const scenario *s = scenario_at(i);
        json_out_key(out, s->id);
        json_out_open(out, '{');
        put_text(out, "passes", s->passes);
        put_text(out, "fails", s->fails);
        json_out_key(out, "each_type");
        json_out_bool(out, s->types == EACH_TYPE);
        json_out_close(out, '}');
    }
    json_out_close(out, '}');
}

/* {"requirements": ..., "scenarios": ..., "report": */
static void write_texts(FILE *out) {
    json_out json = {0};
    json_out_open(&json, '{');
    put_requirements(&json);
    put_scenarios(&json);
    json_out_key(&json, "report");
    write_json(json.data, json.len, out);
    json_out_free(&json);
}

void report_html(const ledger *book, FILE *out) {
    char *report = NULL;
    size_t len = 0;
    FILE *memory = open_memstream(&report, &len);
    write_pieces(html_page_before, out);
    write_texts(out);
    if (memory != NULL) {
        report_json(book, memory);
        if (fclose(memory) == 0)
            write_json(report, len, out);
    }
    fputc('}', out);
    write_pieces(html_page_after, out);
    free(report);
}
