#include "process/starvation.h"

#include "base/heap.h"
#include "process/proc.h"

#include <stdlib.h>

#define LOOK_EVERY (20 * MILLISECOND)
#define FIND_EVERY SECOND
#define LOOKS      512 /* kept */

typedef struct look {
    instant at;
    duration waited; /* of all threads, since they began */
} look;

struct starvation {
    pid_t group;
    pid_t *members;
    size_t member_count;
    instant found; /* when the members were last looked for */
    look looks[LOOKS];
    size_t count; /* of looks ever */
};

starvation *starvation_new(pid_t group) {
    starvation *self = heap_new(sizeof *self);
    self->group = group;
    return self;
}

void starvation_destroy(starvation **self_p) {
    starvation *self = *self_p;
    if (self == NULL)
        return;
    free(self->members);
    free(self);
    *self_p = NULL;
}

void starvation_look(starvation *self) {
    instant now = clock_now();
    look *fresh;
    if (self->count != 0 && now - self->looks[(self->count - 1) % LOOKS].at < LOOK_EVERY)
        return;
    if (self->count == 0 || now - self->found > FIND_EVERY) {
        free(self->members);
        self->members = proc_group(self->group, &self->member_count);
        self->found = now;
    }
    fresh = &self->looks[self->count++ % LOOKS];
    *fresh = (look){now, 0};
    for (size_t i = 0; i < self->member_count; i++)
        fresh->waited += proc_waited(self->members[i]);
}

duration starvation_since(starvation *self, instant from) {
    size_t oldest = self->count > LOOKS ? self->count - LOOKS : 0, i = self->count;
    if (self->count == 0)
        return 0;
    /* The latest look that is not after FROM. */
    while (i > oldest + 1 && self->looks[(i - 1) % LOOKS].at > from)
        i--;
    return duration_max(0,
                        self->looks[(self->count - 1) % LOOKS].waited - self->looks[(i - 1) % LOOKS].waited);
}
