/* Allocation that does not fail: without memory the kit has no verdict to give, says so and exits. Containers are
 * killed then as at any other sudden end (see warden.h). */
#ifndef MOCKCLIPPER_BASE_HEAP_H
#define MOCKCLIPPER_BASE_HEAP_H

#include <stdarg.h>
#include <stddef.h>

#define HEAP_EXHAUSTED 3 /* the exit status: the kit could not do its part */

void heap_exhausted(void) __attribute__((noreturn));

void *heap_new(size_t size);                           /* zeroed */
void *heap_array(size_t count, size_t size);           /* zeroed; COUNT * SIZE is checked */
void *heap_grow(void *old, size_t count, size_t size); /* as realloc; COUNT * SIZE is checked */
char *heap_text(const char *text);                     /* a copy */
void *heap_copy(const void *bytes,
                size_t len); /* a copy, with a NUL after it; BYTES may be NULL when LEN is 0 */
char *heap_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *heap_vformat(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));

#endif
