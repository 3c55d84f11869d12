/* The processes of a process group. */
#ifndef MOCKCLIPPER_PROCESS_GROUP_H
#define MOCKCLIPPER_PROCESS_GROUP_H

#include <stddef.h>
#include <sys/types.h>

#define GROUP_MEMBERS_MAX 32

/* Fills MEMBERS with the ids of the first processes of the group; returns how many. */
size_t group_members(pid_t group, pid_t members[GROUP_MEMBERS_MAX]);

#endif
