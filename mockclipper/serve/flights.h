/* Requests in flight: sent, and not answered yet. Found by message id. */
#ifndef MOCKCLIPPER_SERVE_FLIGHTS_H
#define MOCKCLIPPER_SERVE_FLIGHTS_H

#include "engine/engine.h"
#include "serve/workload.h"

typedef struct flight {
    uint32_t id;
    session *to;
    instant sent;
    portion carried;
} flight;

typedef struct flights flights;

flights *flights_new(void);
void flights_destroy(flights **self_p); /* drops what they carry */

/* A new flight with a message id of its own; sessions count theirs. */
flight *flights_add(flights *self, session *to, portion carried);

/* The flight of that id to that session, or NULL. */
flight *flights_find(flights *self, uint32_t id, const session *to);

/* Takes it out, and frees it; what it carried stays the caller's. */
void flights_remove(flights *self, flight *one);

size_t flights_count(const flights *self);

/* The flight that was sent first; NULL when there is none. */
flight *flights_oldest(flights *self);

/* Some flight to that session; NULL when there is none. */
flight *flights_to(flights *self, const session *to);

#endif
