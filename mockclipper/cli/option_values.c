#include "cli/option_values.h"

#include "engine/describe.h"

#include <stdlib.h>

bool size_option(const char *command, const char *option, const char *text, size_t least, size_t most,
                 size_t *value) {
    uint64_t number;
    if (!cli_number_option(command, option, text, least, most, &number))
        return false;
    *value = (size_t)number;
    return true;
}

bool decimal_option(const char *command, const char *option, const char *text, double least, double most,
                    double *value) {
    char *end;
    double number = strtod(text, &end);
    if (end == text || *end != '\0' || !(number >= least && number <= most)) {
        cli_usage_error(command, "--%s: '%s' is not a number from %g to %.15g", option, text, least, most);
        return false;
    }
    *value = number;
    return true;
}

bool milliseconds_option(const char *command, const char *option, const char *text, duration *value) {
    uint64_t number;
    if (!cli_number_option(command, option, text, 1, 86400000, &number))
        return false;
    *value = (duration)number * MILLISECOND;
    return true;
}

bool type_option(const char *command, const char *text, clipper_data_type *value) {
    if (data_type_parse(text, value))
        return true;
    cli_usage_error(command, "--input-type: '%s' is none of bytes, ints, floats, doubles, strings", text);
    return false;
}

bool model_option(const char *command, const char *option, const char *text, oracle *value) {
    if (oracle_parse(text, value))
        return true;
    cli_usage_error(command, "--%s: '%s' is none of none, noop, sum, probe, echo", option, text);
    return false;
}

bool color_option(const char *command, const char *text, cli_color *value) {
    if (cli_parse_color(text, value))
        return true;
    cli_usage_error(command, "--color: '%s' is none of auto, always, never", text);
    return false;
}
