/* HOST:PORT on a command line. */
#ifndef MOCKCLIPPER_CLI_ENDPOINT_H
#define MOCKCLIPPER_CLI_ENDPOINT_H

#include <stdbool.h>

/* Reads TEXT, the value of the option OPTION of COMMAND, as an IPv4 address and a port. *ADDRESS is replaced, and the
 * caller's to free. False when it is nothing like that, which has been said. */
bool endpoint_option(const char *command, const char *option, const char *text, char **address,
                     unsigned *port);

#endif
