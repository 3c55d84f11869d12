#include "rules/requirements.h"

#include <string.h>

const requirement *requirement_find(const char *id) {
    for (size_t i = 0; i < requirement_count; i++) {
        if (strcmp(requirements[i].id, id) == 0)
            return &requirements[i];
    }
    return NULL;
}

const char *requirement_level_name(requirement_level level) {
    static const char *const names[] = {"MUST", "SHOULD", "MAY"};
    return names[level];
}

const char *const profile_names[] = {"interop", "document", "release", NULL};

const char *profile_name(profile p) {
    return profile_names[p];
}
