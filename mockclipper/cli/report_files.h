/* Where reports go: what --report FORMAT[=FILE] asks for, once or more. */
#ifndef MOCKCLIPPER_CLI_REPORT_FILES_H
#define MOCKCLIPPER_CLI_REPORT_FILES_H

#include "base/new_file.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct report_file {
    size_t format;    /* index of its name among those that the command has */
    const char *path; /* NULL for stdout */
    new_file file;    /* its OUT is NULL while it is not open */
} report_file;

typedef struct report_files {
    report_file *all;
    size_t count;
} report_files;

/* Adds a report to PATH, which must outlive it; NULL or "-": to stdout. It is not opened yet. */
void report_files_add(report_files *self, size_t format, const char *path);

/* The place that two of them would have: a path, or "stdout"; NULL when each has its own. */
const char *report_files_shared_place(const report_files *self);

/* Sees whether all can be written, for COMMAND; pipes and devices are open from then on. False, and reported, when one
 * cannot be. */
bool report_files_try(report_files *self, const char *command);

/* Begins to write one: beside its place, so that nobody reads half of it. False, and reported, when it cannot be. */
bool report_files_open(report_file *one, const char *command);

/* Does one of them go to stdout? */
bool report_files_take_stdout(const report_files *self);

/* Puts one that was written in its place. False, and reported, when not all of it could be. */
bool report_files_close(report_file *one, const char *command);

/* Throws away what was written to those that are open, and forgets all. */
void report_files_drop(report_files *self);

#endif
