#include "base/number.h"

#include "base/heap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void trim(const char **text, size_t *len) {
    while (*len != 0 && (**text == ' ' || **text == '\t')) {
        ++*text;
        --*len;
    }
    while (*len != 0 && ((*text)[*len - 1] == ' ' || (*text)[*len - 1] == '\t'))
        --*len;
}

/* Passes over digits; how many. TEXT ends with a NUL here and below. */
static size_t take_digits(const char **text) {
    size_t count = strspn(*text, "0123456789");
    *text += count;
    return count;
}

static void take_sign(const char **text) {
    *text += **text == '+' || **text == '-';
}

static bool is_decimal(const char *text) {
    size_t digits;
    take_sign(&text);
    digits = take_digits(&text);
    if (*text == '.') {
        text++;
        digits += take_digits(&text);
    }
    if (digits != 0 && (*text == 'e' || *text == 'E')) {
        text++;
        take_sign(&text);
        digits = take_digits(&text);
    }
    return digits != 0 && *text == '\0';
}

static bool is_special(const char *text) {
    take_sign(&text);
    return strcasecmp(text, "nan") == 0 || strcasecmp(text, "inf") == 0 || strcasecmp(text, "infinity") == 0;
}

/* TEXT, of which all LEN bytes are before its NUL. */
static number_problem read_text(const char *text, size_t len, double *value) {
    bool decimal = is_decimal(text);
    if (strlen(text) != len || (!decimal && !is_special(text)))
        return NUMBER_NONE;
    *value = strtod(text, NULL);
    return decimal && isinf(*value) ? NUMBER_BEYOND : NUMBER_FINE;
}

number_problem number_read(const char *text, size_t len, double *value) {
    char short_copy[64], *copy = short_copy;
    number_problem problem;
    trim(&text, &len);
    if (len >= sizeof short_copy)
        copy = heap_new(len + 1);
    if (len != 0)
        memcpy(copy, text, len);
    copy[len] = '\0';
    problem = read_text(copy, len, value);
    if (copy != short_copy)
        free(copy);
    return problem;
}

number_problem number_read_whole(const char *text, size_t len, int64_t low, int64_t high, int64_t *value) {
    bool negative, beyond = false;
    int64_t sum = 0;
    trim(&text, &len);
    negative = len != 0 && *text == '-';
    if (len != 0 && (*text == '-' || *text == '+')) {
        text++;
        len--;
    }
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return NUMBER_NONE;
        beyond = beyond || sum > (INT64_MAX - 9) / 10;
        if (!beyond)
            sum = sum * 10 + (text[i] - '0');
    }
    *value = negative ? -sum : sum;
    if (len == 0)
        return NUMBER_NONE;
    return beyond || *value < low || *value > high ? NUMBER_BEYOND : NUMBER_FINE;
}

bool number_same(const char *a, size_t a_len, const char *b, size_t b_len) {
    const double exact = 9007199254740992; /* 2^53 */
    double x, y;
    if (number_read(a, a_len, &x) != NUMBER_FINE || number_read(b, b_len, &y) != NUMBER_FINE)
        return false;
    if (isnan(x) || isnan(y))
        return isnan(x) && isnan(y);
    if (isinf(x) || isinf(y))
        return isinf(x) && isinf(y) && (x > 0) == (y > 0);
    if (fabs(x) >= exact)
        return a_len == b_len && memcmp(a, b, a_len) == 0;
    return x <= y && x >= y;
}
