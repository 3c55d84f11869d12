#include "engine/journal.h"

#include "base/heap.h"
#include "engine/describe.h"

#include <stdarg.h>
#include <stdlib.h>

struct journal {
    instant begun;
    size_t count; /* entries ever added */
    journal_listener *listener;
    void *listener_context;
    journal_entry beginning[JOURNAL_BEGINNING];
    journal_entry end[JOURNAL_END]; /* a ring */
};

journal *journal_new(void) {
    journal *self = heap_new(sizeof *self);
    self->begun = clock_now();
    return self;
}

static void clear_entry(journal_entry *entry) {
    for (size_t i = 0; i < entry->kept_frames; i++)
        free(entry->frames[i].bytes);
    free(entry->frames);
    free(entry->line);
    memset(entry, 0, sizeof *entry);
}

void journal_destroy(journal **self_p) {
    journal *self = *self_p;
    if (self == NULL)
        return;
    for (size_t i = 0; i < JOURNAL_BEGINNING; i++)
        clear_entry(&self->beginning[i]);
    for (size_t i = 0; i < JOURNAL_END; i++)
        clear_entry(&self->end[i]);
    free(self);
    *self_p = NULL;
}

static journal_entry *add(journal *self, instant at, journal_what what, unsigned session) {
    journal_entry *entry;
    if (self->count < JOURNAL_BEGINNING)
        entry = &self->beginning[self->count];
    else
        entry = &self->end[(self->count - JOURNAL_BEGINNING) % JOURNAL_END];
    self->count++;
    clear_entry(entry);
    entry->at = at;
    entry->what = what;
    entry->session = session;
    return entry;
}

void journal_listen(journal *self, journal_listener *listener, void *context) {
    self->listener = listener;
    self->listener_context = context;
}

static void tell(journal *self, const journal_entry *entry) {
    if (self->listener != NULL)
        self->listener(self->listener_context, self, entry);
}

static journal_frame keep_frame(clipper_frame frame) {
    journal_frame copy = {frame.len, frame.len < JOURNAL_BYTES ? frame.len : JOURNAL_BYTES, NULL};
    copy.bytes = heap_copy(frame.base, copy.kept);
    return copy;
}

void journal_message(journal *self, instant at, unsigned session, const clipper_frame *frames, size_t count,
                     clipper_direction direction, const clipper_message *content,
                     const clipper_diagnosis *diagnosis) {
    journal_what what = direction == CLIPPER_TO_CONTAINER ? JOURNAL_SENT : JOURNAL_RECEIVED;
    journal_entry *entry = add(self, at, what, session);
    entry->line = describe_message(content, diagnosis, count);
    entry->frame_count = count;
    entry->kept_frames = count < JOURNAL_FRAMES ? count : JOURNAL_FRAMES;
    entry->frames = heap_array(entry->kept_frames, sizeof *entry->frames);
    for (size_t i = 0; i < entry->kept_frames; i++)
        entry->frames[i] = keep_frame(frames[i]);
    tell(self, entry);
}

__attribute__((format(printf, 4, 0))) static void note(journal *self, instant at, unsigned session,
                                                       const char *format, va_list arguments) {
    journal_entry *entry = add(self, at, JOURNAL_NOTE, session);
    entry->line = heap_vformat(format, arguments);
    tell(self, entry);
}

void journal_note_at(journal *self, instant at, unsigned session, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    note(self, at, session, format, arguments);
    va_end(arguments);
}

void journal_note(journal *self, unsigned session, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    note(self, clock_now(), session, format, arguments);
    va_end(arguments);
}

size_t journal_size(const journal *self) {
    size_t most = JOURNAL_BEGINNING + JOURNAL_END;
    return self->count < most ? self->count : most;
}

size_t journal_missing_before(const journal *self, size_t index) {
    return index == JOURNAL_BEGINNING ? self->count - journal_size(self) : 0;
}

const journal_entry *journal_at(const journal *self, size_t index) {
    if (index < JOURNAL_BEGINNING)
        return &self->beginning[index];
    index += self->count - journal_size(self);
    return &self->end[(index - JOURNAL_BEGINNING) % JOURNAL_END];
}

instant journal_begun(const journal *self) {
    return self->begun;
}
