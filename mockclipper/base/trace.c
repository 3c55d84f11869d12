#include "base/trace.h"

#include "base/heap.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGE_MAX 300

/* A line without its end, and without white space around it. */
typedef struct line {
    const char *text;
    size_t len;
    bool indented;
} line;

typedef struct output {
    line *lines;
    size_t count;
} output;

/* ---- Lines ------------------------------------------------------------------------------------------ */

static line line_of(const char *text, size_t len) {
    line result = {text, len, len != 0 && isspace((unsigned char)*text)};
    while (result.len != 0 && isspace((unsigned char)*result.text)) {
        result.text++;
        result.len--;
    }
    while (result.len != 0 && isspace((unsigned char)result.text[result.len - 1]))
        result.len--;
    return result;
}

static output split(const char *text, size_t len) {
    const char *end = text + len;
    output result = {NULL, 0};
    size_t room = 1;
    for (const char *each = text; each < end; each++)
        room += *each == '\n';
    result.lines = heap_array(room, sizeof *result.lines);
    while (text < end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        if (stop == NULL)
            stop = end;
        result.lines[result.count++] = line_of(text, (size_t)(stop - text));
        text = stop + 1;
    }
    return result;
}

static bool has(const line *one, const char *what) {
    return memmem(one->text, one->len, what, strlen(what)) != NULL;
}

static bool begins(const line *one, const char *with) {
    return one->len >= strlen(with) && memcmp(one->text, with, strlen(with)) == 0;
}

static bool ends(const line *one, const char *with) {
    size_t len = strlen(with);
    return one->len >= len && memcmp(one->text + one->len - len, with, len) == 0;
}

/* Whether a line from number FROM on begins with TEXT. */
static bool follows(const output *all, size_t from, const char *text) {
    while (from < all->count && !begins(&all->lines[from], text))
        from++;
    return from < all->count;
}

/* ---- Languages -------------------------------------------------------------------------------------- */

/* Where the message of an exception is: COUNT lines from FIRST on. */
typedef struct place {
    size_t first, count;
} place;

/* Whether line I of ALL tells of an uncaught exception; *AT then becomes the place of its message. */
typedef bool recogniser(const output *all, size_t i, place *at);

static bool python_frame(const line *one) {
    return one->indented && begins(one, "File \"") && has(one, "\", line ");
}

/* The header, or a frame, as the header may be cut off; then the first line that is not indented. */
static bool python(const output *all, size_t i, place *at) {
    if (!has(&all->lines[i], "Traceback (most recent call last):") && !python_frame(&all->lines[i]))
        return false;
    for (i++; i < all->count && (all->lines[i].indented || all->lines[i].len == 0);)
        i++;
    *at = (place){i, 1};
    return true;
}

static bool stack_frame(const line *one) {
    return one->indented && begins(one, "at ");
}

/* The line before the first of the frames around line I. */
static place before_frames(const output *all, size_t i) {
    while (i > 0 && (stack_frame(&all->lines[i]) || begins(&all->lines[i], "... ")))
        i--;
    return stack_frame(&all->lines[i]) ? (place){all->count, 0} : (place){i, 1};
}

static bool java(const output *all, size_t i, place *at) {
    static const char *const files[] = {
        ".java:", ".kt:", ".scala:", ".groovy:", ".clj:", "(Native Method)", "(Unknown Source)", NULL};
    const line *one = &all->lines[i];
    if (begins(one, "Exception in thread \"")) {
        *at = (place){i, 1};
        return true;
    }
    for (const char *const *file = files; stack_frame(one) && ends(one, ")") && *file != NULL; file++) {
        if (has(one, *file)) {
            *at = before_frames(all, i);
            return true;
        }
    }
    return false;
}

