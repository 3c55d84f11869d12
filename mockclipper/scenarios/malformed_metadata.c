/* What a container does with requests of which the metadata lies: it drops them whole and goes on. */
#include "scenarios/malformed.h"

static void play_length(talk *t) {
    draft *spoiled = request_to_spoil(t);
    talk_register(t);
    draft_set_u64(spoiled, FRAME_METADATA_LENGTH, talk_parameter(t)->u64);
    send_malformed(t, spoiled);
}

static const scenario lengths[] = {
    {"malformed/length-too-small", "a metadata length that is too small makes a request malformed",
     "MAL-4 MAL-1", DROPPED("The metadata length field says a word less than the frame has."),
     .play = play_length, .with.u64 = 32},
    {"malformed/length-too-large", "a metadata length that is too large makes a request malformed",
     "MAL-4 MAL-1", DROPPED("The metadata length field says a word more than the frame has."),
     .play = play_length, .with.u64 = 48},
    {"malformed/length-huge", "a metadata length beyond all bounds makes a request malformed",
     "MAL-4 MAL-1 MAL-18", DROPPED("The metadata length field says 2^64 - 1."), .play = play_length,
     .with.u64 = UINT64_MAX},
};

/* The metadata has another size, and its length field says so. */
static void play_metadata_size(talk *t) {
    draft *spoiled = request_to_spoil(t);
    talk_register(t);
    draft_resize(spoiled, FRAME_METADATA, talk_parameter(t)->size);
    draft_set_u64(spoiled, FRAME_METADATA_LENGTH, talk_parameter(t)->size);
    send_malformed(t, spoiled);
}

static const scenario metadata_sizes[] = {
    {"malformed/metadata-of-odd-length",
     "metadata that is no whole number of words makes a request malformed", "MAL-5 MAL-1",
     DROPPED("The metadata has 41 bytes, and its length field says so."), .play = play_metadata_size,
     .with.size = 41},
    {"malformed/metadata-of-one-word", "metadata without an item count makes a request malformed",
     "MAL-5 MAL-1", DROPPED("The metadata is the data type alone."), .play = play_metadata_size,
     .with.size = 8},
    {"malformed/metadata-empty", "empty metadata makes a request malformed", "MAL-5 MAL-1",
     DROPPED("The metadata has no bytes, and its length field says so."), .play = play_metadata_size,
     .with.size = 0},
};

/* One word of the metadata is another. */
static void play_word(talk *t) {
    draft *spoiled = request_to_spoil(t);
    talk_register(t);
    draft_set_word(spoiled, talk_parameter(t)->word.index, talk_parameter(t)->word.value);
    send_malformed(t, spoiled);
}

static const scenario counts[] = {
    {"malformed/count-too-small", "an item count that is too small makes a request malformed", "MAL-6 MAL-1",
     DROPPED("The metadata says two items, and has three sizes; three items follow."), .play = play_word,
     .with.word = {WORD_ITEM_COUNT, 2}},
    {"malformed/count-too-large", "an item count that is too large makes a request malformed", "MAL-6 MAL-1",
     DROPPED("The metadata says four items, and has three sizes; three items follow."), .play = play_word,
     .with.word = {WORD_ITEM_COUNT, 4}},
    {"malformed/count-huge", "an item count of 2^61 is not believed", "MAL-6 MAL-18 MAL-1",
     DROPPED("The metadata says 2^61 items: as many words have 0 bytes in 64-bit arithmetic."),
     .play = play_word, .with.word = {WORD_ITEM_COUNT, UINT64_C(1) << 61}},
    {"malformed/count-all-ones", "an item count of 2^64 - 1 is not believed", "MAL-6 MAL-18 MAL-1",
     DROPPED("The metadata says 2^64 - 1 items."), .play = play_word,
     .with.word = {WORD_ITEM_COUNT, UINT64_MAX}},
};

static void play_item_size(talk *t) {
    draft *spoiled = request_to_spoil(t);
    size_t width = clipper_data_width(talk_input_type(t));
    talk_register(t);
    draft_set_word(spoiled, WORD_ITEM_SIZES + 1,
                   spoiled->frames[FRAME_ITEMS + 1].len + talk_parameter(t)->u64 * width);
    send_malformed(t, spoiled);
}

static const scenario item_sizes[] = {
    {"malformed/size-too-small", "an item that is longer than its size makes a request malformed",
     "MAL-7 MAL-1", DROPPED("An item is said to have an element less than it has."), .play = play_item_size,
     .with.u64 = UINT64_MAX},
    {"malformed/size-too-large", "an item that is shorter than its size makes a request malformed",
     "MAL-7 MAL-1", DROPPED("An item is said to have an element more than it has."), .play = play_item_size,
     .with.u64 = 1},
};

