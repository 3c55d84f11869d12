#include "lines/json_read.h"

#include "base/heap.h"
#include "base/hex.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct json_block {
    struct json_block *next;
    max_align_t bytes[];
} json_block;

void json_reading_free(json_reading *reading) {
    while (reading->blocks != NULL) {
        json_block *block = reading->blocks;
        reading->blocks = block->next;
        free(block);
    }
    json_decref(reading->root);
    *reading = (json_reading){0};
}

bool json_problem(json_reading *reading, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reading->problem, sizeof reading->problem, format, arguments);
    va_end(arguments);
    return false;
}

void *json_reading_alloc(json_reading *reading, size_t len) {
    json_block *block;
    if (len > SIZE_MAX / 2)
        heap_exhausted();
    block = heap_new(sizeof *block + len);
    block->next = reading->blocks;
    reading->blocks = block;
    return block->bytes;
}

bool json_line_is_blank(const char *text, size_t len) {
    while (len != 0 && strchr(" \t\r\n", text[len - 1]) != NULL && text[len - 1] != '\0')
        len--;
    return len == 0;
}

bool json_read_object(json_reading *reading, const char *text, size_t len) {
    const size_t flags = JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY;
    json_error_t error;
    if (json_line_is_blank(text, len))
        return json_problem(reading, "the line is empty");
    reading->root = json_loadb(text, len, flags, &error);
    /* A key that is not read may have a number that a 64-bit integer cannot hold. */
    if (reading->root == NULL && json_error_code(&error) == json_error_numeric_overflow)
        reading->root = json_loadb(text, len, flags | JSON_DECODE_INT_AS_REAL, &error);
    /* jansson does not always say that memory ran out; it then says nothing. */
    if (reading->root == NULL &&
        (json_error_code(&error) == json_error_out_of_memory || error.text[0] == '\0'))
        heap_exhausted();
    if (reading->root == NULL && json_error_code(&error) == json_error_duplicate_key)
        return json_problem(reading, "at byte %d: %s", error.position, error.text);
    if (reading->root == NULL)
        return json_problem(reading, "not JSON, at byte %d: %s", error.position, error.text);
    if (!json_is_object(reading->root))
        return json_problem(reading, "the line must be a JSON object");
    return true;
}

json_t *json_member(const json_t *object, const char *path) {
    const char *dot = strrchr(path, '.');
    json_t *value = json_object_get(object, dot != NULL ? dot + 1 : path);
    return json_is_null(value) ? NULL : value;
}

/* Notes that the value of a key, NULL when it is missing, is not what it must be. */
static bool must_be(json_reading *reading, const json_t *value, const char *path, const char *what) {
    if (value == NULL)
        return json_problem(reading, "%s is missing: it must be %s", path, what);
    return json_problem(reading, "%s must be %s", path, what);
}

/* "a", "b" or "c" */
static void list_words(const char *const *words, size_t count, char *list, size_t capacity) {
    size_t len = 0;
    for (size_t i = 0; i < count && len < capacity; i++) {
        const char *before = i == 0 ? "" : i + 1 < count ? ", " : " or ";
        len += (size_t)snprintf(list + len, capacity - len, "%s\"%s\"", before, words[i]);
    }
}

bool json_read_choice(json_reading *reading, const json_t *object, const char *path, const char *const *words,
                      size_t count, unsigned *choice) {
    const json_t *value = json_member(object, path);
    const char *word = json_string_value(value);
    char list[160];
    /* A word with a NUL in it is none of them, whatever comes before the NUL. */
    for (unsigned i = 0; word != NULL && i < count; i++) {
        if (strlen(words[i]) == json_string_length(value) && strcmp(words[i], word) == 0) {
            *choice = i;
            return true;
        }
    }
    list_words(words, count, list, sizeof list);
    return must_be(reading, value, path, list);
}

bool json_read_number(json_reading *reading, const json_t *object, const char *path, uint64_t min,
                      uint64_t max, uint64_t *number) {
    const json_t *value = json_member(object, path);
    char range[80];
    if (json_is_integer(value)) {
        json_int_t integer = json_integer_value(value);
        if (integer >= 0 && (uint64_t)integer >= min && (uint64_t)integer <= max) {
            *number = (uint64_t)integer;
            return true;
        }
    } else if (json_is_real(value)) {
        double real = json_real_value(value);
        if (real >= (double)min && real <= (double)max && (double)(uint64_t)real == real) {
            *number = (uint64_t)real;
            return true;
        }
    }
    snprintf(range, sizeof range, "a whole number from %" PRIu64 " to %" PRIu64, min, max);
    return must_be(reading, value, path, range);
}

/* The bytes that the string VALUE holds as hex digits, to BYTES. INDEX is what comes after PATH, or "". */
static bool read_digits(json_reading *reading, const json_t *value, const char *path, const char *index,
                        void *bytes) {
    size_t len = json_string_length(value), bad;
    if (hex_decode(json_string_value(value), len, bytes, &bad))
        return true;
    if (bad == len)
        return json_problem(reading, "%s%s must be hex digits, two for each byte: one is missing", path,
                            index);
    return json_problem(reading, "%s%s must be hex digits: character %zu is none", path, index, bad);
}

bool json_read_hex(json_reading *reading, const json_t *object, const char *path, clipper_frame *bytes) {
    const json_t *value = json_member(object, path);
    size_t len;
    void *place;
    if (!json_is_string(value))
        return must_be(reading, value, path, "a string of hex digits");
    len = json_string_length(value) / 2;
    place = json_reading_alloc(reading, len);
    if (!read_digits(reading, value, path, "", place))
        return false;
    *bytes = (clipper_frame){place, len};
    return true;
}

bool json_read_text(json_reading *reading, const json_t *object, const char *path, clipper_frame *text) {
    const json_t *value = json_member(object, path);
    char hex_path[64];
    if (json_is_string(value)) {
        *text = (clipper_frame){json_string_value(value), json_string_length(value)};
        return true;
    }
    if (!json_is_object(value))
        return must_be(reading, value, path, "a string, or {\"hex\":\"...\"}");
    snprintf(hex_path, sizeof hex_path, "%s.hex", path);
    return json_read_hex(reading, value, hex_path, text);
}

/* The bytes that all strings of ARRAY stand for, added up. */
static bool count_bytes(json_reading *reading, const json_t *array, const char *path, size_t *total) {
    size_t i, bytes = 0;
    const json_t *value;
    json_array_foreach(array, i, value) {
        if (!json_is_string(value))
            return json_problem(reading, "%s[%zu] must be a string of hex digits", path, i);
        bytes += json_string_length(value) / 2; /* no overflow: twice as much is in memory */
    }
    *total = bytes;
    return true;
}

bool json_read_frames(json_reading *reading, const json_t *object, const char *path, clipper_frame **frames,
                      size_t *count) {
    const json_t *array = json_member(object, path), *value;
    size_t i, total = 0;
    uint8_t *place;
    if (!json_is_array(array))
        return must_be(reading, array, path, "an array of strings of hex digits");
    if (!count_bytes(reading, array, path, &total))
        return false;
    *count = json_array_size(array);
    *frames = json_reading_alloc(reading, *count * sizeof **frames);
    place = json_reading_alloc(reading, total);
    json_array_foreach(array, i, value) {
        char index[32];
        size_t len = json_string_length(value) / 2;
        snprintf(index, sizeof index, "[%zu]", i);
        if (!read_digits(reading, value, path, index, place))
            return false;
        (*frames)[i] = (clipper_frame){place, len};
        place += len;
    }
    return true;
}
