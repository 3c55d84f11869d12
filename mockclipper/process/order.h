/* What the kit and the minder of a container (minder.h) write to each other, on a socket of their own. */
#ifndef MOCKCLIPPER_PROCESS_ORDER_H
#define MOCKCLIPPER_PROCESS_ORDER_H

#include "base/clock.h"

#include <stdbool.h>
#include <stdint.h>

/* The kit's first: what to start, and how to end it. Behind it come LEN bytes, strings each ended with NUL: the words of the
 * command, the environment, the words of the command that is run when all has ended (none: nothing is run). */
typedef struct start_order {
    duration grace; /* from SIGTERM to SIGKILL */
    uint32_t words, variables, after;
    uint32_t len;
} start_order;

/* Its later ones: a signal to send, or this. */
#define ORDER_END 0

/* What the minder reports. */
typedef enum report_kind {
    REPORT_STARTED,     /* the command's process id */
    REPORT_NOT_STARTED, /* the errno */
    REPORT_ENDED,       /* that process has: its status, as of waitpid() */
    REPORT_GONE         /* nothing is left: how many were left behind */
} report_kind;

typedef struct minder_report {
    report_kind kind;
    int32_t value;
    uint32_t running; /* REPORT_ENDED: how many processes that it has started still run */
    instant at;
} minder_report;

/* Reads or writes all LEN bytes. False when the other side is gone. */
bool order_read(int from, void *bytes, size_t len);
bool order_write(int to, const void *bytes, size_t len);

#endif
