#include "lines/line_era.h"

#include <clipper/eras.h>

#include <stdio.h>

const char *const line_era_names[LINE_ERA_COUNT + 1] = {"3", "C", "D", "E", "F", "any"};

clipper_error line_era_decode(json_reading *reading, const line_frames *frames,
                              const clipper_options *options, clipper_message *message,
                              clipper_diagnosis *diagnosis) {
    clipper_item_room room = {0};
    clipper_error error;
    if (options->era == CLIPPER_ERA_V3)
        return clipper_decode(frames->direction, frames->frames, frames->count, options, message, diagnosis);
    error = clipper_era_decode(frames->direction, frames->frames, frames->count, options, &room, message,
                               diagnosis);
    if (error != CLIPPER_NO_SPACE)
        return error;
    room.capacity = room.needed;
    room.items = json_reading_alloc(reading, room.capacity * sizeof *room.items);
    return clipper_era_decode(frames->direction, frames->frames, frames->count, options, &room, message,
                              diagnosis);
}

clipper_error line_era_decode_any(json_reading *reading, const line_frames *frames, clipper_options options,
                                  clipper_message *message, clipper_diagnosis *diagnosis, clipper_era *era,
                                  unsigned *fitting) {
    static const clipper_era order[] = {CLIPPER_ERA_V3, CLIPPER_ERA_F, CLIPPER_ERA_E, CLIPPER_ERA_D,
                                        CLIPPER_ERA_C};
    *fitting = 0;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        clipper_message found;
        clipper_diagnosis wrong;
        options.era = order[i];
        if (line_era_decode(reading, frames, &options, &found, &wrong) == CLIPPER_OK) {
            if (found.kind == CLIPPER_FEEDBACK_REQUEST && order[i] != CLIPPER_ERA_V3)
                continue; /* nobody ever sent one, and much would look like it */
            if (*fitting == 0) {
                *message = found;
                *diagnosis = wrong;
                *era = order[i];
            }
            *fitting |= 1u << order[i];
        } else if (*fitting == 0 && (i == 0 || wrong.frame > diagnosis->frame)) {
            *diagnosis = wrong;
            *era = order[i];
        }
    }
    return diagnosis->error;
}

/* ---- Hints -------------------------------------------------------------------------------------------- */

static const char *kind_in_words(clipper_kind kind) {
    switch (kind) {
    case CLIPPER_HEARTBEAT:
        return "a heartbeat";
    case CLIPPER_NEW_CONTAINER:
        return "a new container";
    case CLIPPER_PREDICTION_REQUEST:
        return "a prediction request";
    default:
        return "a prediction response";
    }
}

/* The kind of a message that ERA could have sent. Where there is no room for items, it is a prediction. */
static clipper_kind kind_in(clipper_era era, const line_frames *frames, clipper_options options) {
    clipper_item_room none = {0};
    clipper_message message;
    options.era = era;
    if (clipper_era_decode(frames->direction, frames->frames, frames->count, &options, &none, &message,
                           NULL) == CLIPPER_OK)
        return message.kind;
    return frames->direction == CLIPPER_TO_CONTAINER ? CLIPPER_PREDICTION_REQUEST
                                                     : CLIPPER_PREDICTION_RESPONSE;
}

bool line_era_hint(const line_frames *frames, const clipper_options *options, char hint[LINE_ERA_HINT]) {
    /* The best known first. */
    static const struct {
        unsigned sender;
        clipper_era era;
        const char *whose;
    } eras[] = {{CLIPPER_SENT_BY_F, CLIPPER_ERA_F, "Clipper 0.1 to 0.2"},
                {CLIPPER_SENT_BY_C, CLIPPER_ERA_C, "the guides of 2016"},
                {CLIPPER_SENT_BY_D, CLIPPER_ERA_D, "Clipper's sources of March 2017"},
                {CLIPPER_SENT_BY_E, CLIPPER_ERA_E, "Clipper's sources of April 2017"}};
    unsigned senders = clipper_recognise(frames->direction, frames->frames, frames->count, options, 0);
    for (size_t i = 0; i < sizeof eras / sizeof *eras; i++)
        if (senders & eras[i].sender) {
            snprintf(hint, LINE_ERA_HINT, "it is %s of %s, which have no version tag (--era %s)",
                     kind_in_words(kind_in(eras[i].era, frames, *options)), eras[i].whose,
                     line_era_names[eras[i].era]);
            return true;
        }
    return false;
}
