#include "rules/unchecked.h"

#include <string.h>

const unchecked unchecked_requirements[] = {
    {"TMO-16", "that reconnects are spread out shows only in a fleet, over many restarts of Clipper"},
    {"PRED-29", "no input is known that makes a model fail; what a model does is its author's matter"},
    {"DEP-5", "what is loaded from there, and how it shows, is the model's matter"},
    {"DEP-7", "where such a file is, if there is one, is the container's own choice"},
    {"DEP-8", "the port is always the same, so containers that run side by side get into each other's way"},
    {"LOAD-6", "how many requests a container takes at a time is its own choice"},
    {"LIM-1",
     "the limits are the container's own choice; that lengths are not believed is what MAL-18 asks for"},
};
const size_t unchecked_count = sizeof unchecked_requirements / sizeof *unchecked_requirements;

const char *unchecked_reason(const char *id) {
    for (size_t i = 0; i < unchecked_count; i++) {
        if (strcmp(unchecked_requirements[i].id, id) == 0)
            return unchecked_requirements[i].reason;
    }
    return NULL;
}
