#include "cli/report_files.h"

#include "base/heap.h"
#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void report_files_add(report_files *self, size_t format, const char *path) {
    self->all = heap_grow(self->all, self->count + 1, sizeof *self->all);
    self->all[self->count++] =
        (report_file){.format = format, .path = path != NULL && strcmp(path, "-") != 0 ? path : NULL};
}

bool report_files_open(report_files *self, const char *command) {
    for (size_t i = 0; i < self->count; i++) {
        report_file *one = &self->all[i];
        one->file = one->path != NULL ? fopen(one->path, "we") : stdout;
        if (one->file == NULL) {
            cli_host_error(command, "cannot write the report %s: %s", one->path, strerror(errno));
            return false;
        }
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
    bool good = fflush(one->file) == 0 && !ferror(one->file);
    int problem = errno;
    if (one->file != stdout && fclose(one->file) != 0 && good) {
        problem = errno;
        good = false;
    }
    one->file = NULL;
    if (!good)
        cli_host_error(command, "cannot write the report %s: %s", one->path != NULL ? one->path : "to stdout",
                       strerror(problem));
    return good;
}

void report_files_drop(report_files *self) {
    for (size_t i = 0; i < self->count; i++) {
        if (self->all[i].path != NULL && self->all[i].file != NULL)
            fclose(self->all[i].file);
    }
    free(self->all);
    *self = (report_files){0};
}
