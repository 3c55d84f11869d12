/* Bytes as hexadecimal digits. */
#ifndef MOCKCLIPPER_BASE_HEX_H
#define MOCKCLIPPER_BASE_HEX_H

#include <stdbool.h>
#include <stddef.h>

/* Writes the LEN bytes at BYTES to TEXT: 2 * LEN lower-case digits, no NUL. */
void hex_encode(const void *bytes, size_t len, char *text);

/* Writes the bytes that the LEN digits at TEXT stand for to BYTES, which has room for LEN / 2. Both cases of
 * letters will do; nothing but digits, and an even number of them. On failure returns false, and *BAD is the
 * index of the first character that is no digit, or LEN where one is missing at the end. */
bool hex_decode(const char *text, size_t len, void *bytes, size_t *bad);

#endif