static const scenario size_huge = {
    .id = "malformed/size-huge",
    .title = "an item size of 2^64 - 8 is not believed",
    .requirements = "MAL-7 MAL-18 MAL-1",
    DROPPED("An item is said to have 2^64 - 8 bytes."),
    .play = play_word,
    .with.word = {WORD_ITEM_SIZES + 2, UINT64_MAX - 7},
};

static void play_sizes_that_overflow(talk *t) {
    draft *spoiled = request_to_spoil(t);
    uint64_t true_sum = 0;
    for (size_t i = FRAME_ITEMS; i < spoiled->count; i++)
        true_sum += spoiled->frames[i].len;
    talk_register(t);
    /* Added in 64 bits, they are what the items really have. */
    draft_set_word(spoiled, WORD_ITEM_SIZES, UINT64_C(1) << 63);
    draft_set_word(spoiled, WORD_ITEM_SIZES + 1, UINT64_C(1) << 63);
    draft_set_word(spoiled, WORD_ITEM_SIZES + 2, true_sum);
    send_malformed(t, spoiled);
}

static const scenario sizes_that_overflow = {
    .id = "malformed/sizes-that-overflow",
    .title = "sizes are not added without a thought",
    .requirements = "MAL-7 MAL-18 MAL-1",
    DROPPED("Two sizes of 2^63 and a third add up, in 64 bits, to what the items have."),
    .play = play_sizes_that_overflow,
};

static void play_broken_element(talk *t) {
    draft *spoiled = request_to_spoil(t);
    size_t len = spoiled->frames[FRAME_ITEMS + 1].len - 1;
    talk_register(t);
    draft_resize(spoiled, FRAME_ITEMS + 1, len);
    draft_set_word(spoiled, WORD_ITEM_SIZES + 1, len);
    send_malformed(t, spoiled);
}

static const scenario broken_element = {
    .id = "malformed/broken-element",
    .title = "an item that ends within a number makes a request malformed",
    .requirements = "MAL-8 MAL-1",
    DROPPED("An item is a byte short of whole elements, and its size says so."),
    .types = EACH_TYPE,
    .type_mask = 1u << CLIPPER_TYPE_INTS | 1u << CLIPPER_TYPE_FLOATS | 1u << CLIPPER_TYPE_DOUBLES,
    .play = play_broken_element,
};

static void play_another_input_type(talk *t) {
    talk_register(t);
    for (int type = CLIPPER_TYPE_BYTES; type <= CLIPPER_TYPE_STRINGS; type++) {
        draft *spoiled = talk_draft(t, talk_uniform_batch(t, 1, 8));
        if ((clipper_data_type)type == talk_input_type(t)) {
            draft_destroy(&spoiled);
            continue;
        }
        talk_must_not_answer(t);
        draft_set_word(spoiled, WORD_DATA_TYPE, (uint64_t)type);
        send_malformed(t, spoiled);
    }
}

static const scenario another_input_type = {
    .id = "malformed/another-input-type",
    .title = "a request with another type than the container's is dropped",
    .requirements = "MAL-10 MAL-20 MAL-1",
    .passes = "Requests come with each of the other four data types." PASSES_DROPPED,
    .fails =
        "An answer to one: its bytes were taken for what they are not. A crash, an exit, or a hang: a "
        "warning. (Python, C++ and R containers of the releases die of it, the JVM container never looks.)",
    .types = EACH_TYPE,
    .play = play_another_input_type,
};

static void play_unknown_data_type(talk *t) {
    static const uint64_t types[] = {5, UINT64_C(1) << 32, UINT64_MAX};
    talk_register(t);
    for (size_t i = 0; i < COUNT(types); i++) {
        draft *spoiled = request_to_spoil(t);
        draft_set_word(spoiled, WORD_DATA_TYPE, types[i] | (i == 1 ? talk_input_type(t) : 0));
        send_malformed(t, spoiled);
    }
}

static const scenario unknown_data_type = {
    .id = "malformed/unknown-data-type",
    .title = "a request with a data type that does not exist is dropped",
    .requirements = "MAL-9 MAL-1",
    DROPPED("Requests come with the data type 5, with the container's own and a bit beyond 32, and with 2^64 "
            "- 1."),
    .play = play_unknown_data_type,
};

static const scenario_group groups[] = {
    ALL(lengths),        ALL(metadata_sizes),     ALL(counts),
    ALL(item_sizes),     ONE(size_huge),          ONE(sizes_that_overflow),
    ONE(broken_element), ONE(another_input_type), ONE(unknown_data_type)};

const scenario_family malformed_metadata_family = {groups, COUNT(groups)};
