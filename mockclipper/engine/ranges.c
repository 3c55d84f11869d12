#include "engine/ranges.h"

#include "base/heap.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

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

bool range_read(const char **at, range *found) {
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

char *range_text(const range *self) {
    if (self->last == self->first)
        return heap_format("%zu", self->first);
    if (self->last == SIZE_MAX)
        return heap_format("%zu-", self->first);
    return heap_format("%zu-%zu", self->first, self->last);
}

bool range_list_parse(range_list *self, const char *text) {
    for (;;) {
        range found;
        if (!range_read(&text, &found))
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
