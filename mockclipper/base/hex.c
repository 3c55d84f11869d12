#include "base/hex.h"

#include <stdint.h>

void hex_encode(const void *bytes, size_t len, char *text) {
    static const char digits[] = "0123456789abcdef";
    const uint8_t *byte = bytes;
    for (size_t i = 0; i < len; i++) {
        *text++ = digits[byte[i] >> 4];
        *text++ = digits[byte[i] & 15];
    }
}

/* The value of a digit; 16 or more for any other character. */
static unsigned digit_value(char character) {
    unsigned c = (unsigned char)character;
    if (c - '0' < 10)
        return c - '0';
    c |= 0x20; /* lower case */
    return c - 'a' < 6 ? c - 'a' + 10 : 16;
}

bool hex_decode(const char *text, size_t len, void *bytes, size_t *bad) {
    uint8_t *byte = bytes;
    for (size_t i = 0; i + 1 < len; i += 2) {
        unsigned high = digit_value(text[i]), low = digit_value(text[i + 1]);
        if (high > 15 || low > 15) {
            *bad = high > 15 ? i : i + 1;
            return false;
        }
        *byte++ = (uint8_t)(high << 4 | low);
    }
    if (len % 2 == 0)
        return true;
    *bad = digit_value(text[len - 1]) > 15 ? len - 1 : len;
    return false;
}
