/* What /proc reports about processes: the one place that reads it. */
#ifndef MOCKCLIPPER_PROCESS_PROC_H
#define MOCKCLIPPER_PROCESS_PROC_H

#include "base/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Ids of all processes, zombies among them. *COUNT becomes how many. The caller's to free. */
pid_t *proc_all(size_t *count);

/* The process group of a process that runs, if only to end its last thread; 0 when it has ended: it is a zombie, or
 * there is no such process. */
pid_t proc_running_in(pid_t pid);

/* Ids of the processes of a group that run. *COUNT becomes how many. The caller's to free. */
pid_t *proc_group(pid_t group, size_t *count);

/* The process id of its parent; 0 when there is no such process. */
pid_t proc_parent(pid_t pid);

/* Ids of the processes that run and descend from ROOT. *COUNT becomes how many. The caller's to free. */
pid_t *proc_descendants(pid_t root, size_t *count);

/* Whether a process has a file mapped of which the path contains NAME. */
bool proc_has_mapped(pid_t pid, const char *name);

typedef struct proc_memory {
    uint64_t resident; /* now, bytes; what several processes share counts for each */
    uint64_t peak;     /* the most it ever was */
} proc_memory;

/* Zero of a process that has ended. */
proc_memory proc_memory_of(pid_t pid);

/* Whether a process is stopped, by SIGSTOP or a debugger. */
bool proc_is_stopped(pid_t pid);

/* Whether a process does not leave SIGNAL at its default: it catches it, or blocks it and so may wait for it, or ignores
 * it. */
bool proc_has_signal_changed(pid_t pid, int signal);

/* The name of a process: of its executable or script, cut off after 15 bytes; "" when there is no such process. */
#define PROC_NAME 16
char *proc_name(pid_t pid, char name[PROC_NAME]);

typedef struct proc_time {
    duration ran;    /* on a processor */
    duration waited; /* ready to run, and not run */
} proc_time;

/* Ids of the threads of a process of which the name begins with PREFIX. *COUNT becomes how many. The caller's to free. */
pid_t *proc_threads_named(pid_t pid, const char *prefix, size_t *count);

/* Of a thread, since it began. 0 where the system does not tell. */
proc_time proc_time_of_thread(pid_t pid, pid_t thread);

/* Of all threads of a process together, since they began. 0 where the system does not tell. */
proc_time proc_time_of(pid_t pid);

#endif
