/* The ledger as the page of html/, which draws itself from the JSON report and the texts of the requirements and
 * scenarios. */
#include "report/formats.h"

#include "base/html_page.h"

static void put_requirements(json_out *out) {
    json_out_key_open(out, "requirements", '{');
    for (size_t i = 0; i < requirement_count; i++) {
        const requirement *r = &requirements[i];
        json_out_key_open(out, r->id, '{');
        json_out_key_text(out, "level", requirement_level_name(r->level));
        json_out_key_text(out, "profile", profile_name(r->profile));
        json_out_key_text(out, "source_kind", r->source_kind);
        json_out_key_text(out, "source", r->source);
        json_out_key_text(out, "text", r->text);
        json_out_close(out, '}');
    }
    json_out_close(out, '}');
}

static void put_scenarios(json_out *out) {
    json_out_key_open(out, "scenarios", '{');
    for (size_t i = 0; i < scenario_count(); i++) {
        const scenario *s = scenario_at(i);
        json_out_key_open(out, s->id, '{');
        json_out_key_text(out, "passes", s->passes);
        json_out_key_text(out, "fails", s->fails);
        json_out_key_bool(out, "each_type", s->types == EACH_TYPE);
        json_out_close(out, '}');
    }
    json_out_close(out, '}');
}

void report_html(const ledger *book, FILE *out) {
    json_out data = {0};
    json_out_open(&data, '{');
    put_requirements(&data);
    put_scenarios(&data);
    json_out_key(&data, "report");
    report_value(book, &data);
    json_out_close(&data, '}');
    html_page_write(html_page_report, &data, out);
}
