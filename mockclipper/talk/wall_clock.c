/* A wall clock of the container's own, by libfaketime. */
#include "talk/talk_parts.h"

#include "base/heap.h"
#include "process/faketime.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

/* Says what the clock is to show, as libfaketime reads it: an offset from the true time. The memory is a file to
 * libfaketime, and is gone with this process, however that ends. */
static void write_clock(talk *t, const char *offset) {
    char line[32];
    int length = snprintf(line, sizeof line, "%s\n", offset);
    if (t->clock_memory < 0 || ftruncate(t->clock_memory, length) != 0 ||
        pwrite(t->clock_memory, line, (size_t)length, 0) != length)
        talk_kit_error(t, heap_format("cannot write the container's wall clock: %s", strerror(errno)));
}

void talk_own_wall_clock(talk *t) {
    char *library = faketime_library(), *change;
    talk_need_own_process(t);
    if (t->parameters->faketime_library != NULL)
        talk_skip(t, "with --accelerate the container's clock is not its own already");
    if (t->over) {
        free(library);
        return;
    }
    if (library == NULL) {
        talk_skip(t, "libfaketime is not on this machine (Debian: faketime)");
        return;
    }
    t->clock_memory = memfd_create("wall-clock", MFD_CLOEXEC);
    write_clock(t, "+0");
    change = heap_format("LD_PRELOAD=%s", library);
    talk_set_variable(t, change);
    free(change);
    change = heap_format("FAKETIME_TIMESTAMP_FILE=/proc/%d/fd/%d", (int)getpid(), t->clock_memory);
    talk_set_variable(t, change);
    free(change);
    talk_set_variable(t, "FAKETIME_NO_CACHE=1");
    talk_set_variable(t, "FAKETIME_DONT_FAKE_MONOTONIC=1");
    talk_set_variable(t, "DONT_FAKE_MONOTONIC=1");
    /* Otherwise a timed wait by the true clock, as a JVM's are, ends at once, again and again. */
    talk_set_variable(t, "FAKETIME_FORCE_MONOTONIC_FIX=0");
    free(library);
}

void talk_step_wall_clock(talk *t, duration step) {
    char offset[32];
    if (t->over)
        return;
    if (!faketime_is_loaded(process_pid(t->process))) {
        talk_skip(t, "libfaketime did not get into the container's process");
        return;
    }
    snprintf(offset, sizeof offset, "%+.3f", (double)step / SECOND);
    write_clock(t, offset);
    journal_note(t->outcome->journal, 0, "the container's wall clock is put %s s from the true time", offset);
}
