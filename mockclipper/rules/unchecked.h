/* Requirements that bind containers and that no scenario can check, each with the reason. */
#ifndef MOCKCLIPPER_RULES_UNCHECKED_H
#define MOCKCLIPPER_RULES_UNCHECKED_H

#include <stddef.h>

typedef struct unchecked {
    const char *id;
    const char *reason;
} unchecked;

extern const unchecked unchecked_requirements[];
extern const size_t unchecked_count;

/* The reason for that requirement, or NULL. */
const char *unchecked_reason(const char *id);

#endif
