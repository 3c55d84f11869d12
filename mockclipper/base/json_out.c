#include "base/json_out.h"

#include "base/heap.h"
#include "base/hex.h"
#include "base/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More memory than this is freed after each text. */
#define KEPT_CAPACITY ((size_t)1 << 20)

void json_out_clear(json_out *out) {
    if (out->capacity > KEPT_CAPACITY)
        json_out_free(out);
    out->len = 0;
}

void json_out_free(json_out *out) {
    free(out->data);
    *out = (json_out){0};
}

/* Room for LEN more bytes, which count as written. */
static char *grow(json_out *out, size_t len) {
    char *place;
    if (len > SIZE_MAX / 4)
        heap_exhausted();
    if (len > out->capacity - out->len) {
        out->capacity = out->capacity < 128 ? 256 : out->capacity * 2;
        if (out->capacity < out->len + len)
            out->capacity = out->len + len;
        out->data = heap_grow(out->data, out->capacity, 1);
    }
    place = out->data + out->len;
    out->len += len;
    return place;
}

static void append(json_out *out, const void *bytes, size_t len) {
    memcpy(grow(out, len), bytes, len);
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

static void put(void *out, const char *bytes, size_t len) {
    append(out, bytes, len);
}

void json_out_string(json_out *out, const void *bytes, size_t len) {
    separate(out);
    append_character(out, '"');
    text_escape(TEXT_JSON, bytes, len, put, out);
    append_character(out, '"');
}

void json_out_text(json_out *out, const char *text) {
    if (text != NULL)
        json_out_string(out, text, strlen(text));
    else
        json_out_null(out);
}

void json_out_hex(json_out *out, const void *bytes, size_t len) {
    separate(out);
    append_character(out, '"');
    hex_encode(bytes, len, grow(out, len < SIZE_MAX / 2 ? 2 * len : SIZE_MAX));
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

void json_out_write(json_out *out, FILE *to) {
    fwrite(out->data, 1, out->len, to);
    json_out_free(out);
}

/* ---- Members ---------------------------------------------------------------------------------------- */

void json_out_key_open(json_out *out, const char *key, char bracket) {
    json_out_key(out, key);
    json_out_open(out, bracket);
}

void json_out_key_text(json_out *out, const char *key, const char *text) {
    json_out_key(out, key);
    json_out_text(out, text);
}

void json_out_key_number(json_out *out, const char *key, uint64_t number) {
    json_out_key(out, key);
    json_out_number(out, number);
}

void json_out_key_words(json_out *out, const char *key, const char *words) {
    json_out_key_open(out, key, '[');
    while (*words != '\0') {
        size_t len = strcspn(words, " ");
        json_out_string(out, words, len);
        words += len;
        words += strspn(words, " ");
    }
    json_out_close(out, ']');
}

void json_out_key_time(json_out *out, const char *key, duration d) {
    json_out_key_number(out, key, d > 0 ? (uint64_t)(d / MICROSECOND) : 0);
}

void json_out_key_decimal(json_out *out, const char *key, double number) {
    json_out_key(out, key);
    json_out_decimal(out, number);
}

void json_out_key_bool(json_out *out, const char *key, bool value) {
    json_out_key(out, key);
    json_out_bool(out, value);
}
