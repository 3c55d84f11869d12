/* Text: UTF-8, and how the formats that the kit writes hold text that they cannot hold as it is. Containers choose
 * much of that text, so any bytes will do. */
#ifndef MOCKCLIPPER_BASE_TEXT_H
#define MOCKCLIPPER_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The length of the UTF-8 character that BYTES begin with, 1 to 4; 0 when they begin with none (or LEN is 0).
 * No overlong forms, no surrogates, nothing beyond U+10FFFF (RFC 3629). */
size_t utf8_character(const void *bytes, size_t len);

/* Whether all LEN bytes are UTF-8. */
bool utf8_is_valid(const void *bytes, size_t len);

/* A format. In each, control characters are those of C0 and C1, DEL, and the line and paragraph separators: whatever
 * moves a terminal's cursor, or ends a line for some program; and U+FFFE and U+FFFF, which no reader of XML or YAML
 * takes. */
typedef enum text_format {
    TEXT_PLAIN, /* on a terminal, in lines: \xNN for controls but line feed and tab, and for what is not UTF-8 */
    TEXT_JSON,         /* in a JSON string: \uNNNN for controls, U+FFFD for what is not UTF-8 */
    TEXT_JSON_IN_HTML, /* JSON in a script element: no "<", which could end the element */
    TEXT_XML,          /* XML 1.0, in elements and attributes: what XML cannot hold is left out */
    TEXT_MARKDOWN,     /* on one line, no character of which is markup */
    TEXT_TAP,          /* on a test line: no directive */
    TEXT_FORMAT_COUNT
} text_format;

/* Passes the LEN bytes at TEXT to PUT, piece by piece, as FORMAT holds them. */
typedef void text_put(void *to, const char *bytes, size_t len);
void text_escape(text_format format, const void *text, size_t len, text_put *put, void *to);

/* The same to a file; and for a string. */
void text_write(FILE *out, text_format format, const void *text, size_t len);
void text_write_string(FILE *out, text_format format, const char *text);

#endif
