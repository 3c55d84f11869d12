/* What `mockclipper decode` and `mockclipper encode` do with one line: text in, text out. Nothing else is
 * touched, and any bytes will do as a line. */
#ifndef MOCKCLIPPER_LINES_JSON_LINE_H
#define MOCKCLIPPER_LINES_JSON_LINE_H

#include "base/json_out.h"

#include <clipper/codec.h>

#include <stdbool.h>
#include <stddef.h>

typedef struct json_line_options {
    clipper_options codec; /* for decoding */
    bool flat;             /* messages are in the flat form (clipper/flat.h), not in frames */
    bool has_direction;    /* whether DIRECTION serves lines that name none */
    clipper_direction direction;
} json_line_options;

typedef enum json_line_result {
    JSON_LINE_OK,        /* OUT has the answer */
    JSON_LINE_FAILED,    /* OUT has an answer that says what is wrong with the line or the message */
    JSON_LINE_NO_MEMORY, /* OUT has nothing of use */
} json_line_result;

/* Adds the answer to the LEN bytes at LINE to OUT: one JSON object, no line feed. */
typedef json_line_result json_line_function(const char *line, size_t len, const json_line_options *options,
                                            json_out *out);

/* {"direction":...,"frames":[...]} to {"ok":true,"wire":...,"leniencies":[...],"message":{...}} */
json_line_function json_decode_line;

/* {"direction":...,"wire":...,"message":{...}} to {"frames":[...]} */
json_line_function json_encode_line;

#endif
