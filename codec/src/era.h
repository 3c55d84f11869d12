/* What the files of the eras before version 3 share. Version 3's files include nothing of it. */
#ifndef CLIPPER_CODEC_ERA_H
#define CLIPPER_CODEC_ERA_H

#include "clipper/eras.h"
#include "wire.h"

/* Bytes in a word of the input header, in an id, in a float. */
#define ERA_WORD 4u

/* Words of the input header before the ends: {type, n}. */
#define ERA_HEAD_WORDS 2u

static inline int era_is_one(clipper_era era) {
    return (unsigned)era - CLIPPER_ERA_C <= CLIPPER_ERA_F - CLIPPER_ERA_C;
}

/* Do its messages begin with a message type? Those of C and D do not. */
static inline int era_is_typed(clipper_era era) {
    return era >= CLIPPER_ERA_E;
}

/* Do lengths stand before the input header and the content? */
static inline int era_has_lengths(clipper_era era) {
    return era >= CLIPPER_ERA_D;
}

static inline uint32_t era_word(const uint8_t *words, size_t index) {
    return clipper_load_u32(words + ERA_WORD * index);
}

/* Fills DECODER's diagnosis. The caller decides whether this ends the message. */
static inline void era_diagnose(clipper_era_decoder *d, clipper_error error, clipper_field field,
                                size_t frame, uint64_t expected, uint64_t actual) {
    (void)clipper_diagnose_(&d->diagnosis, error, field, frame, expected, actual);
}

/* The same of item ITEM, at byte OFFSET of the current frame. Returns ERROR. */
static inline clipper_error era_diagnose_item(clipper_era_decoder *d, clipper_error error,
                                              clipper_field field, size_t item, size_t offset,
                                              uint64_t expected, uint64_t actual) {
    era_diagnose(d, error, field, d->frame_, expected, actual);
    d->diagnosis.item = item;
    d->diagnosis.offset = offset;
    return error;
}

/* ---- What era_content.c does for era_decode.c ------------------------------------------------------------ */

/* Checks the input header in FRAME, the current frame, and fills the request's type and count. */
CLIPPER_INTERNAL clipper_error clipper_era_check_header_(clipper_era_decoder *d, clipper_frame frame);

/* Splits the content of a request, whose input header is d->held_, into ROOM. */
CLIPPER_INTERNAL clipper_error clipper_era_split_request_(clipper_era_decoder *d, clipper_frame content,
                                                          clipper_item_room *room);

/* Splits the content of a response into ROOM. */
CLIPPER_INTERNAL clipper_error clipper_era_split_response_(clipper_era_decoder *d, clipper_frame content,
                                                           clipper_item_room *room);

/* ---- What era_encode.c does for era_translate.c ---------------------------------------------------------- */

/* Can ERA say this batch of a request (or else of a response)? Fills WRONG where not; otherwise *BYTES is the
 * length of all items, with their NULs. */
CLIPPER_INTERNAL clipper_error clipper_era_check_batch_(const clipper_prediction *batch, clipper_era era,
                                                        int request, clipper_diagnosis *wrong,
                                                        uint64_t *bytes);

#endif
