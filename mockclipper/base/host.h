/* This machine: what it is, and its descriptors: many containers at a time need many. */
#ifndef MOCKCLIPPER_BASE_HOST_H
#define MOCKCLIPPER_BASE_HOST_H

/* Lets this program, and what it starts, have as many as the system allows it. */
void host_raise_descriptor_limit(void);

typedef struct host_facts {
    char name[256];
    char kernel[256]; /* "Linux 6.1.0-18-amd64 x86_64" */
    char cpu[128];    /* the processor's model; empty where the system does not tell */
    unsigned processors;
} host_facts;

host_facts host_describe(void);

#endif
