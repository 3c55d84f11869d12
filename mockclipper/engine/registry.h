/* Registrations: what Clipper knows of each model, and how it numbers the replicas of one name and
 * version (counting up with each registration, from 0, never reusing a number, as the released server does).
 */
#ifndef MOCKCLIPPER_ENGINE_REGISTRY_H
#define MOCKCLIPPER_ENGINE_REGISTRY_H

#include <clipper/codec.h>

typedef struct registration {
    char *name;          /* ended with a NUL; NULs inside are kept beyond what it says as text */
    char *model_version; /* likewise */
    clipper_data_type input_type;
    clipper_wire wire;
    unsigned replica; /* number among those of the same name and version, from 0 */
} registration;

typedef struct registry registry;

registry *registry_new(void);
void registry_destroy(registry **self_p);

/* Enters the container that CONTENT, a new container message, announces. The registration is the registry's
 * and lives as long as it. */
const registration *registry_add(registry *self, const clipper_message *content);

#endif
