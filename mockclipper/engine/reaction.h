/* What Clipper does by itself when a container's message arrives: the pure rule, which sends nothing. */
#ifndef MOCKCLIPPER_ENGINE_REACTION_H
#define MOCKCLIPPER_ENGINE_REACTION_H

#include <clipper/codec.h>

#include <stdbool.h>

typedef enum reaction {
    REACTION_NONE,       /* Clipper does nothing by itself */
    REACTION_KEEP_ALIVE, /* answers with a heartbeat */
    REACTION_ASK,        /* answers with a heartbeat that asks for the metadata */
    REACTION_REGISTER,   /* registers the container */
    REACTION_IGNORE      /* keeps what it knows: the container is registered already */
} reaction;

/* To a message of that kind, of a container that is REGISTERED or not. */
reaction reaction_to(clipper_kind kind, bool registered);

#endif
