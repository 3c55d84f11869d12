/* What the tests of the eras before version 3 share. */
#ifndef CODEC_TEST_SUPPORT_ERAS_H
#define CODEC_TEST_SUPPORT_ERAS_H

#include "support.h"

#include "clipper/eras.h"

/* Decodes B whole and one frame at a time, with exactly the room that is needed, and checks that the two agree, and that
 * every smaller room is refused with the right need. The items' array is *ITEMS, to be freed. */
clipper_error decode_era(clipper_direction direction, const block *b, const clipper_options *options,
                         clipper_frame **items, clipper_message *message, clipper_diagnosis *diagnosis);

/* Encodes MESSAGE for ERA into exactly as much storage as it needs and checks that it gives FRAMES, and that every smaller
 * storage is refused with the right need. */
void assert_era_encodes_to(const clipper_message *message, clipper_era era, const clipper_frame *frames,
                           size_t count);

/* The default options for ERA. */
static inline clipper_options era_options(clipper_era era) {
    clipper_options options = clipper_default_options();
    options.era = era;
    return options;
}

#endif
