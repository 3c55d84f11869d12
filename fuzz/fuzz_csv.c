/* CSV of any bytes, as `serve`, `check` and `bench` read it: to its end, or to an error; and what was read, written again.
 *
 * Input: octet (which delimiter), then the text. */
#include "check.h"
#include "input.h"

#include "base/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static clipper_frame copy_field(const csv_field *field) {
    char *copy = exact_block(field->len);
    return (clipper_frame){copy, csv_copy(field, copy)};
}

static void put_in_memory(void *to, const char *bytes, size_t len) {
    fwrite(bytes, 1, len, to);
}

/* The row as text, after another: a byte order mark in it then stands for itself. The caller's to free. */
static char *write_row(const csv_reader *row, char delimiter, size_t *len) {
    char *text = NULL;
    FILE *out = open_memstream(&text, len);
    fputs("x\n", out);
    for (size_t i = 0; i < row->count; i++) {
        clipper_frame field = copy_field(&row->fields[i]);
        if (i != 0)
            fputc(delimiter, out);
        csv_write(field.base, field.len, delimiter, put_in_memory, out);
        free((void *)(uintptr_t)field.base);
    }
    fclose(out);
    return text;
}

static int same_field(const csv_field *a, const csv_field *b) {
    clipper_frame one = copy_field(a), other = copy_field(b);
    int same = same_bytes(one, other);
    free((void *)(uintptr_t)one.base);
    free((void *)(uintptr_t)other.base);
    return same;
}

/* A row of one empty field is a line without a byte, which is no row. */
static void check_written_again(const csv_reader *row, char delimiter) {
    size_t len;
    char *text;
    csv_reader again;
    if (delimiter == CSV_PLAIN_LINES || (row->count == 1 && row->fields[0].len == 0))
        return;
    text = write_row(row, delimiter, &len);
    again = csv_begin(text, len, delimiter);
    PROMISE("C-2", csv_next(&again) == CSV_ROW && csv_next(&again) == CSV_ROW,
            "a row that was written is one");
    PROMISE("C-2", again.count == row->count, "it has the fields that were written");
    for (size_t i = 0; i < row->count; i++)
        PROMISE("C-2", same_field(&again.fields[i], &row->fields[i]), "and they are what was written");
    PROMISE("C-2", csv_next(&again) == CSV_END, "nothing comes after it");
    csv_end(&again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char delimiters[] = {',', ';', '\t', '|', ' ', CSV_PLAIN_LINES};
    input in = {data, size};
    char delimiter = delimiters[input_octet(&in) % sizeof delimiters];
    clipper_frame bytes = input_bytes(&in, in.left);
    void *text = exact_copy(bytes.base, bytes.len);
    csv_reader reader = csv_begin(text, bytes.len, delimiter);
    size_t rows = 0;
    csv_result got;
    while ((got = csv_next(&reader)) == CSV_ROW) {
        PROMISE("C-1", reader.count > 0 && reader.row > rows && reader.line >= reader.row,
                "a row has a field, and a place after the one before it");
        rows = reader.row;
        for (size_t i = 0; i < reader.count; i++)
            PROMISE("C-1", memchr(reader.fields[i].text, '\0', reader.fields[i].len) == NULL,
                    "no field has a NUL");
        check_written_again(&reader, delimiter);
    }
    PROMISE("C-1", got != CSV_FAILED || (reader.problem != NULL && *reader.problem != '\0'),
            "what is refused has a reason");
    PROMISE("C-1", csv_next(&reader) == got, "the end stays the end");
    csv_end(&reader);
    free(text);
    return 0;
}
