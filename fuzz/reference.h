/* A second opinion: version 3's messages, recognised in the plainest way, from spec/clipper-rpc.md and not
 * from the codec. It says whether a message is one and what it means, not what is wrong with it. */
#ifndef FUZZ_REFERENCE_H
#define FUZZ_REFERENCE_H

#include <clipper/codec.h>

/* Not 0 when the COUNT frames are a message that goes in DIRECTION and that OPTIONS allow; MESSAGE is then
 * what clipper_decode must find. */
int reference_decode(clipper_direction direction, const clipper_frame *frames, size_t count,
                     const clipper_options *options, clipper_message *message);

#endif
