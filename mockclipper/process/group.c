#include "process/group.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The process group of process PID; 0 when there is no such process. */
static pid_t group_of(const char *pid) {
    char path[300], text[512], *end;
    int group = 0;
    size_t len;
    FILE *file;
    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    file = fopen(path, "re");
    if (file == NULL)
        return 0;
    len = fread(text, 1, sizeof text - 1, file);
    text[len] = '\0';
    fclose(file);
    /* The name, in parentheses, may have blanks and parentheses of its own. */
    end = strrchr(text, ')');
    return end != NULL && sscanf(end, ") %*c %*d %d", &group) == 1 ? group : 0;
}

size_t group_members(pid_t group, pid_t members[GROUP_MEMBERS_MAX]) {
    size_t count = 0;
    DIR *processes = opendir("/proc");
    struct dirent *entry;
    while (processes != NULL && count < GROUP_MEMBERS_MAX && (entry = readdir(processes)) != NULL) {
        if (isdigit((unsigned char)entry->d_name[0]) && group_of(entry->d_name) == group)
            members[count++] = (pid_t)atoi(entry->d_name);
    }
    if (processes != NULL)
        closedir(processes);
    return count;
}
