/* JSON, written piece by piece into memory. The commas are put in between. Integers are exact up to 2^64 - 1,
 * which a JSON library with signed integers cannot hold.
 *
 * The text is one line whatever it contains, and UTF-8: strings are escaped as TEXT_JSON (text.h).
 *
 * Begin with a zeroed json_out. */
#ifndef MOCKCLIPPER_BASE_JSON_OUT_H
#define MOCKCLIPPER_BASE_JSON_OUT_H

#include "base/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef struct json_out {
    char *data; /* LEN bytes, no NUL; NULL when there are none */
    size_t len;
    size_t capacity;
} json_out;

/* Empties OUT for the next text. Keeps its memory unless that is unusually much. */
void json_out_clear(json_out *out);

/* Frees the memory. OUT is then zeroed. */
void json_out_free(json_out *out);

/* An object: open('{'), then key and value by turns, then close('}'). An array: open('['), values, close(']'). */
void json_out_open(json_out *out, char bracket);
void json_out_close(json_out *out, char bracket);
void json_out_key(json_out *out, const char *key); /* KEY needs no escapes */

/* A string of LEN bytes. What is not UTF-8 in it becomes U+FFFD: utf8_is_valid() tells beforehand. */
void json_out_string(json_out *out, const void *bytes, size_t len);
void json_out_text(json_out *out,
                   const char *text); /* the same for a string that ends with a NUL; NULL: null */
void json_out_hex(json_out *out, const void *bytes, size_t len); /* bytes, as a string of hex digits */
void json_out_number(json_out *out, uint64_t number);
void json_out_decimal(json_out *out, double number); /* three decimals; 0 for what is no number */
void json_out_bool(json_out *out, bool value);
void json_out_null(json_out *out);

/* A line feed, after a text: for JSON lines. */
void json_out_end_line(json_out *out);

/* Writes the text to a file and frees it. */
void json_out_write(json_out *out, FILE *to);

/* A key and its value, or the beginning of it. */
void json_out_key_open(json_out *out, const char *key, char bracket);
void json_out_key_text(json_out *out, const char *key, const char *text);
void json_out_key_number(json_out *out, const char *key, uint64_t number);
void json_out_key_words(json_out *out, const char *key, const char *words); /* parted by blanks: an array */
void json_out_key_time(json_out *out, const char *key, duration d); /* whole microseconds, at least 0 */
void json_out_key_decimal(json_out *out, const char *key, double number);
void json_out_key_bool(json_out *out, const char *key, bool value);

#endif
