#include "json_answer.h"

#include "check.h"
#include "input.h"

#include <stdlib.h>

/* The answer says what is wrong, by a name of the codec's or as bad input. */
static int is_failure(const json_t *answer) {
    const char *name = json_string_value(json_object_get(answer, "error"));
    if (!json_is_false(json_object_get(answer, "ok")) || !name ||
        !json_is_string(json_object_get(answer, "text")))
        return 0;
    for (int error = CLIPPER_OK + 1; error < CLIPPER_ERROR_COUNT; error++)
        if (strcmp(name, clipper_error_name((clipper_error)error)) == 0)
            return json_is_number(json_object_get(answer, "frame")) &&
                   json_is_string(json_object_get(answer, "field"));
    return strcmp(name, "bad_input") == 0;
}

/* One line for every program: no control character, and no other character that ends a line for some. */
static int is_one_line(const char *text, size_t len) {
    static const char *const separators[] = {"\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"};
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            return 0;
        for (size_t s = 0; s < 3; s++)
            if (len - i >= strlen(separators[s]) &&
                memcmp(text + i, separators[s], strlen(separators[s])) == 0)
                return 0;
    }
    return 1;
}

json_t *answer_to(json_line_function *function, const char *line, size_t len,
                  const json_line_options *options, int *ok) {
    char *exact = (char *)exact_copy(line, len);
    json_out out = {0};
    json_t *answer;
    *ok = function(exact, len, options, &out);
    PROMISE("J-1", is_one_line(out.data, out.len), "an answer is one line");
    /* jansson refuses text that is not UTF-8. */
    answer = json_loadb(out.data, out.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    if (!answer) /* a diagnosis may have numbers that jansson's integers cannot hold */
        answer = json_loadb(out.data, out.len,
                            JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, NULL);
    PROMISE("J-1", json_is_object(answer), "an answer is a JSON object");
    if (!*ok)
        PROMISE("J-1", is_failure(answer), "a failure says what is wrong");
    json_out_free(&out);
    free(exact);
    return answer;
}

json_t *answer_to_json(json_line_function *function, json_t *line, const json_line_options *options,
                       int *ok) {
    char *text = json_dumps(line, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_t *answer = answer_to(function, text, strlen(text), options, ok);
    free(text);
    json_decref(line);
    return answer;
}
