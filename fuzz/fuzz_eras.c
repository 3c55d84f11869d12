/* The eras before version 3 on any frames: decoding, writing again, recognising, translating.
 *
 * Input: octet (the era), options, frames (octet for the length, then the bytes). */
#include "check.h"
#include "input.h"

#include <clipper/eras.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    MOST_FRAMES = 24
};

/* A message in exact blocks: every frame may be read, and nothing beyond it. */
typedef struct exact_frames {
    clipper_frame *list;
    size_t count;
} exact_frames;

static exact_frames read_frames(input *in) {
    exact_frames all = {exact_block(MOST_FRAMES * sizeof *all.list), 0};
    while (in->left > 0 && all.count < MOST_FRAMES) {
        clipper_frame bytes = input_bytes(in, input_octet(in));
        all.list[all.count++] = (clipper_frame){exact_copy(bytes.base, bytes.len), bytes.len};
    }
    return all;
}

static void free_frames(exact_frames *all) {
    for (size_t i = 0; i < all->count; i++)
        free((void *)(uintptr_t)all->list[i].base);
    free(all->list);
}

/* The same frames one at a time, with no room until it is asked for. */
static void check_by_frame(clipper_direction direction, const exact_frames *all,
                           const clipper_options *options, const clipper_message *message,
                           const clipper_diagnosis *diagnosis, size_t needed) {
    clipper_item_room room = {exact_block(needed * sizeof *room.items), needed, 0};
    clipper_era_decoder decoder;
    clipper_event event = CLIPPER_EVENT_MORE;
    clipper_era_decoder_init(&decoder, direction, options);
    for (size_t i = 0; i < all->count && event != CLIPPER_EVENT_ERROR; i++) {
        clipper_item_room none = {NULL, 0, 0};
        event = clipper_era_decoder_push(&decoder, all->list[i], i + 1 < all->count, &none);
        if (event == CLIPPER_EVENT_ERROR && decoder.diagnosis.error == CLIPPER_NO_SPACE)
            event = clipper_era_decoder_push(&decoder, all->list[i], i + 1 < all->count, &room);
    }
    if (all->count > 0) {
        PROMISE("A-1", same_diagnosis(&decoder.diagnosis, diagnosis),
                "whole and by frame give the same diagnosis");
        PROMISE("A-1", same_message(&decoder.message, message), "whole and by frame give the same message");
    }
    free(room.items);
}

/* What decodes is written again as it was, unless leniencies have lost something. */
static void check_written_again(clipper_era era, const exact_frames *all, const clipper_message *message) {
    clipper_storage storage = {NULL, 0, NULL, 0};
    clipper_encoded need, used;
    clipper_error error = clipper_era_encode(message, era, &storage, &need, NULL);
    PROMISE("A-2", error == CLIPPER_NO_SPACE && need.frames == all->count, "what decodes can be written");
    storage = (clipper_storage){exact_block(need.frames * sizeof *storage.frames), need.frames,
                                exact_block(need.scratch), need.scratch};
    PROMISE("A-2", clipper_era_encode(message, era, &storage, &used, NULL) == CLIPPER_OK,
            "the need is exact");
    for (size_t i = 0; i < all->count; i++)
        PROMISE("A-2",
                same_bytes(storage.frames[i], all->list[i]) ||
                    (message->leniencies &
                     (CLIPPER_LENIENCY_STRING_ENDS | CLIPPER_LENIENCY_INPUT_TYPE_TAIL)) != 0,
                "what decodes is written again byte for byte");
    free(storage.frames);
    free(storage.scratch);
}

/* To version 3 and back: what comes back is what was sent, but for leniencies. */
static void check_translation(clipper_era era, clipper_wire wire, const clipper_message *message) {
    clipper_translator there, back;
    clipper_message plain = *message, between, again;
    clipper_translator_init(&there, era, CLIPPER_ERA_V3, wire);
    clipper_translator_init(&back, CLIPPER_ERA_V3, era, wire);
    if (message->direction == CLIPPER_TO_CONTAINER) {
        clipper_translator swapped = there;
        there = back;
        back = swapped;
    }
    there.registered_ = back.registered_ = 1;
    plain.leniencies = 0;
    if (clipper_translate(&there, message, &between, NULL) != CLIPPER_OK) {
        PROMISE("A-4", between.kind == CLIPPER_NO_MESSAGE, "what is refused leaves nothing to be sent");
        return;
    }
    PROMISE("A-4", clipper_translate(&back, &between, &again, NULL) == CLIPPER_OK,
            "what was translated comes back");
    PROMISE("A-4", same_message(&again, &plain), "what was translated comes back as it was");
}

static void check_message(clipper_era era, const exact_frames *all, const clipper_message *message,
                          unsigned wire) {
    check_written_again(era, all, message);
    if (era >= CLIPPER_ERA_E)
        check_translation(era, wire ? CLIPPER_WIRE_RELEASE : CLIPPER_WIRE_DOCUMENT, message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const unsigned bits[] = {0, CLIPPER_SENT_BY_C, CLIPPER_SENT_BY_D, CLIPPER_SENT_BY_E,
                                    CLIPPER_SENT_BY_F};
    input in = {data, size};
    unsigned choice = input_octet(&in);
    clipper_era era = (clipper_era)(CLIPPER_ERA_C + choice % 4);
    unsigned flags = input_octet(&in) & (OPTION_TO_CLIPPER | OPTION_STRICT | OPTION_LIMITS);
    clipper_direction direction = flags & OPTION_TO_CLIPPER ? CLIPPER_TO_CLIPPER : CLIPPER_TO_CONTAINER;
    clipper_options options = clipper_default_options();
    clipper_item_room room = {NULL, 0, 0};
    clipper_diagnosis diagnosis;
    clipper_message message;
    exact_frames all;
    clipper_error error;
    size_t needed;
    int sent;
    (void)input_options(&in, flags, &options);
    options.era = era;
    all = read_frames(&in);
    judging(direction, all.list, all.count);
    error = clipper_era_decode(direction, all.list, all.count, &options, &room, &message, &diagnosis);
    needed = room.needed;
    room = (clipper_item_room){exact_block(needed * sizeof *room.items), needed, 0};
    if (error == CLIPPER_NO_SPACE)
        error = clipper_era_decode(direction, all.list, all.count, &options, &room, &message, &diagnosis);
    PROMISE("A-1", error == diagnosis.error && error != CLIPPER_NO_SPACE, "the need is exact");
    PROMISE("A-1",
            error == CLIPPER_OK ? all_zero(&diagnosis, sizeof diagnosis) : all_zero(&message, sizeof message),
            "either the message or the diagnosis is zero");
    PROMISE("A-1", diagnosis.frame <= all.count || error == CLIPPER_TRUNCATED, "the frame is in the message");
    check_by_frame(direction, &all, &options, &message, &diagnosis, needed);
    sent = error == CLIPPER_OK && message.kind != CLIPPER_FEEDBACK_REQUEST;
    PROMISE("A-3",
            ((clipper_recognise(direction, all.list, all.count, &options, 0) & bits[era]) != 0) == sent,
            "an era is recognised in exactly what it decodes");
    if (error == CLIPPER_OK)
        check_message(era, &all, &message, choice / 4 % 2);
    free(room.items);
    free_frames(&all);
    return 0;
}
