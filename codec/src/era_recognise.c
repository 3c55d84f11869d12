/* Which eras and wires could have sent a message: those that decode it. */
#include "era.h"

static unsigned sent_by_v3(clipper_direction direction, const clipper_frame *frames, size_t count,
                           clipper_options options, size_t output_count) {
    clipper_message message;
    options.era = CLIPPER_ERA_V3;
    if (clipper_decode(direction, frames, count, &options, &message, NULL) != CLIPPER_OK)
        return 0;
    if (message.kind == CLIPPER_PREDICTION_RESPONSE && output_count != 0 &&
        message.as.response.item_count != output_count)
        return 0;
    return message.wire == CLIPPER_WIRE_DOCUMENT  ? CLIPPER_SENT_BY_V3_DOCUMENT
           : message.wire == CLIPPER_WIRE_RELEASE ? CLIPPER_SENT_BY_V3_RELEASE
                                                  : CLIPPER_SENT_BY_V3_DOCUMENT | CLIPPER_SENT_BY_V3_RELEASE;
}

/* Could ERA have sent it? There is no room for items, which is found out last: they are only counted. */
static int sent_by_era(clipper_era era, clipper_direction direction, const clipper_frame *frames,
                       size_t count, clipper_options options, size_t output_count) {
    clipper_item_room none = {NULL, 0, 0};
    clipper_message message;
    clipper_error error;
    options.era = era;
    error = clipper_era_decode(direction, frames, count, &options, &none, &message, NULL);
    if (error == CLIPPER_NO_SPACE)
        return direction == CLIPPER_TO_CONTAINER || output_count == 0 || none.needed == output_count;
    return error == CLIPPER_OK && message.kind != CLIPPER_FEEDBACK_REQUEST;
}

unsigned clipper_recognise(clipper_direction direction, const clipper_frame *frames, size_t count,
                           const clipper_options *options, size_t output_count) {
    static const struct {
        clipper_era era;
        unsigned bit;
    } eras[] = {{CLIPPER_ERA_C, CLIPPER_SENT_BY_C},
                {CLIPPER_ERA_D, CLIPPER_SENT_BY_D},
                {CLIPPER_ERA_E, CLIPPER_SENT_BY_E},
                {CLIPPER_ERA_F, CLIPPER_SENT_BY_F}};
    clipper_options chosen = options ? *options : clipper_default_options();
    unsigned senders = sent_by_v3(direction, frames, count, chosen, output_count);
    size_t i;
    for (i = 0; i < sizeof eras / sizeof eras[0]; i++)
        if (sent_by_era(eras[i].era, direction, frames, count, chosen, output_count))
            senders |= eras[i].bit;
    return senders;
}
