/* JSON, written piece by piece into memory. Commas come by themselves. Integers are exact up to 2^64 - 1,
 * which a JSON library with signed integers cannot hold.
 *
 * The text is one line whatever it contains: in strings, every character that some program takes for the end
 * of a line (and every other control character) is written as \uXXXX. All else is UTF-8 as it is.
 *
 * Begin with a zeroed json_out. When memory runs out, no_memory is set, stays set, and nothing more is
 * written: look at it once, at the end. */
#ifndef MOCKCLIPPER_BASE_JSON_OUT_H
#define MOCKCLIPPER_BASE_JSON_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct json_out {
    char *data; /* LEN bytes, no NUL; NULL when there are none */
    size_t len;
    size_t capacity;
    bool no_memory;
} json_out;

/* Makes OUT empty again, for the next text. Keeps its memory, if it is not unusually much. */
void json_out_clear(json_out *out);

/* Gives the memory back. OUT is then as at the beginning. */
void json_out_free(json_out *out);

/* An object: open('{'), then key and value by turns, then close('}'). An array: open('['), values,
 * close(']').
 */
void json_out_open(json_out *out, char bracket);
void json_out_close(json_out *out, char bracket);
void json_out_key(json_out *out, const char *key); /* KEY needs no escapes */

/* A key and its value. TEXT may be NULL: null. */
void json_out_key_text(json_out *out, const char *key, const char *text);
void json_out_key_number(json_out *out, const char *key, uint64_t number);

/* A string of LEN bytes. What is not UTF-8 in it becomes U+FFFD: where it must not, ask utf8_is_valid. */
void json_out_string(json_out *out, const void *bytes, size_t len);
void json_out_text(json_out *out, const char *text); /* the same for a string that ends with a NUL */
void json_out_hex(json_out *out, const void *bytes, size_t len); /* bytes, as a string of hex digits */
void json_out_number(json_out *out, uint64_t number);
void json_out_decimal(json_out *out, double number); /* three decimals; 0 for what is no number */
void json_out_bool(json_out *out, bool value);
void json_out_null(json_out *out);

/* A line feed, after a text: for JSON lines. */
void json_out_end_line(json_out *out);

/* The length of the UTF-8 character that BYTES begin with, 1 to 4; 0 when they begin with none (or LEN is 0).
 * No overlong forms, no surrogates, nothing beyond U+10FFFF (RFC 3629). */
size_t utf8_character(const void *bytes, size_t len);

/* Whether all LEN bytes are UTF-8. */
bool utf8_is_valid(const void *bytes, size_t len);

#endif
