/* mockclipper serve: a stand-in Clipper that stays up. */
#include "base/host.h"
#include "commands/commands.h"
#include "serve/serve.h"

#include <czmq.h>

int cmd_serve(int argc, char **argv) {
    serve_options options;
    int status = serve_options_read(&options, argc, argv);
    if (status < 0) {
        descriptors_raise_limit();
        /* The signals are ours. */
        zsys_handler_set(NULL);
        zsys_init();
        zsys_set_max_sockets(0);
        status = serve(&options);
    }
    serve_options_free(&options);
    return status;
}
