/* How a container answers prediction requests. */
#include "scenarios/families.h"

#include "base/heap.h"
#include "base/text.h"
#include "engine/describe.h"

#include <string.h>

#define MIB ((size_t)1 << 20)

#define FAILS                                                                                                \
    "No response, one for another request, one with another number of outputs, or a malformed one; with "    \
    "--model, an output that the model does not give; without, another output for an item in a batch than "  \
    "for "                                                                                                   \
    "the item alone, where the model gives the same answer twice."

/* A container registers, and answers. */
static void begin(talk *t) {
    talk_register(t);
    talk_first_prediction(t);
}

/* It answers a request for ITEMS, and then another. */
static void predict(talk *t, const batch *items) {
    begin(t);
    talk_predict_compared(t, items);
    talk_canary(t);
}

static void play_one_item(talk *t) {
    begin(t);
    talk_predict(t, talk_uniform_batch(t, 1, 1));
    talk_predict(t, talk_uniform_batch(t, 1, 64));
}

static const scenario one_item = {
    .id = "prediction/one-item",
    .title = "a request of one item is answered",
    .requirements = "PRED-5 PRED-3 PRED-4 PRED-6 PRED-11 PRED-12 PRED-13 PRED-18 PRED-19 PRED-20 PRED-21 "
                    "FRM-4 FRM-8",
    .passes = "Requests of one item, of one element and of 64, are answered with one output each.",
    .fails = FAILS,
    .types = EACH_TYPE,
    .play = play_one_item,
};

static void play_batch(talk *t) {
    predict(t, talk_uniform_batch(t, talk_parameter(t)->size, 5));
}

static const scenario batch_of_2 = {
    .id = "prediction/batch-of-2",
    .title = "a batch of two items has two outputs, in order",
    .requirements = "PRED-24 PRED-11 PRED-12",
    .passes = "Two items of five elements are answered with their two outputs.",
    .fails = FAILS,
    .types = EACH_TYPE,
    .play = play_batch,
    .with.size = 2,
};

static void play_ragged_batch(talk *t) {
    const scenario_parameter *with = talk_parameter(t);
    predict(t, talk_ragged_batch(t, with->sizes, COUNT(with->sizes)));
}

static const scenario ragged_batches[] = {
    {"prediction/ragged-batch", "items of one batch may differ in length", "PRED-25 PRED-11 PRED-12",
     .passes = "A batch of items of 7, 1 and 30 elements is answered with their three outputs.",
     .fails = FAILS, .types = EACH_TYPE, .own_items = true, .play = play_ragged_batch,
     .with.sizes = {7, 1, 30}},
    {"prediction/empty-item", "an empty item is an input like any other", "PRED-22 PRED-11 PRED-12",
     .passes = "A batch whose second item has no bytes is answered with three outputs.", .fails = FAILS,
     .types = EACH_TYPE, .own_items = true, .play = play_ragged_batch, .with.sizes = {3, 0, 5}},
    {"prediction/empty-last-item", "an empty item at the end of a batch is an input like any other",
     "PRED-22 PRED-11 PRED-12",
     .passes = "A batch whose last item has no bytes is answered with three outputs.", .fails = FAILS,
     .own_items = true, .play = play_ragged_batch, .with.sizes = {3, 5, 0}},
    {"prediction/all-items-empty", "a batch of nothing but empty items has an output for each", "PRED-23",
     .passes = "Three items without bytes are answered with three outputs.",
     .fails = "Anything else: a warning, as released Clipper never sends such a batch.", .types = EACH_TYPE,
     .own_items = true, .play = play_ragged_batch, .with.sizes = {0, 0, 0}},
};

static void play_no_items(talk *t) {
    const batch *none = talk_new_batch(t);
    uint32_t id;
    talk_register(t);
    talk_checking(t, "PRED-13");
    talk_canary(t);
    talk_checking(t, "PRED-23");
    id = talk_send_request(t, none);
    talk_expect_response_if_any(t, id, none);
    talk_expect_dropped(t);
}

static const scenario no_items = {
    .id = "prediction/no-items",
    .title = "a batch without items has no outputs",
    .requirements = "PRED-23 PRED-13",
    .passes = "A request without items is answered with no outputs, and two requests after it as ever.",
    .fails = "Anything else: a warning, as released Clipper never sends such a batch. When no answer comes, "
             "the next "
             "request is asked all the same: with the released C++ and JVM containers its response is glued "
             "onto one "
             "that stayed open.",
    .types = EACH_TYPE,
    .play = play_no_items,
};

