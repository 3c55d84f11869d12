/* `mockclipper decode` on any line.
 *
 * Input: octet (bit 0: the default direction is to Clipper, bit 1: there is one, bit 2: the flat form, bit 3:
 * strict, bit 4: a line made of frames), then the line's bytes; or options and frames (input.h). */
#include "check.h"
#include "input.h"
#include "json_answer.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* The same text for the same input, always. */
int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    json_object_seed(1);
    return 0;
}

static json_t *hex_of(clipper_frame frame) {
    char *text = malloc(2 * frame.len + 1);
    json_t *hex;
    for (size_t i = 0; i < frame.len; i++)
        snprintf(text + 2 * i, 3, "%02x", ((const uint8_t *)frame.base)[i]);
    hex = json_stringn(text, 2 * frame.len);
    free(text);
    return hex;
}

/* Both lists have the same digits, in letters of any case. */
static int same_hex(const json_t *a, const json_t *b) {
    if (json_array_size(a) != json_array_size(b))
        return 0;
    for (size_t i = 0; i < json_array_size(a); i++) {
        const char *left = json_string_value(json_array_get(a, i)),
                   *right = json_string_value(json_array_get(b, i));
        size_t len = strlen(left);
        if (len != strlen(right))
            return 0;
        for (size_t k = 0; k < len; k++)
            if ((left[k] | 0x20) != (right[k] | 0x20))
                return 0;
    }
    return 1;
}

/* ANSWER is a message, decoded from FRAMES (NULL: from the flat form): the way back, and again. */
static void check_way_back(const json_t *answer, const char *direction, const json_t *frames) {
    const json_line_options plain = {.codec = clipper_default_options()};
    json_t *wire = json_object_get(answer, "wire"), *message = json_object_get(answer, "message");
    size_t leniencies = json_array_size(json_object_get(answer, "leniencies"));
    json_t *encoded, *again;
    int ok;
    encoded = answer_to_json(
        json_encode_line,
        json_pack("{s:s,s:O,s:O}", "direction", direction, "wire", wire, "message", message), &plain, &ok);
    PROMISE("J-2", ok, "a message that was decoded can be encoded");
    if (frames && leniencies == 0)
        PROMISE("J-2", same_hex(json_object_get(encoded, "frames"), frames), "it encodes to the same frames");
    again = answer_to_json(
        json_decode_line,
        json_pack("{s:s,s:O}", "direction", direction, "frames", json_object_get(encoded, "frames")), &plain,
        &ok);
    PROMISE("J-2",
            ok && json_equal(json_object_get(again, "wire"), wire) &&
                json_equal(json_object_get(again, "message"), message),
            "and decodes to the same message");
    json_decref(again);
    json_decref(encoded);
}

/* The line as jansson reads it: what was the direction, what were the frames? */
static void decode_text(clipper_frame text, const json_line_options *options) {
    int ok;
    json_t *answer = answer_to(json_decode_line, text.base, text.len, options, &ok);
    if (ok) {
        json_t *line = json_loadb(text.base, text.len, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, NULL);
        const char *direction = json_string_value(json_object_get(line, "direction"));
        if (!direction)
            direction = options->direction == CLIPPER_TO_CLIPPER ? "to_clipper" : "to_container";
        PROMISE("J-1", json_is_true(json_object_get(answer, "ok")), "a message that was decoded is ok");
        check_way_back(answer, direction, options->flat ? NULL : json_object_get(line, "frames"));
        json_decref(line);
    }
    json_decref(answer);
}

/* A line made of frames: the answer is what the codec says. */
static void decode_frames(input *in, json_line_options *options) {
    unsigned flags = input_octet(in) & ~(unsigned)(OPTION_NONE | OPTION_UNKNOWN_ERA);
    const char *direction = flags & OPTION_TO_CLIPPER ? "to_clipper" : "to_container";
    clipper_direction to = flags & OPTION_TO_CLIPPER ? CLIPPER_TO_CLIPPER : CLIPPER_TO_CONTAINER;
    frames all;
    json_t *list = json_array(), *answer;
    clipper_message message;
    clipper_error error;
    int ok;
    (void)input_options(in, flags, &options->codec);
    options->flat = false;
    all = input_frames(in, to, flags);
    for (size_t i = 0; i < all.count; i++)
        json_array_append_new(list, all.list[i].base == UNREADABLE ? json_string("") : hex_of(all.list[i]));
    for (size_t i = all.first_item; i < all.count; i++)
        if (all.list[i].base == UNREADABLE)
            all.list[i].len = 0;
    judging(to, all.list, all.count);
    answer = answer_to_json(json_decode_line, json_pack("{s:s,s:O}", "direction", direction, "frames", list),
                            options, &ok);
    error = clipper_decode(to, all.list, all.count, &options->codec, &message, NULL);
    PROMISE("J-3", ok == (error == CLIPPER_OK), "what the codec decodes is decoded");
    if (ok)
        check_way_back(answer, direction, list);
    json_decref(answer);
    json_decref(list);
    judging(to, NULL, 0);
    frames_free(&all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input in = {data, size};
    unsigned flags = input_octet(&in);
    json_line_options options = {.codec = clipper_default_options()};
    options.direction = flags & 1 ? CLIPPER_TO_CLIPPER : CLIPPER_TO_CONTAINER;
    options.has_direction = (flags & 2) != 0;
    options.flat = (flags & 4) != 0;
    options.codec.strict = (flags & 8) != 0;
    if (flags & 16)
        decode_frames(&in, &options);
    else
        decode_text(input_bytes(&in, in.left), &options);
    return 0;
}
