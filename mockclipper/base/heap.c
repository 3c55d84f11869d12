#include "base/heap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void heap_exhausted(void) {
    static const char message[] = "mockclipper: out of memory\n";
    /* No stdio: it may need memory, too. */
    (void)!write(STDERR_FILENO, message, sizeof message - 1);
    _exit(HEAP_EXHAUSTED);
}

static void *checked(void *block) {
    if (block == NULL)
        heap_exhausted();
    return block;
}

void *heap_new(size_t size) {
    return checked(calloc(1, size != 0 ? size : 1));
}

void *heap_array(size_t count, size_t size) {
    return checked(calloc(count != 0 ? count : 1, size));
}

void *heap_grow(void *old, size_t count, size_t size) {
    return checked(reallocarray(old, count != 0 ? count : 1, size));
}

char *heap_text(const char *text) {
    return checked(strdup(text));
}

void *heap_copy(const void *bytes, size_t len) {
    char *copy = heap_new(len + 1);
    if (len != 0)
        memcpy(copy, bytes, len);
    return copy;
}

char *heap_vformat(const char *format, va_list arguments) {
    char *text = NULL;
    return checked(vasprintf(&text, format, arguments) < 0 ? NULL : text);
}

char *heap_format(const char *format, ...) {
    va_list arguments;
    char *text;
    va_start(arguments, format);
    text = heap_vformat(format, arguments);
    va_end(arguments);
    return text;
}