static const scenario batches[] = {
    {"prediction/batch-of-100", "a batch of 100 items is answered", "PRED-24 PRED-11 PRED-12",
     .passes = "100 items are answered with their 100 outputs.", .fails = FAILS, .items = 100,
     .play = play_batch, .with.size = 100},
    {"prediction/batch-of-127", "a batch of 127 items is answered", "PRED-24 PRED-11 PRED-12",
     .passes = "127 items, one more than the first header buffer of the released Python container holds, are "
               "answered with their outputs.",
     .fails = FAILS, .items = 127, .play = play_batch, .with.size = 127},
    {"prediction/batch-of-1000", "a batch of 1,000 items is answered", "PRED-24 PRED-11 PRED-12",
     .passes = "1,000 items are answered with their 1,000 outputs.", .fails = FAILS, .items = 1000,
     .play = play_batch, .with.size = 1000},
};

static void play_repeated_input(talk *t) {
    batch *items = talk_uniform_batch(t, 2, 3);
    batch_repeat_last(items);
    predict(t, items);
}

static const scenario repeated_input = {
    .id = "prediction/repeated-input",
    .title = "an input that equals another has its own output",
    .requirements = "PRED-27 PRED-11",
    .passes = "Clipper's adaptive batching repeats the last input of some batches. A batch whose last two "
              "items are equal is answered with three outputs.",
    .fails = FAILS,
    .play = play_repeated_input,
};

static void play_item_of_1_mib(talk *t) {
    predict(t, talk_uniform_batch(t, 1, MIB / clipper_data_width(talk_input_type(t))));
}

static const scenario item_of_1_mib = {
    .id = "prediction/item-of-1-mib",
    .title = "an item of 1 MiB is answered",
    .requirements = "PRED-26 PROC-8",
    .passes = "One item of 1 MiB is answered with its output.",
    .fails = "Anything else: a warning.",
    .types = EACH_TYPE,
    .heavy = true,
    .own_items = true,
    .play = play_item_of_1_mib,
};

static void play_item_of_64_mib(talk *t) {
    /* What takes longer to arrive than TO would look like silence: this is not about short timeouts. */
    talk_set_variable(t, "CLIPPER_POLL_TIMEOUT_MS=5000");
    talk_set_variable(t, "CLIPPER_ACTIVITY_TIMEOUT_MS=30000");
    predict(t, talk_uniform_batch(t, 1, 64 * MIB / clipper_data_width(talk_input_type(t))));
}

static const scenario item_of_64_mib = {
    .id = "prediction/item-of-64-mib",
    .title = "an item of 64 MiB is answered",
    .requirements = "PRED-26 PROC-8",
    .passes = "One item of 64 MiB is answered with its output.",
    .fails = "Anything else: a warning.",
    .heavy = true,
    .waits = {.seconds = 1},
    .own_items = true,
    .play = play_item_of_64_mib,
};

static void play_changing_sizes(talk *t) {
    static const size_t elements[] = {1, 4000, 2, 130, 0, 9999, 1};
    begin(t);
    for (size_t i = 0; i < COUNT(elements); i++)
        talk_predict(t, talk_ragged_batch(t, elements + i, 1));
    for (size_t count = 200; count > 0; count /= 3)
        talk_predict(t, talk_uniform_batch(t, count, 2));
}

static const scenario changing_sizes = {
    .id = "prediction/changing-sizes",
    .title = "large and small requests may follow each other",
    .requirements = "PRED-25 PRED-24 PRED-12",
    .passes = "Items of 1, 4,000, 2, 130, 0, 9,999 and 1 elements, then batches of 200, 66, 22, ... items "
              "are answered: no request leaves anything behind for the next.",
    .fails = FAILS,
    .types = EACH_TYPE,
    .own_items = true,
    .items = 300,
    .play = play_changing_sizes,
};

static void play_every_byte(talk *t) {
    uint8_t all[256];
    batch *items = talk_new_batch(t);
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (uint8_t)i;
    batch_add_bytes(items, all, sizeof all);
    batch_add_bytes(items, all + 128, 128);
    batch_add_bytes(items, all + 255, 1);
    predict(t, items);
}

