/* mockclipper serve: a stand-in Clipper that stays up. */
#include "base/host.h"
#include "commands/commands.h"
#include "serve/serve.h"

#include <czmq.h>

int cmd_serve(char **argv) {
    serve_options options;
    int status;
    if (serve_options_read(&options, argv, &status)) {
        host_raise_descriptor_limit();
        /* The signals are ours. */
        zsys_handler_set(NULL);
        zsys_init();
        zsys_set_max_sockets(0);
        status = serve(&options);
    }
    serve_options_free(&options);
    return status;
}
