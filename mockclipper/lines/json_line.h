/* What `mockclipper decode` and `mockclipper encode` do with one line, which may have any bytes. */
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
    bool has_era; /* whether ERA was told */
    int era;      /* of line_era.h */
} json_line_options;

/* Adds the answer to the LEN bytes at LINE to OUT: one JSON object, no line feed. False when the answer says what is
 * wrong with the line or the message. */
typedef bool json_line_function(const char *line, size_t len, const json_line_options *options,
                                json_out *out);

/* {"direction":...,"frames":[...]} to {"ok":true,"wire":...,"leniencies":[...],"message":{...}}; after "ok" comes "era" where
 * it was told, and "eras" with all that fit where it may be any. */
json_line_function json_decode_line;

/* {"direction":...,"wire":...,"message":{...}} to {"frames":[...]}; "era" serves where none was told. */
json_line_function json_encode_line;

#endif
