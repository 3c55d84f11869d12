/* clipper_decoder_push, message after message through one decoder: it must find what clipper_decode finds.
 *
 * Input: options, then frames of one message after another (input.h), each ended by FRAMES_END. */
#include "check.h"
#include "input.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whether the frame at INDEX must stay readable until the message is done: the metadata and the texts must.
 */
static int must_stay(const frames *all, clipper_direction direction, size_t index) {
    if (direction == CLIPPER_TO_CONTAINER)
        return index == 6;
    return index == 4 ||
           ((index == 2 || index == 3) && all->list[1].len == 4 && clipper_load_u32(all->list[1].base) == 0);
}

/* Pushes frame INDEX. A frame that need not stay is a copy that is gone right after. */
static clipper_event push(clipper_decoder *decoder, const frames *all, clipper_direction direction,
                          size_t index) {
    clipper_frame frame = all->list[index];
    int more = index + 1 < all->count;
    clipper_event event;
    uint8_t *copy;
    if (index >= all->first_item || must_stay(all, direction, index)) {
        if (index >= all->first_item)
            frame.base = UNREADABLE;
        return clipper_decoder_push(decoder, frame, more);
    }
    copy = exact_copy(frame.base, frame.len);
    frame.base = copy;
    event = clipper_decoder_push(decoder, frame, more);
    memset(copy, 0xa5, frame.len);
    free(copy);
    return event;
}

/* EVENT may follow BEFORE; MORE frames follow. */
static int in_order(clipper_event before, clipper_event event, int more) {
    if (event == CLIPPER_EVENT_ERROR)
        return 1;
    if (!more)
        return event == CLIPPER_EVENT_DONE;
    if (before == CLIPPER_EVENT_MORE)
        return event == CLIPPER_EVENT_MORE || event == CLIPPER_EVENT_HEADER;
    return event == CLIPPER_EVENT_ITEM;
}

/* After the header: sizes are promised. */
static void check_sizes(const clipper_decoder *decoder, const frames *all, size_t index, int accepted) {
    const clipper_message *m = &decoder->message;
    size_t count = m->as.request.item_count, rest = all->count - index - 1;
    int exact = m->kind == CLIPPER_PREDICTION_REQUEST || m->wire != CLIPPER_WIRE_ANY;
    if (m->kind == CLIPPER_FEEDBACK_REQUEST)
        return;
    PROMISE("D-6", m->kind == CLIPPER_PREDICTION_REQUEST || m->kind == CLIPPER_PREDICTION_RESPONSE,
            "only predictions and feedback requests have a header event");
    PROMISE("D-6",
            clipper_decoder_item_size(decoder, count) == 0 &&
                clipper_decoder_item_size(decoder, SIZE_MAX) == 0,
            "an item that is none has no size");
    if (!accepted)
        return;
    PROMISE("D-6", exact ? count == rest : count >= rest, "the header tells the number of items");
    for (size_t i = 0; i < rest; i++) {
        uint64_t told = clipper_decoder_item_size(decoder, i), len = all->list[index + 1 + i].len;
        PROMISE("D-6", exact ? told == len : told >= len, "the header tells the size of each item");
    }
}

/* Pushes a whole message and compares with what clipper_decode makes of it. Returns 0 after an error. */
static int one_message(clipper_decoder *decoder, const frames *all, clipper_direction direction,
                       const clipper_options *options) {
    clipper_event event = CLIPPER_EVENT_MORE, before;
    clipper_message message;
    clipper_diagnosis diagnosis;
    clipper_error error = clipper_decode(direction, all->list, all->count, options, &message, &diagnosis);
    for (size_t i = 0; i < all->count && event != CLIPPER_EVENT_ERROR; i++) {
        before = event;
        event = push(decoder, all, direction, i);
        PROMISE("D-6", in_order(before, event, i + 1 < all->count), "the events come in their order");
        if (event == CLIPPER_EVENT_HEADER)
            check_sizes(decoder, all, i, error == CLIPPER_OK);
        if (event == CLIPPER_EVENT_ERROR)
            PROMISE("D-3", diagnosis.frame == i || diagnosis.frame == i + 1, "an error is found at once");
    }
    PROMISE("D-2", decoder->diagnosis.error == error, "whole and by frame find the same error");
    PROMISE("D-2", same_diagnosis(&decoder->diagnosis, &diagnosis),
            "whole and by frame have the same diagnosis");
    PROMISE("D-2", same_message(&decoder->message, &message), "whole and by frame find the same message");
    PROMISE("D-2", (event == CLIPPER_EVENT_ERROR) == (error != CLIPPER_OK), "an error is an event");
    if (error == CLIPPER_OK) {
        size_t count;
        PROMISE("D-2", items_of(&decoder->message, &count) == NULL, "by frame there are no items to view");
        return 1;
    }
    PROMISE("D-1", all_zero(&decoder->message, sizeof decoder->message), "on failure the message is zero");
    PROMISE("D-3",
            clipper_decoder_push(decoder, (clipper_frame){UNREADABLE, SIZE_MAX}, 1) == CLIPPER_EVENT_ERROR &&
                same_diagnosis(&decoder->diagnosis, &diagnosis),
            "an error stays");
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input in = {data, size};
    unsigned flags = input_octet(&in);
    clipper_direction direction = flags & OPTION_TO_CLIPPER ? CLIPPER_TO_CLIPPER : CLIPPER_TO_CONTAINER;
    clipper_options chosen;
    const clipper_options *options = input_options(&in, flags, &chosen);
    clipper_decoder *decoder = exact_block(sizeof *decoder);
    int well = 1;
    clipper_decoder_init(decoder, direction, options);
    while (well && in.left != 0) {
        frames all = input_frames(&in, direction, flags);
        judging(direction, all.list, all.count);
        if (all.count != 0)
            well = one_message(decoder, &all, direction, options);
        frames_free(&all);
    }
    free(decoder);
    return 0;
}
