/* help.h: what clipper-container says of itself, in lines of at most 80 columns or as JSON. */
#ifndef CLIPPER_COMMAND_HELP_H
#define CLIPPER_COMMAND_HELP_H

#include "clipper/container.h"

/* A table of settings, with a heading. */
typedef struct settings_section {
    const char *heading;
    const clipper_container_setting *settings;
    size_t count;
} settings_section;

/* Prints the help; SECTIONS end with one whose heading is NULL. */
void print_help(const settings_section *sections);

/* The same as JSON, for programs (--help=json), by which the manual page is made: an array of one object, with
 *   usage, about
 *   options   section, name, variable, argument, kind ("text", "number" or "choice"), choices, default, help
 *   topics    heading, text
 *   statuses  what each exit status from 0 on means
 *   examples  text, command
 * Of a text, a line feed begins a new line. */
void print_json_help(const settings_section *sections);

#endif
