#include "lines/json_line.h"

#include "lines/json_message.h"
#include "lines/json_read.h"
#include "lines/line_era.h"

#include <clipper/eras.h>
#include <clipper/flat.h>

#include <stdio.h>
#include <string.h>

static bool read_direction(json_reading *reading, const json_line_options *options,
                           clipper_direction *direction) {
    unsigned choice;
    if (options->has_direction && json_member(reading->root, "direction") == NULL) {
        *direction = options->direction;
        return true;
    }
    if (!json_read_choice(reading, reading->root, "direction", json_direction_names, JSON_DIRECTION_COUNT,
                          &choice))
        return false;
    *direction = (clipper_direction)choice;
    return true;
}

/* The answer to a line that could not be read or, PROBLEM being empty, to a message that is not right. */
static bool answer_failure(json_reading *reading, const clipper_diagnosis *diagnosis, const char *hint,
                           json_out *out) {
    if (reading->problem[0] != '\0')
        json_out_problem(out, reading->problem);
    else
        json_out_diagnosis(out, diagnosis, NULL, hint);
    json_reading_free(reading);
    return false;
}

/* ---- Decoding ----------------------------------------------------------------------------------------- */

/* The frames of the message to be decoded; in the flat form how many bytes it has, and how many come after it. */
typedef struct frame_list {
    clipper_direction direction;
    clipper_frame *frames;
    size_t count;
    size_t used, left_over;
} frame_list;

static bool split_flat(json_reading *reading, const clipper_limits *limits, clipper_frame flat,
                       frame_list *list, clipper_diagnosis *diagnosis) {
    clipper_error error = clipper_flat_split(flat, limits, NULL, 0, &list->count, &list->used, diagnosis);
    if (error != CLIPPER_NO_SPACE)
        return error == CLIPPER_OK;
    list->frames = json_reading_alloc(reading, list->count * sizeof *list->frames);
    error = clipper_flat_split(flat, limits, list->frames, list->count, &list->count, &list->used, diagnosis);
    list->left_over = flat.len - list->used;
    return error == CLIPPER_OK;
}

static bool read_frame_list(json_reading *reading, const json_line_options *options, frame_list *list,
                            clipper_diagnosis *diagnosis) {
    clipper_frame flat;
    if (!read_direction(reading, options, &list->direction))
        return false;
    if (options->flat)
        return json_read_hex(reading, reading->root, "flat", &flat) &&
               split_flat(reading, &options->codec.limits, flat, list, diagnosis);
    if (json_member(reading->root, "frames") == NULL && json_member(reading->root, "flat") != NULL)
        return json_problem(reading, "frames is missing; messages in the flat form need --flat");
    return json_read_frames(reading, reading->root, "frames", &list->frames, &list->count);
}

/* The flat form of one message is all that was asked for: what comes after it is one frame too many. */
static bool answer_left_over(json_reading *reading, const frame_list *list, json_out *out) {
    const clipper_diagnosis diagnosis = {.error = CLIPPER_EXTRA_FRAME,
                                         .frame = list->count,
                                         .expected = list->count,
                                         .actual = (uint64_t)list->count + 1};
    char text[80];
    snprintf(text, sizeof text, "another message begins at byte %zu: a line has one message", list->used);
    json_out_diagnosis(out, &diagnosis, text, NULL);
    json_reading_free(reading);
    return false;
}

static bool decodes(clipper_direction direction, const clipper_frame *frames, size_t count,
                    const clipper_options *options) {
    clipper_message message;
    return clipper_decode(direction, frames, count, options, &message, NULL) == CLIPPER_OK;
}

/* What may have been meant by frames that are no message: they are one without the first, or in the other direction. NULL
 * when neither is so. */