static const scenario every_byte = {
    .id = "prediction/every-byte",
    .title = "bytes are octets from 0x00 to 0xff",
    .requirements = "PRED-18 PRED-12",
    .passes = "Items with every byte there is are answered; with --model sum, bytes count as 0 to 255.",
    .fails = "Bytes from 0x80 on taken for negative numbers, as the released Python container does, cut or "
             "replaced; only seen with --model.",
    .type_mask = 1u << CLIPPER_TYPE_BYTES,
    .own_items = true,
    .play = play_every_byte,
};

static void play_extreme_ints(talk *t) {
    static const int32_t values[] = {INT32_MIN, INT32_MAX, -1, 0, 1, INT32_MIN};
    batch *items = talk_new_batch(t);
    for (size_t i = 0; i < COUNT(values); i++)
        batch_add_i32(items, values + i, 1);
    batch_add_i32(items, values, COUNT(values));
    predict(t, items);
}

static const scenario extreme_ints = {
    .id = "prediction/extreme-ints",
    .title = "ints are 32 bits with a sign",
    .requirements = "PRED-19 PRED-12",
    .passes = "The smallest and the largest integer, -1 and 0 are answered.",
    .fails = "An output for another number; only seen with --model.",
    .type_mask = 1u << CLIPPER_TYPE_INTS,
    .own_items = true,
    .play = play_extreme_ints,
};

/* Each bit pattern as an item of its own: the model says what it made of it. */
static void play_extreme_floats(talk *t) {
    static const uint32_t patterns[] = {
        0x80000000, /* -0.0 */
        0x7f800000, /* infinity */
        0xff800000, /* -infinity */
        0x7fc00000, /* NaN */
        0xffc12345, /* a NaN with a payload */
        0x7fa00001, /* a signalling NaN */
        0x00000001, /* the smallest number */
        0x7f7fffff, /* the largest */
    };
    batch *items = talk_new_batch(t);
    for (size_t i = 0; i < COUNT(patterns); i++)
        batch_add_u32(items, patterns + i, 1);
    predict(t, items);
}

static const scenario extreme_floats = {
    .id = "prediction/extreme-floats",
    .title = "every bit pattern of a float is legal",
    .requirements = "PRED-20 PRED-12",
    .passes = "-0.0, infinities, NaNs with payloads, the smallest and the largest float are answered.",
    .fails = "No answer, or (only seen with --model) an output for other bits.",
    .type_mask = 1u << CLIPPER_TYPE_FLOATS,
    .own_items = true,
    .play = play_extreme_floats,
};

static void play_extreme_doubles(talk *t) {
    static const uint64_t patterns[] = {
        UINT64_C(0x8000000000000000), UINT64_C(0x7ff0000000000000), UINT64_C(0xfff0000000000000),
        UINT64_C(0x7ff8000000000000), UINT64_C(0xfff8123456789abc), UINT64_C(0x7ff4000000000001),
        UINT64_C(0x0000000000000001), UINT64_C(0x7fefffffffffffff),
    };
    batch *items = talk_new_batch(t);
    for (size_t i = 0; i < COUNT(patterns); i++)
        batch_add_u64(items, patterns + i, 1);
    predict(t, items);
}

static const scenario extreme_doubles = {
    .id = "prediction/extreme-doubles",
    .title = "every bit pattern of a double is legal",
    .requirements = "PRED-20 PRED-12",
    .passes = "-0.0, infinities, NaNs with payloads, the smallest and the largest double are answered.",
    .fails = "No answer, or (only seen with --model) an output for other bits.",
    .type_mask = 1u << CLIPPER_TYPE_DOUBLES,
    .own_items = true,
    .play = play_extreme_doubles,
};

static void play_strings(talk *t) {
    batch *items = talk_new_batch(t);
    for (size_t i = 0; i < talk_parameter(t)->frames.count; i++)
        batch_add_bytes(items, talk_parameter(t)->frames.items[i].base,
                        talk_parameter(t)->frames.items[i].len);
    predict(t, items);
}

static const clipper_frame with_nul[] = {{"a\0b", 3}, {"\0", 1}, {"end\0", 4}, {"\0\0begin", 7}};
static const clipper_frame utf8[] = {{"na\xc3\xafve", 6},
                                     {"\xe6\xa8\xa1\xe5\x9e\x8b", 6},
                                     {"\xf0\x9f\x93\x8e", 4},
                                     {"e\xcc\x81 \xe2\x80\x8f", 7}};
