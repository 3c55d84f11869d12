/* Values of options: from text to the member that holds one, and back. */
#ifndef MOCKCLIPPER_CLI_VALUES_H
#define MOCKCLIPPER_CLI_VALUES_H

#include "cli/command.h"

/* The decimal number TEXT, all digits, from LEAST to MOST. False, and *VALUE untouched, for anything else. */
bool cli_number(const char *text, uint64_t least, uint64_t most, uint64_t *value);

/* Takes TEXT as a value of the option O into its member of VALUES. False, and the member untouched, when it is none. */
bool cli_value_take(const cli_option *o, void *values, const char *text);

/* What is wrong with a text that is no value of O: "is not a whole number from 1 to 256". The caller's to free. */
char *cli_value_complaint(const cli_option *o);

/* "auto, always, never". The caller's to free. */
char *cli_words_text(const char *const *words);

/* The value as a user would give it: "" for a flag; NULL when it is the default. Only of kinds that are not repeatable,
 * with a number, a choice or a flag. The caller's to free. */
char *cli_value_text(const cli_option *o, const void *values);

/* Frees what cli_value_take() allocated. */
void cli_value_free(const cli_option *o, void *values);

#endif
