/* What the fuzz targets share in judging: the promises of codec/SECURITY.md, and comparisons. */
#ifndef FUZZ_CHECK_H
#define FUZZ_CHECK_H

#include <clipper/codec.h>

/* Ends the program with a message that names the promise ID of codec/SECURITY.md unless CONDITION holds. */
#define PROMISE(id, condition, text)                                                                         \
    ((condition) ? (void)0 : promise_broken((id), (text), #condition, __FILE__, __LINE__))

_Noreturn void promise_broken(const char *id, const char *text, const char *condition, const char *file,
                              int line);

/* The message that is being judged: shown when a promise turns out to be broken, as a line for
 * `mockclipper decode`. Borrowed. */
void judging(clipper_direction direction, const clipper_frame *frames, size_t count);

int all_zero(const void *bytes, size_t len);
int same_bytes(clipper_frame a, clipper_frame b);
/* All members are the same. */
int same_diagnosis(const clipper_diagnosis *a, const clipper_diagnosis *b);
/* Both say the same; of texts the bytes are compared, of items and feedback frames only the number. */
int same_message(const clipper_message *a, const clipper_message *b);

/* The items of a prediction, or the frames of a feedback request; none of another message. */
const clipper_frame *items_of(const clipper_message *message, size_t *count);

#endif
