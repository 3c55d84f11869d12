#include "engine/oracle.h"

#include "base/heap.h"
#include "engine/describe.h"

#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

const char *const oracle_names[] = {"none", "noop", "sum", "probe", "echo", NULL};

const char *oracle_name(oracle which) {
    return oracle_names[which];
}

/* ---- CRC-32 ----------------------------------------------------------------------------------------- */

static uint32_t crc_table[256];

static void make_crc_table(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
        crc_table[byte] = crc;
    }
}

static uint32_t crc32_of(clipper_frame bytes) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    const uint8_t *at = bytes.base;
    uint32_t crc = UINT32_MAX;
    pthread_once(&once, make_crc_table);
    for (size_t i = 0; i < bytes.len; i++)
        crc = crc >> 8 ^ crc_table[(crc ^ at[i]) & 0xff];
    return ~crc;
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
    return (size_t)snprintf(text, PROBE_TEXT, "%zu:%08" PRIx32, item.len / clipper_data_width(type),
                            crc32_of(item));
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
