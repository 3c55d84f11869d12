#include "base/csv.h"

#include "base/heap.h"

#include <stdlib.h>
#include <string.h>

#define LEFT(self) ((size_t)((self)->end - (self)->at))

char *csv_place(const csv_reader *self, size_t column) {
    char line[40] = "", place[40] = "";
    if (self->line != self->row)
        snprintf(line, sizeof line, " (line %zu)", self->line);
    if (column != 0)
        snprintf(place, sizeof place, ", column %zu", column);
    return heap_format("row %zu%s%s", self->row, line, place);
}

/* Notes what is wrong with the field at hand. Returns false. */
static bool fail(csv_reader *self, const char *what) {
    char *place = csv_place(self, self->count + 1);
    self->problem = heap_format("%s: %s", place, what);
    free(place);
    return false;
}

/* ---- Encodings ----------------------------------------------------------------------------------------- */

static bool begins_with(const csv_reader *self, const char *mark, size_t len) {
    return LEFT(self) >= len && memcmp(self->at, mark, len) == 0;
}

/* Whether four bytes are two ASCII characters in UTF-16, of which the low bytes are at LOW. */
static bool looks_like_utf16(const csv_reader *self, int low) {
    return LEFT(self) >= 4 && self->at[low] != '\0' && self->at[low + 2] != '\0' &&
           self->at[1 - low] == '\0' && self->at[3 - low] == '\0';
}

/* The name of the encoding, where it is one that is not read; else NULL. */
static const char *foreign_encoding(const csv_reader *self) {
    if (begins_with(self, "\xff\xfe\0\0", 4) || begins_with(self, "\0\0\xfe\xff", 4))
        return "UTF-32";
    if (begins_with(self, "\xff\xfe", 2) || looks_like_utf16(self, 0))
        return "UTF-16 (little-endian)";
    if (begins_with(self, "\xfe\xff", 2) || looks_like_utf16(self, 1))
        return "UTF-16 (big-endian)";
    return NULL;
}

csv_reader csv_begin(const void *bytes, size_t len, char delimiter) {
    csv_reader self = {.at = bytes, .delimiter = delimiter != '\0' ? delimiter : ',', .next_line = 1};
    const char *foreign;
    self.end = self.at + len;
    foreign = len != 0 ? foreign_encoding(&self) : NULL;
    if (foreign != NULL)
        self.problem = heap_format("this is %s: save it as UTF-8", foreign);
    else if (len != 0 && begins_with(&self, "\xef\xbb\xbf", 3))
        self.at += 3;
    return self;
}

void csv_end(csv_reader *self) {
    free(self->fields);
    free(self->problem);
    *self = (csv_reader){0};
}

/* ---- Rows ---------------------------------------------------------------------------------------------- */

static bool at_break(const csv_reader *self) {
    return self->at < self->end && (*self->at == '\n' || *self->at == '\r');
}

/* Passes over the end of a line, if there is one here. */
static void take_break(csv_reader *self) {
    if (!at_break(self))
        return;
    self->at += begins_with(self, "\r\n", 2) ? 2 : 1;
    self->next_line++;
}

static bool at_delimiter(const csv_reader *self) {
    return self->at < self->end && *self->at == self->delimiter && !at_break(self);
}

static void add_field(csv_reader *self, const char *text, bool quoted) {
    self->fields = heap_grow(self->fields, self->count + 1, sizeof *self->fields);
    self->fields[self->count++] = (csv_field){text, (size_t)(self->at - text), quoted};
}

/* A field without quotes, to the delimiter or the end of the line. */
static bool take_bare(csv_reader *self) {
    const char *begin = self->at;
    for (; self->at < self->end && !at_break(self) && !at_delimiter(self); self->at++) {
        if (*self->at == '\0')
            return fail(self, "a NUL byte, which is no text");
        if (*self->at == '"' && self->delimiter != CSV_PLAIN_LINES)
            return fail(self, "a quote within a field that does not begin with one");
    }
    add_field(self, begin, false);
    return true;
}

/* A field in quotes, from the first to the one that closes it. */
static bool take_quoted(csv_reader *self) {
    const char *begin = ++self->at;
    while (self->at < self->end && (*self->at != '"' || begins_with(self, "\"\"", 2))) {
        if (*self->at == '\0')
            return fail(self, "a NUL byte, which is no text");
        if (at_break(self))
            take_break(self);
        else
            self->at += *self->at == '"' ? 2 : 1;
    }
    if (self->at == self->end)
        return fail(self, "the quote that begins this field is never closed");
    add_field(self, begin, true);
    self->at++;
    if (self->at < self->end && !at_break(self) && !at_delimiter(self)) {
        self->count--; /* of this field, not of the next */
        return fail(self, "something comes after the quote that closes this field");
    }
    return true;
}

static bool take_field(csv_reader *self) {
    bool quoted = self->at < self->end && *self->at == '"' && self->delimiter != CSV_PLAIN_LINES;
    return quoted ? take_quoted(self) : take_bare(self);
}

csv_result csv_next(csv_reader *self) {
    if (self->problem != NULL)
        return CSV_FAILED;
    for (; at_break(self); take_break(self))
        self->row++;
    if (self->at == self->end)
        return CSV_END;
    self->row++;
    self->line = self->next_line;
    self->count = 0;
    while (take_field(self)) {
        if (!at_delimiter(self)) {
            take_break(self);
            return CSV_ROW;
        }
        self->at++;
    }
    return CSV_FAILED;
}

/* ---- Fields -------------------------------------------------------------------------------------------- */

size_t csv_copy(const csv_field *field, char *to) {
    size_t len = 0;
    for (size_t i = 0; i < field->len; i++) {
        to[len++] = field->text[i];
        if (field->quoted && field->text[i] == '"')
            i++;
    }
    return len;
}

static bool needs_quotes(const char *text, size_t len, char delimiter) {
    for (size_t i = 0; i < len; i++) {
        if (text[i] == delimiter || strchr("\"\r\n", text[i]) != NULL)
            return true;
    }
    return false;
}

void csv_write(const void *bytes, size_t len, char delimiter, text_put *put, void *to) {
    const char *text = bytes;
    size_t done = 0;
    if (!needs_quotes(text, len, delimiter)) {
        put(to, text, len);
        return;
    }
    put(to, "\"", 1);
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"') {
            put(to, text + done, i + 1 - done);
            done = i;
        }
    }
    put(to, text + done, len - done);
    put(to, "\"", 1);
}
