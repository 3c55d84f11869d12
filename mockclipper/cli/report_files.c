#include "cli/report_files.h"

#include "base/heap.h"
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

void report_files_add(report_files *self, size_t format, const char *path) {
    self->all = heap_grow(self->all, self->count + 1, sizeof *self->all);
    self->all[self->count++] =
        (report_file){.format = format, .path = path != NULL && strcmp(path, "-") != 0 ? path : NULL};
}

static const char *place_of(const report_file *one) {
    return one->path != NULL ? one->path : "stdout";
}

const char *report_files_shared_place(const report_files *self) {
    for (size_t i = 0; i < self->count; i++) {
        for (size_t j = 0; j < i; j++) {
            const char *a = self->all[i].path, *b = self->all[j].path;
            if (a == b || (a != NULL && b != NULL && strcmp(a, b) == 0 && new_file_is_replaced(a)))
                return place_of(&self->all[i]);
        }
    }
    return NULL;
}

bool report_files_open(report_file *one, const char *command) {
    char *problem;
    if (one->file.out != NULL || new_file_open(&one->file, one->path != NULL ? one->path : "-", &problem))
        return true;
    cli_host_error(command, "cannot write the report %s: %s", one->path, problem);
    free(problem);
    return false;
}

bool report_files_try(report_files *self, const char *command) {
    for (size_t i = 0; i < self->count; i++) {
        if (!report_files_open(&self->all[i], command))
            return false;
        if (self->all[i].path != NULL && new_file_is_replaced(self->all[i].path))
            new_file_drop(&self->all[i].file);
    }
    return true;
}

bool report_files_take_stdout(const report_files *self) {
    for (size_t i = 0; i < self->count; i++) {
        if (self->all[i].path == NULL)
            return true;
    }
    return false;
}

bool report_files_close(report_file *one, const char *command) {
    char *problem;
    if (new_file_keep(&one->file, &problem))
        return true;
    cli_host_error(command, "cannot write the report %s: %s", one->path != NULL ? one->path : "to stdout",
                   problem);
    free(problem);
    return false;
}

void report_files_drop(report_files *self) {
    for (size_t i = 0; i < self->count; i++)
        new_file_drop(&self->all[i].file);
    free(self->all);
    *self = (report_files){0};
}
