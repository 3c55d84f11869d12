#include "base/command.h"

#include "base/heap.h"

#include <stdlib.h>
#include <string.h>

/* WORD, in quotes where a shell needs them. */
static char *quoted(const char *word) {
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=:,+@%";
    char *text = heap_new(4 * strlen(word) + 3), *end = text;
    if (*word != '\0' && word[strspn(word, safe)] == '\0')
        return strcpy(text, word);
    *end++ = '\'';
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            end = stpcpy(end, "'\\''");
        else
            *end++ = *word;
    }
    *end = '\'';
    return text;
}

char *command_text(char *const command[]) {
    char *text = heap_text("");
    for (size_t i = 0; command[i] != NULL; i++) {
        char *word = quoted(command[i]), *longer = heap_format("%s%s%s", text, i != 0 ? " " : "", word);
        free(text);
        free(word);
        text = longer;
    }
    return text;
}
