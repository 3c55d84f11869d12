/* Bugs in how elements are read. Most change the inputs on their way to the model; those that mistake numbers
 * are models of their own, which add the elements up as --model sum does. */
#include "mutant.h"

#include <inttypes.h>
#include <stdio.h>

/* ---- Inputs that are changed ------------------------------------------------------------------------ */

/* Has CHANGE see each input of a request. */
#define CHANGES_INPUTS(name, wanted, change)                                                                 \
    static fate name(mutant *m, message *in) {                                                               \
        if (!is_request(in) || m->config.input_type != (wanted))                                             \
            return PASS;                                                                                     \
        for (size_t i = IN_ITEMS; i < in->count; i++)                                                        \
            change(in, i);                                                                                   \
        settle_request(in);                                                                                  \
        return PASS;                                                                                         \
    }

static void mask_high_bit(message *in, size_t index) {
    for (size_t b = 0; b < in->frames[index].len; b++)
        message_bytes(in, index)[b] &= 0x7f;
}

static void cut_at_nul(message *in, size_t index) {
    const clipper_frame item = in->frames[index];
    const char *nul = item.len != 0 ? memchr(item.base, '\0', item.len) : NULL;
    if (nul != NULL)
        message_resize(in, index, (size_t)(nul - (const char *)item.base));
}

static void add_nul(message *in, size_t index) {
    message_resize(in, index, in->frames[index].len + 1);
}

/* The bytes of the UTF-8 character at TEXT, of LEFT bytes; 0 where there is none. (Surrogates and overlong
 * forms of three and four bytes are let through.) */
static size_t utf8_length(const unsigned char *text, size_t left) {
    const size_t length = text[0] < 0x80                       ? 1
                          : text[0] >= 0xc2 && text[0] <= 0xdf ? 2
                          : text[0] >= 0xe0 && text[0] <= 0xef ? 3
                          : text[0] >= 0xf0 && text[0] <= 0xf4 ? 4
                                                               : 0;
    for (size_t i = 1; i < length; i++) {
        if (i >= left || (text[i] & 0xc0) != 0x80)
            return 0;
    }
    return length;
}

static void replace_invalid(message *in, size_t index) {
    unsigned char *text = message_bytes(in, index);
    const size_t len = in->frames[index].len;
    for (size_t i = 0; i < len;) {
        const size_t length = utf8_length(text + i, len - i);
        if (length == 0)
            text[i] = '?';
        i += length != 0 ? length : 1;
    }
}

static void make_ascii(message *in, size_t index) {
    unsigned char *text = message_bytes(in, index);
    for (size_t i = 0; i < in->frames[index].len; i++) {
        if (text[i] >= 0x80 && utf8_length(text + i, in->frames[index].len - i) > 1)
            text[i] = '?';
    }
}

static void canonical_floats(message *in, size_t index) {
    unsigned char *bytes = message_bytes(in, index);
    for (size_t i = 0; i < in->frames[index].len / 4; i++) {
        const uint32_t bits = clipper_load_u32(bytes + 4 * i);
        if ((bits & 0x7fffffff) > 0x7f800000)
            memcpy(bytes + 4 * i, "\0\0\xc0\x7f", 4);
    }
}

static void canonical_doubles(message *in, size_t index) {
    unsigned char *bytes = message_bytes(in, index);
    for (size_t i = 0; i < in->frames[index].len / 8; i++) {
        const uint64_t bits = clipper_load_u64(bytes + 8 * i);
        if ((bits & INT64_MAX) > UINT64_C(0x7ff0000000000000))
            memcpy(bytes + 8 * i, "\0\0\0\0\0\0\xf8\x7f", 8);
    }
}

static void positive_zeros(message *in, size_t index) {
    unsigned char *bytes = message_bytes(in, index);
    for (size_t i = 0; i < in->frames[index].len / 8; i++) {
        if (clipper_load_u64(bytes + 8 * i) == UINT64_C(1) << 63)
            bytes[8 * i + 7] = 0;
    }
}

static void doubles_as_floats(message *in, size_t index) {
    const clipper_frame item = in->frames[index];
    for (size_t i = 0; i < clipper_f64_count(item); i++) {
        const double value = (double)(float)clipper_f64_at(item, i);
        memcpy(message_bytes(in, index) + 8 * i, &value, 8);
    }
}

