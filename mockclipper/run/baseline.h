/* A baseline: known failures, so that only changes are reported.
 *
 * A line each: the id of a case, a colon, a blank, and the beginning of its message (ledger_case_message()). Empty
 * lines and lines that begin with "#" are skipped. An entry must hold: one whose case does not fail any
 * more, or fails with another message, is a failure itself, and so is one for a case that does not exist. An entry
 * for a case that the command line left out is ignored. */
#ifndef MOCKCLIPPER_RUN_BASELINE_H
#define MOCKCLIPPER_RUN_BASELINE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct baseline_entry {
    char *id;
    char *message;
    size_t line;
    char *stale; /* why it does not hold, or NULL */
} baseline_entry;

typedef struct baseline {
    char *path;
    baseline_entry *entries;
    size_t count;
} baseline;

/* Reads the file at PATH. NULL when it cannot be read or understood, with *PROBLEM a text to be freed. */
baseline *baseline_read(const char *path, char **problem);
void baseline_destroy(baseline **self_p);

/* The entry for the case of that id, or NULL. */
baseline_entry *baseline_find(const baseline *self, const char *id);

/* How many entries do not hold. */
size_t baseline_stale_count(const baseline *self);

#endif
