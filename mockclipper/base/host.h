/* Descriptors: many containers at a time need many. */
#ifndef MOCKCLIPPER_BASE_HOST_H
#define MOCKCLIPPER_BASE_HOST_H

/* Lets this program, and what it starts, have as many as the system allows it. */
void host_raise_descriptor_limit(void);

#endif
