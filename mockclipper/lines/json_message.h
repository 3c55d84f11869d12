/* Messages as JSON objects, both ways:
 *
 *   {"kind":"heartbeat"}                                                     to Clipper
 *   {"kind":"heartbeat","version":3,"heartbeat_type":"keep_alive"}           to the container; or
 * send_metadata
 *   {"kind":"new_container","name":TEXT,"model_version":TEXT,"input_type":TYPE,"rpc_version":3 or null}
 *   {"kind":"prediction_request","version":3,"id":N,"input_type":TYPE,"items":[HEX,...]}
 *   {"kind":"prediction_response","id":N,"data_type":TYPE or null,"items":[HEX,...]}
 *   {"kind":"feedback_request","version":3,"id":N,"frames":[HEX,...]}
 *
 * TEXT is a string where the bytes are UTF-8, and {"hex":"..."} where not: no byte is ever lost. TYPE is
 * "bytes", "ints", "floats", "doubles" or "strings". In the eras before version 3 no message has a version. */
#ifndef MOCKCLIPPER_LINES_JSON_MESSAGE_H
#define MOCKCLIPPER_LINES_JSON_MESSAGE_H

#include "base/json_out.h"
#include "lines/json_read.h"

#include <clipper/codec.h>

/* The names in JSON of the directions, by clipper_direction, and of the wires, by clipper_wire. */
#define JSON_DIRECTION_COUNT 2
#define JSON_WIRE_COUNT      3
extern const char *const json_direction_names[JSON_DIRECTION_COUNT + 1];
extern const char *const json_wire_names[JSON_WIRE_COUNT];

/* Writes MESSAGE as an object. */
void json_out_message(json_out *out, const clipper_message *message);

/* Writes COUNT frames as an array of hex strings. */
void json_out_frames(json_out *out, const clipper_frame *frames, size_t count);

/* Writes the names of the leniencies in BITS as an array. */
void json_out_leniencies(json_out *out, uint32_t bits);

/* Writes an object that says what is wrong: {"ok":false,"error":...,"text":...}. TEXT: NULL for the diagnosis's own. HINT:
 * what may have been meant, or NULL. */
void json_out_diagnosis(json_out *out, const clipper_diagnosis *diagnosis, const char *text,
                        const char *hint);

/* The same for what is wrong with the JSON itself: the error is "bad_input". */
void json_out_problem(json_out *out, const char *text);

/* Reads the member "leniencies" of OBJECT, which may be missing or null: sets their bits. */
bool json_read_leniencies(json_reading *reading, const json_t *object, uint32_t *bits);

/* Reads the member "message" of OBJECT as a message that goes in DIRECTION. It borrows from READING. On the
 * way in, versions may be missing or null, which means 3, and a response's data_type too, which means none.
 * Whether such a message may go in this direction, and such types on a wire, is left to the encoder. */
bool json_read_message(json_reading *reading, const json_t *object, clipper_direction direction,
                       clipper_message *message);

#endif
