/* Values of options that several commands have. Each function returns false when TEXT is none, which it has said then
 * ("mockclipper COMMAND: --OPTION: ..."); *VALUE is untouched. */
#ifndef MOCKCLIPPER_CLI_OPTION_VALUES_H
#define MOCKCLIPPER_CLI_OPTION_VALUES_H

#include "base/clock.h"
#include "cli/cli.h"
#include "engine/oracle.h"

#include <clipper/codec.h>

/* A whole number from LEAST to MOST. */
bool size_option(const char *command, const char *option, const char *text, size_t least, size_t most,
                 size_t *value);

/* A decimal number from LEAST to MOST. */
bool decimal_option(const char *command, const char *option, const char *text, double least, double most,
                    double *value);

/* A whole number of milliseconds, from 1 to a day. */
bool milliseconds_option(const char *command, const char *option, const char *text, duration *value);

/* --input-type: "bytes", "ints", "floats", "doubles" or "strings". */
bool type_option(const char *command, const char *text, clipper_data_type *value);

/* What the container computes, as oracle_parse() has it. */
bool model_option(const char *command, const char *option, const char *text, oracle *value);

/* --color: "auto", "always" or "never". */
bool color_option(const char *command, const char *text, cli_color *value);

#endif