static const clipper_frame not_utf8[] = {
    {"\xff\xfe", 2}, {"\xc3", 1}, {"a\x80z", 3}, {"\xed\xa0\x80", 3}, {"\xc0\x80", 2}};
static const scenario string_batches[] = {
    {"prediction/strings-with-nul", "a NUL is a character of a string, and none ends it", "PRED-21 PRED-12",
     .passes = "Strings with NULs at the beginning, in the middle and at the end are answered.",
     .fails =
         "A string cut at a NUL, or split in two, as in the eras before version 3; only seen with --model.",
     .type_mask = 1u << CLIPPER_TYPE_STRINGS, .own_items = true, .play = play_strings,
     .with.frames = {with_nul, COUNT(with_nul)}},
    {"prediction/strings-of-utf8", "strings beyond ASCII are taken as their bytes", "PRED-21 PRED-12",
     .passes = "Strings with characters of two, three and four bytes are answered.",
     .fails = "An output for other bytes; only seen with --model.", .type_mask = 1u << CLIPPER_TYPE_STRINGS,
     .own_items = true, .play = play_strings, .with.frames = {utf8, COUNT(utf8)}},
    {"prediction/strings-not-utf8", "strings that are not UTF-8 are taken as their bytes", "PRED-21 PRED-12",
     .passes = "Strings that are no UTF-8 are answered like others.",
     .fails = "No answer, a crash, or (only seen with --model) an output for other bytes.",
     .type_mask = 1u << CLIPPER_TYPE_STRINGS, .own_items = true, .play = play_strings,
     .with.frames = {not_utf8, COUNT(not_utf8)}},
};

static void play_message_ids(talk *t) {
    static const uint32_t ids[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0};
    begin(t);
    for (size_t i = 0; i < COUNT(ids); i++) {
        batch *items = talk_uniform_batch(t, 1, 3);
        talk_send_request_as(t, ids[i], items);
        talk_expect_response(t, ids[i], items);
    }
}

static const scenario message_ids = {
    .id = "prediction/message-ids",
    .title = "every 32-bit number is a message id",
    .requirements = "PRED-7 PRED-6",
    .passes = "Requests with the ids 0, 1, 0x7fffffff, 0x80000000, 0xffffffff and 0 again are answered with "
              "their ids.",
    .fails = "Another id in a response, or no response.",
    .play = play_message_ids,
};

static void play_same_id_again(talk *t) {
    begin(t);
    for (int i = 0; i < 3; i++) {
        batch *items = talk_uniform_batch(t, 1, 4);
        talk_send_request_as(t, 77, items);
        talk_expect_response(t, 77, items);
    }
}

static const scenario same_id_again = {
    .id = "prediction/same-id-again",
    .title = "a message id may come again",
    .requirements = "PRED-7 PRED-13",
    .passes = "Three requests with the same id, one after the other, are answered each for itself.",
    .fails = "A request that is not answered, or answered with an earlier answer.",
    .play = play_same_id_again,
};

static void play_many_in_flight(talk *t) {
    talk_register(t);
    talk_try_varied(t);
    for (uint32_t id = 5000; id < 5064; id++)
        talk_send_varied(t, id);
    talk_expect_varied(t, 5000, 64);
    talk_canary(t);
}

static const scenario many_in_flight = {
    .id = "prediction/64-in-flight",
    .title = "64 requests at once are answered once each",
    .requirements = "PRED-15 PRED-6 PRED-13 PRED-14 PRED-11 PRED-12",
    .passes = "64 requests, which differ in count, sizes and values of their items, are sent without "
              "waiting. Each is answered once with its own id and outputs, in any order." LEARNT,
    .fails = "A request that is never answered, answered twice, or answered as another.",
    .requests = 64,
    .play = play_many_in_flight,
};

static void play_heartbeats_in_between(talk *t) {
    batch *items = talk_uniform_batch(t, 1, 3);
    begin(t);
    for (int i = 0; i < 5; i++) {
        uint32_t id;
        talk_send_keep_alive(t);
        id = talk_send_request(t, items);
        talk_send_keep_alive(t);
        talk_expect_response(t, id, items);
    }
}

