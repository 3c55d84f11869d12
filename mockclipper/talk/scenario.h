/* A scenario: one question put to a container, as a conversation with it. */
#ifndef MOCKCLIPPER_TALK_SCENARIO_H
#define MOCKCLIPPER_TALK_SCENARIO_H

#include "talk/outcome.h"
#include "talk/run_parameters.h"

#include <stdbool.h>
#include <stddef.h>

/* For which input types a scenario is played. */
typedef enum scenario_types {
    ONE_TYPE, /* the type makes no difference: once, with the first that is asked for */
    EACH_TYPE /* once for each */
} scenario_types;

/* What the scenarios of one conversation differ in. */
typedef union scenario_parameter {
    size_t size;
    size_t sizes[3];
    uint32_t u32;
    uint64_t u64;
    const char *text;
    const char *const *texts;
    struct {
        const clipper_frame *items;
        size_t count;
    } frames;
    struct {
        size_t index;
        uint64_t value;
    } word;
    struct {
        const char *change;
        const char *const *words; /* ended with NULL */
    } setting;
    void *result; /* where the conversation leaves what it finds */
} scenario_parameter;

typedef struct talk talk;

typedef struct scenario {
    const char *id;           /* "family/name", lower case, words joined by dashes */
    const char *title;        /* what a container that passes does, in one line */
    const char *requirements; /* ids, with a blank between; the first is what failures name by default */
    const char *passes;       /* what is sent, and what passes */
    const char *fails;        /* what fails, or is warned of */
    scenario_types types;
    unsigned type_mask; /* bits 1 << clipper_data_type of the types it can use; 0: all */
    struct {
        double polls;    /* times D */
        double timeouts; /* times TO */
        double seconds;
    } waits;           /* how long it plays, in all, beside moments */
    bool own_items;    /* it is about sizes or values: only its own items will do */
    size_t requests;   /* how many predictions it asks for; 0: a few */
    size_t items;      /* and how many items in all, but the first of each request; 0: a few */
    bool alone;        /* no container may run beside it */
    bool heavy;        /* it takes the processor's whole time: not to be played beside short times */
    bool prerequisite; /* others of its type are pointless when it fails */
    void (*play)(talk *t);
    scenario_parameter with; /* of play, which gets it from talk_parameter() */
} scenario;

/* Plays S for TYPE, with a container that is started for it, and returns the outcome. The conversation ends early when
 * STOP, a descriptor, becomes readable. */
outcome *scenario_play(const scenario *s, const run_parameters *parameters, clipper_data_type type, int stop);

/* The same in two steps. The first returns when all has been said, the second waits for the container's end, which may
 * take the grace. */
talk *scenario_begin(const scenario *s, const run_parameters *parameters, clipper_data_type type, int stop);
outcome *talk_end(talk **self_p);

/* All scenarios, family by family. INDEX is less than the count. */
size_t scenario_count(void);
const scenario *scenario_at(size_t index);

/* The one of that id (a suffix ":TYPE" is not looked at), or NULL. */
const scenario *scenario_find(const char *id);

/* The length of the family's name, with which the id begins. */
size_t scenario_family_length(const scenario *s);

/* Whether S can be played for TYPE. */
bool scenario_takes(const scenario *s, clipper_data_type type);

/* Whether the requirement of that id is among those of S. */
bool scenario_checks(const scenario *s, const char *id);

/* The worst that S says under profile P: the worst verdict of its requirements. */
verdict scenario_worst(const scenario *s, profile p);

/* Whether S sends messages that no Clipper sends: its first requirement is about such. What the container suffers from
 * them is then judged by the scenario's requirements alone. */
bool scenario_is_unsent(const scenario *s);

#endif
