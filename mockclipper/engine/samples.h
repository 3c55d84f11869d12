/* Samples of input that are not rows of a CSV file: JSON lines of hex digits, and a folder of files. Functions return
 * NULL on failure, with *PROBLEM a text to be freed. */
#ifndef MOCKCLIPPER_ENGINE_SAMPLES_H
#define MOCKCLIPPER_ENGINE_SAMPLES_H

#include "base/file.h"
#include "engine/rows.h"

/* Whether the file at PATH, which has TEXT, has JSON lines: by its name (.json, .jsonl, .ndjson; .csv and stdin: no), else
 * by its first line. */
bool samples_are_json_lines(const char *path, const file_text *text);

/* The items of JSON lines: each is a string of hex digits, or an object whose member "items" is a list of them. */
rows *samples_read_json_lines(const file_text *text, clipper_data_type type, char **problem);

/* An item for each file of a folder, in the order of their names: its bytes. Names that begin with a dot are left out. */
rows *samples_read_folder(const char *path, clipper_data_type type, char **problem);

#endif
