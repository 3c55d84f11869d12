/* `mockclipper encode` on any line.
 *
 * Input: octet (bit 0: the default direction is to Clipper, bit 1: there is one, bit 2: the flat form), then
 * the line's bytes. */
#include "check.h"
#include "input.h"
#include "json_answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* The same text for the same input, always. */
int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    json_object_seed(1);
    return 0;
}

/* ENCODED is an answer of `encode`: it decodes, and what it decodes to encodes to the same. */
static void check_way_back(const json_t *encoded, const char *direction, const json_line_options *options) {
    const char *form = options->flat ? "flat" : "frames";
    json_t *decoded, *again;
    int ok;
    PROMISE("J-4", json_object_get(encoded, form), "an encoded message has its frames, or its flat form");
    decoded = answer_to_json(
        json_decode_line,
        json_pack("{s:s,s:O}", "direction", direction, form, json_object_get(encoded, form)), options, &ok);
    PROMISE("J-4", ok && json_array_size(json_object_get(decoded, "leniencies")) == 0,
            "what is encoded decodes strictly");
    again = answer_to_json(json_encode_line,
                           json_pack("{s:s,s:O,s:O}", "direction", direction, "wire",
                                     json_object_get(decoded, "wire"), "message",
                                     json_object_get(decoded, "message")),
                           options, &ok);
    PROMISE("J-4", ok && json_equal(json_object_get(again, form), json_object_get(encoded, form)),
            "and encodes to the same again");
    json_decref(again);
    json_decref(decoded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input in = {data, size};
    unsigned flags = input_octet(&in);
    json_line_options options = {.codec = clipper_default_options()};
    clipper_frame text = input_bytes(&in, in.left);
    json_t *answer;
    int ok;
    options.codec.strict = 1;
    options.direction = flags & 1 ? CLIPPER_TO_CLIPPER : CLIPPER_TO_CONTAINER;
    options.has_direction = (flags & 2) != 0;
    options.flat = (flags & 4) != 0;
    answer = answer_to(json_encode_line, text.base, text.len, &options, &ok);
    if (ok) {
        json_t *line = json_loadb(text.base, text.len, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, NULL);
        const char *direction = json_string_value(json_object_get(line, "direction"));
        if (!direction)
            direction = options.direction == CLIPPER_TO_CLIPPER ? "to_clipper" : "to_container";
        check_way_back(answer, direction, &options);
        json_decref(line);
    }
    json_decref(answer);
    return 0;
}
