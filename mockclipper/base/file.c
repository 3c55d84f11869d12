#include "base/file.h"

#include "base/heap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool read_all(file_text *self, FILE *file) {
    size_t capacity = 0, got;
    do {
        if (capacity - self->len < 2) {
            capacity = 2 * capacity + 65536;
            self->bytes = heap_grow(self->bytes, capacity, 1);
        }
        got = fread(self->bytes + self->len, 1, capacity - self->len - 1, file);
        self->len += got;
    } while (got != 0);
    self->bytes[self->len] = '\0';
    return !ferror(file);
}

bool file_read(file_text *self, const char *path, char **problem) {
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(path, "re");
    bool good;
    *self = (file_text){0};
    good = file != NULL && read_all(self, file);
    if (!good) {
        *problem = heap_text(strerror(errno));
        file_free(self);
    }
    if (file != NULL && !is_stdin)
        fclose(file);
    return good;
}

void file_free(file_text *self) {
    free(self->bytes);
    *self = (file_text){0};
}
