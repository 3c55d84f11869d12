/* clipper_decode on any frames, in both directions, with any options.
 *
 * Input: options, frames (input.h). */
#include "check.h"
#include "input.h"
#include "reference.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* How many frames a message may have for all its prefixes to be tried. */
#define PREFIXES_TRIED 24

/* ---- The diagnosis ------------------------------------------------------------------------------------- */

static int is_one_of(clipper_error error, const clipper_error *list, size_t count) {
    while (count > 0 && list[count - 1] != error)
        count--;
    return count > 0;
}

/* The field can be in that frame. */
static int field_fits(clipper_direction direction, const clipper_diagnosis *d) {
    static const clipper_field inbound[] = {CLIPPER_FIELD_DELIMITER, CLIPPER_FIELD_VERSION,
                                            CLIPPER_FIELD_MESSAGE_TYPE};
    static const clipper_field outbound[] = {CLIPPER_FIELD_DELIMITER, CLIPPER_FIELD_MESSAGE_TYPE};
    int in = direction == CLIPPER_TO_CONTAINER;
    int in_metadata = d->field == CLIPPER_FIELD_METADATA || d->field == CLIPPER_FIELD_DATA_TYPE ||
                      d->field == CLIPPER_FIELD_ITEM_COUNT || d->field == CLIPPER_FIELD_ITEM_SIZE;
    if (d->field == CLIPPER_FIELD_NONE)
        return d->error == CLIPPER_EXTRA_FRAME || d->error == CLIPPER_EMPTY_MESSAGE ||
               d->error == CLIPPER_BAD_ERA;
    if (d->frame < (in ? 3 : 2))
        return d->field == (in ? inbound : outbound)[d->frame];
    if (d->field == CLIPPER_FIELD_ITEM)
        return d->frame == d->item + (in ? 7 : 5);
    if (d->field == CLIPPER_FIELD_FEEDBACK)
        return in && d->frame == d->item + 5;
    if (in_metadata)
        return d->frame == (in ? 6 : 4);
    switch (d->field) {
    case CLIPPER_FIELD_HEARTBEAT_TYPE:
        return in && d->frame == 3;
    case CLIPPER_FIELD_ID:
        return d->frame == (in ? 3 : 2);
    case CLIPPER_FIELD_REQUEST_TYPE:
        return in && d->frame == 4;
    case CLIPPER_FIELD_METADATA_LENGTH:
        return d->frame == (in ? 5 : 3);
    case CLIPPER_FIELD_NAME:
    case CLIPPER_FIELD_MODEL_VERSION:
    case CLIPPER_FIELD_INPUT_TYPE:
    case CLIPPER_FIELD_RPC_VERSION:
        return !in && d->frame == 2 + (size_t)(d->field - CLIPPER_FIELD_NAME);
    default:
        return 0;
    }
}

static int values_fit(const clipper_diagnosis *d) {
    if (d->error == CLIPPER_MESSAGE_TOO_LARGE && d->actual == UINT64_MAX)
        return 1; /* a sum that 64 bits cannot hold */
    switch (d->error) {
#define EXACT d->actual != d->expected
#define MOST  d->actual > d->expected
#define LEAST d->actual < d->expected
#define TIMES d->expected != 0 && (d->actual % d->expected != 0 || d->error == CLIPPER_METADATA_SIZE)
#define NONE  d->expected == 0 && d->actual == 0
#define CASE(number, NAME, name, relation, sentence)                                                         \
    case CLIPPER_##NAME:                                                                                     \
        return relation;
        CLIPPER_ERRORS(CASE)
#undef CASE
#undef EXACT
#undef MOST
#undef LEAST
#undef TIMES
#undef NONE
    case CLIPPER_ERROR_COUNT:
        break;
    }
    return 0;
}

/* The longest line a diagnosis can be is short, and a cut line is the beginning of the whole. */
static void check_text(const clipper_diagnosis *d, size_t cut) {
    char whole[CLIPPER_DIAGNOSIS_TEXT];
    size_t len = clipper_diagnosis_text(d, whole, sizeof whole);
    char *block = exact_block(cut);
    PROMISE("D-8", len < sizeof whole && whole[len] == '\0' && strlen(whole) == len,
            "a diagnosis is one line");
    PROMISE("D-8", clipper_diagnosis_text(d, block, cut) == len, "its length does not depend on the room");
    PROMISE("D-8", cut == 0 || block[len < cut ? len : cut - 1] == '\0', "a line ends with a NUL");
    PROMISE("D-8", cut == 0 || memcmp(block, whole, len < cut ? len : cut - 1) == 0, "a line is only cut");
    free(block);
}

