/* Faults: what a bad network or a bad Clipper would do to messages, by session, kind of message and ordinal. Each firing
 * goes into the journal; those that never fired can be asked for. */
#ifndef MOCKCLIPPER_ENGINE_FAULTS_H
#define MOCKCLIPPER_ENGINE_FAULTS_H

#include "base/clock.h"
#include "engine/draft.h"

#include <clipper/codec.h>

#include <stdbool.h>

typedef enum fault_action {
    /* The message is lost. */
    FAULT_DROP,
    /* To the container only: what arrives is not what was sent. VALUE is explained with each. */
    FAULT_DELAY,     /* VALUE milliseconds later */
    FAULT_DUPLICATE, /* twice */
    FAULT_REORDER,   /* after the next message to that session */
    FAULT_TRUNCATE,  /* only the first VALUE frames */
    FAULT_EXTEND,    /* VALUE frames of one byte more at the end */
    FAULT_CORRUPT,   /* the bits of the first byte of frame VALUE flipped */
    FAULT_VERSION,   /* version VALUE */
    FAULT_WIDEN,     /* frame VALUE a byte longer */
    FAULT_SHORTEN,   /* frame VALUE a byte shorter */
    FAULT_STALE_ID,  /* a message id that is VALUE less */
    /* The message passes, and then Clipper */
    FAULT_SILENCE, /* answers nothing more */
    FAULT_RESTART, /* is restarted on the same port, knowing nobody */
    FAULT_ASK      /* asks that session for its metadata */
} fault_action;

typedef struct fault {
    fault_action action;
    uint64_t value;
    unsigned session; /* number; 0: any */
    clipper_direction direction;
    clipper_kind kind; /* CLIPPER_NO_MESSAGE: any */
    unsigned ordinal;  /* of messages of that kind in that session, from 1; 0: every one */
    unsigned fired;
} fault;

typedef struct faults faults;

faults *faults_new(void);
void faults_destroy(faults **self_p);

/* Reads a fault from text: ACTION[=VALUE]@[SESSION/]KIND[#ORDINAL], such as "drop@heartbeat#1",
 * "delay=200@request" or "restart@2/response#10". KIND is heartbeat, request or any, to the container, or
 * container-heartbeat, new-container, response or anything, from it. False when it says nothing like it. */
bool fault_parse(fault *self, const char *text);

/* What a fault is, in words such as the above. The caller's to free. */
char *fault_text(const fault *self);

void faults_add(faults *self, fault added);
bool faults_any(const faults *self);

/* How many there are, and the one of that index, in the order in which they were added. */
size_t faults_count(const faults *self);
const fault *faults_at(const faults *self, size_t index);

/* Counts a message of that kind in that session, and returns the first fault that it makes fire, or NULL. */
fault *faults_fire(faults *self, clipper_direction direction, clipper_kind kind, unsigned session);

/* A fault that never fired, or NULL. */
const fault *faults_unfired(const faults *self);

/* Applies FIRED to the frames of MESSAGE, if it is a fault of frames. */
void fault_apply(const fault *fired, draft *message);

#endif
