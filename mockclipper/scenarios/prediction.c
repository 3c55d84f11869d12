/* How a container answers prediction requests. */
#include "scenarios/families.h"

#include "base/heap.h"
#include "base/json_out.h"
#include "engine/describe.h"

#include <string.h>

#define MIB ((size_t)1 << 20)

/* ---- Batches ---------------------------------------------------------------------------------------- */

static void one_item(talk *t) {
    talk_register(t);
    talk_predict(t, talk_uniform_batch(t, 1, 1));
    talk_predict(t, talk_uniform_batch(t, 1, 64));
}

/* A batch of so many items of five elements, and a canary. */
static void batch_of(talk *t, size_t count) {
    talk_register(t);
    talk_predict(t, talk_uniform_batch(t, count, 5));
    talk_canary(t);
}

static void batch_of_2(talk *t) {
    batch_of(t, 2);
}

static void batch_of_100(talk *t) {
    batch_of(t, 100);
}

static void batch_of_127(talk *t) {
    batch_of(t, 127);
}

static void batch_of_1000(talk *t) {
    batch_of(t, 1000);
}

/* A batch of three items of so many elements, and a canary. */
static void batch_of_sizes(talk *t, size_t a, size_t b, size_t d) {
    size_t elements[] = {a, b, d};
    talk_register(t);
    talk_predict(t, talk_ragged_batch(t, elements, COUNT(elements)));
    talk_canary(t);
}

static void ragged(talk *t) {
    batch_of_sizes(t, 7, 1, 30);
}

static void empty_item(talk *t) {
    batch_of_sizes(t, 3, 0, 5);
}

static void empty_last_item(talk *t) {
    batch_of_sizes(t, 3, 5, 0);
}

static void all_items_empty(talk *t) {
    batch_of_sizes(t, 0, 0, 0);
}

static void no_items(talk *t) {
    talk_register(t);
    talk_predict(t, talk_new_batch(t));
    talk_canary(t);
}

static void repeated_input(talk *t) {
    batch *items = talk_uniform_batch(t, 2, 3);
    batch_repeat_last(items);
    talk_register(t);
    talk_predict(t, items);
    talk_canary(t);
}

/* One item of so many bytes, and a canary. */
static void item_of(talk *t, size_t bytes) {
    talk_register(t);
    talk_predict(t, talk_uniform_batch(t, 1, bytes / clipper_data_width(talk_input_type(t))));
    talk_canary(t);
}

static void item_of_1_mib(talk *t) {
    item_of(t, MIB);
}

static void item_of_64_mib(talk *t) {
    /* What takes longer to arrive than TO would look like silence: this is not about short timeouts. */
    talk_set_variable(t, "CLIPPER_POLL_TIMEOUT_MS=5000");
    talk_set_variable(t, "CLIPPER_ACTIVITY_TIMEOUT_MS=30000");
    item_of(t, 64 * MIB);
}

static void changing_sizes(talk *t) {
    static const size_t elements[] = {1, 4000, 2, 130, 0, 9999, 1};
    talk_register(t);
    for (size_t i = 0; i < COUNT(elements); i++)
        talk_predict(t, talk_ragged_batch(t, elements + i, 1));
    for (size_t count = 200; count > 0; count /= 3)
        talk_predict(t, talk_uniform_batch(t, count, 2));
}

/* ---- Values ----------------------------------------------------------------------------------------- */

static void every_byte(talk *t) {
    uint8_t all[256];
    batch *items = talk_new_batch(t);
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (uint8_t)i;
    batch_add_bytes(items, all, sizeof all);
    batch_add_bytes(items, all + 128, 128);
    batch_add_bytes(items, all + 255, 1);
    talk_register(t);
    talk_predict(t, items);
    talk_canary(t);
}

static void extreme_ints(talk *t) {
    static const int32_t values[] = {INT32_MIN, INT32_MAX, -1, 0, 1, INT32_MIN};
    batch *items = talk_new_batch(t);
    for (size_t i = 0; i < COUNT(values); i++)
        batch_add_i32(items, values + i, 1);
    batch_add_i32(items, values, COUNT(values));
    talk_register(t);
    talk_predict(t, items);
    talk_canary(t);
}

