/* A container's process: started in its own process group, its output drained and the end of that kept, and ended
 * with all that it has started, however the kit ends (minder.h).
 *
 * It never blocks: the owner polls the process's items and then calls process_update. */
#ifndef MOCKCLIPPER_PROCESS_PROCESS_H
#define MOCKCLIPPER_PROCESS_PROCESS_H

#include "base/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <zmq.h>

/* How much of the end of each output stream is kept. */
#define PROCESS_TAIL ((size_t)16 * 1024)

typedef struct process process;

/* What is started, and how it is ended. */
typedef struct process_plan {
    char *const *command; /* ended with NULL; found through PATH */
    /* Of this program's environment, ended with NULL: "NAME=VALUE" sets, "NAME" alone removes; the last change of a
     * variable counts. */
    const char *const *changes;
    duration grace; /* between SIGTERM and SIGKILL */
    /* A command that is run when all has ended, to remove what belongs to a service of which this process is a client; NULL
     * without one. */
    char *const *after;
} process_plan;

/* Standard input is /dev/null. Needs the warden. NULL when it could not be started: *PROBLEM says why then, and is the
 * caller's to free. */
process *process_start(const process_plan *plan, char **problem);

/* Ends it as process_await_gone() does, and frees. */
void process_destroy(process **self_p);

pid_t process_pid(const process *self);

/* What to poll: returns how many ITEMS (at most PROCESS_ITEMS) were filled. */
#define PROCESS_ITEMS 3
int process_poll_items(process *self, zmq_pollitem_t items[PROCESS_ITEMS]);

/* Reads its output, 64 KiB of each stream at most, and notes whether the process has ended. */
void process_update(process *self);

/* Signals the process itself, as a supervisor does; not its group. */
void process_signal(process *self, int signal);

/* Begins to end it, as an orchestrator does: its group is sent SIGTERM, and what is left after the grace, or shortly after
 * the group has ended, SIGKILL. That goes on beside the caller. */
void process_stop(process *self);

/* Stops it, waits until nothing of it is left, and reads the rest of its output. */
void process_await_gone(process *self);

/* How many processes other than the command's own had to be killed. Known when it is gone. */
unsigned process_left_behind(const process *self);

bool process_ended(const process *self);
instant process_ended_at(const process *self); /* 0 while it runs */
int process_exit_status(const process *self);  /* -1 when it runs or ended by a signal */
int process_end_signal(const process *self);   /* 0 when it runs or exited */

/* How many processes that it has started ran on when it had ended. */
unsigned process_survivors(const process *self);

/* "running", "exited with status 1", "killed by signal 11 (Segmentation fault)". The caller's to free. */
char *process_end_text(const process *self);

/* The end of what it wrote to stdout (1) or stderr (2), with a NUL after it, and how much it wrote in all.
 * The caller's to free. */
char *process_tail(const process *self, int stream, size_t *len, size_t *total);

#endif
