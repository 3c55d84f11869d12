/* The numbers of the wire, and what the codec's files share. */
#ifndef CLIPPER_CODEC_WIRE_H
#define CLIPPER_CODEC_WIRE_H

#include "clipper/codec.h"

/* Marks what one file of the codec offers to the others, and the library to nobody. */
#if defined(CLIPPER_ONE_FILE)
#define CLIPPER_INTERNAL static
#elif defined(__GNUC__)
#define CLIPPER_INTERNAL __attribute__((visibility("hidden")))
#else
#define CLIPPER_INTERNAL
#endif

/* The message types of the wire. [doc: Message Types] */
enum {
    WIRE_NEW_CONTAINER = 0,
    WIRE_CONTENT = 1,
    WIRE_HEARTBEAT = 2,
    WIRE_MESSAGE_TYPE_MAX = 2
};

/* The request types of the wire. [doc: Serialization Formats; feedback's number from the 2016 documents] */
enum {
    WIRE_PREDICTION = 0,
    WIRE_FEEDBACK = 1,
    WIRE_REQUEST_TYPE_MAX = 1
};

/* Words of the metadata before the sizes: {type, n} as the document has it, {n} in a released response. */
enum {
    TYPED_WORDS = 2,
    UNTYPED_WORDS = 1
};

/* Frames before the items. */
enum {
    REQUEST_HEAD = 7,
    RESPONSE_HEAD = 5,
    FEEDBACK_HEAD = 5
};

/* Bytes in a word of the metadata. */
#define WORD 8u

static inline uint64_t load_word(const uint8_t *words, size_t index) {
    return clipper_load_u64(words + WORD * index);
}

/* A function of its own: its registers stay out of its caller's way. */
#if defined(__GNUC__)
#define OUT_OF_LINE __attribute__((noinline))
#else
#define OUT_OF_LINE
#endif

static inline void clear_message(clipper_message *message) {
    memset(message, 0, sizeof *message);
}

static inline void clear_diagnosis(clipper_diagnosis *diagnosis) {
    memset(diagnosis, 0, sizeof *diagnosis);
}

/* Fills DIAGNOSIS (item and offset 0) and returns ERROR. */
CLIPPER_INTERNAL clipper_error clipper_diagnose_(clipper_diagnosis *diagnosis, clipper_error error,
                                                 clipper_field field, size_t frame, uint64_t expected,
                                                 uint64_t actual);

#endif