CHANGES_INPUTS(seven_bits, CLIPPER_TYPE_BYTES, mask_high_bit)
CHANGES_INPUTS(strings_cut_at_nul, CLIPPER_TYPE_STRINGS, cut_at_nul)
CHANGES_INPUTS(strings_with_nul, CLIPPER_TYPE_STRINGS, add_nul)
CHANGES_INPUTS(strings_must_be_utf8, CLIPPER_TYPE_STRINGS, replace_invalid)
CHANGES_INPUTS(strings_must_be_ascii, CLIPPER_TYPE_STRINGS, make_ascii)
CHANGES_INPUTS(canonical_nan_floats, CLIPPER_TYPE_FLOATS, canonical_floats)
CHANGES_INPUTS(canonical_nan_doubles, CLIPPER_TYPE_DOUBLES, canonical_doubles)
CHANGES_INPUTS(no_negative_zero, CLIPPER_TYPE_DOUBLES, positive_zeros)
CHANGES_INPUTS(single_precision, CLIPPER_TYPE_DOUBLES, doubles_as_floats)

/* ---- Models that read other numbers ----------------------------------------------------------------- */

/* Adds up what ELEMENT makes of each WIDTH bytes, for inputs of one type; others are the correct model's. */
static int add_up(void *model, const clipper_batch *batch, clipper_outputs *outputs, clipper_data_type type,
                  int64_t (*element)(const unsigned char *bytes)) {
    mutant *m = model;
    const size_t width = clipper_data_width(type);
    char text[32];
    if (clipper_batch_type(batch) != type)
        return m->model(NULL, batch, outputs);
    for (size_t i = 0; i < clipper_batch_count(batch); i++) {
        const clipper_frame item = clipper_batch_item(batch, i);
        int64_t sum = 0;
        for (size_t b = 0; b + width <= item.len; b += width)
            sum += element((const unsigned char *)item.base + b);
        snprintf(text, sizeof text, "%" PRId64, sum);
        clipper_outputs_add_text(outputs, text);
    }
    return 0;
}

static int64_t signed_byte(const unsigned char *bytes) {
    return (signed char)bytes[0];
}

static int64_t unsigned_int(const unsigned char *bytes) {
    return clipper_load_u32(bytes);
}

static int64_t big_endian_int(const unsigned char *bytes) {
    return (int32_t)((uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
                     bytes[3]);
}

static int64_t float_cut_to_int(const unsigned char *bytes) {
    const clipper_frame element = {bytes, 4};
    const float value = clipper_f32_at(element, 0);
    return value > -1e9f && value < 1e9f ? (int64_t)value : 0;
}

static int signed_bytes(void *model, const clipper_batch *batch, clipper_outputs *outputs) {
    return add_up(model, batch, outputs, CLIPPER_TYPE_BYTES, signed_byte);
}

static int unsigned_ints(void *model, const clipper_batch *batch, clipper_outputs *outputs) {
    return add_up(model, batch, outputs, CLIPPER_TYPE_INTS, unsigned_int);
}

static int big_endian_ints(void *model, const clipper_batch *batch, clipper_outputs *outputs) {
    return add_up(model, batch, outputs, CLIPPER_TYPE_INTS, big_endian_int);
}

static int floats_cut(void *model, const clipper_batch *batch, clipper_outputs *outputs) {
    return add_up(model, batch, outputs, CLIPPER_TYPE_FLOATS, float_cut_to_int);
}

static const bug bugs[] = {
    {"signed-bytes", "bytes are read with a sign: 0xff is -1 (released Python; model sum)", "PRED-18 PRED-12",
     .predict = signed_bytes},
    {"seven-bits", "the highest bit of bytes is lost", "PRED-18 PRED-12", .received = seven_bits},
    {"unsigned-ints", "ints are read without a sign (model sum)", "PRED-19 PRED-12",
     .predict = unsigned_ints},
    {"big-endian-ints", "ints are read in big-endian order (model sum)", "PRED-19 PRED-12 FRM-4",
     .predict = big_endian_ints},
    {"floats-cut", "floats lose what comes after the point (model sum)", "PRED-20 PRED-12",
     .predict = floats_cut},
    {"canonical-nan-floats", "the payload of NaNs is lost in floats", "PRED-20 PRED-12",
     .received = canonical_nan_floats},
    {"canonical-nan-doubles", "the payload of NaNs is lost in doubles", "PRED-20 PRED-12",
     .received = canonical_nan_doubles},
    {"no-negative-zero", "-0.0 becomes 0.0 in doubles", "PRED-20 PRED-12", .received = no_negative_zero},
    {"single-precision", "doubles are rounded to floats", "PRED-20 PRED-12", .received = single_precision},
    {"strings-cut-at-nul", "strings end at their first NUL", "PRED-21 PRED-12",
     .received = strings_cut_at_nul},
    {"strings-with-nul", "strings have a NUL more at their end", "PRED-21 PRED-12",
     .received = strings_with_nul},
    {"strings-must-be-utf8", "bytes of strings that are not UTF-8 become question marks", "PRED-21 PRED-12",
     .received = strings_must_be_utf8},
    {"strings-must-be-ascii", "letters of strings beyond ASCII become question marks", "PRED-21 PRED-12",
     .received = strings_must_be_ascii},
};

const bug_group value_bugs = {bugs, COUNT(bugs)};
