/* Fields of text as the elements of an item. */
#ifndef MOCKCLIPPER_ENGINE_ELEMENTS_H
#define MOCKCLIPPER_ENGINE_ELEMENTS_H

#include "base/csv.h"

#include <clipper/codec.h>

/* The bytes of an item while it is put together; begin with a zeroed one, free BYTES. */
typedef struct item_bytes {
    uint8_t *bytes;
    size_t len;
} item_bytes;

/* Adds a field as a number of TYPE. NULL, or what is wrong with it: "is no element of doubles". The caller's to free. */
char *item_add_number(item_bytes *self, clipper_data_type type, const csv_field *field);

/* Adds the text of a field. */
void item_add_text(item_bytes *self, const csv_field *field);

/* Adds a field as one of a row of CSV, with DELIMITER before it unless it is the first. */
void item_add_field(item_bytes *self, const csv_field *field, char delimiter, bool first);

#endif
