/* The answers, as data: CSV with a header, or JSON lines, one for each item that was answered, as they come. */
#ifndef MOCKCLIPPER_SERVE_ANSWERS_H
#define MOCKCLIPPER_SERVE_ANSWERS_H

#include "engine/engine.h"

#include <stdbool.h>

typedef struct answers answers;

/* Begins to write PATH, "-" for stdout: JSON lines if its name ends in .jsonl, .ndjson or .json, or where JSON says so, else
 * CSV. NULL on failure, with *PROBLEM a text to be freed. */
answers *answers_open(const char *path, bool json, bool labelled, char **problem);

/* The answer to the item of number ROW; LABEL may be NULL. */
void answers_add(answers *self, size_t row, clipper_frame output, const char *label);

/* Puts the file in its place, or unless KEEP throws it away. False on failure, likewise. SELF may be NULL. */
bool answers_close(answers **self_p, bool keep, char **problem);

#endif
