/* models.c: the built-in models. Each takes every input type. */
#include "models.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <zlib.h>

/* ---- noop: "1.0" for each input, as the released noop containers do ------------------------------------ */

static int noop(void *model, const clipper_batch *batch, clipper_outputs *outputs) {
    const size_t count = clipper_batch_count(batch);
    (void)model;
    for (size_t i = 0; i < count; i++)
        clipper_outputs_add_constant(outputs, "1.0", 3);
    return 0;
}

/* ---- echo: the bytes of each input --------------------------------------------------------------------- */

static int echo(void *model, const clipper_batch *batch, clipper_outputs *outputs) {
    const size_t count = clipper_batch_count(batch);
    (void)model;
    clipper_outputs_set_type(outputs, clipper_batch_type(batch));
    for (size_t i = 0; i < count; i++)
        clipper_outputs_add_input(outputs, batch, i);
    return 0;
}

/* ---- probe: how many elements each input has, and its CRC-32 ------------------------------------------- */

static int probe(void *model, const clipper_batch *batch, clipper_outputs *outputs) {
    const size_t count = clipper_batch_count(batch);
    const size_t width = clipper_data_width(clipper_batch_type(batch));
    char text[32];
    (void)model;
    for (size_t i = 0; i < count; i++) {
        const clipper_frame item = clipper_batch_item(batch, i);
        snprintf(text, sizeof text, "%zu:%08lx", item.len / width, crc32_z(0, item.base, item.len));
        clipper_outputs_add_text(outputs, text);
    }
    return 0;
}

/* ---- sum: the sum of each input's elements ------------------------------------------------------------- */

/* The shortest of %.15g, %.16g and %.17g that reads back as the same number. */
static void format_double(double value, char *text, size_t size) {
    if (isnan(value)) {
        snprintf(text, size, "nan"); /* whatever its sign, which differs between machines */
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, size, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            return;
    }
}

/* 64 bits cannot overflow: 2^32 elements of 2^31 would be needed, and no item is that long. */
static void sum_bytes(clipper_frame item, char *text, size_t size) {
    const unsigned char *bytes = item.base;
    uint64_t sum = 0;
    for (size_t i = 0; i < item.len; i++)
        sum += bytes[i];
    snprintf(text, size, "%" PRIu64, sum);
}

/* A string has no numbers in it to add: its length in bytes. */
static void sum_string(clipper_frame item, char *text, size_t size) {
    snprintf(text, size, "%zu", item.len);
}

static void sum_ints(clipper_frame item, char *text, size_t size) {
    const size_t count = clipper_i32_count(item);
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += clipper_i32_at(item, i);
    snprintf(text, size, "%" PRId64, sum);
}

static void sum_floats(clipper_frame item, char *text, size_t size) {
    const size_t count = clipper_f32_count(item);
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (double)clipper_f32_at(item, i);
    format_double(sum, text, size);
}

static void sum_doubles(clipper_frame item, char *text, size_t size) {
    const size_t count = clipper_f64_count(item);
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += clipper_f64_at(item, i);
    format_double(sum, text, size);
}

static int sum(void *model, const clipper_batch *batch, clipper_outputs *outputs) {
    static void (*const sums[])(clipper_frame item, char *text,
                                size_t size) = {sum_bytes, sum_ints, sum_floats, sum_doubles, sum_string};
    const size_t count = clipper_batch_count(batch);
    const clipper_data_type type = clipper_batch_type(batch);
    char text[40];
    (void)model;
    for (size_t i = 0; i < count; i++) {
        sums[type](clipper_batch_item(batch, i), text, sizeof text);
        clipper_outputs_add_text(outputs, text);
    }
    return 0;
}

/* ---- Any model, slowed down ---------------------------------------------------------------------------- */

int slow_predict(void *slow, const clipper_batch *batch, clipper_outputs *outputs) {
    const slow_model *self = slow;
    struct timespec left = {(time_t)(self->delay_ms / 1000), (long)(self->delay_ms % 1000) * 1000000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        ;
    return self->predict(self->model, batch, outputs);
}

/* ---- The table ----------------------------------------------------------------------------------------- */

const clipper_setting_choice builtin_model_names[] = {
    {"noop", 0}, {"sum", 1}, {"probe", 2}, {"echo", 3}, {NULL, 0}};

const builtin_model builtin_models[] = {
    {noop, "\"1.0\" for each input"},
    {sum, "the sum of each input's elements as decimal text. Bytes: of their values, 0 to 255; strings: the "
          "number "
          "of bytes. Ints: exact, in 64 bits. Floats and doubles: added as doubles, in order, from 0; the "
          "shortest of "
          "%.15g, %.16g and %.17g that reads back the same; \"nan\", \"inf\", \"-inf\""},
    {probe, "how many elements each input has (bytes and strings: how many bytes), a colon, and the CRC-32 "
            "(IEEE 802.3, as zlib's crc32) of its bytes as 8 lower-case hex digits: \"3:352441c2\""},
    {echo, "the bytes of each input, unchanged"},
};

const builtin_model *find_builtin_model(const char *name) {
    for (const clipper_setting_choice *known = builtin_model_names; known->name != NULL; known++) {
        if (strcmp(known->name, name) == 0)
            return &builtin_models[known->value];
    }
    return NULL;
}
