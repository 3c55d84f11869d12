/* The options of a container that is an image (process/image.h), for the tables of the commands that start one. */
#ifndef MOCKCLIPPER_CLI_IMAGE_OPTIONS_H
#define MOCKCLIPPER_CLI_IMAGE_OPTIONS_H

/* Rows of the table of OPTIONS, a type with the members image and advertised. ADDRESS: what is told without them. */
#define IMAGE_OPTIONS(options, address)                                                                      \
    {"image",                                                                                                \
     CLI_TEXT,                                                                                               \
     "IMAGE",                                                                                                \
     offsetof(options, image),                                                                               \
     .for_repeat = true,                                                                                     \
     .help = "run this image with docker or podman, whichever has it, instead of COMMAND; what follows "     \
             "`--` are words for it. It shares the host's network"},                                         \
    {                                                                                                        \
        "advertise", CLI_TEXT, "HOST", offsetof(options, advertised),                                        \
            .for_repeat = true, .shown = address,                                                            \
            .help =                                                                                          \
                "the address that the container is told (CLIPPER_IP), where it does not reach this "         \
                "machine at 127.0.0.1; the kit listens there, or everywhere if it is not this machine's "    \
                "own"                                                                                        \
    }

#endif
