#include "process/faketime.h"

#include "base/heap.h"
#include "process/group.h"

#include <glob.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

char *faketime_library(void) {
    static const char *const places[] = {"/usr/lib/*/faketime/libfaketimeMT.so.1",
                                         "/usr/lib*/faketime/libfaketimeMT.so.1",
                                         "/usr/local/lib/faketime/libfaketimeMT.so.1"};
    const char *named = getenv("MOCKCLIPPER_FAKETIME");
    char *found = NULL;
    if (named != NULL)
        return access(named, R_OK) == 0 ? heap_text(named) : NULL;
    for (size_t i = 0; found == NULL && i < sizeof places / sizeof *places; i++) {
        glob_t matches;
        if (glob(places[i], 0, NULL, &matches) == 0) {
            found = heap_text(matches.gl_pathv[0]);
            globfree(&matches);
        }
    }
    return found;
}

static bool has_loaded(pid_t pid) {
    char path[64], *line = NULL;
    size_t capacity = 0;
    bool found = false;
    FILE *maps;
    snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
    maps = fopen(path, "re");
    while (maps != NULL && !found && getline(&line, &capacity, maps) >= 0)
        found = strstr(line, "libfaketime") != NULL;
    if (maps != NULL)
        fclose(maps);
    free(line);
    return found;
}

bool faketime_is_loaded(pid_t group) {
    pid_t members[GROUP_MEMBERS_MAX];
    size_t count = group_members(group, members);
    for (size_t i = 0; i < count; i++) {
        if (has_loaded(members[i]))
            return true;
    }
    return false;
}

void faketime_clean_up(pid_t pid) {
    char name[64];
    snprintf(name, sizeof name, "/faketime_shm_%d", (int)pid);
    shm_unlink(name);
    snprintf(name, sizeof name, "/faketime_sem_%d", (int)pid);
    sem_unlink(name);
}
