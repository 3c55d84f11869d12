#include "serve/flights.h"

#include "base/heap.h"

#include <czmq.h>

struct flights {
    zlistx_t *in_order; /* flight, in the order of their ids and so of sending */
    zhashx_t *by_id;    /* the places in IN_ORDER, by id in hex */
    uint32_t next_id;
};

/* Room for the hex digits of an id. */
#define KEY 9

static const char *key_of(uint32_t id, char key[KEY]) {
    snprintf(key, KEY, "%08" PRIx32, id);
    return key;
}

flights *flights_new(void) {
    flights *self = heap_new(sizeof *self);
    self->in_order = zlistx_new();
    self->by_id = zhashx_new();
    return self;
}

void flights_destroy(flights **self_p) {
    flights *self = *self_p;
    flight *each;
    if (self == NULL)
        return;
    while ((each = flights_oldest(self)) != NULL) {
        portion carried = each->carried;
        flights_remove(self, each);
        portion_drop(&carried);
    }
    zlistx_destroy(&self->in_order);
    zhashx_destroy(&self->by_id);
    free(self);
    *self_p = NULL;
}

flight *flights_add(flights *self, session *to, portion carried) {
    flight *one = heap_new(sizeof *one);
    char key[KEY];
    /* After 2^32 requests ids repeat; one that is still in flight is skipped. */
    while (zhashx_lookup(self->by_id, key_of(self->next_id, key)) != NULL)
        self->next_id++;
    *one = (flight){self->next_id++, to, clock_now(), carried};
    zhashx_insert(self->by_id, key, zlistx_add_end(self->in_order, one));
    to->in_flight++;
    return one;
}

flight *flights_find(flights *self, uint32_t id, const session *to) {
    char key[KEY];
    void *place = zhashx_lookup(self->by_id, key_of(id, key));
    flight *one = place != NULL ? zlistx_handle_item(place) : NULL;
    return one != NULL && one->to == to ? one : NULL;
}

void flights_remove(flights *self, flight *one) {
    char key[KEY];
    zlistx_detach(self->in_order, zhashx_lookup(self->by_id, key_of(one->id, key)));
    zhashx_delete(self->by_id, key);
    one->to->in_flight--;
    free(one);
}

size_t flights_count(const flights *self) {
    return zlistx_size(self->in_order);
}

flight *flights_oldest(flights *self) {
    return zlistx_first(self->in_order);
}

flight *flights_to(flights *self, const session *to) {
    flight *each = zlistx_first(self->in_order);
    while (each != NULL && each->to != to)
        each = zlistx_next(self->in_order);
    return each;
}
