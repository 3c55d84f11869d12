/* report.c: events on their way to the log. */
#include "report.h"

static const struct {
    const char *name;
    clipper_log_level level;
    int limited;
} kinds[] = {
#define CLIPPER_X(NAME, name, level, limited) {name, CLIPPER_LOG_##level, limited},
    CLIPPER_REPORTS(CLIPPER_X)
#undef CLIPPER_X
};

/* May KIND be reported now? If so, *SUPPRESSED is how many were left out before it. */
static int is_allowed(clipper_reporter *reporter, clipper_report_kind kind, uint64_t *suppressed) {
    const clipper_transport *transport = &reporter->transport;
    *suppressed = 0;
    return !kinds[kind].limited ||
           clipper_rate_allow(&reporter->rates[kind], transport->call->now(transport->self) / 1000,
                              suppressed);
}

void clipper_report(clipper_reporter *reporter, clipper_report_kind kind, const clipper_log_field *fields) {
    clipper_log_field all[CLIPPER_MOST_FIELDS + 1];
    clipper_log_event entry = {kinds[kind].level, kinds[kind].name, all, 0};
    uint64_t suppressed;
    if (reporter->log == NULL || !is_allowed(reporter, kind, &suppressed))
        return;
    for (; fields[entry.field_count].key != NULL && entry.field_count < CLIPPER_MOST_FIELDS;
         entry.field_count++)
        all[entry.field_count] = fields[entry.field_count];
    if (suppressed > 0)
        all[entry.field_count++] = clipper_field_number("suppressed", suppressed);
    reporter->log(reporter->context, &entry);
    if (reporter->log == clipper_log_write)
        clipper_counter_set(reporter->lines_dropped,
                            ((const clipper_log_output *)reporter->context)->dropped);
}