static const char *hint_for(const frame_list *list, const clipper_options *options) {
    bool to_clipper = list->direction == CLIPPER_TO_CLIPPER;
    clipper_direction other = to_clipper ? CLIPPER_TO_CONTAINER : CLIPPER_TO_CLIPPER;
    if (list->count == 0)
        return NULL;
    if (list->frames[0].len != 0 && decodes(list->direction, list->frames + 1, list->count - 1, options))
        return "frame 0 looks like the routing identity that a ROUTER socket puts before a message: leave it "
               "out";
    if (list->frames[0].len != 0 && decodes(other, list->frames + 1, list->count - 1, options))
        return to_clipper
                   ? "without frame 0, which looks like a routing identity, it is a message to_container"
                   : "without frame 0, which looks like a routing identity, it is a message to_clipper";
    if (decodes(other, list->frames, list->count, options))
        return to_clipper ? "it is a message to_container" : "it is a message to_clipper";
    return NULL;
}

/* Decodes LIST in the era that was told, or in version 3. *ERA and *FITTING as in line_era_decode_any. */
static clipper_error decode_list(json_reading *reading, const frame_list *list,
                                 const json_line_options *options, clipper_message *message,
                                 clipper_diagnosis *diagnosis, clipper_era *era, unsigned *fitting) {
    const line_frames frames = {list->direction, list->frames, list->count};
    clipper_options codec = options->codec;
    if (options->has_era && options->era == LINE_ERA_ANY)
        return line_era_decode_any(reading, &frames, codec, message, diagnosis, era, fitting);
    *era = codec.era = options->has_era ? (clipper_era)options->era : CLIPPER_ERA_V3;
    return line_era_decode(reading, &frames, &codec, message, diagnosis);
}

/* The answer to a LIST that is no message, whose nearest ERA told DIAGNOSIS. */
static bool answer_undecoded(json_reading *reading, const frame_list *list, const json_line_options *options,
                             clipper_era era, const clipper_diagnosis *diagnosis, json_out *out) {
    const line_frames frames = {list->direction, list->frames, list->count};
    char text[LINE_ERA_HINT];
    const char *hint = NULL;
    if (era == CLIPPER_ERA_V3)
        hint = hint_for(list, &options->codec);
    if (options->has_era && options->era == LINE_ERA_ANY && hint == NULL) {
        snprintf(text, sizeof text, "of all eras, %s comes nearest", line_era_names[era]);
        hint = text;
    } else if (!options->has_era && hint == NULL && line_era_hint(&frames, &options->codec, text)) {
        hint = text;
    }
    return answer_failure(reading, diagnosis, hint, out);
}

static void write_era(json_out *out, const json_line_options *options, clipper_era era, unsigned fitting) {
    if (!options->has_era)
        return;
    json_out_key_text(out, "era", line_era_names[era]);
    if (options->era != LINE_ERA_ANY)
        return;
    json_out_key(out, "eras");
    json_out_open(out, '[');
    for (int i = 0; i < LINE_ERA_ANY; i++)
        if (fitting & 1u << i)
            json_out_text(out, line_era_names[i]);
    json_out_close(out, ']');
}

bool json_decode_line(const char *line, size_t len, const json_line_options *options, json_out *out) {
    json_reading reading = {0};
    clipper_diagnosis diagnosis = {0};
    clipper_message message;
    frame_list list = {0};
    clipper_era era;
    unsigned fitting = 0;
    if (!json_read_object(&reading, line, len) || !read_frame_list(&reading, options, &list, &diagnosis))
        return answer_failure(&reading, &diagnosis, NULL, out);
    if (decode_list(&reading, &list, options, &message, &diagnosis, &era, &fitting) != CLIPPER_OK)
        return answer_undecoded(&reading, &list, options, era, &diagnosis, out);
    if (list.left_over != 0)
        return answer_left_over(&reading, &list, out);
    json_out_open(out, '{');
    json_out_key_bool(out, "ok", true);
    write_era(out, options, era, fitting);
    json_out_key_text(out, "wire", json_wire_names[message.wire]);
    json_out_key(out, "leniencies");
    json_out_leniencies(out, message.leniencies);
    json_out_key(out, "message");
    json_out_message(out, &message);
    json_out_close(out, '}');
    json_reading_free(&reading);
    return true;
}

