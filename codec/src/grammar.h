/* The states of the grammar, and what grammar.c and readings.c share. */
#ifndef CLIPPER_CODEC_GRAMMAR_H
#define CLIPPER_CODEC_GRAMMAR_H

#include "wire.h"

/* Which frame comes next. */
enum decoder_state {
    AT_DELIMITER,
    AT_VERSION,
    AT_MESSAGE_TYPE,
    AT_HEARTBEAT_TYPE,
    AT_NAME,
    AT_MODEL_VERSION,
    AT_INPUT_TYPE,
    AT_RPC_VERSION,
    AT_ID,
    AT_REQUEST_TYPE,
    AT_METADATA_LENGTH,
    AT_METADATA,
    AT_ITEM,
    AT_FEEDBACK,
    AT_END,
    FAILED
};

/* Readings of the metadata, as bits. */
enum {
    TYPED = 1,  /* {type, n, sizes}: requests, and responses as the document has them */
    UNTYPED = 2 /* {n, sizes}: responses as released Clipper has them */
};

/* The diagnosis is filled: the decoder fails, and so does every later frame. */
static inline clipper_event stay_failed(clipper_decoder *d) {
    clear_message(&d->message);
    d->state_ = FAILED;
    return CLIPPER_EVENT_ERROR;
}

/* FIELD of frame FRAME is wrong: fills the diagnosis and fails. */
static inline clipper_event fail_at(clipper_decoder *d, clipper_error error, clipper_field field,
                                    size_t frame, uint64_t expected, uint64_t actual) {
    (void)clipper_diagnose_(&d->diagnosis, error, field, frame, expected, actual);
    return stay_failed(d);
}

/* ---- What readings.c does for grammar.c ---------------------------------------------------------------- */

/* Takes the metadata frame. */
CLIPPER_INTERNAL clipper_event clipper_take_metadata_(clipper_decoder *d, clipper_frame frame, int more);

/* The metadata (LAST is NULL), or item frame LAST, was taken: strikes out the readings that do not fit. */
CLIPPER_INTERNAL clipper_event clipper_settle_readings_(clipper_decoder *d, const clipper_frame *last,
                                                        int more);

#endif