static const scenario heartbeats_in_between = {
    .id = "prediction/heartbeats-in-between",
    .title = "keep-alives between requests change nothing",
    .requirements = "PRED-13 HB-5 HB-3",
    .passes = "Requests with keep-alives before and after them are answered, each once.",
    .fails = "A request that is not answered, or an answer to a keep-alive.",
    .play = play_heartbeats_in_between,
};

static void play_metadata_layout(talk *t) {
    const clipper_message *sent;
    begin(t);
    talk_predict(t, talk_uniform_batch(t, 1, 2));
    sent = &talk_latest(t)->content;
    if (sent->wire == CLIPPER_WIRE_DOCUMENT)
        talk_remark(
            t, "PRED-9", heap_text("metadata of a count and the sizes"),
            heap_format(
                "metadata with the data type %s before them; released Clipper takes that for the count",
                data_type_name(sent->as.response.data_type)));
    else
        talk_remark(t, "PRED-8", heap_text("metadata of a data type, a count and the sizes"),
                    heap_text("metadata without a data type, as released Clipper wants it"));
    talk_canary(t);
}

static const scenario metadata_layout = {
    .id = "prediction/metadata-layout",
    .title = "the response's metadata is laid out as one of the two wires has it",
    .requirements = "PRED-8 PRED-9 PRED-3 PRED-4 PRED-5 PRED-17",
    .passes = "The metadata is the document's (data type, count, sizes) or released Clipper's (count, "
              "sizes); its length field and the sizes fit the frames. No message can be both, so one of them "
              "is always departed from: lenient here, a failure under the profile that is departed from.",
    .fails = "Any other layout.",
    .play = play_metadata_layout,
};

static void play_same_wire(talk *t) {
    clipper_wire registered, answered;
    begin(t);
    registered = talk_session(t)->registered != NULL ? talk_session(t)->registered->wire : CLIPPER_WIRE_ANY;
    talk_predict(t, talk_uniform_batch(t, 1, 2));
    answered = talk_latest(t)->content.wire;
    if (!talk_is_over(t) && registered != answered)
        talk_breach(t, NULL,
                    heap_format("a response on the %s, as the registration was", wire_name(registered)),
                    heap_format("a response on the %s: no Clipper reads both", wire_name(answered)));
}

static const scenario same_wire = {
    .id = "prediction/same-wire",
    .title = "registration and responses are on the same wire",
    .requirements = "PRED-33 DEP-10",
    .passes = "A container that registers as the document has it answers so, and likewise for the release's.",
    .fails = "One wire for registering and the other for answering: no Clipper reads both.",
    .play = play_same_wire,
};

static void play_outputs_are_utf8(talk *t) {
    bool good = true;
    begin(t);
    for (int i = 0; i < 3 && good && !talk_is_over(t); i++) {
        const clipper_frame *output;
        talk_predict(t, talk_uniform_batch(t, 1, 8));
        output = talk_latest(t)->content.as.response.items;
        good = talk_is_over(t) || utf8_is_valid(output->base, output->len);
        if (!good)
            talk_remark(t, NULL, heap_text("outputs that are text in UTF-8"), describe_text(*output, 60));
    }
    talk_canary(t);
}

static const scenario outputs_are_utf8 = {
    .id = "prediction/outputs-are-utf8",
    .title = "outputs are text in UTF-8",
    .requirements = "PRED-16 PROC-8",
    .passes = "Every output of three requests is well-formed UTF-8.",
    .fails = "Other bytes: lenient, as the document has outputs of any type, and a failure under the "
             "release's profile, as released Clipper reads text.",
    .play = play_outputs_are_utf8,
};

static const scenario_group groups[] = {ONE(one_item),        ONE(batch_of_2),     ALL(ragged_batches),
                                        ONE(no_items),        ALL(batches),        ONE(repeated_input),
                                        ONE(item_of_1_mib),   ONE(item_of_64_mib), ONE(changing_sizes),
                                        ONE(every_byte),      ONE(extreme_ints),   ONE(extreme_floats),
                                        ONE(extreme_doubles), ALL(string_batches), ONE(message_ids),
                                        ONE(same_id_again),   ONE(many_in_flight), ONE(heartbeats_in_between),
                                        ONE(metadata_layout), ONE(same_wire),      ONE(outputs_are_utf8)};

const scenario_family prediction_family = {groups, COUNT(groups)};
