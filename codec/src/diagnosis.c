/* Names, sentences, the version, and a diagnosis as one line of text. */
#include "wire.h"

#define TEXT(number)   #number
#define NUMBER(number) TEXT(number)

/* How a diagnosis's EXPECTED is to be read. */
enum relation {
    NONE,
    EXACT,
    MOST,
    LEAST,
    TIMES
};

static const struct {
    const char *name;
    const char *sentence;
    enum relation relation;
} error_table[] = {
#define CLIPPER_X(number, NAME, name, relation, sentence) {#name, sentence, relation},
    CLIPPER_ERRORS(CLIPPER_X)
#undef CLIPPER_X
};

static const char *const field_names[] = {
#define CLIPPER_X(NAME, name) #name,
    CLIPPER_FIELDS(CLIPPER_X)
#undef CLIPPER_X
};

/* A line being written. LENGTH counts all its bytes, also those that did not fit. */
typedef struct line {
    char *buffer;
    size_t capacity;
    size_t length;
} line;

const char *clipper_version(void) {
    return NUMBER(CLIPPER_VERSION_MAJOR) "." NUMBER(CLIPPER_VERSION_MINOR) "." NUMBER(CLIPPER_VERSION_PATCH);
}

const char *clipper_error_name(clipper_error error) {
    return (unsigned)error < CLIPPER_ERROR_COUNT ? error_table[error].name : "unknown";
}

const char *clipper_error_sentence(clipper_error error) {
    return (unsigned)error < CLIPPER_ERROR_COUNT ? error_table[error].sentence : "unknown error";
}

const char *clipper_field_name(clipper_field field) {
    return (unsigned)field < CLIPPER_FIELD_COUNT ? field_names[field] : "unknown";
}

clipper_error clipper_diagnose_(clipper_diagnosis *diagnosis, clipper_error error, clipper_field field,
                                size_t frame, uint64_t expected, uint64_t actual) {
    diagnosis->error = error;
    diagnosis->field = field;
    diagnosis->frame = frame;
    diagnosis->item = 0;
    diagnosis->offset = 0;
    diagnosis->expected = expected;
    diagnosis->actual = actual;
    return error;
}

static void put_char(line *l, char c) {
    if (l->length < l->capacity)
        l->buffer[l->length] = c;
    l->length++;
}

static void put_text(line *l, const char *text) {
    for (; *text; text++)
        put_char(l, *text);
}

static void put_number(line *l, uint64_t number) {
    char digits[20];
    size_t count = 0;
    do
        digits[count++] = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    while (count > 0)
        put_char(l, digits[--count]);
}

/* A field's name as words: "metadata length". */
static void put_field(line *l, const clipper_diagnosis *d) {
    const char *name = clipper_field_name(d->field);
    for (; *name; name++)
        put_char(l, *name == '_' ? ' ' : *name);
    if (d->field == CLIPPER_FIELD_ITEM || d->field == CLIPPER_FIELD_ITEM_SIZE ||
        d->field == CLIPPER_FIELD_FEEDBACK) {
        put_char(l, ' ');
        put_number(l, d->item);
    }
}

static void put_values(line *l, const clipper_diagnosis *d) {
    static const char *const before[] = {"", " (expected ", " (at most ", " (at least ",
                                         " (expected a multiple of "};
    enum relation relation = (unsigned)d->error < CLIPPER_ERROR_COUNT ? error_table[d->error].relation : NONE;
    if (relation == NONE)
        return;
    put_text(l, before[relation]);
    put_number(l, d->expected);
    put_text(l, ", got ");
    put_number(l, d->actual);
    put_char(l, ')');
}

size_t clipper_diagnosis_text(const clipper_diagnosis *diagnosis, char *buffer, size_t capacity) {
    line l;
    l.buffer = buffer;
    l.capacity = capacity > 0 ? capacity - 1 : 0;
    l.length = 0;
    if (diagnosis->error != CLIPPER_OK) {
        put_text(&l, "frame ");
        put_number(&l, diagnosis->frame);
        if (diagnosis->field != CLIPPER_FIELD_NONE) {
            put_text(&l, " (");
            put_field(&l, diagnosis);
            if (diagnosis->offset != 0) {
                put_text(&l, ", byte ");
                put_number(&l, diagnosis->offset);
            }
            put_char(&l, ')');
        }
        put_text(&l, ": ");
    }
    put_text(&l, clipper_error_sentence(diagnosis->error));
    put_values(&l, diagnosis);
    if (capacity > 0)
        buffer[l.length < l.capacity ? l.length : l.capacity] = '\0';
    return l.length;
}
