/* The rows of a CSV file as items. */
#ifndef MOCKCLIPPER_ENGINE_ROWS_H
#define MOCKCLIPPER_ENGINE_ROWS_H

#include "engine/batch.h"
#include "engine/columns.h"

typedef struct rows {
    clipper_data_type type;
    batch *items;    /* one item a row */
    size_t *numbers; /* of the rows in their file, counted from 1 */
    char **labels;   /* the text of the label column of each row; NULL without one */
} rows;

/* How a text is read. */
typedef struct rows_form {
    range_list wanted;   /* rows, counted from 1 with a header and blank lines; empty: all */
    column_list columns; /* in their order; empty: all but the label */
    column_list label;   /* one column, or none */
    char delimiter;      /* as of csv_begin() */
    bool header;         /* the first row has names */
    bool ragged;         /* rows may have different numbers of columns */
} rows_form;

/* Reads LEN bytes of CSV (base/csv.h) as items of TYPE. Numbers: one element a column, blanks around it do not count; for
 * bytes numbers from 0 to 255. Strings: the text of the column, or of several columns a row of CSV again. Every row has
 * the columns asked for, and as many as the first, else that is an error. NULL on failure, with *PROBLEM a text to be
 * freed. */
rows *rows_read(const void *text, size_t len, clipper_data_type type, const rows_form *form, char **problem);

/* Adds the number NUMBER to those of SELF, for its latest item. */
void rows_number(rows *self, size_t number);

rows *rows_new(clipper_data_type type);
void rows_destroy(rows **self_p);

#endif
