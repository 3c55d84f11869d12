#include "engine/reaction.h"

reaction reaction_to(clipper_kind kind, bool registered) {
    switch (kind) {
    case CLIPPER_HEARTBEAT:
        return registered ? REACTION_KEEP_ALIVE : REACTION_ASK;
    case CLIPPER_NEW_CONTAINER:
        return registered ? REACTION_IGNORE : REACTION_REGISTER;
    default:
        return REACTION_NONE;
    }
}
