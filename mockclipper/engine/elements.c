#include "engine/elements.h"

#include "base/heap.h"
#include "base/number.h"
#include "engine/describe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void append(item_bytes *item, const void *bytes, size_t len) {
    item->bytes = heap_grow(item->bytes, item->len + len, 1);
    if (len != 0)
        memcpy(item->bytes + item->len, bytes, len);
    item->len += len;
}

static void append_little_endian(item_bytes *item, uint64_t bits, size_t width) {
    uint8_t bytes[8];
    for (size_t i = 0; i < width; i++)
        bytes[i] = (uint8_t)(bits >> 8 * i);
    append(item, bytes, width);
}

static number_problem append_real(item_bytes *item, clipper_data_type type, const char *text, size_t len) {
    double value = 0;
    number_problem problem = number_read(text, len, &value);
    float single;
    uint32_t single_bits;
    uint64_t bits;
    if (problem != NUMBER_FINE)
        return problem;
    single = (float)value;
    memcpy(&single_bits, &single, sizeof single_bits);
    memcpy(&bits, &value, sizeof bits);
    if (type == CLIPPER_TYPE_DOUBLES) {
        append_little_endian(item, bits, 8);
        return NUMBER_FINE;
    }
    append_little_endian(item, single_bits, 4);
    return isinf(single) && !isinf(value) ? NUMBER_BEYOND : NUMBER_FINE;
}

static number_problem append_whole(item_bytes *item, clipper_data_type type, const char *text, size_t len) {
    int64_t value = 0, low = type == CLIPPER_TYPE_BYTES ? 0 : INT32_MIN;
    int64_t high = type == CLIPPER_TYPE_BYTES ? UINT8_MAX : INT32_MAX;
    number_problem problem = number_read_whole(text, len, low, high, &value);
    append_little_endian(item, (uint64_t)value, clipper_data_width(type));
    return problem;
}

char *item_add_number(item_bytes *self, clipper_data_type type, const csv_field *field) {
    bool real = type == CLIPPER_TYPE_FLOATS || type == CLIPPER_TYPE_DOUBLES;
    number_problem problem = (real ? append_real : append_whole)(self, type, field->text, field->len);
    if (problem == NUMBER_FINE)
        return NULL;
    return heap_format(problem == NUMBER_NONE ? "is no element of %s" : "is beyond the range of %s",
                       data_type_name(type));
}

void item_add_text(item_bytes *self, const csv_field *field) {
    char *text = heap_new(field->len);
    append(self, text, csv_copy(field, text));
    free(text);
}

static void put(void *to, const char *bytes, size_t len) {
    append(to, bytes, len);
}

void item_add_field(item_bytes *self, const csv_field *field, char delimiter, bool first) {
    char *text = heap_new(field->len);
    if (!first)
        append(self, &delimiter, 1);
    csv_write(text, csv_copy(field, text), delimiter, put, self);
    free(text);
}
