/* Where reports go: what --report FORMAT[=FILE] asks for, once or more. */
#ifndef MOCKCLIPPER_CLI_REPORT_FILES_H
#define MOCKCLIPPER_CLI_REPORT_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct report_file {
    size_t format;    /* index of its name among those that the command has */
    const char *path; /* NULL for stdout */
    FILE *file;       /* NULL before it is opened */
} report_file;

typedef struct report_files {
    report_file *all;
    size_t count;
} report_files;

/* Adds a report to PATH, which must outlive it; NULL or "-": to stdout. It is not opened yet. */
void report_files_add(report_files *self, size_t format, const char *path);

/* Opens all, for COMMAND. False, and reported, when one cannot be. */
bool report_files_open(report_files *self, const char *command);

/* Does one of them go to stdout? */
bool report_files_take_stdout(const report_files *self);

/* Closes one that was written. False, and reported, when not all of it could be. */
bool report_files_close(report_file *one, const char *command);

/* Closes all that are open, whatever is in them, and forgets all. */
void report_files_drop(report_files *self);

#endif
