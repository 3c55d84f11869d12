/* What a container does with requests of which the metadata lies: it drops them whole and goes on. */
#include "scenarios/malformed.h"

/* ---- Lengths, counts and sizes ---------------------------------------------------------------------- */

/* A request with another metadata length field. */
static void with_length(talk *t, uint64_t length) {
    draft *spoiled = request_to_spoil(t);
    talk_register(t);
    draft_set_u64(spoiled, FRAME_METADATA_LENGTH, length);
    send_malformed(t, spoiled);
}

static void length_too_small(talk *t) {
    with_length(t, 32);
}

static void length_too_large(talk *t) {
    with_length(t, 48);
}

static void length_huge(talk *t) {
    with_length(t, UINT64_MAX);
}

/* A request with a metadata frame of LEN bytes, and a length field that says so. */
static void with_metadata_of(talk *t, size_t len) {
    draft *spoiled = request_to_spoil(t);
    talk_register(t);
    draft_resize(spoiled, FRAME_METADATA, len);
    draft_set_u64(spoiled, FRAME_METADATA_LENGTH, len);
    send_malformed(t, spoiled);
}

static void metadata_of_odd_length(talk *t) {
    with_metadata_of(t, 41);
}

static void metadata_of_one_word(talk *t) {
    with_metadata_of(t, 8);
}

static void metadata_empty(talk *t) {
    with_metadata_of(t, 0);
}

/* A request in which one word of the metadata is another. */
static void with_word(talk *t, size_t word, uint64_t value) {
    draft *spoiled = request_to_spoil(t);
    talk_register(t);
    draft_set_word(spoiled, word, value);
    send_malformed(t, spoiled);
}

static void count_too_small(talk *t) {
    with_word(t, WORD_ITEM_COUNT, 2);
}

static void count_too_large(talk *t) {
    with_word(t, WORD_ITEM_COUNT, 4);
}

static void count_huge(talk *t) {
    with_word(t, WORD_ITEM_COUNT, UINT64_C(1) << 61);
}

static void count_all_ones(talk *t) {
    with_word(t, WORD_ITEM_COUNT, UINT64_MAX);
}

static void size_too_small(talk *t) {
    with_word(t, WORD_ITEM_SIZES + 1, clipper_data_width(talk_input_type(t)) * 3);
}

static void size_too_large(talk *t) {
    with_word(t, WORD_ITEM_SIZES + 1, clipper_data_width(talk_input_type(t)) * 5);
}

static void size_huge(talk *t) {
    with_word(t, WORD_ITEM_SIZES + 2, UINT64_MAX - 7);
}

static void sizes_that_overflow(talk *t) {
    draft *spoiled = request_to_spoil(t);
    uint64_t true_sum = 12 * clipper_data_width(talk_input_type(t));
    talk_register(t);
    /* Added in 64 bits, they are what the items really have. */
    draft_set_word(spoiled, WORD_ITEM_SIZES, UINT64_C(1) << 63);
    draft_set_word(spoiled, WORD_ITEM_SIZES + 1, UINT64_C(1) << 63);
    draft_set_word(spoiled, WORD_ITEM_SIZES + 2, true_sum);
    send_malformed(t, spoiled);
}

static void broken_element(talk *t) {
    size_t width = clipper_data_width(talk_input_type(t));
    draft *spoiled = request_to_spoil(t);
    talk_register(t);
    draft_resize(spoiled, FRAME_ITEMS + 1, 4 * width - 1);
    draft_set_word(spoiled, WORD_ITEM_SIZES + 1, 4 * width - 1);
    send_malformed(t, spoiled);
}

/* ---- Data types ------------------------------------------------------------------------------------- */

static void another_input_type(talk *t) {
    talk_register(t);
    for (int type = CLIPPER_TYPE_BYTES; type <= CLIPPER_TYPE_STRINGS; type++) {
        draft *spoiled = talk_draft(t, talk_uniform_batch(t, 2, 8));
        if ((clipper_data_type)type == talk_input_type(t)) {
            draft_destroy(&spoiled);
            continue;
        }
        draft_set_word(spoiled, WORD_DATA_TYPE, (uint64_t)type);
        send_malformed(t, spoiled);
    }
}

static void unknown_data_type(talk *t) {
    static const uint64_t types[] = {5, UINT64_C(1) << 32, UINT64_MAX};
    talk_register(t);
    for (size_t i = 0; i < COUNT(types); i++) {
        draft *spoiled = request_to_spoil(t);
        draft_set_word(spoiled, WORD_DATA_TYPE, types[i] | (i == 1 ? talk_input_type(t) : 0));
        send_malformed(t, spoiled);
    }
}

