/* Whole numbers, as ranges such as "1-64" or "1-3,7,9-", counted from 1. */
#ifndef MOCKCLIPPER_ENGINE_RANGES_H
#define MOCKCLIPPER_ENGINE_RANGES_H

#include <stdbool.h>
#include <stddef.h>

typedef struct range {
    size_t first;
    size_t last; /* SIZE_MAX: to the end */
} range;

typedef struct range_list {
    range *ranges;
    size_t count;
} range_list;

/* Reads one range at *AT, and moves it past. */
bool range_read(const char **at, range *found);

/* "3", "3-7" or "3-". The caller's to free. */
char *range_text(const range *self);

/* False when TEXT is no list of ranges. */
bool range_list_parse(range_list *self, const char *text);
void range_list_free(range_list *self);
bool range_list_has(const range_list *self, size_t number);

#endif
