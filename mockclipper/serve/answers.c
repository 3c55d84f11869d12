#include "serve/answers.h"

#include "base/csv.h"
#include "base/heap.h"
#include "base/json_out.h"
#include "base/new_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct answers {
    new_file file;
    bool json;
    bool labelled;
    int error;  /* of an earlier write; 0 for none */
    bool shown; /* on a terminal, which gets no control characters */
};

static bool ends_with(const char *path, const char *end) {
    size_t len = strlen(path), end_len = strlen(end);
    return len >= end_len && strcmp(path + len - end_len, end) == 0;
}

answers *answers_open(const char *path, bool json, bool labelled, char **problem) {
    answers *self = heap_new(sizeof *self);
    bool named = ends_with(path, ".jsonl") || ends_with(path, ".ndjson") || ends_with(path, ".json");
    if (!new_file_open(&self->file, path, problem)) {
        free(self);
        return NULL;
    }
    self->json = named || (json && strcmp(path, "-") == 0);
    self->labelled = labelled;
    self->shown = isatty(fileno(self->file.out));
    if (!self->json)
        fputs(labelled ? "row,output,label\n" : "row,output\n", self->file.out);
    return self;
}

static void put(void *to, const char *bytes, size_t len) {
    const answers *self = to;
    if (self->shown)
        text_write(self->file.out, TEXT_PLAIN, bytes, len);
    else
        fwrite(bytes, 1, len, self->file.out);
}

static void add_csv(answers *self, size_t row, clipper_frame output, const char *label) {
    fprintf(self->file.out, "%zu,", row);
    csv_write(output.base, output.len, ',', put, self);
    if (self->labelled) {
        fputc(',', self->file.out);
        csv_write(label, strlen(label), ',', put, self);
    }
    fputc('\n', self->file.out);
}

static void add_json(answers *self, size_t row, clipper_frame output, const char *label) {
    json_out out = {0};
    bool text = utf8_is_valid(output.base, output.len);
    json_out_open(&out, '{');
    json_out_key_number(&out, "row", row);
    json_out_key(&out, text ? "output" : "output_hex");
    if (text)
        json_out_string(&out, output.base, output.len);
    else
        json_out_hex(&out, output.base, output.len);
    if (self->labelled)
        json_out_key_text(&out, "label", label);
    json_out_close(&out, '}');
    json_out_end_line(&out);
    json_out_write(&out, self->file.out);
}

void answers_add(answers *self, size_t row, clipper_frame output, const char *label) {
    if (self->json)
        add_json(self, row, output, label);
    else
        add_csv(self, row, output, label);
    /* Somebody may be reading it. */
    if (self->file.place == NULL && fflush(self->file.out) != 0 && self->error == 0)
        self->error = errno;
}

bool answers_close(answers **self_p, bool keep, char **problem) {
    answers *self = *self_p;
    int error = self != NULL ? self->error : 0;
    bool good = self == NULL || !keep || new_file_keep(&self->file, problem);
    if (!good && error != 0) {
        free(*problem);
        *problem = heap_text(strerror(error));
    }
    if (self != NULL && !keep)
        new_file_drop(&self->file);
    free(self);
    *self_p = NULL;
    return good;
}
