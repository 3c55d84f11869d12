#include "cli/values.h"

#include "base/clock.h"
#include "base/command.h"
#include "base/heap.h"
#include "cli/report_files.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS 86400000

/* ---- From text --------------------------------------------------------------------------------------------- */

bool cli_number(const char *text, uint64_t least, uint64_t most, uint64_t *value) {
    uint64_t number = 0;
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        uint64_t digit = (uint64_t)(unsigned char)*text - '0';
        if (*text < '0' || *text > '9' || number > (UINT64_MAX - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    if (number < least || number > most)
        return false;
    *value = number;
    return true;
}

static bool parse_decimal(const char *text, double low, double high, double *value) {
    char *end;
    double number = strtod(text, &end);
    if (end == text || *end != '\0' || !(number >= low && number <= high))
        return false;
    *value = number;
    return true;
}

/* The index among WORDS of the LEN letters at TEXT. */
static bool find_word(const char *const *words, const char *text, size_t len, size_t *index) {
    for (size_t i = 0; words[i] != NULL; i++) {
        if (strlen(words[i]) == len && memcmp(words[i], text, len) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

/* The LEN letters at HOST as an address in numbers, the caller's to free; NULL when they are none. */
static char *address_of(const char *host, size_t len) {
    bool bracketed = len >= 2 && host[0] == '[' && host[len - 1] == ']';
    char *address =
        bracketed ? heap_format("%.*s", (int)len - 2, host + 1) : heap_format("%.*s", (int)len, host);
    uint8_t parsed[sizeof(struct in6_addr)];
    const char *instead = strcmp(address, "localhost") == 0 ? "127.0.0.1"
                          : strcmp(address, "*") == 0       ? "0.0.0.0"
                                                            : NULL;
    if (!bracketed && instead != NULL) {
        free(address);
        return heap_text(instead);
    }
    if (inet_pton(bracketed ? AF_INET6 : AF_INET, address, parsed) == 1)
        return address;
    free(address);
    return NULL;
}

static bool parse_endpoint(const char *text, endpoint *value) {
    const char *colon = strrchr(text, ':');
    char *address;
    uint64_t port;
    if (!cli_number(colon != NULL ? colon + 1 : text, 0, 65535, &port))
        return false;
    address = colon != NULL ? address_of(text, (size_t)(colon - text)) : heap_text("127.0.0.1");
    if (address == NULL)
        return false;
    free(value->address);
    *value = (endpoint){address, (unsigned)port};
    return true;
}

static bool take_number(const cli_option *o, void *member, const char *text) {
    bool milliseconds = o->kind == CLI_MILLISECONDS;
    uint64_t number;
    if (!cli_number(text, milliseconds ? 1 : o->least, milliseconds ? DAY_MS : o->most, &number))
        return false;
    if (milliseconds)
        *(duration *)member = (duration)number * MILLISECOND;
    else if (o->kind == CLI_SIZE)
        *(size_t *)member = (size_t)number;
    else
        *(uint64_t *)member = number;
    return true;
}

static bool take_decimal(const cli_option *o, void *member, const char *text) {
    double number;
    if (!parse_decimal(text, o->low, o->high, &number))
        return false;
    if (o->kind == CLI_SECONDS)
        *(duration *)member = (duration)(number * (double)SECOND);
    else
        *(double *)member = number;
    return true;
}

static bool take_choice(const cli_option *o, void *member, const char *text) {
    size_t index;
    if (!find_word(o->words, text, strlen(text), &index))
        return false;
    if (o->kind == CLI_CHOICES)
        *(unsigned *)member |= 1u << index;
    else
        *(int *)member = (int)index;
    return true;
}

static bool take_report(const cli_option *o, void *member, const char *text) {
    size_t len = strcspn(text, "="), format;
    if (!find_word(o->words, text, len, &format))
        return false;
    report_files_add(member, format, text[len] == '=' ? text + len + 1 : NULL);
    return true;
}

static void add_text(text_list *list, const char *text) {
    list->texts = heap_grow(list->texts, list->count + 1, sizeof *list->texts);
    list->texts[list->count++] = text;
}

bool cli_value_take(const cli_option *o, void *values, const char *text) {
    void *member = (char *)values + o->at;
    switch (o->kind) {
    case CLI_FLAG:
        *(bool *)member = true;
        return true;
    case CLI_TEXT:
        *(const char **)member = text;
        return true;
    case CLI_TEXTS:
        add_text(member, text);
        return true;
    case CLI_NUMBER:
    case CLI_SIZE:
    case CLI_MILLISECONDS:
        return take_number(o, member, text);
    case CLI_DECIMAL:
    case CLI_SECONDS:
        return take_decimal(o, member, text);
    case CLI_CHOICE:
    case CLI_CHOICES:
        return take_choice(o, member, text);
    case CLI_ENDPOINT:
        return parse_endpoint(text, member);
    case CLI_REPORTS:
        return take_report(o, member, text);
    default:
        return o->parse(member, text);
    }
}

char *cli_value_complaint(const cli_option *o) {
    switch (o->kind) {
    case CLI_NUMBER:
    case CLI_SIZE:
        return heap_format("is not a whole number from %ju to %ju", (uintmax_t)o->least, (uintmax_t)o->most);
    case CLI_MILLISECONDS:
        return heap_format("is not a whole number from 1 to %d", DAY_MS);
    case CLI_DECIMAL:
    case CLI_SECONDS:
        return heap_format("is not a number from %g to %.15g", o->low, o->high);
    case CLI_ENDPOINT:
        return heap_text(
            "is no address and port, such as 127.0.0.1:7000, localhost:7000, *:7000, [::1]:7000 or 7000");
    case CLI_PARSED:
        return heap_text(o->not_parsed);
    default: {
        char *words = cli_words_text(o->words);
        char *text = heap_format("%s none of %s", o->kind == CLI_REPORTS ? "begins with" : "is", words);
        free(words);
        return text;
    }
    }
}

char *cli_words_text(const char *const *words) {
    char *all = heap_text(words[0]);
    for (size_t i = 1; words[i] != NULL; i++) {
        char *longer = heap_format("%s, %s", all, words[i]);
        free(all);
        all = longer;
    }
    return all;
}

/* ---- To text ----------------------------------------------------------------------------------------------- */

/* TEXT as a shell takes it; NULL for NULL. */
static char *quoted(char *text) {
    return text != NULL ? command_text((char *const[]){text, NULL}) : NULL;
}

static char *to_text(const cli_option *o, const void *member) {
    switch (o->kind) {
    case CLI_FLAG:
        return *(const bool *)member ? heap_text("") : NULL;
    case CLI_NUMBER:
        return heap_format("%ju", (uintmax_t) * (const uint64_t *)member);
    case CLI_MILLISECONDS:
        /* None is given as 0: that says that there is no value. */
        if (*(const duration *)member == 0)
            return NULL;
        return heap_format("%jd", (intmax_t)(*(const duration *)member / MILLISECOND));
    case CLI_DECIMAL:
        return heap_format("%g", *(const double *)member);
    case CLI_CHOICE:
        return heap_text(o->words[*(const int *)member]);
    case CLI_TEXT:
        return quoted(*(char *const *)member);
    case CLI_PARSED: {
        char *plain = o->format(member), *text = quoted(plain);
        free(plain);
        return text;
    }
    default:
        return NULL;
    }
}

char *cli_value_text(const cli_option *o, const void *values) {
    char *text = to_text(o, (const char *)values + o->at);
    if (text == NULL || o->standard == NULL || strcmp(text, o->standard) != 0)
        return text;
    free(text);
    return NULL;
}

void cli_value_free(const cli_option *o, void *values) {
    void *member = (char *)values + o->at;
    if (o->kind == CLI_TEXTS)
        free(((text_list *)member)->texts);
    else if (o->kind == CLI_ENDPOINT)
        free(((endpoint *)member)->address);
    else if (o->kind == CLI_REPORTS)
        report_files_drop(member);
}