static void check_diagnosis(const frames *all, clipper_direction direction, const clipper_diagnosis *d) {
    static const clipper_error others[] = {
        CLIPPER_OK,          CLIPPER_TOO_MANY_FRAMES, CLIPPER_FRAME_TOO_LARGE,
        CLIPPER_FLAT_FLAGS,  CLIPPER_FLAT_GREETING,   CLIPPER_FLAT_TRUNCATED,
        CLIPPER_BAD_MESSAGE, CLIPPER_BAD_WIRE,        CLIPPER_NO_SPACE};
    PROMISE("D-7", (unsigned)d->error < CLIPPER_ERROR_COUNT, "the error is one of the list");
    PROMISE("D-7", !is_one_of(d->error, others, sizeof others / sizeof *others), "the error is a decoder's");
    PROMISE("D-7", d->frame <= all->count, "the frame is in the message, or the one after it");
    if (d->frame == all->count)
        PROMISE("D-7", d->error == CLIPPER_TRUNCATED || all->count == 0,
                "only a missing frame is after the end");
    else
        PROMISE("D-7", d->offset == 0 || d->offset < all->list[d->frame].len, "the offset is in the frame");
    if (d->error == CLIPPER_TRUNCATED)
        PROMISE("D-7", d->frame == all->count && d->actual == all->count && d->expected > d->actual,
                "a message that is cut is wrong at its end");
    if (d->error == CLIPPER_EXTRA_FRAME)
        PROMISE("D-7", d->expected == d->frame && d->actual == d->frame + 1,
                "the extra frame is the first one");
    PROMISE("D-7", field_fits(direction, d), "the field is the one of that frame");
    PROMISE("D-7", values_fit(d), "expected and actual stand in the relation of the error");
    check_text(d, all->count % 100);
}

/* ---- The message --------------------------------------------------------------------------------------- */

static void check_against_reference(const frames *all, clipper_direction direction,
                                    const clipper_options *options, const clipper_message *message, int ok) {
    clipper_message expected;
    int accepted = reference_decode(direction, all->list, all->count, options, &expected);
    if (!accepted) {
        PROMISE("D-4", !ok, "only messages of the specification, within the limits, decode");
        return;
    }
    PROMISE("D-4", ok, "every message of the specification, within the limits, decodes");
    PROMISE("D-4", same_message(message, &expected), "the message means what the specification says");
    if (message->kind == CLIPPER_NEW_CONTAINER)
        PROMISE("D-5",
                message->as.new_container.name.base == all->list[2].base &&
                    message->as.new_container.model_version.base == all->list[3].base,
                "texts are views of the caller's frames");
}

static void check_borrowing(const frames *all, const clipper_message *message) {
    size_t count;
    const clipper_frame *items = items_of(message, &count);
    if (items)
        PROMISE("D-5", items == all->list + all->first_item && count == all->count - all->first_item,
                "the items are the end of the caller's frames");
}

/* ---- The same again, another way ----------------------------------------------------------------------- */

static void check_other_ways(const frames *all, clipper_direction direction, const clipper_options *options,
                             const clipper_message *message, clipper_error error) {
    clipper_frame *unreadable = frames_without_items(all);
    clipper_message again;
    memset(&again, 0x5a, sizeof again);
    PROMISE("G-2", clipper_decode(direction, unreadable, all->count, options, &again, NULL) == error,
            "the bytes of items do not matter");
    PROMISE("G-4", same_message(&again, message), "the result depends on nothing but the arguments");
    PROMISE("G-1", memcmp(unreadable, all->list, all->first_item * sizeof *unreadable) == 0,
            "the frame array is only read");
    free(unreadable);
}

/* A message that decodes: limits that it just keeps, and each of them one less, judged as the reference does.
 */
