/* Which columns of a table are meant: places such as "1-64" or "3,1", and names of a header, in the order given. */
#ifndef MOCKCLIPPER_ENGINE_COLUMNS_H
#define MOCKCLIPPER_ENGINE_COLUMNS_H

#include "base/csv.h"
#include "engine/ranges.h"

typedef struct column {
    char *name;   /* NULL where PLACES was given */
    range places; /* counted from 1 */
} column;

typedef struct column_list {
    column *columns;
    size_t count;
} column_list;

/* Reads a row of CSV: each field is a range, or else a name; in quotes always a name. False when it is neither. */
bool column_list_parse(column_list *self, const char *text);

/* And back; NULL for none. The caller's to free. */
char *column_list_format(const column_list *self);
void column_list_free(column_list *self);

/* Whether any was given by its name. */
bool column_list_has_names(const column_list *self);

/* Whether it is one column alone. */
bool column_list_is_one(const column_list *self);

/* Puts the places of HEADER in place of names; blanks around a name do not count. False when a name is not there, or
 * more than once: *PROBLEM says so, and is the caller's to free. */
bool column_list_resolve(column_list *self, const csv_reader *header, char **problem);

/* A copy, to be resolved. */
column_list column_list_copy(const column_list *self);

#endif
