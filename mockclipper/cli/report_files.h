/* Where reports go: what --report FORMAT[=FILE] asks for, one or many. */
#ifndef MOCKCLIPPER_CLI_REPORT_FILES_H
#define MOCKCLIPPER_CLI_REPORT_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct report_file {
    size_t format;    /* index of its name among those that the command has */
    const char *path; /* NULL for stdout */
    FILE *file;
} report_file;

typedef struct report_files {
    const char *command;
    const char *const *formats; /* their names, then NULL */
    report_file *all;
    size_t count;
} report_files;

/* Opens what TEXT, "FORMAT" or "FORMAT=FILE" (FILE "-": stdout), asks for. It is kept; TEXT must outlive it. Returns an
 * exit status; what is wrong has been said. */
int report_files_open(report_files *self, const char *text);

/* Does one of them go to stdout? */
bool report_files_take_stdout(const report_files *self);

/* Closes one that was written. False, and said, when not all of it could be. */
bool report_files_close(const report_files *self, const report_file *one);

/* Closes all that are open, whatever is in them. */
void report_files_drop(report_files *self);

#endif