static void check_limits(const frames *all, clipper_direction direction, const clipper_options *options,
                         const clipper_message *message) {
    size_t count, i;
    const clipper_frame *items = items_of(message, &count);
    clipper_options tight = *options;
    clipper_message found;
    uint64_t *const each[] = {&tight.limits.items, &tight.limits.item_bytes, &tight.limits.total_bytes,
                              &tight.limits.text_bytes};
    memset(&tight.limits, 0, sizeof tight.limits);
    tight.limits.items = count;
    for (i = 0; i < count; i++) {
        tight.limits.total_bytes += items[i].len;
        if (items[i].len > tight.limits.item_bytes)
            tight.limits.item_bytes = items[i].len;
    }
    for (i = 2; i < 5 && message->kind == CLIPPER_NEW_CONTAINER; i++)
        if (all->list[i].len > tight.limits.text_bytes)
            tight.limits.text_bytes = all->list[i].len;
    PROMISE("D-4", clipper_decode(direction, all->list, all->count, &tight, &found, NULL) == CLIPPER_OK,
            "limits that are just kept are kept");
    for (i = 0; i < sizeof each / sizeof *each; i++) {
        if (*each[i] == 0)
            continue;
        --*each[i];
        check_against_reference(all, direction, &tight, &found,
                                clipper_decode(direction, all->list, all->count, &tight, &found, NULL) ==
                                    CLIPPER_OK);
        ++*each[i];
    }
}

/* Which of the messages that are a prefix of another one this can be: of the other wire, or feedback. */
static int prefix_is_whole(const clipper_message *whole, const clipper_message *prefix) {
    return whole->kind == prefix->kind &&
           (whole->kind == CLIPPER_FEEDBACK_REQUEST ||
            (whole->wire == CLIPPER_WIRE_RELEASE && prefix->wire == CLIPPER_WIRE_DOCUMENT));
}

static void check_prefixes(const frames *all, clipper_direction direction, const clipper_options *options,
                           const clipper_message *message) {
    for (size_t count = 0; count < all->count && all->count <= PREFIXES_TRIED; count++) {
        clipper_frame *cut = (clipper_frame *)(void *)exact_copy(all->list, count * sizeof *cut);
        clipper_message shorter;
        clipper_diagnosis diagnosis;
        clipper_error error = clipper_decode(direction, cut, count, options, &shorter, &diagnosis);
        if (error == CLIPPER_OK)
            PROMISE("D-9", prefix_is_whole(message, &shorter), "a prefix of a message is none");
        else
            PROMISE("D-9",
                    error == (count == 0 ? CLIPPER_EMPTY_MESSAGE : CLIPPER_TRUNCATED) &&
                        diagnosis.frame == count,
                    "a prefix of a message is wrong at its end");
        free(cut);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input in = {data, size};
    unsigned flags = input_octet(&in);
    clipper_direction direction = flags & OPTION_TO_CLIPPER ? CLIPPER_TO_CLIPPER : CLIPPER_TO_CONTAINER;
    clipper_options chosen;
    const clipper_options *options = input_options(&in, flags, &chosen);
    frames all = input_frames(&in, direction, flags);
    clipper_message message;
    clipper_diagnosis diagnosis;
    clipper_error error;
    judging(direction, all.list, all.count);
    memset(&message, 0xa5, sizeof message);
    memset(&diagnosis, 0xa5, sizeof diagnosis);
    error = clipper_decode(direction, all.list, all.count, options, &message, &diagnosis);
    PROMISE("D-1", diagnosis.error == error, "the diagnosis has the error that is returned");
    check_against_reference(&all, direction, &chosen, &message, error == CLIPPER_OK);
    if (error == CLIPPER_OK) {
        PROMISE("D-1", all_zero(&diagnosis, sizeof diagnosis), "on success the diagnosis is zero");
        check_borrowing(&all, &message);
        check_limits(&all, direction, &chosen, &message);
        check_prefixes(&all, direction, options, &message);
    } else {
        PROMISE("D-1", all_zero(&message, sizeof message), "on failure the message is zero");
        check_diagnosis(&all, direction, &diagnosis);
    }
    if (chosen.era == CLIPPER_ERA_V3 && direction == CLIPPER_TO_CONTAINER && all.count >= 2 &&
        all.list[0].len == 0 && all.list[1].len == 4 && clipper_load_u32(all.list[1].base) != 3)
        PROMISE("D-10", error == CLIPPER_VERSION_MISMATCH, "another version is found before all else");
    check_other_ways(&all, direction, options, &message, error);
    frames_free(&all);
    return 0;
}