/* Whether a line ends with ":LINE:COLUMN", or that and ")". */
static bool ends_with_position(const line *one) {
    size_t len = one->len - ends(one, ")"), numbers = 0, digits = 0;
    while (len-- > 0 && numbers < 2) {
        if (one->text[len] == ':' && digits != 0) {
            numbers++;
            digits = 0;
        } else if (isdigit((unsigned char)one->text[len])) {
            digits++;
        } else {
            return false;
        }
    }
    return numbers == 2;
}

static bool node(const output *all, size_t i, place *at) {
    if (!stack_frame(&all->lines[i]) || !ends_with_position(&all->lines[i]))
        return false;
    *at = before_frames(all, i);
    return true;
}

static bool dotnet(const output *all, size_t i, place *at) {
    *at = (place){i, 1};
    return begins(&all->lines[i], "Unhandled exception. ") || begins(&all->lines[i], "Unhandled Exception: ");
}

static bool cpp(const output *all, size_t i, place *at) {
    const line *one = &all->lines[i];
    bool what = i + 1 < all->count && begins(&all->lines[i + 1], "what(): ");
    *at = (place){i, what ? 2 : 1};
    return begins(one, "terminate called ") ||
           (begins(one, "libc++abi") && has(one, "terminating") && has(one, "uncaught exception"));
}

static bool go(const output *all, size_t i, place *at) {
    *at = (place){i, 1};
    return (begins(&all->lines[i], "panic: ") || begins(&all->lines[i], "fatal error: ")) &&
           follows(all, i, "goroutine ");
}

/* Since Rust 1.73 what it panicked with stands on the next line. */
static bool rust(const output *all, size_t i, place *at) {
    const line *one = &all->lines[i];
    *at = (place){i, ends(one, ":") ? 2 : 1};
    return begins(one, "thread '") && has(one, " panicked at ");
}

static bool r(const output *all, size_t i, place *at) {
    const line *one = &all->lines[i];
    *at = (place){i, ends(one, ":") ? 2 : 1};
    return (begins(one, "Error in ") || begins(one, "Error: ")) && follows(all, i, "Execution halted");
}

/* FILE:LINE:in `METHOD': MESSAGE (CLASS), the method between quotes of two kinds. */
static bool ruby(const output *all, size_t i, place *at) {
    const line *one = &all->lines[i];
    *at = (place){i, 1};
    return !one->indented && has(one, ".rb:") && (has(one, ":in `") || has(one, ":in '")) && ends(one, ")");
}

static bool julia(const output *all, size_t i, place *at) {
    *at = (place){i, 1};
    return begins(&all->lines[i], "ERROR: ") && follows(all, i, "Stacktrace:");
}

static const struct language {
    const char *name;
    recogniser *recognises;
} languages[] = {{"Python", python}, {"Java", java}, {"Node.js", node}, {".NET", dotnet}, {"C++", cpp},
                 {"Go", go},         {"Rust", rust}, {"R", r},          {"Ruby", ruby},   {"Julia", julia}};

/* ---- What is found ---------------------------------------------------------------------------------- */

/* The lines, with a space between them. */
static char *message_at(const output *all, place at) {
    char *result = heap_new(MESSAGE_MAX + 1);
    size_t used = 0;
    for (size_t i = at.first; i < all->count && i < at.first + at.count; i++) {
        size_t left, len;
        if (used != 0 && used < MESSAGE_MAX)
            result[used++] = ' ';
        left = MESSAGE_MAX - used;
        len = all->lines[i].len < left ? all->lines[i].len : left;
        memcpy(result + used, all->lines[i].text, len);
        used += len;
    }
    return result;
}

const char *trace_find(const char *text, size_t len, char **message) {
    output all = split(text, len);
    const char *found = NULL;
    place at = {0, 0}, last = {0, 0};
    for (size_t i = 0; i < all.count; i++) {
        for (size_t l = 0; l < sizeof languages / sizeof *languages; l++) {
            if (languages[l].recognises(&all, i, &at)) {
                found = languages[l].name;
                last = at;
            }
        }
    }
    *message = found != NULL ? message_at(&all, last) : NULL;
    free(all.lines);
    return found;
}
