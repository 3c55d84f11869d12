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

static number_problem append_real(item_bytes *item, clipper_data_type type, const char *text, size_t len) {
    double value = 0;
    number_problem problem = number_read(text, len, &value);
    uint8_t bytes[8];
    if (problem != NUMBER_FINE)
        return problem;
    if (type == CLIPPER_TYPE_DOUBLES) {
        clipper_f64_put(bytes, 0, value);
        append(item, bytes, 8);
        return NUMBER_FINE;
    }
    clipper_f32_put(bytes, 0, (float)value);
    append(item, bytes, 4);
    return isinf((float)value) && !isinf(value) ? NUMBER_BEYOND : NUMBER_FINE;
}

static number_problem append_whole(item_bytes *item, clipper_data_type type, const char *text, size_t len) {
    int64_t value = 0, low = type == CLIPPER_TYPE_BYTES ? 0 : INT32_MIN;
    int64_t high = type == CLIPPER_TYPE_BYTES ? UINT8_MAX : INT32_MAX;
    number_problem problem = number_read_whole(text, len, low, high, &value);
    uint8_t bytes[8];
    clipper_store_u64(bytes, (uint64_t)value);
    append(item, bytes, clipper_data_width(type)); /* the lowest ones */
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
