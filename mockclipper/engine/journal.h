/* The journal of a conversation: every message in both directions, and what happened between them, in order
 * and timed. Bounded: of a long conversation the beginning and the end are kept, and of every message the
 * first frames and their first bytes. */
#ifndef MOCKCLIPPER_ENGINE_JOURNAL_H
#define MOCKCLIPPER_ENGINE_JOURNAL_H

#include "base/clock.h"

#include <clipper/codec.h>

#define JOURNAL_BEGINNING 128 /* entries kept from the beginning */
#define JOURNAL_END       256 /* and from the end */
#define JOURNAL_FRAMES    16  /* frames kept of a message */
#define JOURNAL_BYTES     128 /* bytes kept of a frame */

typedef enum journal_what {
    JOURNAL_SENT,     /* a message to the container */
    JOURNAL_RECEIVED, /* a message from the container */
    JOURNAL_NOTE      /* something else: a connection, a signal, an exit, a fault */
} journal_what;

typedef struct journal_frame {
    size_t len;  /* of the whole frame */
    size_t kept; /* bytes in BYTES */
    uint8_t *bytes;
} journal_frame;

typedef struct journal_entry {
    instant at;
    journal_what what;
    unsigned session; /* number, from 1; 0 where it belongs to none */
    char *line;       /* what it was, in words */
    size_t frame_count;
    size_t kept_frames;
    journal_frame *frames; /* kept_frames of them */
} journal_entry;

typedef struct journal journal;

journal *journal_new(void);
void journal_destroy(journal **self_p);

/* Calls LISTENER with CONTEXT for each entry as it is added. */
typedef void journal_listener(void *context, const journal *self, const journal_entry *entry);
void journal_listen(journal *self, journal_listener *listener, void *context);

/* Adds a message of COUNT frames that went in DIRECTION. CONTENT and DIAGNOSIS: what the codec made of it. */
void journal_message(journal *self, instant at, unsigned session, const clipper_frame *frames, size_t count,
                     clipper_direction direction, const clipper_message *content,
                     const clipper_diagnosis *diagnosis);

/* Adds a note, of now; or of another moment. */
void journal_note_at(journal *self, instant at, unsigned session, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void journal_note(journal *self, unsigned session, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* How many entries are kept, and the one of that index, oldest first. */
size_t journal_size(const journal *self);
const journal_entry *journal_at(const journal *self, size_t index);

/* How many entries are missing just before the one of that index: 0 but at the seam of beginning and end. */
size_t journal_missing_before(const journal *self, size_t index);

/* When the journal was begun: what entries are timed against. */
instant journal_begun(const journal *self);

#endif
