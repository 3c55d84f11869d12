/* CSV, as spreadsheets and programs write it (RFC 4180): fields may stand in quotes, and hold delimiters, line breaks and
 * doubled quotes then; lines end with LF, CRLF or CR; a byte order mark of UTF-8 is passed over. What cannot be read as it
 * was meant is an error, never a guess: a NUL, UTF-16, a quote within a field, a quote that is never closed. */
#ifndef MOCKCLIPPER_BASE_CSV_H
#define MOCKCLIPPER_BASE_CSV_H

#include "base/text.h"

/* In place of a delimiter: a line is one field, as it is, quotes and all. */
#define CSV_PLAIN_LINES '\n'

/* A field as it stands in the text, without the quotes around it. */
typedef struct csv_field {
    const char *text; /* no NUL after it */
    size_t len;
    bool quoted;
} csv_field;

typedef enum csv_result {
    CSV_ROW,
    CSV_END,
    CSV_FAILED
} csv_result;

/* Reading. Members may be read. */
typedef struct csv_reader {
    const char *at, *end; /* what is left of the text */
    char delimiter;
    size_t row;       /* of the latest row, counted from 1, blank lines included */
    size_t line;      /* where it begins, counted from 1 */
    size_t next_line; /* where AT is */
    csv_field *fields;
    size_t count;
    char *problem; /* what is wrong, after CSV_FAILED */
} csv_reader;

/* Begins to read LEN bytes, which stay the caller's and must stay. DELIMITER: an ASCII character but no quote and no line
 * break; CSV_PLAIN_LINES; or 0 for a comma. */
csv_reader csv_begin(const void *bytes, size_t len, char delimiter);

/* The next row, whose fields stand until the next call. Lines without a byte are counted, and passed over. */
csv_result csv_next(csv_reader *self);
void csv_end(csv_reader *self);

/* "row 3", or where that is not its line "row 3 (line 5)"; with ", column 2" where COLUMN is not 0. The caller's to
 * free. */
char *csv_place(const csv_reader *self, size_t column);

/* Copies the field to TO, which has room for field->len bytes: doubled quotes become one. Returns how many bytes. */
size_t csv_copy(const csv_field *field, char *to);

/* Passes LEN bytes as a field of CSV to PUT: in quotes where they need them. */
void csv_write(const void *bytes, size_t len, char delimiter, text_put *put, void *to);

#endif