static const scenario scenarios[] = {
    {
        .id = "malformed/length-too-small",
        .title = "a metadata length that is too small makes a request malformed",
        .requirements = "MAL-4 MAL-1",
        .passes = "The metadata length field says a word less than the frame has. " PASSES_DROPPED,
        .fails = FAILS,
        .play = length_too_small,
    },
    {
        .id = "malformed/length-too-large",
        .title = "a metadata length that is too large makes a request malformed",
        .requirements = "MAL-4 MAL-1",
        .passes = "The metadata length field says a word more than the frame has. " PASSES_DROPPED,
        .fails = FAILS,
        .play = length_too_large,
    },
    {
        .id = "malformed/length-huge",
        .title = "a metadata length beyond all bounds makes a request malformed",
        .requirements = "MAL-4 MAL-1 MAL-18",
        .passes = "The metadata length field says 2^64 - 1. " PASSES_DROPPED,
        .fails = FAILS,
        .play = length_huge,
    },
    {
        .id = "malformed/metadata-of-odd-length",
        .title = "metadata that is no whole number of words makes a request malformed",
        .requirements = "MAL-5 MAL-1",
        .passes = "The metadata has 41 bytes, and its length field says so. " PASSES_DROPPED,
        .fails = FAILS,
        .play = metadata_of_odd_length,
    },
    {
        .id = "malformed/metadata-of-one-word",
        .title = "metadata without an item count makes a request malformed",
        .requirements = "MAL-5 MAL-1",
        .passes = "The metadata is the data type alone. " PASSES_DROPPED,
        .fails = FAILS,
        .play = metadata_of_one_word,
    },
    {
        .id = "malformed/metadata-empty",
        .title = "empty metadata makes a request malformed",
        .requirements = "MAL-5 MAL-1",
        .passes = "The metadata has no bytes, and its length field says so. " PASSES_DROPPED,
        .fails = FAILS,
        .play = metadata_empty,
    },
    {
        .id = "malformed/count-too-small",
        .title = "an item count that is too small makes a request malformed",
        .requirements = "MAL-6 MAL-1",
        .passes = "The metadata says two items, and has three sizes; three items follow. " PASSES_DROPPED,
        .fails = FAILS,
        .play = count_too_small,
    },
    {
        .id = "malformed/count-too-large",
        .title = "an item count that is too large makes a request malformed",
        .requirements = "MAL-6 MAL-1",
        .passes = "The metadata says four items, and has three sizes; three items follow. " PASSES_DROPPED,
        .fails = FAILS,
        .play = count_too_large,
    },
    {
        .id = "malformed/count-huge",
        .title = "an item count of 2^61 is not believed",
        .requirements = "MAL-6 MAL-18 MAL-1",
        .passes =
            "The metadata says 2^61 items: as many words have 0 bytes in 64-bit arithmetic. " PASSES_DROPPED,
        .fails = FAILS,
        .play = count_huge,
    },
    {
        .id = "malformed/count-all-ones",
        .title = "an item count of 2^64 - 1 is not believed",
        .requirements = "MAL-6 MAL-18 MAL-1",
        .passes = "The metadata says 2^64 - 1 items. " PASSES_DROPPED,
        .fails = FAILS,
        .play = count_all_ones,
    },
    {
        .id = "malformed/size-too-small",
        .title = "an item that is longer than its size makes a request malformed",
        .requirements = "MAL-7 MAL-1",
        .passes = "An item of four elements is said to have three. " PASSES_DROPPED,
        .fails = FAILS,
        .play = size_too_small,
    },
    {
        .id = "malformed/size-too-large",
        .title = "an item that is shorter than its size makes a request malformed",
        .requirements = "MAL-7 MAL-1",
        .passes = "An item of four elements is said to have five. " PASSES_DROPPED,
        .fails = FAILS,
        .play = size_too_large,
    },
    {
        .id = "malformed/size-huge",
        .title = "an item size of 2^64 - 8 is not believed",
        .requirements = "MAL-7 MAL-18 MAL-1",
        .passes = "An item is said to have 2^64 - 8 bytes. " PASSES_DROPPED,
        .fails = FAILS,
        .play = size_huge,
    },
    {
        .id = "malformed/sizes-that-overflow",
        .title = "sizes are not added without a thought",
        .requirements = "MAL-7 MAL-18 MAL-1",
        .passes = "Two sizes of 2^63 and a third add up, in 64 bits, to what the items have. " PASSES_DROPPED,
        .fails = FAILS,
        .play = sizes_that_overflow,
    },
    {
        .id = "malformed/broken-element",
        .title = "an item that ends within a number makes a request malformed",
        .requirements = "MAL-8 MAL-1",
        .passes = "An item is a byte short of four elements, and its size says so. " PASSES_DROPPED,
        .fails = FAILS,
        .types = EACH_TYPE,
        .type_mask = 1u << CLIPPER_TYPE_INTS | 1u << CLIPPER_TYPE_FLOATS | 1u << CLIPPER_TYPE_DOUBLES,
        .play = broken_element,
    },
    {
        .id = "malformed/another-input-type",
        .title = "a request with another type than the container's is dropped",
        .requirements = "MAL-10 MAL-1",
        .passes = "Requests come with each of the other four data types. " PASSES_DROPPED,
        .fails =
            "An answer to one, a crash, an exit, or a hang: a warning. (Python, C++ and R containers of the "
            "releases die of it, the JVM container never looks.)",
        .types = EACH_TYPE,
        .play = another_input_type,
    },
    {
        .id = "malformed/unknown-data-type",
        .title = "a request with a data type that does not exist is dropped",
        .requirements = "MAL-9 MAL-1",
        .passes =
            "Requests come with the data type 5, with the container's own and a bit beyond 32, and with "
            "2^64 - 1. " PASSES_DROPPED,
        .fails = FAILS,
        .play = unknown_data_type,
    },
};

const scenario_family malformed_metadata_family = {scenarios, COUNT(scenarios)};
