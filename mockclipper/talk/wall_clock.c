/* A wall clock of the container's own, by libfaketime. */
#include "talk/talk_parts.h"

#include "base/heap.h"
#include "process/faketime.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

/* Says what the clock is to show, as libfaketime reads it: an offset from the true time. The memory is a file to
 * libfaketime, and is gone with this process, however that ends. */
static void write_clock(conversation *c, const char *offset) {
    char line[32];
    int length = snprintf(line, sizeof line, "%s\n", offset);
    if (c->clock_memory < 0 || ftruncate(c->clock_memory, length) != 0 ||
        pwrite(c->clock_memory, line, (size_t)length, 0) != length)
        kit_error(c, heap_format("cannot write the container's wall clock: %s", strerror(errno)));
}

void own_wall_clock(conversation *c) {
    char *library = faketime_library(), *change;
    need_own_container(c);
    if (c->subject->faketime_library != NULL)
        skip(c, "with --accelerate the container's clock is not its own already");
    if (c->over) {
        free(library);
        return;
    }
    if (library == NULL) {
        skip(c, "libfaketime is not on this machine (Debian: faketime)");
        return;
    }
    c->clock_memory = memfd_create("wall-clock", MFD_CLOEXEC);
    write_clock(c, "+0");
    change = heap_format("LD_PRELOAD=%s", library);
    set_variable(c, change);
    free(change);
    change = heap_format("FAKETIME_TIMESTAMP_FILE=/proc/%d/fd/%d", (int)getpid(), c->clock_memory);
    set_variable(c, change);
    free(change);
    set_variable(c, "FAKETIME_NO_CACHE=1");
    set_variable(c, "FAKETIME_DONT_FAKE_MONOTONIC=1");
    set_variable(c, "DONT_FAKE_MONOTONIC=1");
    free(library);
}

void step_wall_clock(conversation *c, int hours) {
    char offset[32];
    if (c->over)
        return;
    if (!faketime_is_loaded(process_pid(c->process))) {
        skip(c, "libfaketime did not get into the container's process");
        return;
    }
    snprintf(offset, sizeof offset, "%+dh", hours);
    write_clock(c, offset);
    journal_note(c->outcome->journal, 0, "the container's wall clock is put %+d hours from the true time",
                 hours);
}
