/* A likely cause: what is wrong in the container's code, as its author would name it, and what that explains. */
#ifndef MOCKCLIPPER_RUN_CAUSE_H
#define MOCKCLIPPER_RUN_CAUSE_H

#include <stddef.h>

typedef struct cause {
    const char *id; /* "no-delimiter" */
    char *text;     /* one sentence, without its full stop */
    char *hint;     /* what its author may look at; never NULL */
    size_t *cases;  /* indices in the ledger of those that show it */
    size_t count;
    size_t explains; /* cases: those, and those that were skipped over them */
} cause;

/* Most basic first. */
typedef struct cause_list {
    cause *all;
    size_t count;
} cause_list;

/* Adds a cause without cases. TEXT and HINT become its. It is valid until the next is added. */
cause *cause_list_add(cause_list *self, const char *id, char *text, char *hint);

/* Case number INDEX of the ledger shows SELF, too. */
void cause_show(cause *self, size_t index);

void cause_list_clear(cause_list *self);

#endif
