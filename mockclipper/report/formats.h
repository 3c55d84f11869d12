/* Reports: views of the ledger. */
#ifndef MOCKCLIPPER_REPORT_FORMATS_H
#define MOCKCLIPPER_REPORT_FORMATS_H

#include "base/json_out.h"
#include "run/ledger.h"

#include <stdio.h>

/* A case that did not pass, in full, in lines that begin with INDENT: requirement,
 * expected and actual, the last messages, the process, the end of its output, and the command that repeats
 * it. WHOLE: the entire conversation, not only its end. */
void report_case_text(const ledger *book, const ledger_case *one, FILE *out, const char *indent, bool whole);

/* A line of TEXT with its controls as text, cut off at WIDTH columns. */
void report_cut_line(FILE *out, const char *text, size_t width);

/* The end of a run, in at most 15 lines of WIDTH columns, each after PREFIX, but for what a first cause takes longer:
 * verdict and counts, what they mean, the likely causes, the failing cases. */
void report_ending(const ledger *book, FILE *out, const char *prefix, size_t width);

/* TAP 14: the plan, then each case, in the order of the ledger. */
void report_tap_begin(const ledger *book, FILE *out);
void report_tap_case(const ledger *book, const ledger_case *one, FILE *out);
void report_tap_end(const ledger *book, FILE *out);
void report_tap(const ledger *book, FILE *out);
void report_tap13(const ledger *book, FILE *out);

/* One JSON object (spec/check-report.schema.json), and a line feed. */
void report_json(const ledger *book, FILE *out);

/* The same object as a value in OUT. */
void report_value(const ledger *book, json_out *out);

/* JUnit XML. */
void report_junit(const ledger *book, FILE *out);

/* Markdown: a table, and what did not pass. */
void report_markdown(const ledger *book, FILE *out);

/* One HTML page that needs nothing else. */
void report_html(const ledger *book, FILE *out);

#endif
