/* How a container answers prediction requests. */
#include "families.h"

#include "describe.h"
#include "heap.h"

static void one_item(conversation *c) {
    register_container(c);
    predict(c, uniform_batch(c, 1, 1));
    predict(c, uniform_batch(c, 1, 64));
}

static void batch_of(conversation *c, size_t count) {
    register_container(c);
    predict(c, uniform_batch(c, count, 5));
    canary(c);
}

static void batch_of_2(conversation *c) {
    batch_of(c, 2);
}

static void batch_of_100(conversation *c) {
    batch_of(c, 100);
}

static void batch_of_127(conversation *c) {
    batch_of(c, 127);
}

static void batch_of_1000(conversation *c) {
    batch_of(c, 1000);
}

static void ragged(conversation *c) {
    static const size_t elements[] = {7, 1, 30};
    register_container(c);
    predict(c, ragged_batch(c, elements, COUNT(elements)));
    canary(c);
}

static void empty_item(conversation *c) {
    static const size_t elements[] = {3, 0, 5};
    register_container(c);
    predict(c, ragged_batch(c, elements, COUNT(elements)));
    canary(c);
}

static void message_ids(conversation *c) {
    static const uint32_t ids[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0};
    register_container(c);
    for (size_t i = 0; i < COUNT(ids); i++) {
        batch *items = uniform_batch(c, 2, 3);
        send_request_as(c, ids[i], items);
        expect_response(c, ids[i], items);
    }
}

static void same_id_again(conversation *c) {
    register_container(c);
    for (int i = 0; i < 3; i++) {
        batch *items = uniform_batch(c, 1, 4);
        send_request_as(c, 77, items);
        expect_response(c, 77, items);
    }
}

static void many_in_flight(conversation *c) {
    batch *items = uniform_batch(c, 2, 3);
    register_container(c);
    for (uint32_t id = 5000; id < 5064; id++)
        send_request_as(c, id, items);
    expect_responses(c, 5000, 64, items);
    canary(c);
}

static void repeated_input(conversation *c) {
    batch *items = uniform_batch(c, 2, 3);
    batch_repeat_last(items);
    register_container(c);
    predict(c, items);
    canary(c);
}

static void metadata_layout(conversation *c) {
    batch *items = uniform_batch(c, 3, 2);
    const clipper_message *sent;
    register_container(c);
    predict(c, items);
    sent = &latest_message(c)->content;
    if (sent->wire == CLIPPER_WIRE_DOCUMENT)
        remark(c, "PRED-9", heap_text("metadata of a count and the sizes"),
               heap_format("metadata with the data type %s before them; released Clipper takes that for the "
                           "count",
                           data_type_name(sent->as.response.data_type)));
    else
        remark(c, "PRED-8", heap_text("metadata of a data type, a count and the sizes"),
               heap_text("metadata without a data type, as released Clipper wants it"));
    canary(c);
}

#define TYPED_FAILS                                                                                          \
    "No response, one for another request, one with another number of outputs, or a malformed one; with "    \
    "--model, an output that the model does not give."

static const scenario scenarios[] = {
    {
        .id = "prediction/one-item",
        .title = "a request of one item is answered",
        .requirements = "PRED-5 PRED-6 PRED-11 PRED-12 PRED-13 PRED-18 PRED-19 PRED-20 PRED-21",
        .passes = "Requests of one item, of one element and of 64, are answered with one output each.",
        .fails = TYPED_FAILS,
        .types = EACH_TYPE,
        .play = one_item,
    },
    {
        .id = "prediction/batch-of-2",
        .title = "a batch of two items has two outputs, in order",
        .requirements = "PRED-24 PRED-11 PRED-12",
        .passes = "Two items of five elements are answered with their two outputs.",
        .fails = TYPED_FAILS,
        .types = EACH_TYPE,
        .play = batch_of_2,
    },
    {
        .id = "prediction/ragged-batch",
        .title = "items of one batch may differ in length",
        .requirements = "PRED-25 PRED-4 PRED-11 PRED-12",
        .passes = "A batch of items of 7, 1 and 30 elements is answered with their three outputs.",
        .fails = TYPED_FAILS,
        .types = EACH_TYPE,
        .play = ragged,
    },
    {
        .id = "prediction/empty-item",
        .title = "an empty item is an input like any other",
        .requirements = "PRED-22 PRED-11 PRED-12",
        .passes = "A batch whose second item has no bytes is answered with three outputs.",
        .fails = TYPED_FAILS,
        .types = EACH_TYPE,
        .play = empty_item,
    },
    {
        .id = "prediction/batch-of-100",
        .title = "a batch of 100 items is answered",
        .requirements = "PRED-24 PRED-11 PRED-12",
        .passes = "100 items are answered with their 100 outputs.",
        .fails = TYPED_FAILS,
        .play = batch_of_100,
    },
    {
        .id = "prediction/batch-of-127",
        .title = "a batch of 127 items is answered",
        .requirements = "PRED-24 PRED-11 PRED-12",
        .passes =
            "127 items, one more than the first header buffer of the released Python container holds, are "
            "answered with their outputs.",
        .fails = TYPED_FAILS,
        .play = batch_of_127,
    },
    {
        .id = "prediction/batch-of-1000",
        .title = "a batch of 1,000 items is answered",
        .requirements = "PRED-24 PRED-11 PRED-12",
        .passes = "1,000 items are answered with their 1,000 outputs.",
        .fails = TYPED_FAILS,
        .play = batch_of_1000,
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
        .id = "prediction/repeated-input",
        .title = "an input that equals another has its own output",
        .requirements = "PRED-27 PRED-11",
        .passes =
            "Clipper's adaptive batching repeats the last input of some batches. A batch whose last two items "
            "are equal is answered with three outputs.",
        .fails = TYPED_FAILS,
        .play = repeated_input,
    },
    {
        .id = "prediction/metadata-layout",
        .title = "the response's metadata is laid out as one of the two wires has it",
        .requirements = "PRED-8 PRED-9 PRED-3 PRED-4 PRED-5 PRED-10 PRED-17",
        .passes =
            "The metadata is the document's (data type, count, sizes) or released Clipper's (count, "
            "sizes); its length field and the sizes fit the frames. No message can be both, so one of them "
            "is always departed from: lenient here, a failure under the profile that is departed from.",
        .fails = "Any other layout.",
        .play = metadata_layout,
    },
};

const scenario_family prediction_family = {scenarios, COUNT(scenarios)};
