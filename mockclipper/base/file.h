/* Files, read whole. */
#ifndef MOCKCLIPPER_BASE_FILE_H
#define MOCKCLIPPER_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct file_text {
    char *bytes; /* with a NUL after them; NULL while nothing was read */
    size_t len;
} file_text;

/* Reads PATH, or stdin where that is "-", to its end. False on failure: *PROBLEM says why then, and is the caller's to
 * free. */
bool file_read(file_text *self, const char *path, char **problem);
void file_free(file_text *self);

#endif
