#include "base/json_out.h"

#include "base/hex.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More memory than this is given back after each text. */
#define KEPT_CAPACITY ((size_t)1 << 20)

void json_out_clear(json_out *out) {
    if (out->capacity > KEPT_CAPACITY || out->no_memory)
        json_out_free(out);
    out->len = 0;
}

void json_out_free(json_out *out) {
    free(out->data);
    *out = (json_out){0};
}

/* Room for LEN more bytes: where they go, or NULL. They count as written. */
static char *grow(json_out *out, size_t len) {
    char *place;
    if (!out->no_memory && len > out->capacity - out->len) {
        size_t capacity = out->capacity < 128 ? 256 : out->capacity * 2;
        char *data = NULL;
        if (len <= SIZE_MAX / 2 - out->len) {
            if (capacity < out->len + len)
                capacity = out->len + len;
            data = realloc(out->data, capacity);
        }
        if (data == NULL) {
            out->no_memory = true;
        } else {
            out->data = data;
            out->capacity = capacity;
        }
    }
    if (out->no_memory)
        return NULL;
    place = out->data + out->len;
    out->len += len;
    return place;
}

static void append(json_out *out, const void *bytes, size_t len) {
    char *place = grow(out, len);
    if (place != NULL)
        memcpy(place, bytes, len);
}

static void append_character(json_out *out, char character) {
    append(out, &character, 1);
}

/* A comma, where another value came before this one. */
static void separate(json_out *out) {
    if (out->len != 0 && strchr("{[:", out->data[out->len - 1]) == NULL)
        append_character(out, ',');
}

void json_out_open(json_out *out, char bracket) {
    separate(out);
    append_character(out, bracket);
}

void json_out_close(json_out *out, char bracket) {
    append_character(out, bracket);
}

void json_out_key(json_out *out, const char *key) {
    json_out_text(out, key);
    append_character(out, ':');
}

/* The code point of the LEN-byte character at BYTE. */
static unsigned code_point(const uint8_t *byte, size_t len) {
    unsigned point = len == 1 ? byte[0] : byte[0] & (0x7fu >> len);
    for (size_t i = 1; i < len; i++)
        point = point << 6 | (byte[i] & 0x3fu);
    return point;
}

/* Control characters, and the line and paragraph separators. */
static bool is_control(unsigned point) {
    return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x2028 || point == 0x2029;
}

/* One character that cannot stand in a string as it is. */
static void append_escape(json_out *out, unsigned point) {
    static const char letters[] = "\"\"\\\\\bb\ff\nn\rr\tt"; /* pairs: the character, its letter */
    char escape[8] = "\\";
    for (size_t i = 0; letters[i] != '\0'; i += 2) {
        if (point == (unsigned char)letters[i]) {
            escape[1] = letters[i + 1];
            append(out, escape, 2);
            return;
        }
    }
    snprintf(escape + 1, sizeof escape - 1, "u%04x", point & 0xffffu);
    append(out, escape, 6);
}

void json_out_string(json_out *out, const void *bytes, size_t len) {
    const uint8_t *byte = bytes;
    size_t plain = 0, i = 0; /* from PLAIN to I, nothing needs an escape */
    separate(out);
    append_character(out, '"');
    while (i < len) {
        size_t character = utf8_character(byte + i, len - i);
        unsigned point = character == 0 ? 0xfffd : code_point(byte + i, character);
        if (character == 0 || is_control(point) || point == '"' || point == '\\') {
            append(out, byte + plain, i - plain);
            append_escape(out, point);
            plain = i + (character == 0 ? 1 : character);
        }
        i += character == 0 ? 1 : character;
    }
    if (len != 0)
        append(out, byte + plain, len - plain);
    append_character(out, '"');
}

void json_out_text(json_out *out, const char *text) {
    json_out_string(out, text, strlen(text));
}

void json_out_hex(json_out *out, const void *bytes, size_t len) {
    char *digits;
    separate(out);
    append_character(out, '"');
    digits = len <= SIZE_MAX / 4 ? grow(out, 2 * len) : NULL;
    if (digits != NULL)
        hex_encode(bytes, len, digits);
    else
        out->no_memory = true;
    append_character(out, '"');
}

void json_out_number(json_out *out, uint64_t number) {
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%" PRIu64, number);
    separate(out);
    append(out, digits, (size_t)len);
}

void json_out_decimal(json_out *out, double number) {
    char digits[400]; /* of the largest double */
    int len = snprintf(digits, sizeof digits, "%.3f", isfinite(number) ? number : 0);
    separate(out);
    append(out, digits, (size_t)len);
}

void json_out_bool(json_out *out, bool value) {
    separate(out);
    append(out, value ? "true" : "false", value ? 4 : 5);
}

void json_out_null(json_out *out) {
    separate(out);
    append(out, "null", 4);
}

void json_out_end_line(json_out *out) {
    append_character(out, '\n');
}

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
        size_t character = utf8_character(byte, len);
        if (character == 0)
            return false;
        byte += character;
        len -= character;
    }
    return true;
}

void json_out_key_text(json_out *out, const char *key, const char *text) {
    json_out_key(out, key);
    if (text != NULL)
        json_out_text(out, text);
    else
        json_out_null(out);
}

void json_out_key_number(json_out *out, const char *key, uint64_t number) {
    json_out_key(out, key);
    json_out_number(out, number);
}
