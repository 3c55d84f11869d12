/* A wall clock of the container's own, by libfaketime. */
#include "conversation_parts.h"

#include "faketime.h"
#include "heap.h"

#include <errno.h>

/* Says what the clock is to show, as libfaketime reads it: an offset from the true time. */
static void write_clock(conversation *c, const char *offset) {
    FILE *file = fopen(c->clock_file, "we");
    bool good = file != NULL && fprintf(file, "%s\n", offset) > 0;
    if (file != NULL && fclose(file) != 0)
        good = false;
    if (!good)
        kit_error(c, heap_format("cannot write %s: %s", c->clock_file, strerror(errno)));
}

void own_wall_clock(conversation *c) {
    char *library = faketime_library(), *change;
    int descriptor;
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
    c->clock_file = heap_text("/tmp/mockclipper-clock-XXXXXX");
    descriptor = mkstemp(c->clock_file);
    if (descriptor >= 0)
        close(descriptor);
    write_clock(c, "+0");
    change = heap_format("LD_PRELOAD=%s", library);
    set_variable(c, change);
    free(change);
    change = heap_format("FAKETIME_TIMESTAMP_FILE=%s", c->clock_file);
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
