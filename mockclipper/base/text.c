#include "base/text.h"

#include <stdint.h>
#include <string.h>

/* ---- UTF-8 ------------------------------------------------------------------------------------------ */

size_t utf8_character(const void *bytes, size_t len) {
    const uint8_t *byte = bytes;
    /* What the second byte may be: it is what rules out overlong forms, surrogates, and too large ones. */
    uint8_t least = 0x80, most = 0xbf;
    size_t size;
    if (len == 0)
        return 0;
    if (byte[0] < 0x80)
        return 1;
    if (byte[0] < 0xc2 || byte[0] > 0xf4)
        return 0;
    size = byte[0] < 0xe0 ? 2 : byte[0] < 0xf0 ? 3 : 4;
    if (byte[0] == 0xe0)
        least = 0xa0;
    else if (byte[0] == 0xed)
        most = 0x9f;
    else if (byte[0] == 0xf0)
        least = 0x90;
    else if (byte[0] == 0xf4)
        most = 0x8f;
    if (len < size || byte[1] < least || byte[1] > most)
        return 0;
    for (size_t i = 2; i < size; i++) {
        if (byte[i] < 0x80 || byte[i] > 0xbf)
            return 0;
    }
    return size;
}

bool utf8_is_valid(const void *bytes, size_t len) {
    const uint8_t *byte = bytes;
    while (len != 0) {
        size_t size = utf8_character(byte, len);
        if (size == 0)
            return false;
        byte += size;
        len -= size;
    }
    return true;
}

/* The code point of the SIZE-byte character at BYTE. */
static uint32_t code_point(const uint8_t *byte, size_t size) {
    uint32_t point = size == 1 ? byte[0] : byte[0] & (0x7fu >> size);
    for (size_t i = 1; i < size; i++)
        point = point << 6 | (byte[i] & 0x3fu);
    return point;
}

/* ---- Formats ---------------------------------------------------------------------------------------- */

static bool is_control(uint32_t point) {
    return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x2028 || point == 0x2029 ||
           point == 0xfffe || point == 0xffff;
}

#define REPLACED "\xef\xbf\xbd" /* U+FFFD */

typedef struct format_rules {
    const char *kept;        /* controls that stand as they are */
    const char *controls;    /* what stands for the others; NULL: \xNN for each byte */
    const char *broken;      /* what stands for a byte that is not UTF-8; NULL: \xNN */
    const char *backslashed; /* characters that get a backslash before them */
    struct {
        uint32_t point;
        const char *instead;
    } escapes[8]; /* other characters that cannot stand as they are; ended by NULL */
} format_rules;

#define UNICODE "u" /* for CONTROLS: \uNNNN */

static const format_rules formats[TEXT_FORMAT_COUNT] = {
    [TEXT_PLAIN] = {"\n\t", NULL, NULL, "", {{0, NULL}}},
    [TEXT_JSON] = {"",
                   UNICODE,
                   "\\ufffd",
                   "\"\\",
                   {{'\b', "\\b"}, {'\f', "\\f"}, {'\n', "\\n"}, {'\r', "\\r"}, {'\t', "\\t"}}},
    [TEXT_JSON_IN_HTML] = {"\n", UNICODE, "\\ufffd", "", {{'<', "\\u003c"}}},
    [TEXT_XML] = {"\n\t", "", REPLACED, "", {{'<', "&lt;"}, {'>', "&gt;"}, {'&', "&amp;"}, {'"', "&quot;"}}},
    [TEXT_MARKDOWN] = {"", " ", REPLACED, "\\`*_[]#|>~@$", {{'<', "&lt;"}, {'&', "&amp;"}}},
    [TEXT_TAP] = {"", " ", REPLACED, "#\\", {{0, NULL}}},
};

/* Room for \xNN for each byte of a character. */
#define ESCAPE_TEXT 24

static const char *bytes_escape(const uint8_t *byte, size_t size, char buffer[ESCAPE_TEXT]) {
    for (size_t i = 0; i < size; i++)
        snprintf(buffer + 4 * i, 5, "\\x%02x", byte[i]);
    return buffer;
}

static bool is_among(const char *characters, uint32_t point) {
    return point != 0 && point < 0x80 && strchr(characters, (int)point) != NULL;
}

/* What stands for the character POINT, of SIZE bytes, in BUFFER or constant; NULL when it stands as it is. */
static const char *escape_of(const format_rules *rules, uint32_t point, const uint8_t *byte, size_t size,
                             char buffer[ESCAPE_TEXT]) {
    for (size_t i = 0; rules->escapes[i].instead != NULL; i++) {
        if (rules->escapes[i].point == point)
            return rules->escapes[i].instead;
    }
    if (is_among(rules->backslashed, point))
        snprintf(buffer, ESCAPE_TEXT, "\\%c", (char)point);
    else if (!is_control(point) || is_among(rules->kept, point))
        return NULL;
    else if (rules->controls == NULL)
        bytes_escape(byte, size, buffer);
    else if (strcmp(rules->controls, UNICODE) == 0)
        snprintf(buffer, ESCAPE_TEXT, "\\u%04x", point);
    else
        return rules->controls;
    return buffer;
}

void text_escape(text_format format, const void *text, size_t len, text_put *put, void *to) {
    const format_rules *rules = &formats[format];
    const char *bytes = text;
    size_t plain = 0, i = 0; /* from PLAIN to I, nothing needs an escape */
    while (i < len) {
        const uint8_t *byte = (const uint8_t *)bytes + i;
        size_t size = utf8_character(byte, len - i);
        char buffer[ESCAPE_TEXT];
        const char *instead = size != 0 ? escape_of(rules, code_point(byte, size), byte, size, buffer)
                              : rules->broken != NULL ? rules->broken
                                                      : bytes_escape(byte, 1, buffer);
        size = size != 0 ? size : 1;
        if (instead != NULL) {
            put(to, bytes + plain, i - plain);
            put(to, instead, strlen(instead));
            plain = i + size;
        }
        i += size;
    }
    if (plain < len)
        put(to, bytes + plain, len - plain);
}

static void put_to_file(void *to, const char *bytes, size_t len) {
    fwrite(bytes, 1, len, to);
}

void text_write(FILE *out, text_format format, const void *text, size_t len) {
    text_escape(format, text, len, put_to_file, out);
}

void text_write_string(FILE *out, text_format format, const char *text) {
    text_write(out, format, text, strlen(text));
}
