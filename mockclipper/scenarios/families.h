/* The families of scenarios, one file each. */
#ifndef MOCKCLIPPER_SCENARIOS_FAMILIES_H
#define MOCKCLIPPER_SCENARIOS_FAMILIES_H

#include "talk/talk.h"

extern const scenario_family registration_family;
extern const scenario_family heartbeat_family;
extern const scenario_family timeout_family;
extern const scenario_family version_family;
extern const scenario_family prediction_family;
extern const scenario_family malformed_family;
extern const scenario_family malformed_metadata_family; /* "malformed/", too */
extern const scenario_family process_family;
extern const scenario_family load_family;

/* The length of an array. */
#define COUNT(array) (sizeof(array) / sizeof *(array))

#endif