/* Each bit pattern as an item of its own: the model says what it made of it. */
static void extreme_floats(talk *t) {
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
    talk_register(t);
    talk_predict(t, items);
    talk_canary(t);
}

static void extreme_doubles(talk *t) {
    static const uint64_t patterns[] = {
        UINT64_C(0x8000000000000000), UINT64_C(0x7ff0000000000000), UINT64_C(0xfff0000000000000),
        UINT64_C(0x7ff8000000000000), UINT64_C(0xfff8123456789abc), UINT64_C(0x7ff4000000000001),
        UINT64_C(0x0000000000000001), UINT64_C(0x7fefffffffffffff),
    };
    batch *items = talk_new_batch(t);
    for (size_t i = 0; i < COUNT(patterns); i++)
        batch_add_u64(items, patterns + i, 1);
    talk_register(t);
    talk_predict(t, items);
    talk_canary(t);
}

/* Texts as items of a batch, LENS bytes each. */
static void strings(talk *t, const char *const *texts, const size_t *lens, size_t count) {
    batch *items = talk_new_batch(t);
    for (size_t i = 0; i < count; i++)
        batch_add_bytes(items, texts[i], lens[i]);
    talk_register(t);
    talk_predict(t, items);
    talk_canary(t);
}

static void strings_with_nul(talk *t) {
    static const char *const texts[] = {"a\0b", "\0", "end\0", "\0\0begin"};
    static const size_t lens[] = {3, 1, 4, 7};
    strings(t, texts, lens, COUNT(lens));
}

static void strings_of_utf8(talk *t) {
    static const char *const texts[] = {"na\xc3\xafve", "\xe6\xa8\xa1\xe5\x9e\x8b", "\xf0\x9f\x93\x8e",
                                        "e\xcc\x81 \xe2\x80\x8f"};
    static const size_t lens[] = {6, 6, 4, 7};
    strings(t, texts, lens, COUNT(lens));
}

static void strings_not_utf8(talk *t) {
    static const char *const texts[] = {"\xff\xfe", "\xc3", "a\x80z", "\xed\xa0\x80", "\xc0\x80"};
    static const size_t lens[] = {2, 1, 3, 3, 2};
    strings(t, texts, lens, COUNT(lens));
}

/* ---- Ids and order ---------------------------------------------------------------------------------- */

static void message_ids(talk *t) {
    static const uint32_t ids[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0};
    talk_register(t);
    for (size_t i = 0; i < COUNT(ids); i++) {
        batch *items = talk_uniform_batch(t, 2, 3);
        talk_send_request_as(t, ids[i], items);
        talk_expect_response(t, ids[i], items);
    }
}

static void same_id_again(talk *t) {
    talk_register(t);
    for (int i = 0; i < 3; i++) {
        batch *items = talk_uniform_batch(t, 1, 4);
        talk_send_request_as(t, 77, items);
        talk_expect_response(t, 77, items);
    }
}

static void many_in_flight(talk *t) {
    batch *items = talk_uniform_batch(t, 2, 3);
    talk_register(t);
    for (uint32_t id = 5000; id < 5064; id++)
        talk_send_request_as(t, id, items);
    talk_expect_responses(t, 5000, 64, items);
    talk_canary(t);
}

static void heartbeats_in_between(talk *t) {
    batch *items = talk_uniform_batch(t, 1, 3);
    talk_register(t);
    for (int i = 0; i < 5; i++) {
        uint32_t id;
        talk_send_keep_alive(t);
        id = talk_send_request(t, items);
        talk_send_keep_alive(t);
        talk_expect_response(t, id, items);
    }
}

/* ---- The response itself ---------------------------------------------------------------------------- */

