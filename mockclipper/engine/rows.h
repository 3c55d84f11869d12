/* The rows of a CSV file as items. Fields are divided by commas; there are no quotes and no header. */
#ifndef MOCKCLIPPER_ENGINE_ROWS_H
#define MOCKCLIPPER_ENGINE_ROWS_H

#include "engine/batch.h"

#include <stdbool.h>

/* Whole numbers, as ranges such as "1-64" or "1-3,7,9-", counted from 1. */
typedef struct range {
    size_t first;
    size_t last; /* SIZE_MAX: to the end */
} range;

typedef struct range_list {
    range *ranges;
    size_t count;
} range_list;

/* False when TEXT is no list of ranges. */
bool range_list_parse(range_list *self, const char *text);
void range_list_free(range_list *self);
bool range_list_has(const range_list *self, size_t number);

typedef struct rows {
    clipper_data_type type;
    batch *items;  /* one item a row */
    char **labels; /* the text of the label column of each row; NULL without one */
    size_t label_count;
} rows;

/* Reads the rows of PATH that are in WANTED (empty: all), the columns that are in COLUMNS (empty: all but
 * the label) as elements of TYPE: numbers; for bytes numbers from 0 to 255; for strings the fields as they
 * are, with the commas between. LABEL is the column of the label, 0 for none. NULL on failure, with *PROBLEM
 * a text to be freed. */
rows *rows_read(const char *path, clipper_data_type type, const range_list *wanted, const range_list *columns,
                size_t label, char **problem);
/* The one row that TEXT is, likewise. */
rows *rows_of_text(const char *text, clipper_data_type type, const range_list *columns, char **problem);
void rows_destroy(rows **self_p);

#endif
