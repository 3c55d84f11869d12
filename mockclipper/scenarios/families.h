/* The families of scenarios, one file each. In a family, the text of a scenario follows its conversation: as one
 * scenario, or as a table of those that differ in a parameter. */
#ifndef MOCKCLIPPER_SCENARIOS_FAMILIES_H
#define MOCKCLIPPER_SCENARIOS_FAMILIES_H

#include "talk/talk.h"

/* Scenarios with one conversation, and all groups of a family: their ids begin with its name and a slash. */
typedef struct scenario_group {
    const scenario *scenarios;
    size_t count;
} scenario_group;

typedef struct scenario_family {
    const scenario_group *groups;
    size_t count;
} scenario_family;

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

/* For the text of a scenario with requests in flight. */
#define LEARNT " (Without --model, their items are asked alone, too, to know what each is answered.)"

/* A group of one scenario, and one of all in a table. */
#define ONE(scenario)                                                                                        \
    { &(scenario), 1 }
#define ALL(table)                                                                                           \
    { table, COUNT(table) }

#endif