static void metadata_layout(talk *t) {
    const clipper_message *sent;
    talk_register(t);
    talk_predict(t, talk_uniform_batch(t, 3, 2));
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

static void same_wire(talk *t) {
    clipper_wire registered, answered;
    talk_register(t);
    registered = talk_session(t)->registered != NULL ? talk_session(t)->registered->wire : CLIPPER_WIRE_ANY;
    talk_predict(t, talk_uniform_batch(t, 3, 2));
    answered = talk_latest(t)->content.wire;
    if (!talk_is_over(t) && registered != answered)
        talk_breach(t, NULL,
                    heap_format("a response on the %s, as the registration was", wire_name(registered)),
                    heap_format("a response on the %s: no Clipper reads both", wire_name(answered)));
}

static void outputs_are_utf8(talk *t) {
    const clipper_prediction *response;
    talk_register(t);
    talk_predict(t, talk_uniform_batch(t, 3, 8));
    response = &talk_latest(t)->content.as.response;
    for (size_t i = 0; !talk_is_over(t) && i < response->item_count; i++) {
        if (!utf8_is_valid(response->items[i].base, response->items[i].len))
            talk_remark(t, NULL, heap_text("outputs that are text in UTF-8"),
                        describe_text(response->items[i], 60));
    }
    talk_canary(t);
}

/* ---- The table -------------------------------------------------------------------------------------- */

#define FAILS                                                                                                \
    "No response, one for another request, one with another number of outputs, or a malformed one; with "    \
    "--model, an output that the model does not give."

static const scenario scenarios[] = {
    {
        .id = "prediction/one-item",
        .title = "a request of one item is answered",
        .requirements =
            "PRED-5 PRED-3 PRED-4 PRED-6 PRED-11 PRED-12 PRED-13 PRED-18 PRED-19 PRED-20 PRED-21 FRM-4 "
            "FRM-8",
        .passes = "Requests of one item, of one element and of 64, are answered with one output each.",
        .fails = FAILS,
        .types = EACH_TYPE,
        .play = one_item,
    },
    {
        .id = "prediction/batch-of-2",
        .title = "a batch of two items has two outputs, in order",
        .requirements = "PRED-24 PRED-11 PRED-12",
        .passes = "Two items of five elements are answered with their two outputs.",
        .fails = FAILS,
        .types = EACH_TYPE,
        .play = batch_of_2,
    },
    {
        .id = "prediction/ragged-batch",
        .title = "items of one batch may differ in length",
        .requirements = "PRED-25 PRED-11 PRED-12",
        .passes = "A batch of items of 7, 1 and 30 elements is answered with their three outputs.",
        .fails = FAILS,
        .types = EACH_TYPE,
        .play = ragged,
    },
    {
        .id = "prediction/empty-item",
        .title = "an empty item is an input like any other",
        .requirements = "PRED-22 PRED-11 PRED-12",
        .passes = "A batch whose second item has no bytes is answered with three outputs.",
        .fails = FAILS,
        .types = EACH_TYPE,
        .play = empty_item,
    },
    {
        .id = "prediction/empty-last-item",
        .title = "an empty item at the end of a batch is an input like any other",
        .requirements = "PRED-22 PRED-11 PRED-12",
        .passes = "A batch whose last item has no bytes is answered with three outputs.",
        .fails = FAILS,
        .play = empty_last_item,
    },
    {
        .id = "prediction/all-items-empty",
        .title = "a batch of nothing but empty items has an output for each",
        .requirements = "PRED-23",
        .passes = "Three items without bytes are answered with three outputs.",
        .fails = "Anything else: a warning, as released Clipper never sends such a batch.",
        .types = EACH_TYPE,
        .play = all_items_empty,
    },
    {
        .id = "prediction/no-items",
        .title = "a batch without items has no outputs",
        .requirements = "PRED-23",
        .passes = "A request without items is answered with no outputs.",
        .fails =
            "Anything else: a warning, as released Clipper never sends such a batch. (With the released C++ "
            "and JVM containers the next response is glued onto this one.)",
        .types = EACH_TYPE,
        .play = no_items,
    },
    {
        .id = "prediction/batch-of-100",
        .title = "a batch of 100 items is answered",
        .requirements = "PRED-24 PRED-11 PRED-12",
        .passes = "100 items are answered with their 100 outputs.",
        .fails = FAILS,
        .play = batch_of_100,
    },
    {
        .id = "prediction/batch-of-127",
        .title = "a batch of 127 items is answered",
        .requirements = "PRED-24 PRED-11 PRED-12",
        .passes =
            "127 items, one more than the first header buffer of the released Python container holds, are "
            "answered with their outputs.",
        .fails = FAILS,
        .play = batch_of_127,
    },
    {
        .id = "prediction/batch-of-1000",
        .title = "a batch of 1,000 items is answered",
        .requirements = "PRED-24 PRED-11 PRED-12",
        .passes = "1,000 items are answered with their 1,000 outputs.",
        .fails = FAILS,
        .play = batch_of_1000,
    },
    {
        .id = "prediction/repeated-input",
        .title = "an input that equals another has its own output",
        .requirements = "PRED-27 PRED-11",
        .passes =
            "Clipper's adaptive batching repeats the last input of some batches. A batch whose last two "
            "items are equal is answered with three outputs.",
        .fails = FAILS,
        .play = repeated_input,
    },
    {
        .id = "prediction/item-of-1-mib",
        .title = "an item of 1 MiB is answered",
        .requirements = "PRED-26",
        .passes = "One item of 1 MiB is answered with its output.",
        .fails = "Anything else: a warning.",
        .types = EACH_TYPE,
        .heavy = true,
        .play = item_of_1_mib,
    },
    {
        .id = "prediction/item-of-64-mib",
        .title = "an item of 64 MiB is answered",
        .requirements = "PRED-26",
        .passes = "One item of 64 MiB is answered with its output.",
        .fails = "Anything else: a warning.",
        .seconds = 1,
        .heavy = true,
        .play = item_of_64_mib,
    },
    {
        .id = "prediction/changing-sizes",
        .title = "large and small requests may follow each other",
        .requirements = "PRED-25 PRED-24 PRED-12",
        .passes =
            "Items of 1, 4,000, 2, 130, 0, 9,999 and 1 elements, then batches of 200, 66, 22, ... items are "
            "answered: no request leaves anything behind for the next.",
        .fails = FAILS,
        .types = EACH_TYPE,
        .play = changing_sizes,
    },
    {
        .id = "prediction/every-byte",
        .title = "bytes are octets from 0x00 to 0xff",
        .requirements = "PRED-18 PRED-12",
        .passes = "Items with every byte there is are answered; with --model sum, bytes count as 0 to 255.",
        .fails =
            "Bytes from 0x80 on taken for negative numbers, as the released Python container does, cut or "
            "replaced; only seen with --model.",
        .type_mask = 1u << CLIPPER_TYPE_BYTES,
        .play = every_byte,
    },
    {
        .id = "prediction/extreme-ints",
        .title = "ints are 32 bits with a sign",
        .requirements = "PRED-19 PRED-12",
        .passes = "The smallest and the largest integer, -1 and 0 are answered.",
        .fails = "An output for another number; only seen with --model.",
        .type_mask = 1u << CLIPPER_TYPE_INTS,
        .play = extreme_ints,
    },
    {
        .id = "prediction/extreme-floats",
        .title = "every bit pattern of a float is legal",
        .requirements = "PRED-20 PRED-12",
        .passes = "-0.0, infinities, NaNs with payloads, the smallest and the largest float are answered.",
        .fails = "No answer, or (only seen with --model) an output for other bits.",
        .type_mask = 1u << CLIPPER_TYPE_FLOATS,
        .play = extreme_floats,
    },
    {
        .id = "prediction/extreme-doubles",
        .title = "every bit pattern of a double is legal",
        .requirements = "PRED-20 PRED-12",
        .passes = "-0.0, infinities, NaNs with payloads, the smallest and the largest double are answered.",
        .fails = "No answer, or (only seen with --model) an output for other bits.",
        .type_mask = 1u << CLIPPER_TYPE_DOUBLES,
        .play = extreme_doubles,
    },
    {
        .id = "prediction/strings-with-nul",
        .title = "a NUL is a character of a string, and none ends it",
        .requirements = "PRED-21 PRED-12",
        .passes = "Strings with NULs at the beginning, in the middle and at the end are answered.",
        .fails = "A string cut at a NUL, or split in two, as in the eras before version 3; only seen with "
                 "--model.",
        .type_mask = 1u << CLIPPER_TYPE_STRINGS,
        .play = strings_with_nul,
    },
    {
        .id = "prediction/strings-of-utf8",
        .title = "strings beyond ASCII are taken as their bytes",
        .requirements = "PRED-21 PRED-12",
        .passes = "Strings with characters of two, three and four bytes are answered.",
        .fails = "An output for other bytes; only seen with --model.",
        .type_mask = 1u << CLIPPER_TYPE_STRINGS,
        .play = strings_of_utf8,
    },
    {
        .id = "prediction/strings-not-utf8",
        .title = "strings that are not UTF-8 are taken as their bytes",
        .requirements = "PRED-21 PRED-12",
        .passes = "Strings that are no UTF-8 are answered like others.",
        .fails = "No answer, a crash, or (only seen with --model) an output for other bytes.",
        .type_mask = 1u << CLIPPER_TYPE_STRINGS,
        .play = strings_not_utf8,
    },
    {
        .id = "prediction/message-ids",
        .title = "every 32-bit number is a message id",
        .requirements = "PRED-7 PRED-6",
        .passes =
            "Requests with the ids 0, 1, 0x7fffffff, 0x80000000, 0xffffffff and 0 again are answered with "
            "their ids.",
        .fails = "Another id in a response, or no response.",
        .play = message_ids,
    },
    {
        .id = "prediction/same-id-again",
        .title = "a message id may come again",
        .requirements = "PRED-7 PRED-13",
        .passes = "Three requests with the same id, one after the other, are answered each for itself.",
        .fails = "A request that is not answered, or answered with an earlier answer.",
        .play = same_id_again,
    },
    {
        .id = "prediction/64-in-flight",
        .title = "64 requests at once are answered once each",
        .requirements = "PRED-15 PRED-6 PRED-13 PRED-14",
        .passes =
            "64 requests are sent without waiting. Each is answered once with its own id, in any order.",
        .fails = "A request that is never answered, or answered twice.",
        .play = many_in_flight,
    },
    {
        .id = "prediction/heartbeats-in-between",
        .title = "keep-alives between requests change nothing",
        .requirements = "PRED-13 HB-5 HB-3",
        .passes = "Requests with keep-alives before and after them are answered, each once.",
        .fails = "A request that is not answered, or an answer to a keep-alive.",
        .play = heartbeats_in_between,
    },
    {
        .id = "prediction/metadata-layout",
        .title = "the response's metadata is laid out as one of the two wires has it",
        .requirements = "PRED-8 PRED-9 PRED-3 PRED-4 PRED-5 PRED-17",
        .passes =
            "The metadata is the document's (data type, count, sizes) or released Clipper's (count, sizes); "
            "its length field and the sizes fit the frames. No message can be both, so one of them is always "
            "departed from: lenient here, a failure under the profile that is departed from.",
        .fails = "Any other layout.",
        .play = metadata_layout,
    },
    {
        .id = "prediction/same-wire",
        .title = "registration and responses are on the same wire",
        .requirements = "PRED-33 DEP-10",
        .passes =
            "A container that registers as the document has it answers so, and likewise for the release's.",
        .fails = "One wire for registering and the other for answering: no Clipper reads both.",
        .play = same_wire,
    },
    {
        .id = "prediction/outputs-are-utf8",
        .title = "outputs are text in UTF-8",
        .requirements = "PRED-16",
        .passes = "Every output of three is well-formed UTF-8.",
        .fails = "Other bytes: lenient, as the document has outputs of any type, and a failure under the "
                 "release's "
                 "profile, as released Clipper reads text.",
        .play = outputs_are_utf8,
    },
};

const scenario_family prediction_family = {scenarios, COUNT(scenarios)};
