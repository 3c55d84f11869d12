#include "engine/samples.h"

#include "base/heap.h"
#include "base/hex.h"
#include "engine/describe.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* SELF, or NULL when it is not GOOD, or empty. */
static rows *finish(rows *self, bool good, char **problem) {
    if (good && self->items->count == 0)
        *problem = heap_text("there are no items");
    if (!good || self->items->count == 0)
        rows_destroy(&self);
    return self;
}

static bool add_item(rows *self, const void *bytes, size_t len, char **problem) {
    if (len % clipper_data_width(self->type) != 0) {
        *problem = heap_format("%zu bytes are no whole number of %s", len, data_type_name(self->type));
        return false;
    }
    batch_add_bytes(self->items, bytes, len);
    return true;
}

/* ---- JSON lines --------------------------------------------------------------------------------------------- */

static bool add_hex(rows *self, const json_t *text, char **problem) {
    const char *digits = json_string_value(text);
    size_t len = json_string_length(text), bad = 0;
    void *bytes = heap_new(len / 2 + 1);
    bool good = digits != NULL && hex_decode(digits, len, bytes, &bad);
    if (!good)
        *problem = heap_text("this is no string of hex digits, nor an object whose \"items\" are such");
    good = good && add_item(self, bytes, len / 2, problem);
    free(bytes);
    return good;
}

static bool add_line(rows *self, const json_t *value, char **problem) {
    const json_t *items = json_object_get(value, "items"), *each;
    bool good = true;
    size_t i;
    if (items == NULL) /* as `decode` has it */
        items = json_object_get(json_object_get(value, "message"), "items");
    if (!json_is_array(items))
        return add_hex(self, value, problem);
    json_array_foreach(items, i, each) good = good && add_hex(self, each, problem);
    return good;
}

static bool is_blank(const char *line, size_t len) {
    while (len != 0 && strchr(" \t\r", line[len - 1]) != NULL && line[len - 1] != '\0')
        len--;
    return len == 0;
}

static bool read_line(rows *self, const char *line, size_t len, size_t number, char **problem) {
    json_t *value = json_loadb(line, len, JSON_DECODE_ANY, NULL);
    char *what = NULL;
    bool good = value != NULL && add_line(self, value, &what);
    if (value == NULL)
        what = heap_text("this is no JSON");
    if (!good)
        *problem = heap_format("line %zu: %s", number, what);
    free(what);
    json_decref(value);
    return good;
}

rows *samples_read_json_lines(const file_text *text, clipper_data_type type, char **problem) {
    rows *self = rows_new(type);
    const char *at = text->bytes, *end = at + text->len;
    bool good = true;
    for (size_t number = 1; good && at < end; number++) {
        const char *line_feed = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((line_feed != NULL ? line_feed : end) - at);
        if (!is_blank(at, len))
            good = read_line(self, at, len, number, problem);
        at += len + (line_feed != NULL);
    }
    return finish(self, good, problem);
}

static bool ends_with(const char *path, const char *end) {
    size_t len = strlen(path), end_len = strlen(end);
    return len >= end_len && strcmp(path + len - end_len, end) == 0;
}

/* Whether the first line of TEXT is a whole JSON string of hex digits, or begins as an object. */
static bool looks_like_json(const char *text) {
    const char *at = text + strspn(text, " \t");
    if (*at == '{')
        return true;
    if (*at++ != '"')
        return false;
    at += strspn(at, "0123456789abcdefABCDEF");
    if (*at++ != '"')
        return false;
    at += strspn(at, " \t\r");
    return *at == '\n' || *at == '\0';
}

bool samples_are_json_lines(const char *path, const file_text *text) {
    if (ends_with(path, ".json") || ends_with(path, ".jsonl") || ends_with(path, ".ndjson"))
        return true;
    return !ends_with(path, ".csv") && strcmp(path, "-") != 0 && looks_like_json(text->bytes);
}

/* ---- Folders ------------------------------------------------------------------------------------------------ */

static bool add_file(rows *self, const char *path, char **problem) {
    file_text text;
    bool good = file_read(&text, path, problem) && add_item(self, text.bytes, text.len, problem);
    file_free(&text);
    return good;
}

static int is_shown(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

rows *samples_read_folder(const char *path, clipper_data_type type, char **problem) {
    rows *self = rows_new(type);
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, is_shown, alphasort);
    bool good = count >= 0;
    if (!good)
        *problem = heap_text(strerror(errno));
    for (int i = 0; i < count; i++) {
        char *file = heap_format("%s/%s", path, entries[i]->d_name), *what = NULL;
        struct stat found;
        bool is_file = stat(file, &found) == 0 && !S_ISDIR(found.st_mode);
        if (good && is_file && !add_file(self, file, &what)) {
            *problem = heap_format("%s: %s", entries[i]->d_name, what);
            good = false;
        }
        free(what);
        free(file);
        free(entries[i]);
    }
    free(entries);
    return finish(self, good, problem);
}
