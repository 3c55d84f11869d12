#include "process/image.h"

#include "base/heap.h"
#include "process/process.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How long a client may take to look for an image. */
#define PATIENCE (30 * SECOND)

extern char **environ;

/* ---- Lists of words --------------------------------------------------------------------------------- */

typedef struct word_list {
    char **words;
    size_t count;
} word_list;

static void add(word_list *to, const char *word) {
    to->words = heap_grow(to->words, to->count + 2, sizeof *to->words);
    to->words[to->count++] = heap_text(word);
    to->words[to->count] = NULL;
}

static char **words_of(const char *const words[]) {
    word_list list = {NULL, 0};
    while (*words != NULL)
        add(&list, *words++);
    return list.words;
}

void image_command_free(char **command) {
    for (size_t i = 0; command != NULL && command[i] != NULL; i++)
        free(command[i]);
    free(command);
}

/* ---- Who has it ------------------------------------------------------------------------------------- */

/* The last line of what the process wrote to stderr. The caller's to free. */
static char *last_line(const process *p) {
    size_t len, total;
    char *text = process_tail(p, STDERR_FILENO, &len, &total), *line, *copy;
    while (len != 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
        text[--len] = '\0';
    line = strrchr(text, '\n');
    copy = heap_text(line != NULL ? line + 1 : text);
    free(text);
    return copy;
}

/* Runs COMMAND. Returns NULL when it exits with the status 0, and else what it says. */
static char *complaint_of(char **command) {
    static const char *const no_changes[] = {NULL};
    const process_plan plan = {command, no_changes, SECOND, NULL};
    instant give_up = clock_now() + PATIENCE;
    char *problem;
    process *p = process_start(&plan, &problem);
    if (p == NULL)
        return problem;
    while (!process_ended(p) && clock_now() < give_up) {
        zmq_pollitem_t items[PROCESS_ITEMS];
        zmq_poll(items, process_poll_items(p, items), clock_poll_timeout(give_up));
        process_update(p);
    }
    if (process_ended(p)) {
        process_await_gone(p);
        problem = process_exit_status(p) == 0 ? NULL : last_line(p);
    } else {
        problem = heap_text("it does not answer");
    }
    process_destroy(&p);
    return problem;
}

bool image_find(container_image *self, const char *name, char **problem) {
    static const char *const clients[] = {"docker", "podman"};
    *problem = heap_format("no image %s", name);
    for (size_t i = 0; i < sizeof clients / sizeof *clients; i++) {
        const char *const words[] = {clients[i], "image", "inspect", "--format", "{{.Id}}", name, NULL};
        char **command = words_of(words), *complaint = complaint_of(command), *before = *problem;
        image_command_free(command);
        if (complaint == NULL) {
            free(before);
            *problem = NULL;
            *self = (container_image){name, clients[i]};
            return true;
        }
        *problem = heap_format("%s%s %s: %s", before, i == 0 ? ":" : ";", clients[i], complaint);
        free(before);
        free(complaint);
    }
    return false;
}

/* ---- Running it ------------------------------------------------------------------------------------- */

static bool is_changed(const char *variable, const char *const changes[]) {
    size_t len = strcspn(variable, "=");
    for (; *changes != NULL; changes++) {
        if (strcspn(*changes, "=") == len && strncmp(variable, *changes, len) == 0)
            return true;
    }
    return false;
}

static void add_variable(word_list *to, const char *variable, const char *const later[]) {
    if (strchr(variable, '=') == NULL || is_changed(variable, later))
        return;
    add(to, "-e");
    add(to, variable);
}

char **image_run_command(const container_image *self, const char *container, char *const arguments[],
                         const char *const changes[]) {
    const char *const words[] = {self->client, "run",  "--rm",   "--init",
                                 "--network",  "host", "--name", container};
    word_list list = {NULL, 0};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        add(&list, words[i]);
    for (char **each = environ; *each != NULL; each++) {
        if (strncmp(*each, "CLIPPER_", 8) == 0)
            add_variable(&list, *each, changes);
    }
    for (; *changes != NULL; changes++)
        add_variable(&list, *changes, changes + 1);
    add(&list, self->name);
    for (; arguments != NULL && *arguments != NULL; arguments++)
        add(&list, *arguments);
    return list.words;
}

char **image_remove_command(const container_image *self, const char *container) {
    const char *const words[] = {self->client, "rm", "-f", container, NULL};
    return words_of(words);
}
