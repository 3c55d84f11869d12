#include "process/faketime.h"

#include "base/heap.h"
#include "process/proc.h"

#include <glob.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
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

bool faketime_is_loaded(pid_t group) {
    size_t count;
    pid_t *members = proc_group(group, &count);
    bool found = false;
    for (size_t i = 0; i < count && !found; i++)
        found = proc_has_mapped(members[i], "libfaketime");
    free(members);
    return found;
}

void faketime_clean_up(pid_t pid) {
    char name[64];
    snprintf(name, sizeof name, "/faketime_shm_%d", (int)pid);
    shm_unlink(name);
    snprintf(name, sizeof name, "/faketime_sem_%d", (int)pid);
    sem_unlink(name);
}
