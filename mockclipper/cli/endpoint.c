#include "cli/endpoint.h"

#include "base/heap.h"
#include "cli/cli.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

bool endpoint_option(const char *command, const char *option, const char *text, char **address,
                     unsigned *port) {
    const char *colon = strrchr(text, ':');
    struct in_addr parsed;
    uint64_t number;
    free(*address);
    *address = heap_format("%.*s", (int)(colon != NULL ? colon - text : 0), text);
    if (colon != NULL && cli_number(colon + 1, 0, 65535, &number) &&
        inet_pton(AF_INET, *address, &parsed) == 1) {
        *port = (unsigned)number;
        return true;
    }
    cli_usage_error(command, "--%s: '%s' is no IPv4 address and port, such as 127.0.0.1:7000", option, text);
    return false;
}
