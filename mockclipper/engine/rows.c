#include "engine/rows.h"

#include "base/heap.h"
#include "engine/describe.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- Ranges ----------------------------------------------------------------------------------------- */

/* Reads a number of at least 1 and moves *AT past it. */
static bool read_place(const char **at, size_t *place) {
    char *end;
    if (**at < '0' || **at > '9')
        return false;
    errno = 0;
    *place = strtoul(*at, &end, 10);
    *at = end;
    return errno == 0 && *place != 0;
}

static bool read_range(const char **at, range *found) {
    if (!read_place(at, &found->first))
        return false;
    found->last = found->first;
    if (**at != '-')
        return true;
    ++*at;
    if (**at == ',' || **at == '\0')
        found->last = SIZE_MAX;
    else if (!read_place(at, &found->last))
        return false;
    return found->last >= found->first;
}

bool range_list_parse(range_list *self, const char *text) {
    for (;;) {
        range found;
        if (!read_range(&text, &found))
            return false;
        self->ranges = heap_grow(self->ranges, self->count + 1, sizeof *self->ranges);
        self->ranges[self->count++] = found;
        if (*text == '\0')
            return true;
        if (*text++ != ',')
            return false;
    }
}

void range_list_free(range_list *self) {
    free(self->ranges);
}

bool range_list_has(const range_list *self, size_t number) {
    for (size_t i = 0; i < self->count; i++) {
        if (number >= self->ranges[i].first && number <= self->ranges[i].last)
            return true;
    }
    return false;
}

/* ---- Items ------------------------------------------------------------------------------------------ */

/* The bytes of an item while it is put together. */
typedef struct item_bytes {
    uint8_t *bytes;
    size_t len;
} item_bytes;

static void append(item_bytes *item, const void *bytes, size_t len) {
    item->bytes = heap_grow(item->bytes, item->len + len, 1);
    memcpy(item->bytes + item->len, bytes, len);
    item->len += len;
}

static void append_little_endian(item_bytes *item, uint64_t bits, size_t width) {
    uint8_t bytes[8];
    for (size_t i = 0; i < width; i++)
        bytes[i] = (uint8_t)(bits >> 8 * i);
    append(item, bytes, width);
}

static bool append_real(item_bytes *item, clipper_data_type type, const char *field) {
    char *end;
    double value = strtod(field, &end);
    float single = (float)value;
    uint32_t single_bits;
    uint64_t bits;
    memcpy(&single_bits, &single, sizeof single_bits);
    memcpy(&bits, &value, sizeof bits);
    if (type == CLIPPER_TYPE_FLOATS)
        append_little_endian(item, single_bits, 4);
    else
        append_little_endian(item, bits, 8);
    return end != field && *end == '\0';
}

static bool append_whole(item_bytes *item, clipper_data_type type, const char *field) {
    char *end;
    long long value, low = type == CLIPPER_TYPE_BYTES ? 0 : INT32_MIN;
    long long high = type == CLIPPER_TYPE_BYTES ? UINT8_MAX : INT32_MAX;
    errno = 0;
    value = strtoll(field, &end, 10);
    append_little_endian(item, (uint64_t)value, clipper_data_width(type));
    return end != field && *end == '\0' && errno == 0 && value >= low && value <= high;
}

/* Adds FIELD to the item. False when it is no element of TYPE. */
static bool append_field(item_bytes *item, clipper_data_type type, const char *field) {
    switch (type) {
    case CLIPPER_TYPE_FLOATS:
    case CLIPPER_TYPE_DOUBLES:
        return append_real(item, type, field);
    case CLIPPER_TYPE_INTS:
    case CLIPPER_TYPE_BYTES:
        return append_whole(item, type, field);
    default:
        if (item->len != 0)
            append(item, ",", 1);
        append(item, field, strlen(field));
        return true;
    }
}

/* ---- The file --------------------------------------------------------------------------------------- */

typedef struct reading {
    rows *result;
    const range_list *wanted;
    const range_list *columns;
    size_t label;
    size_t row; /* its number, from 1 */
    char **problem;
} reading;

static void keep_label(rows *result, const char *text) {
    result->labels = heap_grow(result->labels, result->label_count + 1, sizeof *result->labels);
    result->labels[result->label_count++] = heap_text(text);
}

/* Takes the fields of LINE, which is cut up. */
static bool read_row(reading *self, char *line) {
    item_bytes item = {NULL, 0};
    bool good = true, labelled = self->label == 0;
    size_t column = 0;
    for (char *field = strsep(&line, ","); good && field != NULL; field = strsep(&line, ",")) {
        column++;
        if (column == self->label) {
            keep_label(self->result, field);
            labelled = true;
        }
        if (self->columns->count != 0 ? !range_list_has(self->columns, column) : column == self->label)
            continue;
        good = append_field(&item, self->result->type, field);
        if (!good)
            *self->problem = heap_format("row %zu, column %zu: '%s' is no element of %s", self->row, column,
                                         field, data_type_name(self->result->type));
    }
    if (good && !labelled)
        *self->problem = heap_format("row %zu has no column %zu", self->row, self->label);
    batch_add_bytes(self->result->items, item.bytes, item.len);
    free(item.bytes);
    return good && labelled;
}

static bool read_rows(reading *self, FILE *file) {
    char *line = NULL;
    size_t capacity = 0;
    ssize_t len;
    bool good = true;
    while (good && (len = getline(&line, &capacity, file)) >= 0) {
        while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
            line[--len] = '\0';
        self->row++;
        if (self->wanted->count == 0 || range_list_has(self->wanted, self->row))
            good = len == 0 || read_row(self, line);
    }
    free(line);
    if (good && ferror(file))
        *self->problem = heap_text(strerror(errno));
    return good && !ferror(file);
}

/* Reads FILE to its end, and closes it. */
static rows *read_file(FILE *file, const range_list *wanted, clipper_data_type type,
                       const range_list *columns, size_t label, char **problem) {
    rows *self = heap_new(sizeof *self);
    reading state = {self, wanted, columns, label, 0, problem};
    bool good;
    self->type = type;
    self->items = batch_new(type);
    good = read_rows(&state, file);
    fclose(file);
    if (good && self->items->count == 0) {
        *problem = heap_text("there are no rows");
        good = false;
    }
    if (!good)
        rows_destroy(&self);
    return self;
}

rows *rows_read(const char *path, clipper_data_type type, const range_list *wanted, const range_list *columns,
                size_t label, char **problem) {
    FILE *file = fopen(path, "re");
    if (file != NULL)
        return read_file(file, wanted, type, columns, label, problem);
    *problem = heap_text(strerror(errno));
    return NULL;
}

rows *rows_of_text(const char *text, clipper_data_type type, const range_list *columns, char **problem) {
    static const range_list all;
    char *copy = heap_text(text);
    FILE *file = *text != '\0' ? fmemopen(copy, strlen(copy), "r") : NULL;
    rows *result = file != NULL ? read_file(file, &all, type, columns, 0, problem) : NULL;
    if (file == NULL)
        *problem = heap_text("there are no rows");
    free(copy);
    return result;
}

void rows_destroy(rows **self_p) {
    rows *self = *self_p;
    if (self == NULL)
        return;
    for (size_t i = 0; i < self->label_count; i++)
        free(self->labels[i]);
    free(self->labels);
    batch_destroy(&self->items);
    free(self);
    *self_p = NULL;
}
