#include "engine/rows.h"

#include "base/heap.h"
#include "engine/describe.h"
#include "engine/elements.h"

#include <ctype.h>
#include <stdlib.h>

/* Bytes of a field that errors show. */
#define SHOWN 40

typedef struct reading {
    csv_reader csv;
    const rows_form *form;
    column_list columns, label; /* names resolved */
    size_t width;               /* columns of the first row; 0 before it */
    size_t width_row;           /* which row that was */
    size_t *places;             /* the columns of the row at hand that make up its item */
    size_t place_count;
    rows *result;
    char **problem;
} reading;

/* Says that something is wrong with column PLACE of the row at hand; 0: with the row. Frees WHAT. Returns false. */
static bool fail(reading *self, size_t place, char *what) {
    char *where = csv_place(&self->csv, place);
    *self->problem = heap_format("%s%s%s", where, place != 0 ? ": " : " ", what);
    free(where);
    free(what);
    return false;
}

/* ---- Columns --------------------------------------------------------------------------------------------- */

static void add_place(reading *self, size_t place) {
    self->places = heap_grow(self->places, self->place_count + 1, sizeof *self->places);
    self->places[self->place_count++] = place;
}

static bool add_range(reading *self, const range *wanted) {
    size_t last = wanted->last == SIZE_MAX ? self->csv.count : wanted->last;
    for (size_t place = wanted->first; place <= last || place == wanted->first; place++) {
        if (place > self->csv.count)
            return fail(self, 0, heap_format("has no column %zu", place));
        add_place(self, place);
    }
    return true;
}

/* Finds the label's column; 0 without one. */
static bool find_label(reading *self, size_t *label) {
    *label = self->label.count != 0 ? self->label.columns[0].places.first : 0;
    return *label <= self->csv.count || fail(self, 0, heap_format("has no column %zu", *label));
}

/* Finds the columns of the item. */
static bool find_places(reading *self, size_t label) {
    self->place_count = 0;
    for (size_t i = 0; i < self->columns.count; i++) {
        if (!add_range(self, &self->columns.columns[i].places))
            return false;
    }
    for (size_t place = 1; self->columns.count == 0 && place <= self->csv.count; place++) {
        if (place != label)
            add_place(self, place);
    }
    return self->place_count != 0 || fail(self, 0, heap_text("has no column but that of the label"));
}

/* Whether the row is as wide as the first. */
static bool check_width(reading *self) {
    size_t count = self->csv.count;
    if (self->width == 0) {
        self->width = count;
        self->width_row = self->csv.row;
    }
    if (count == self->width || self->form->ragged)
        return true;
    return fail(self, 0,
                heap_format("has %zu column%s, but row %zu has %zu (--ragged takes such rows)", count,
                            count == 1 ? "" : "s", self->width_row, self->width));
}

/* ---- Items ----------------------------------------------------------------------------------------------- */

/* Whether FIELD may be a name in a header that nobody told of. */
static bool may_be_name(const reading *self, const csv_field *field) {
    const unsigned char first = field->len != 0 ? (unsigned char)*field->text : '\0';
    return self->csv.row == 1 && !self->form->header && (isalpha(first) || first == '_' || first >= 0x80);
}

static bool refuse_field(reading *self, size_t place, char *what) {
    const csv_field *field = &self->csv.fields[place - 1];
    char *shown = describe_text((clipper_frame){field->text, field->len}, SHOWN);
    bool cut = field->len > SHOWN;
    size_t len = strlen(shown) - (cut ? 5 : 2); /* without quotes and dots */
    bool failed =
        fail(self, place,
             heap_format("'%.*s%s' %s%s", (int)len, shown + 1, cut ? "..." : "", what,
                         may_be_name(self, field) ? "; if the first row has names, say --header" : ""));
    free(shown);
    free(what);
    return failed;
}

static bool make_item(reading *self, item_bytes *item) {
    clipper_data_type type = self->result->type;
    for (size_t i = 0; i < self->place_count; i++) {
        const csv_field *field = &self->csv.fields[self->places[i] - 1];
        char *wrong = NULL;
        if (type != CLIPPER_TYPE_STRINGS)
            wrong = item_add_number(item, type, field);
        else if (self->place_count == 1)
            item_add_text(item, field);
        else
            item_add_field(item, field, self->csv.delimiter, i == 0);
        if (wrong != NULL)
            return refuse_field(self, self->places[i], wrong);
    }
    return true;
}

static void keep_label(rows *result, const csv_field *field) {
    char *text = heap_new(field->len + 1);
    text[csv_copy(field, text)] = '\0';
    result->labels = heap_grow(result->labels, result->items->count, sizeof *result->labels);
    result->labels[result->items->count - 1] = text;
}

static bool take_row(reading *self) {
    item_bytes item = {NULL, 0};
    size_t label;
    bool good =
        find_label(self, &label) && find_places(self, label) && check_width(self) && make_item(self, &item);
    if (good) {
        batch_add_bytes(self->result->items, item.bytes, item.len);
        rows_number(self->result, self->csv.row);
        if (label != 0)
            keep_label(self->result, &self->csv.fields[label - 1]);
    }
    free(item.bytes);
    return good;
}

/* ---- The file -------------------------------------------------------------------------------------------- */

static csv_result next_row(reading *self) {
    csv_result got = csv_next(&self->csv);
    if (got == CSV_FAILED)
        *self->problem = heap_text(self->csv.problem);
    return got;
}

/* Takes the names of columns. */
static bool take_header(reading *self) {
    csv_result got = next_row(self);
    if (got == CSV_ROW)
        return check_width(self) && column_list_resolve(&self->columns, &self->csv, self->problem) &&
               column_list_resolve(&self->label, &self->csv, self->problem);
    if (got == CSV_END)
        *self->problem = heap_text("there is no header");
    return false;
}

static bool take_rows(reading *self) {
    const range_list *wanted = &self->form->wanted;
    csv_result got;
    while ((got = next_row(self)) == CSV_ROW) {
        if ((wanted->count == 0 || range_list_has(wanted, self->csv.row)) && !take_row(self))
            return false;
    }
    if (got == CSV_END && self->result->items->count == 0)
        *self->problem = heap_text("there are no rows");
    return got == CSV_END && self->result->items->count != 0;
}

rows *rows_read(const void *text, size_t len, clipper_data_type type, const rows_form *form, char **problem) {
    reading self = {.csv = csv_begin(text, len, form->delimiter),
                    .form = form,
                    .columns = column_list_copy(&form->columns),
                    .label = column_list_copy(&form->label),
                    .result = rows_new(type),
                    .problem = problem};
    if ((form->header && !take_header(&self)) || !take_rows(&self))
        rows_destroy(&self.result);
    column_list_free(&self.columns);
    column_list_free(&self.label);
    free(self.places);
    csv_end(&self.csv);
    return self.result;
}

void rows_number(rows *self, size_t number) {
    self->numbers = heap_grow(self->numbers, self->items->count, sizeof *self->numbers);
    self->numbers[self->items->count - 1] = number;
}

rows *rows_new(clipper_data_type type) {
    rows *self = heap_new(sizeof *self);
    self->type = type;
    self->items = batch_new(type);
    return self;
}

void rows_destroy(rows **self_p) {
    rows *self = *self_p;
    if (self == NULL)
        return;
    for (size_t i = 0; self->labels != NULL && i < self->items->count; i++)
        free(self->labels[i]);
    free(self->labels);
    free(self->numbers);
    batch_destroy(&self->items);
    free(self);
    *self_p = NULL;
}
