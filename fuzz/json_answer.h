/* What `mockclipper decode` and `mockclipper encode` answer, judged and taken apart. */
#ifndef FUZZ_JSON_ANSWER_H
#define FUZZ_JSON_ANSWER_H

#include "lines/json_line.h"

#include <jansson.h>

/* Gives LINE to FUNCTION, in a block of exactly its size, and returns the answer, which keeps the promises
 * that any answer makes. *OK: whether the line could be done. The caller's to release. */
json_t *answer_to(json_line_function *function, const char *line, size_t len,
                  const json_line_options *options, int *ok);

/* The same with a JSON object as the line. Releases LINE. */
json_t *answer_to_json(json_line_function *function, json_t *line, const json_line_options *options, int *ok);

#endif
