/* Numbers as data has them, so that a text that only looks like one is found out. */
#ifndef MOCKCLIPPER_BASE_NUMBER_H
#define MOCKCLIPPER_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum number_problem {
    NUMBER_FINE,
    NUMBER_NONE,  /* it is no number */
    NUMBER_BEYOND /* it is one, but has no place among those asked for */
} number_problem;

/* Reads all LEN bytes at TEXT, but for blanks around them, as a decimal number ("-1.5e3"), or as one of nan, inf and
 * infinity, in letters of either case, with a sign or without. No hexadecimal, no nan(...). What is finite but too large
 * for a double is NUMBER_BEYOND, not an infinity. */
number_problem number_read(const char *text, size_t len, double *value);

/* The same for a whole number, digits alone, from LOW to HIGH. */
number_problem number_read_whole(const char *text, size_t len, int64_t low, int64_t high, int64_t *value);

/* Whether both texts are numbers, and the same: "1" is "1.0". Beyond 2^53, where a double cannot tell neighbours apart,
 * only equal texts are. */
bool number_same(const char *a, size_t a_len, const char *b, size_t b_len);

#endif
