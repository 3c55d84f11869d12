/* A file that is written beside its place and renamed when it is whole, so that nobody reads half of it. */
#ifndef MOCKCLIPPER_BASE_NEW_FILE_H
#define MOCKCLIPPER_BASE_NEW_FILE_H

#include <stdbool.h>
#include <stdio.h>

typedef struct new_file {
    FILE *out;    /* to be written to */
    char *place;  /* where it will be; NULL where OUT is written to directly */
    char *beside; /* where it is until then */
} new_file;

/* Begins to write PATH; "-" is stdout. What exists and is no regular file (a pipe, a device) is written to directly; a
 * file that a symbolic link leads to is replaced, not the link. False on failure: *PROBLEM says why then, and is the
 * caller's to free. */
bool new_file_open(new_file *self, const char *path, char **problem);

/* Whether PATH is written beside its place: it is not there yet, or a regular file. */
bool new_file_is_replaced(const char *path);

/* Puts it in its place. False on failure, likewise; then what was in its place is still there. */
bool new_file_keep(new_file *self, char **problem);

/* Throws away what was written. A file that was kept, or never opened, is left alone. */
void new_file_drop(new_file *self);

#endif
