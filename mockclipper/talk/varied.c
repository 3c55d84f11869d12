/* Many requests in flight, which differ in count, sizes and values of their items: answers that are mixed up between them
 * are seen. The items are from a pool, so that what each is answered alone can be known, too. */
#include "talk/talk_parts.h"

#include "base/heap.h"
#include "engine/describe.h"

#include <inttypes.h>

#define POOL     16 /* items; a power of 2 */
#define MOST     4  /* items in a request */
#define KEPT_MAX 4096

/* ---- Requests ----------------------------------------------------------------------------------------------- */

static const batch *pool(talk *t) {
    if (t->pool == NULL) {
        t->pool = talk_new_batch(t);
        for (size_t i = 0; i < POOL; i++)
            talk_feed(t, t->pool, 1 + 5 * i % 13);
    }
    return t->pool;
}

/* How many items the request of that id has; neighbours differ. */
static size_t varied_count(uint32_t id) {
    return 1 + id % MOST;
}

/* The place in the pool of its item INDEX: no two of 512 in a row have the same. */
static size_t varied_place(uint32_t id, size_t index) {
    size_t start = id / MOST, step = 1 + 2 * (id / (MOST * POOL) % (POOL / 2));
    return (start + index * step) % POOL;
}

/* The caller's to destroy. */
static batch *varied_items(talk *t, uint32_t id) {
    batch *items = batch_new(t->type);
    for (size_t i = 0; i < varied_count(id); i++) {
        const clipper_frame *item = &pool(t)->items[varied_place(id, i)];
        batch_add_bytes(items, item->base, item->len);
    }
    return items;
}

void talk_send_varied(talk *t, uint32_t id) {
    batch *items = varied_items(t, id);
    talk_send_request_as(t, id, items);
    batch_destroy(&items);
}

/* ---- Answers ------------------------------------------------------------------------------------------------ */

static bool answers_are_known(const talk *t) {
    return t->alone != NULL || oracle_knows(t->parameters->model);
}

/* Whether OUTPUT is right for the item at PLACE of the pool, as far as that is known. */
static bool is_right(const talk *t, size_t place, clipper_frame output) {
    if (!oracle_accepts(t->parameters->model, t->type, t->pool->items[place], output))
        return false;
    return t->alone == NULL || oracle_alike(t->alone->type, t->alone->items[place], output);
}

/* The first of the COUNT outputs that is not right for the request of that id: COUNT when all are, 0 too when it has
 * another number of items. */
static size_t first_wrong(const talk *t, uint32_t id, const clipper_frame *outputs, size_t count) {
    size_t i = 0;
    if (count != varied_count(id))
        return 0;
    while (i < count && is_right(t, varied_place(id, i), outputs[i]))
        i++;
    return i;
}

static bool fits(const talk *t, uint32_t id, const clipper_frame *outputs, size_t count) {
    return count == varied_count(id) && first_wrong(t, id, outputs, count) == count;
}

/* Breaches the requirement when the outputs are those of another of the requests FIRST to LAST. */
static void look_for_owner(talk *t, uint32_t id, const clipper_frame *outputs, size_t count, uint32_t first,
                           uint32_t last) {
    for (uint32_t other = first; answers_are_known(t) && !t->over && other <= last; other++) {
        if (other != id && fits(t, other, outputs, count))
            talk_breach(
                t, "PRED-15", heap_format("outputs of its own in the response to request %" PRIu32, id),
                heap_format("those of request %" PRIu32 ": answers to requests in flight are mixed up",
                            other));
    }
}

static char *expected_output(const talk *t, size_t place) {
    return t->alone != NULL ? describe_text(t->alone->items[place], 80)
                            : oracle_expected(t->parameters->model, t->type, t->pool->items[place]);
}

/* Checks the outputs of the response to request ID, one of FIRST to LAST. */
static void check_outputs(talk *t, uint32_t id, const clipper_frame *outputs, size_t count, uint32_t first,
                          uint32_t last) {
    size_t wrong = first_wrong(t, id, outputs, count);
    if (t->over || fits(t, id, outputs, count))
        return;
    t->judges_an_answer = true;
    look_for_owner(t, id, outputs, count, first, last);
    if (!t->over && count != varied_count(id)) {
        talk_breach(t, "PRED-11", heap_format("%zu outputs, one for each item", varied_count(id)),
                    heap_format("%zu outputs", count));
    } else if (!t->over) {
        char *expected = expected_output(t, varied_place(id, wrong)),
             *actual = describe_text(outputs[wrong], 80);
        talk_breach(t, "PRED-12",
                    heap_format("output %zu of the response to request %" PRIu32 ": %s", wrong, id, expected),
                    heap_format("output %zu: %s", wrong, actual));
        free(expected);
        free(actual);
    }
    t->judges_an_answer = false;
}

