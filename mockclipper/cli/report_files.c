#include "cli/report_files.h"

#include "base/heap.h"
#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The index of that name; that of the NULL at the end when there is none. */
static size_t find_format(const char *const *names, const char *name, size_t len) {
    size_t i = 0;
    while (names[i] != NULL && !(strlen(names[i]) == len && memcmp(names[i], name, len) == 0))
        i++;
    return i;
}

static int unknown_format(const report_files *self, const char *text, size_t len) {
    char *names = heap_text(self->formats[0]);
    for (size_t i = 1; self->formats[i] != NULL; i++) {
        char *longer = heap_format("%s, %s", names, self->formats[i]);
        free(names);
        names = longer;
    }
    cli_usage_error(self->command, "--report: '%.*s' is none of %s", (int)len, text, names);
    free(names);
    return CLI_USAGE;
}

int report_files_open(report_files *self, const char *text) {
    size_t len = strcspn(text, "=");
    report_file one = {.format = find_format(self->formats, text, len)};
    if (self->formats[one.format] == NULL)
        return unknown_format(self, text, len);
    if (text[len] == '=' && strcmp(text + len + 1, "-") != 0)
        one.path = text + len + 1;
    one.file = one.path != NULL ? fopen(one.path, "we") : stdout;
    if (one.file == NULL)
        return cli_host_error(self->command, "cannot write the report %s: %s", one.path, strerror(errno));
    self->all = heap_grow(self->all, self->count + 1, sizeof *self->all);
    self->all[self->count++] = one;
    return CLI_OK;
}

bool report_files_take_stdout(const report_files *self) {
    for (size_t i = 0; i < self->count; i++) {
        if (self->all[i].file == stdout)
            return true;
    }
    return false;
}

bool report_files_close(const report_files *self, const report_file *one) {
    bool good = fflush(one->file) == 0 && !ferror(one->file);
    int problem = errno;
    if (one->file != stdout && fclose(one->file) != 0 && good) {
        problem = errno;
        good = false;
    }
    if (!good)
        cli_host_error(self->command, "cannot write the report %s: %s",
                       one->path != NULL ? one->path : "to stdout", strerror(problem));
    return good;
}

void report_files_drop(report_files *self) {
    for (size_t i = 0; i < self->count; i++) {
        if (self->all[i].file != stdout)
            fclose(self->all[i].file);
    }
    free(self->all);
    self->all = NULL;
    self->count = 0;
}
