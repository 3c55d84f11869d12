#include "engine/columns.h"

#include "base/heap.h"

#include <stdlib.h>
#include <string.h>

static void add(column_list *self, column one) {
    self->columns = heap_grow(self->columns, self->count + 1, sizeof *self->columns);
    self->columns[self->count++] = one;
}

/* The text of a field, without the blanks around it. The caller's to free. */
static char *name_of(const csv_field *field) {
    char *name = heap_new(field->len + 1);
    size_t len = csv_copy(field, name), before = 0;
    while (len != 0 && (name[len - 1] == ' ' || name[len - 1] == '\t'))
        len--;
    name[len] = '\0';
    before = strspn(name, " \t");
    memmove(name, name + before, len - before + 1);
    return name;
}

static void add_field(column_list *self, const csv_field *field) {
    char *name = name_of(field);
    const char *at = name;
    column one = {name, {0, 0}};
    if (!field->quoted && range_read(&at, &one.places) && *at == '\0') {
        one.name = NULL;
        free(name);
    }
    add(self, one);
}

bool column_list_parse(column_list *self, const char *text) {
    csv_reader reader = csv_begin(text, strlen(text), ',');
    bool good = csv_next(&reader) == CSV_ROW;
    for (size_t i = 0; good && i < reader.count; i++) {
        add_field(self, &reader.fields[i]);
        /* "0" and "3-1" are places that cannot be; so is nothing. */
        good = self->columns[i].name == NULL || reader.fields[i].quoted ||
               strspn(self->columns[i].name, "0123456789-") != strlen(self->columns[i].name);
    }
    good = good && csv_next(&reader) == CSV_END;
    csv_end(&reader);
    return good;
}

static void put_in_memory(void *to, const char *bytes, size_t len) {
    fwrite(bytes, 1, len, to);
}

char *column_list_format(const column_list *self) {
    char *text = NULL;
    size_t len;
    FILE *out;
    if (self->count == 0)
        return NULL;
    out = open_memstream(&text, &len);
    if (out == NULL)
        heap_exhausted();
    for (size_t i = 0; i < self->count; i++) {
        const column *each = &self->columns[i];
        range ignored;
        const char *at = each->name;
        char *places = NULL;
        if (i != 0)
            fputc(',', out);
        if (each->name == NULL)
            fputs(places = range_text(&each->places), out);
        else if (range_read(&at, &ignored)) /* a name that would be read as a range */
            fprintf(out, "\"%s\"", each->name);
        else
            csv_write(each->name, strlen(each->name), ',', put_in_memory, out);
        free(places);
    }
    if (fclose(out) != 0 || text == NULL)
        heap_exhausted();
    return text;
}

void column_list_free(column_list *self) {
    for (size_t i = 0; i < self->count; i++)
        free(self->columns[i].name);
    free(self->columns);
    *self = (column_list){0};
}

bool column_list_has_names(const column_list *self) {
    for (size_t i = 0; i < self->count; i++) {
        if (self->columns[i].name != NULL)
            return true;
    }
    return false;
}

bool column_list_is_one(const column_list *self) {
    return self->count == 1 &&
           (self->columns[0].name != NULL || self->columns[0].places.first == self->columns[0].places.last);
}

/* The place of NAME in HEADER, from 1; *TIMES it is there. */
static size_t find(const csv_reader *header, const char *name, size_t *times) {
    size_t place = 0;
    *times = 0;
    for (size_t i = 0; i < header->count; i++) {
        char *each = name_of(&header->fields[i]);
        if (strcmp(each, name) == 0) {
            place = i + 1;
            ++*times;
        }
        free(each);
    }
    return place;
}

bool column_list_resolve(column_list *self, const csv_reader *header, char **problem) {
    for (size_t i = 0; i < self->count; i++) {
        column *each = &self->columns[i];
        size_t times, place = each->name != NULL ? find(header, each->name, &times) : 0;
        if (each->name == NULL)
            continue;
        if (times != 1) {
            *problem =
                heap_format("the header has %s column '%s'", times == 0 ? "no" : "more than one", each->name);
            return false;
        }
        free(each->name);
        *each = (column){NULL, {place, place}};
    }
    return true;
}

column_list column_list_copy(const column_list *self) {
    column_list copy = {0};
    for (size_t i = 0; i < self->count; i++)
        add(&copy, (column){self->columns[i].name != NULL ? heap_text(self->columns[i].name) : NULL,
                            self->columns[i].places});
    return copy;
}
