/* What the files of malformed messages share. */
#ifndef MOCKCLIPPER_SCENARIOS_MALFORMED_H
#define MOCKCLIPPER_SCENARIOS_MALFORMED_H

#include "scenarios/families.h"

/* A request for three items, none of them empty. */
static inline draft *request_to_spoil(talk *t) {
    const batch *items = talk_uniform_batch(t, 3, 4);
    for (size_t i = 0; i < items->count; i++) {
        if (items->items[i].len == 0)
            return talk_draft(t, talk_random_batch(t, 3, 4));
    }
    return talk_draft(t, items);
}

/* Sends a message that must be dropped. */
static inline void send_malformed(talk *t, draft *spoiled) {
    talk_send_draft(t, spoiled);
    talk_expect_dropped(t);
}

#define PASSES_DROPPED " Nothing is sent for it, and a prediction request after it is answered."
#define FAILS_DROPPED                                                                                        \
    "An answer to it, a crash, an exit, or a hang. That is a warning, as no Clipper sends such a message; "  \
    "it fails with --strict."

/* The text of a scenario that sends WHAT. */
#define DROPPED(what) .passes = what PASSES_DROPPED, .fails = FAILS_DROPPED

#endif
