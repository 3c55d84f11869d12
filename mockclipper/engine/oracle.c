#include "engine/oracle.h"

#include "base/heap.h"
#include "engine/describe.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

const char *const oracle_names[] = {"none", "noop", "sum", "probe", "echo", NULL};

const char *oracle_name(oracle which) {
    return oracle_names[which];
}

/* ---- Sum -------------------------------------------------------------------------------------------- */

static double sum_of_bytes(clipper_frame item) {
    const uint8_t *at = item.base;
    uint64_t sum = 0;
    for (size_t i = 0; i < item.len; i++)
        sum += at[i];
    return (double)sum;
}

static double sum_of(clipper_data_type type, clipper_frame item) {
    double sum = 0;
    switch (type) {
    case CLIPPER_TYPE_INTS:
        for (size_t i = 0; i < clipper_i32_count(item); i++)
            sum += clipper_i32_at(item, i);
        return sum;
    case CLIPPER_TYPE_FLOATS:
        for (size_t i = 0; i < clipper_f32_count(item); i++)
            sum += (double)clipper_f32_at(item, i);
        return sum;
    case CLIPPER_TYPE_DOUBLES:
        for (size_t i = 0; i < clipper_f64_count(item); i++)
            sum += clipper_f64_at(item, i);
        return sum;
    case CLIPPER_TYPE_BYTES:
        return sum_of_bytes(item);
    default:
        return (double)item.len;
    }
}

/* Whether OUTPUT is a number and nothing else, and reads as exactly EXPECTED. */
static bool reads_as(clipper_frame output, double expected) {
    char text[400], *end;
    double value;
    if (output.len == 0 || output.len >= sizeof text)
        return false;
    memcpy(text, output.base, output.len);
    text[output.len] = '\0';
    value = strtod(text, &end);
    if (end != text + output.len)
        return false;
    return isnan(expected) ? isnan(value) : value <= expected && value >= expected;
}

/* ---- All models ------------------------------------------------------------------------------------- */

#define PROBE_TEXT 40

static size_t probe_text(clipper_data_type type, clipper_frame item, char text[PROBE_TEXT]) {
    return (size_t)snprintf(text, PROBE_TEXT, "%zu:%08lx", item.len / clipper_data_width(type),
                            crc32_z(0, item.base, item.len));
}

static bool same_bytes(clipper_frame a, const void *b, size_t len) {
    return a.len == len && (len == 0 || memcmp(a.base, b, len) == 0);
}

bool oracle_accepts(oracle which, clipper_data_type type, clipper_frame item, clipper_frame output) {
    char text[PROBE_TEXT];
    size_t len;
    switch (which) {
    case ORACLE_SUM:
        return reads_as(output, sum_of(type, item));
    case ORACLE_PROBE:
        len = probe_text(type, item, text);
        return same_bytes(output, text, len);
    case ORACLE_ECHO:
        return same_bytes(output, item.base, item.len);
    default:
        return true;
    }
}

bool oracle_knows(oracle which) {
    return which > ORACLE_NOOP;
}

/* ---- Two answers -------------------------------------------------------------------------------------------- */

static bool nearly(double a, double b) {
    double larger = fabs(a) > fabs(b) ? fabs(a) : fabs(b);
    if (isnan(a) || isnan(b))
        return isnan(a) && isnan(b);
    return fabs(a - b) <= 1e-4 * larger + 1e-9 || (a <= b && a >= b);
}

static bool numbers_alike(clipper_data_type type, clipper_frame a, clipper_frame b) {
    bool same = a.len == b.len && a.len % clipper_data_width(type) == 0;
    for (size_t i = 0; same && i < a.len / clipper_data_width(type); i++)
        same = type == CLIPPER_TYPE_FLOATS
                   ? nearly((double)clipper_f32_at(a, i), (double)clipper_f32_at(b, i))
                   : nearly(clipper_f64_at(a, i), clipper_f64_at(b, i));
    return same;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Takes a decimal fraction at *AT, digits with a point in them and maybe an exponent. False when there is none. */
static bool take_fraction(const char **at, double *value) {
    size_t whole = strspn(*at, "0123456789");
    char *end;
    if (whole == 0 || (*at)[whole] != '.' || !is_digit((*at)[whole + 1]))
        return false;
    *value = strtod(*at, &end);
    *at = end;
    return true;
}

static bool texts_alike(const char *a, const char *b) {
    bool within = false; /* a word: no number begins there */
    while (*a != '\0' && *b != '\0') {
        double x, y;
        const char *after_a = a, *after_b = b;
        if (!within && take_fraction(&after_a, &x) && take_fraction(&after_b, &y)) {
            if (!nearly(x, y))
                return false;
            a = after_a;
            b = after_b;
            continue;
        }
        if (*a != *b)
            return false;
        within = is_digit(*a) || (*a >= 'a' && *a <= 'z') || (*a >= 'A' && *a <= 'Z') || *a == '.';
        a++;
        b++;
    }
    return *a == *b;
}

bool oracle_alike(clipper_data_type type, clipper_frame a, clipper_frame b) {
    char *x, *y;
    bool result;
    if (same_bytes(a, b.base, b.len))
        return true;
    if (type == CLIPPER_TYPE_FLOATS || type == CLIPPER_TYPE_DOUBLES)
        return numbers_alike(type, a, b);
    if ((type != CLIPPER_TYPE_UNSTATED && type != CLIPPER_TYPE_STRINGS) || a.len == 0 || b.len == 0 ||
        memchr(a.base, '\0', a.len) != NULL || memchr(b.base, '\0', b.len) != NULL)
        return false;
    x = heap_copy(a.base, a.len);
    y = heap_copy(b.base, b.len);
    result = texts_alike(x, y);
    free(x);
    free(y);
    return result;
}

char *oracle_expected(oracle which, clipper_data_type type, clipper_frame item) {
    char text[PROBE_TEXT];
    switch (which) {
    case ORACLE_SUM:
        return heap_format("\"%.17g\"", sum_of(type, item));
    case ORACLE_PROBE:
        probe_text(type, item, text);
        return heap_format("\"%s\"", text);
    case ORACLE_ECHO:
        return describe_text(item, 60);
    default:
        return heap_text("any output");
    }
}
