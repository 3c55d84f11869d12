/* Lets only a few containers start at a time: starting an interpreter takes processor time, and many at once
 * would spoil the measurements of those that run. */
#ifndef MOCKCLIPPER_PROCESS_START_PLACES_H
#define MOCKCLIPPER_PROCESS_START_PLACES_H

#include <stdbool.h>

/* How many may start at a time. Before anything else is called. */
void start_places_open(unsigned places);

/* Waits for a place. False when STOP, a descriptor, became readable first. */
bool start_places_take(int stop);

void start_places_give_back(void);

#endif
