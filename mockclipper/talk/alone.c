/* A container is its own oracle: an item alone and the same item in a batch get the same answer, where its model gives
 * the same answer twice. */
#include "talk/talk_parts.h"

#include "base/heap.h"
#include "engine/describe.h"

#include <inttypes.h>

/* Of a batch with more items than this, as many are asked alone. */
#define SAMPLES 5

/* The outputs of the latest response, of the type it states. The caller's to destroy. */
static batch *copy_outputs(const talk *t) {
    const clipper_prediction *response = &talk_latest(t)->content.as.response;
    batch *copy = batch_new(response->data_type);
    for (size_t i = 0; i < response->item_count; i++)
        batch_add_bytes(copy, response->items[i].base, response->items[i].len);
    return copy;
}

/* The answer to ITEM alone, as a batch of one. NULL when the conversation is over. */
static batch *ask_alone(talk *t, clipper_frame item) {
    batch *alone = talk_new_batch(t);
    batch_add_bytes(alone, item.base, item.len);
    talk_predict(t, alone);
    return t->over ? NULL : copy_outputs(t);
}

bool talk_is_steady(talk *t, clipper_frame item) {
    batch *first = ask_alone(t, item), *second = ask_alone(t, item);
    bool answered = first != NULL && second != NULL;
    bool steady = answered && oracle_alike(first->type, first->items[0], second->items[0]);
    if (answered && !steady) {
        char *once = describe_text(first->items[0], 40), *again = describe_text(second->items[0], 40);
        talk_inform(
            t, "PRED-12", heap_text("the same answer to the same item, so that answers can be compared"),
            heap_format("%s, then %s: whether outputs are in their places cannot be told without --model",
                        once, again));
        free(once);
        free(again);
    }
    batch_destroy(&first);
    batch_destroy(&second);
    return steady;
}

batch *talk_ask_alone(talk *t, const batch *items) {
    batch *answers = NULL;
    for (size_t i = 0; i < items->count && !t->over; i++) {
        batch *one = ask_alone(t, items->items[i]);
        if (one != NULL && answers == NULL)
            answers = batch_new(one->type);
        if (one != NULL)
            batch_add_bytes(answers, one->items[0].base, one->items[0].len);
        batch_destroy(&one);
    }
    if (t->over)
        batch_destroy(&answers);
    return answers;
}

/* Where in TOGETHER the answer that item I got alone stands instead, in words; "" for nowhere. */
static char *elsewhere(const batch *together, clipper_frame alone, size_t i) {
    for (size_t j = 0; j < together->count; j++) {
        if (j != i && oracle_alike(together->type, together->items[j], alone))
            return heap_format(", which is output %zu there", j);
    }
    return heap_text("");
}

static void compare_one(talk *t, const batch *items, const batch *together, size_t i) {
    batch *alone = ask_alone(t, items->items[i]);
    if (alone != NULL && !oracle_alike(together->type, together->items[i], alone->items[0])) {
        char *expected = describe_text(alone->items[0], 80), *actual = describe_text(together->items[i], 80);
        char *where = elsewhere(together, alone->items[0], i);
        talk_breach(t, "PRED-12", heap_format("output %zu of a batch as for its item alone: %s", i, expected),
                    heap_format("output %zu of a batch of %zu: %s (the item alone: %s%s)", i, items->count,
                                actual, expected, where));
        free(expected);
        free(actual);
        free(where);
    }
    batch_destroy(&alone);
}

/* Compares some of the items, the first and the last among them; no Clipper sends an empty one alone. */
static void compare(talk *t, const batch *items, const batch *together) {
    const size_t n = items->count, some[SAMPLES] = {0, 1, n / 2, n - 2, n - 1};
    bool steady = false;
    for (size_t i = 0; i < (n > SAMPLES ? SAMPLES : n) && !t->over; i++) {
        size_t at = n > SAMPLES ? some[i] : i;
        if (items->items[at].len == 0)
            continue;
        if (!steady && !talk_is_steady(t, items->items[at]))
            return;
        steady = true;
        compare_one(t, items, together, at);
    }
}

void talk_predict_compared(talk *t, const batch *items) {
    batch *together;
    talk_predict(t, items);
    if (t->over || items->count < 2 || oracle_knows(t->parameters->model))
        return;
    together = copy_outputs(t);
    compare(t, items, together);
    batch_destroy(&together);
}
