/* The protocols before version 3 in `mockclipper decode` and `encode`. */
#ifndef MOCKCLIPPER_LINES_LINE_ERA_H
#define MOCKCLIPPER_LINES_LINE_ERA_H

#include "lines/json_read.h"

#include <clipper/codec.h>

/* What --era says: an index of LINE_ERA_NAMES, which begins with the values of clipper_era. */
enum {
    LINE_ERA_ANY = CLIPPER_ERA_F + 1,
    LINE_ERA_COUNT
};
extern const char *const line_era_names[LINE_ERA_COUNT + 1];

/* Bytes of any hint below. */
#define LINE_ERA_HINT 128

/* The frames of one message. */
typedef struct line_frames {
    clipper_direction direction;
    const clipper_frame *frames;
    size_t count;
} line_frames;

/* Decodes in options->era, whichever it is; room for items is memory of READING. */
clipper_error line_era_decode(json_reading *reading, const line_frames *frames,
                              const clipper_options *options, clipper_message *message,
                              clipper_diagnosis *diagnosis);

/* Decodes in the latest era that fits: *FITTING has a bit 1 << era for each that does. Feedback is looked for in version 3
 * only. When none does, the diagnosis is that of the era that got furthest, and *ERA is that era. */
clipper_error line_era_decode_any(json_reading *reading, const line_frames *frames, clipper_options options,
                                  clipper_message *message, clipper_diagnosis *diagnosis, clipper_era *era,
                                  unsigned *fitting);

/* Writes to HINT what earlier era explains frames that are no message of version 3. False when none does. */
bool line_era_hint(const line_frames *frames, const clipper_options *options, char hint[LINE_ERA_HINT]);

#endif
