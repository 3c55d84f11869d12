/* A container's process: started in its own process group, its output drained and the end of that kept, and killed
 * with all that it started, however the kit ends.
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

/* Starts ARGV (ended with NULL; found through PATH) with this program's environment changed by CHANGES (ended with
 * NULL): "NAME=VALUE" sets, "NAME" alone removes; the last change of a variable counts. Standard input is /dev/null.
 * NULL when it could not be started: *PROBLEM says why then, and is the caller's to free. Call it from a thread that
 * lives as long as the process: the process is killed when that thread ends. */
process *process_start(char *const argv[], const char *const changes[], char **problem);

/* Kills what is left of the process group, and frees. */
void process_destroy(process **self_p);

pid_t process_pid(const process *self);

/* What to poll: returns how many ITEMS (at most PROCESS_ITEMS) were filled. */
#define PROCESS_ITEMS 3
int process_poll_items(process *self, zmq_pollitem_t items[PROCESS_ITEMS]);

/* Reads its output, 64 KiB of each stream at most, and notes whether the process has ended. */
void process_update(process *self);

/* Signals the process itself, as a supervisor does; not its group. */
void process_signal(process *self, int signal);

/* Kills the whole group, waits until all of it has ended, and reads the rest of its output. */
void process_kill(process *self);

bool process_ended(const process *self);
instant process_ended_at(const process *self); /* 0 while it runs */
int process_exit_status(const process *self);  /* -1 when it runs or ended by a signal */
int process_end_signal(const process *self);   /* 0 when it runs or exited */

/* "running", "exited with status 1", "killed by signal 11 (Segmentation fault)". The caller's to free. */
char *process_end_text(const process *self);

/* The end of what it wrote to stdout (1) or stderr (2), with a NUL after it, and how much it wrote in all.
 * The caller's to free. */
char *process_tail(const process *self, int stream, size_t *len, size_t *total);

#endif
