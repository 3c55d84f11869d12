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