/* Keeps the outputs of a response until it is known what its items are answered alone. */
static void keep(talk *t, const clipper_prediction *response) {
    batch *outputs;
    if (answers_are_known(t) || t->kept_count == KEPT_MAX)
        return;
    outputs = batch_new(response->data_type);
    for (size_t i = 0; i < response->item_count; i++)
        batch_add_bytes(outputs, response->items[i].base, response->items[i].len);
    t->kept = heap_grow(t->kept, t->kept_count + 1, sizeof *t->kept);
    t->kept[t->kept_count++] = (kept_outputs){response->id, outputs};
}

static void check_kept(talk *t) {
    for (size_t i = 0; t->alone != NULL && i < t->kept_count; i++)
        check_outputs(t, t->kept[i].id, t->kept[i].outputs->items, t->kept[i].outputs->count, t->kept[0].id,
                      t->kept[0].id + (uint32_t)t->kept_count - 1);
}

void talk_learn_varied(talk *t) {
    if (t->over || answers_are_known(t))
        return;
    if (talk_is_steady(t, pool(t)->items[0]))
        t->alone = talk_ask_alone(t, pool(t));
    check_kept(t);
}

void talk_try_varied(talk *t) {
    uint32_t id = MOST - 1;
    talk_first_prediction(t);
    talk_excuse(t, "a batch alone is not answered as it should be: see prediction/batch-of-2");
    talk_send_varied(t, id);
    talk_expect_varied(t, id, 1);
    talk_excuse(t, NULL);
    talk_learn_varied(t);
    talk_excuse(t, "a batch alone is not answered as its items are: see prediction/batch-of-2");
    talk_send_varied(t, id);
    talk_expect_varied(t, id, 1);
    talk_excuse(t, NULL);
}

/* ---- Many responses ----------------------------------------------------------------------------------------- */

/* Takes CAME as one of the responses to COUNT requests with ids from FIRST on. */
static void take_response(talk *t, const message *came, bool *answered, uint32_t first, size_t count) {
    const clipper_prediction *response = &came->content.as.response;
    uint32_t at = response->id - first;
    if (came->content.kind != CLIPPER_PREDICTION_RESPONSE)
        talk_breach_by_message(t, NULL, "a response", came);
    else if (at >= count || answered[at])
        talk_breach_by_message(t, at < count ? "PRED-13" : "PRED-6", "a response to a request that waits",
                               came);
    else
        check_outputs(t, response->id, response->items, response->item_count, first,
                      first + (uint32_t)count - 1);
    if (t->over)
        return;
    keep(t, response);
    answered[at] = true;
}

static uint64_t varied_bytes(talk *t, uint32_t first, size_t count) {
    uint64_t sum = 0;
    for (uint32_t id = first; id < first + count; id++) {
        for (size_t i = 0; i < varied_count(id); i++)
            sum += pool(t)->items[varied_place(id, i)].len;
    }
    return sum;
}

/* Waits for all responses, and REGISTRATIONS new container messages. */
static void expect_all(talk *t, uint32_t first, size_t count, size_t registrations) {
    bool *answered = heap_array(count, sizeof *answered);
    uint64_t bytes = varied_bytes(t, first, count);
    size_t left = count + registrations;
    while (left > 0 && !t->over) {
        char expected[80];
        awaited what;
        const message *came;
        snprintf(expected, sizeof expected, "%zu more messages in answer to %zu requests", left, count);
        what = talk_answer_to(t, expected, MOST, bytes);
        what.limit.at_most += t->delay * (duration)count;
        /* Each message that comes shows that the container is at work. */
        what.since = duration_max(talk_session(t)->last_received, what.since);
        came = talk_await_message(t, &what);
        if (came == NULL)
            break;
        left--;
        if (came->content.kind == CLIPPER_NEW_CONTAINER && registrations > 0)
            registrations--;
        else
            take_response(t, came, answered, first, count);
    }
    free(answered);
}

void talk_expect_varied(talk *t, uint32_t first, size_t count) {
    expect_all(t, first, count, 0);
}

void talk_expect_varied_and_new_container(talk *t, uint32_t first, size_t count) {
    expect_all(t, first, count, 1);
}
