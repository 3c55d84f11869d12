/* Reading JSON that is not trusted: every key is checked, and an error is one sentence that names the key and what is
 * allowed there.
 *
 * Keys are given by their path ("message.id"): what follows the last dot is the key, the path is for the sentence.
 * A key whose value is null counts as missing. */
#ifndef MOCKCLIPPER_LINES_JSON_READ_H
#define MOCKCLIPPER_LINES_JSON_READ_H

#include <clipper/codec.h>

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One JSON text being read. Begin with a zeroed one. All memory that reading takes belongs to it; texts point
 * into ROOT. The functions below return false when something is wrong; PROBLEM then says what. */
typedef struct json_reading {
    json_t *root;
    char problem[256]; /* may contain bytes that are not UTF-8, where the JSON itself is not */
    struct json_block *blocks;
} json_reading;

/* Frees all that was read. */
void json_reading_free(json_reading *reading);

/* Notes what is wrong. Returns false. */
bool json_problem(json_reading *reading, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* LEN bytes that live as long as the reading. LEN may be 0. */
void *json_reading_alloc(json_reading *reading, size_t len);

/* Whether the LEN bytes at TEXT are blanks alone. */
bool json_line_is_blank(const char *text, size_t len);

/* Parses the LEN bytes at TEXT, which must be one JSON object, into reading->root. */
bool json_read_object(json_reading *reading, const char *text, size_t len);

/* The value of a key of OBJECT, or NULL when it is missing or null. */
json_t *json_member(const json_t *object, const char *path);

/* One of COUNT words: *CHOICE becomes its index. */
bool json_read_choice(json_reading *reading, const json_t *object, const char *path, const char *const *words,
                      size_t count, unsigned *choice);

/* A whole number from MIN to MAX, which is at most 2^53. 4.0 is as whole as 4. */
bool json_read_number(json_reading *reading, const json_t *object, const char *path, uint64_t min,
                      uint64_t max, uint64_t *number);

/* Text of any bytes: a string, or an object {"hex": "..."}. */
bool json_read_text(json_reading *reading, const json_t *object, const char *path, clipper_frame *text);

/* A string of hex digits. */
bool json_read_hex(json_reading *reading, const json_t *object, const char *path, clipper_frame *bytes);

/* An array of strings of hex digits. */
bool json_read_frames(json_reading *reading, const json_t *object, const char *path, clipper_frame **frames,
                      size_t *count);

#endif
