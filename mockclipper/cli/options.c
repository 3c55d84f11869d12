#include "cli/options.h"

#include "base/heap.h"
#include "cli/help.h"
#include "cli/values.h"

#include <stdlib.h>
#include <string.h>

/* A command line being read. */
typedef struct reading {
    const cli_command *command;
    char **next; /* the argument after the one at hand */
    void *values;
    int status; /* when it ends here */
} reading;

/* The row after O, which is not the last. From NULL to the first. Headings are passed over. */
static const cli_option *row_after(const cli_command *command, const cli_option *o) {
    if (o != NULL && o->kind == CLI_HELP)
        return NULL;
    o = o == NULL ? command->options : o + 1;
    while (o->name == NULL)
        o++;
    return o;
}

/* ---- Long options ------------------------------------------------------------------------------------------ */

/* The option of which the LEN letters at NAME are the name, or the beginning of the name; *MATCHES of them. */
static const cli_option *find_long(const cli_command *command, const char *name, size_t len,
                                   size_t *matches) {
    const cli_option *found = NULL;
    *matches = 0;
    for (const cli_option *o = NULL; (o = row_after(command, o)) != NULL;) {
        if (strncmp(o->name, name, len) != 0)
            continue;
        found = o;
        ++*matches;
        if (o->name[len] == '\0') {
            *matches = 1;
            break;
        }
    }
    return found;
}

/* The name that NAME, of LEN letters, was probably meant to be; NULL when it resembles none. */
static const char *nearest_long(const cli_command *command, const char *name, size_t len) {
    char *word = heap_format("%.*s", (int)len, name);
    const char **names = NULL, *nearest;
    size_t count = 0;
    for (const cli_option *o = NULL; (o = row_after(command, o)) != NULL;) {
        names = heap_grow(names, count + 1, sizeof *names);
        names[count++] = o->name;
    }
    nearest = cli_nearest(word, names, count);
    free(names);
    free(word);
    return nearest;
}

static void report_unknown(const cli_command *command, const char *name, size_t len) {
    const char *nearest = nearest_long(command, name, len);
    if (nearest != NULL)
        cli_usage_error(command->name, "unknown option --%.*s; is --%s meant?", (int)len, name, nearest);
    else
        cli_usage_error(command->name, "unknown option --%.*s%s", (int)len, name,
                        command->commands != NULL ? ": a command comes first" : "");
}

/* ---- Reading ----------------------------------------------------------------------------------------------- */

/* Takes an option with its value. False when the command ends here. */
static bool take(reading *self, const cli_option *o, const char *value) {
    char *complaint;
    if (o->kind == CLI_HELP) {
        self->status = cli_help_print(self->command, value != NULL);
        return false;
    }
    if (cli_value_take(o, self->values, value))
        return true;
    complaint = cli_value_complaint(o);
    cli_usage_error(self->command->name, "--%s: '%s' %s", o->name, value, complaint);
    free(complaint);
    return false;
}

static bool has_value(const cli_option *o) {
    return o->kind != CLI_FLAG && o->kind != CLI_HELP;
}

/* The value of O, an option that was written as ARGUMENT: the next argument. NULL, and reported, when there is none. */
static const char *next_value(reading *self, const char *argument) {
    if (*self->next != NULL)
        return *self->next++;
    cli_usage_error(self->command->name, "option %s needs a value", argument);
    return NULL;
}

/* "--name", "--name=value" or "--name value". */
static bool read_long(reading *self, const char *argument) {
    const char *name = argument + 2, *value;
    size_t len = strcspn(name, "="), matches;
    const cli_option *o = find_long(self->command, name, len, &matches);
    value = name[len] == '=' ? name + len + 1 : NULL;
    if (matches == 0)
        report_unknown(self->command, name, len);
    else if (matches > 1)
        cli_usage_error(self->command->name, "option --%.*s may be one of several", (int)len, name);
    else if (!has_value(o) && value != NULL && !(o->kind == CLI_HELP && strcmp(value, "json") == 0))
        cli_usage_error(self->command->name, "option --%.*s takes no value", (int)len, name);
    else if (!has_value(o) || value != NULL || (value = next_value(self, argument)) != NULL)
        return take(self, o, value);
    return false;
}

static const cli_option *find_short(const cli_command *command, char letter) {
    for (const cli_option *o = NULL; (o = row_after(command, o)) != NULL;) {
        if (o->letter == letter)
            return o;
    }
    return NULL;
}

/* "-v", "-vj4" or "-j 4". */
static bool read_short(reading *self, const char *argument) {
    for (const char *letter = argument + 1; *letter != '\0'; letter++) {
        const cli_option *o = find_short(self->command, *letter);
        if (o == NULL) {
            cli_usage_error(self->command->name, "unknown option -%c", *letter);
            return false;
        }
        if (has_value(o)) {
            const char *value = letter[1] != '\0' ? letter + 1 : next_value(self, argument);
            return value != NULL && take(self, o, value);
        }
        if (!take(self, o, NULL))
            return false;
    }
    return true;
}

static bool read_all(reading *self) {
    while (*self->next != NULL && (*self->next)[0] == '-' && (*self->next)[1] != '\0') {
        const char *argument = *self->next++;
        if (strcmp(argument, "--") == 0)
            break;
        if (argument[1] == '-' ? !read_long(self, argument) : !read_short(self, argument))
            return false;
    }
    if (*self->next == NULL || self->command->takes_arguments)
        return true;
    cli_usage_error(self->command->name, "takes no argument '%s'", *self->next);
    return false;
}

bool cli_options_read(const cli_command *command, char **argv, void *values, char ***arguments, int *status) {
    reading self = {command, argv + 1, values, CLI_USAGE};
    for (const cli_option *o = NULL; (o = row_after(command, o)) != NULL;) {
        if (o->standard != NULL)
            cli_value_take(o, values, o->standard);
    }
    if (!read_all(&self)) {
        *status = self.status;
        return false;
    }
    *arguments = self.next;
    return true;
}

/* ---- What was read ----------------------------------------------------------------------------------------- */

void cli_options_free(const cli_command *command, void *values) {
    for (const cli_option *o = NULL; (o = row_after(command, o)) != NULL;)
        cli_value_free(o, values);
}

char *cli_options_to_repeat(const cli_command *command, const void *values) {
    char *all = heap_text("");
    for (const cli_option *o = NULL; (o = row_after(command, o)) != NULL;) {
        char *value = o->for_repeat ? cli_value_text(o, values) : NULL, *longer;
        if (value == NULL)
            continue;
        longer = heap_format("%s --%s%s%s", all, o->name, *value != '\0' ? " " : "", value);
        free(value);
        free(all);
        all = longer;
    }
    return all;
}

bool cli_one_container(const cli_command *command, const endpoint *attach, const char *image,
                       char ***arguments) {
    bool has_command = **arguments != NULL, attached = attach->address != NULL;
    if (attached && image != NULL) {
        cli_usage_error(command->name, "--attach takes no image: somebody else starts the container");
    } else if (attached && has_command) {
        cli_usage_error(command->name, "--attach takes no command: somebody else starts the container");
    } else if (!attached && !has_command && image == NULL) {
        cli_usage_error(command->name, "the command that starts the container is missing: ... -- COMMAND");
    } else {
        if (attached)
            *arguments = NULL;
        return true;
    }
    return false;
}
