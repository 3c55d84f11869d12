#include "run/baseline.h"

#include "base/heap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads "ID: MESSAGE". False when LINE is something else, or repeats an id. */
static bool add_entry(baseline *self, const char *line, size_t number) {
    const char *end = strstr(line, ": ");
    char *id;
    if (end == NULL || end == line || end[2] == '\0')
        return false;
    id = heap_format("%.*s", (int)(end - line), line);
    if (baseline_find(self, id) != NULL) {
        free(id);
        return false;
    }
    self->entries = heap_grow(self->entries, self->count + 1, sizeof *self->entries);
    self->entries[self->count++] = (baseline_entry){id, heap_text(end + 2), number, NULL};
    return true;
}

static bool read_lines(baseline *self, FILE *file, char **problem) {
    char *line = NULL;
    size_t capacity = 0, number = 0;
    ssize_t len;
    bool good = true;
    while (good && (len = getline(&line, &capacity, file)) >= 0) {
        number++;
        while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r' || line[len - 1] == ' '))
            line[--len] = '\0';
        if (*line != '\0' && *line != '#')
            good = add_entry(self, line, number);
        if (!good)
            *problem = heap_format("line %zu is not an id, a colon, a blank and a message, or repeats an id",
                                   number);
    }
    if (good && ferror(file)) {
        *problem = heap_text(strerror(errno));
        good = false;
    }
    free(line);
    return good;
}

baseline *baseline_read(const char *path, char **problem) {
    baseline *self = heap_new(sizeof *self);
    FILE *file = fopen(path, "re");
    bool good = false;
    self->path = heap_text(path);
    if (file == NULL)
        *problem = heap_text(strerror(errno));
    else
        good = read_lines(self, file, problem);
    if (file != NULL)
        fclose(file);
    if (!good)
        baseline_destroy(&self);
    return self;
}

void baseline_destroy(baseline **self_p) {
    baseline *self = *self_p;
    if (self == NULL)
        return;
    for (size_t i = 0; i < self->count; i++) {
        free(self->entries[i].id);
        free(self->entries[i].message);
        free(self->entries[i].stale);
    }
    free(self->entries);
    free(self->path);
    free(self);
    *self_p = NULL;
}

baseline_entry *baseline_find(const baseline *self, const char *id) {
    for (size_t i = 0; i < self->count; i++) {
        if (strcmp(self->entries[i].id, id) == 0)
            return &self->entries[i];
    }
    return NULL;
}

size_t baseline_stale_count(const baseline *self) {
    size_t count = 0;
    for (size_t i = 0; i < self->count; i++)
        count += self->entries[i].stale != NULL;
    return count;
}