/* ---- Encoding ----------------------------------------------------------------------------------------- */

static bool read_wire(json_reading *reading, clipper_wire *wire) {
    unsigned choice = CLIPPER_WIRE_ANY;
    if (json_member(reading->root, "wire") != NULL &&
        !json_read_choice(reading, reading->root, "wire", json_wire_names, JSON_WIRE_COUNT, &choice))
        return false;
    *wire = (clipper_wire)choice;
    return true;
}

/* The era that was told, or else the line's, or else version 3. */
static bool read_era(json_reading *reading, const json_line_options *options, clipper_era *era) {
    unsigned choice = options->has_era ? (unsigned)options->era : CLIPPER_ERA_V3;
    if (!options->has_era && json_member(reading->root, "era") != NULL &&
        !json_read_choice(reading, reading->root, "era", line_era_names, LINE_ERA_ANY, &choice))
        return false;
    *era = (clipper_era)choice;
    return true;
}

static clipper_error encode_into(const clipper_message *message, clipper_era era, clipper_wire wire,
                                 const clipper_storage *storage, clipper_encoded *encoded,
                                 clipper_diagnosis *diagnosis) {
    return era == CLIPPER_ERA_V3 ? clipper_encode(message, wire, storage, encoded, diagnosis)
                                 : clipper_era_encode(message, era, storage, encoded, diagnosis);
}

/* Encodes MESSAGE into memory of READING: first to know how much is needed, then to do it. */
static bool encode(json_reading *reading, const clipper_message *message, clipper_era era, clipper_wire wire,
                   clipper_frame **frames, size_t *count, clipper_diagnosis *diagnosis) {
    clipper_storage storage = {0};
    clipper_encoded needed;
    clipper_error error = encode_into(message, era, wire, &storage, &needed, diagnosis);
    if (error != CLIPPER_NO_SPACE)
        return false;
    storage = (clipper_storage){
        .frames = json_reading_alloc(reading, needed.frames * sizeof *storage.frames),
        .frame_capacity = needed.frames,
        .scratch = json_reading_alloc(reading, needed.scratch),
        .scratch_capacity = needed.scratch,
    };
    *frames = storage.frames;
    *count = needed.frames;
    return encode_into(message, era, wire, &storage, &needed, diagnosis) == CLIPPER_OK;
}

/* The flat form, made in memory of READING. */
static bool flatten(json_reading *reading, const clipper_frame *frames, size_t count, clipper_frame *flat) {
    size_t len;
    void *place;
    clipper_flat_write(frames, count, (clipper_span){NULL, 0}, &len);
    place = json_reading_alloc(reading, len);
    *flat = (clipper_frame){place, len};
    return clipper_flat_write(frames, count, (clipper_span){place, len}, &len) == CLIPPER_OK;
}

bool json_encode_line(const char *line, size_t len, const json_line_options *options, json_out *out) {
    json_reading reading = {0};
    clipper_diagnosis diagnosis = {0};
    clipper_direction direction;
    clipper_message message;
    clipper_wire wire;
    clipper_era era;
    clipper_frame *frames, flat = {0};
    size_t count;
    if (!json_read_object(&reading, line, len) || !read_direction(&reading, options, &direction) ||
        !read_wire(&reading, &wire) || !read_era(&reading, options, &era) ||
        !json_read_message(&reading, reading.root, direction, &message) ||
        (era != CLIPPER_ERA_V3 && !json_read_leniencies(&reading, reading.root, &message.leniencies)) ||
        !encode(&reading, &message, era, wire, &frames, &count, &diagnosis) ||
        (options->flat && !flatten(&reading, frames, count, &flat)))
        return answer_failure(&reading, &diagnosis, NULL, out);
    json_out_open(out, '{');
    if (options->flat) {
        json_out_key(out, "flat");
        json_out_hex(out, flat.base, flat.len);
    } else {
        json_out_key(out, "frames");
        json_out_frames(out, frames, count);
    }
    json_out_close(out, '}');
    json_reading_free(&reading);
    return true;
}
