/* Messages that are expected, and what must be in them. */
#include "talk/talk_parts.h"

#include "base/heap.h"
#include "engine/describe.h"

#include <inttypes.h>

/* Something that follows from what was just sent. */
static awaited answer_to(conversation *c, const char *what, uint64_t bytes) {
    limit l = limit_answer(bytes);
    /* A model that was told to be slow works on one request after the other. */
    l.at_most += c->delay;
    return (awaited){what, current_session(c)->last_sent, l, false};
}

const message *latest_message(const conversation *c) {
    static const message none;
    return c->latest != NULL ? c->latest : &none;
}

/* ---- Heartbeats ------------------------------------------------------------------------------------- */

void expect_heartbeat(conversation *c) {
    const requirement *checked = c->requirement;
    bool opening = c->session == NULL;
    awaited what = {"a heartbeat", last_event(c), limit_heartbeat(&c->subject->timing, 1, 0), false};
    const message *came;
    if (opening) {
        checking(c, "REG-1");
        what.limit = limit_start(&c->subject->timing);
    }
    came = await_message(c, &what);
    if (came != NULL && came->content.kind != CLIPPER_HEARTBEAT)
        breach_by_message(c, NULL, what.what, came);
    c->requirement = checked;
}

void expect_heartbeat_or_refusal(conversation *c, const char *reason) {
    awaited what = {"a heartbeat, or a refusal", c->started, limit_start(&c->subject->timing), false};
    while (!c->over && engine_session_count(c->engine) == c->known_sessions && !has_ended(c) &&
           clock_now() < give_up_at(c, &what))
        conversation_pump(c, give_up_at(c, &what));
    if (!c->over && has_ended(c) && process_exit_status(c->process) > 0)
        skip(c, reason);
    expect_heartbeat(c);
}

/* ---- Registration ----------------------------------------------------------------------------------- */

static const message *await_new_container(conversation *c) {
    awaited what = answer_to(c, "a new container message", 0);
    const message *came;
    what.heartbeats_pass = true;
    came = await_message(c, &what);
    if (came == NULL || came->content.kind == CLIPPER_NEW_CONTAINER)
        return came;
    breach_by_message(c, came->content.kind == CLIPPER_NO_MESSAGE ? "REG-4" : "REG-3", what.what, came);
    return NULL;
}

void expect_any_new_container(conversation *c) {
    const message *came = await_new_container(c);
    if (came != NULL)
        engine_register(c->engine, c->session, came);
}

void expect_new_container(conversation *c) {
    const message *came = await_new_container(c);
    if (came == NULL)
        return;
    if (came->content.as.new_container.input_type != c->type) {
        breach(c, "REG-8", heap_format("input type %s, as CLIPPER_INPUT_TYPE says", data_type_name(c->type)),
               heap_format("input type %s (a container of one type is checked with --input-type)",
                           data_type_name(came->content.as.new_container.input_type)));
        return;
    }
    engine_register(c->engine, c->session, came);
}

/* What the container was told by the environment variable NAME: the last word of the scenario on it, or OTHERWISE. */
static const char *told(conversation *c, const char *name, const char *otherwise) {
    size_t len = strlen(name);
    for (const char *each = zlistx_last(c->changes); each != NULL; each = zlistx_prev(c->changes)) {
        if (strncmp(each, name, len) == 0 && each[len] == '=')
            return each + len + 1;
    }
    return otherwise;
}

static const char *expected_name(conversation *c) {
    if (c->subject->attached_name != NULL)
        return c->subject->attached_name;
    return told(c, "CLIPPER_MODEL_NAME", CONVERSATION_MODEL_NAME);
}

static const char *expected_version(conversation *c) {
    if (c->subject->attached_version != NULL)
        return c->subject->attached_version;
    return told(c, "CLIPPER_MODEL_VERSION", CONVERSATION_MODEL_VERSION);
}

static void check_text(conversation *c, const char *id, const char *field, clipper_frame actual,
                       const char *expected) {
    clipper_frame wanted = {expected, strlen(expected)};
    char *wanted_text, *actual_text;
    if (actual.len == wanted.len && (actual.len == 0 || memcmp(actual.base, expected, actual.len) == 0))
        return;
    wanted_text = describe_text(wanted, 80);
    actual_text = describe_text(actual, 80);
    remark(c, id, heap_format("%s %s", field, wanted_text), heap_format("%s %s", field, actual_text));
    free(wanted_text);
    free(actual_text);
}

void expect_exact_new_container(conversation *c) {
    const clipper_new_container *fields;
    expect_new_container(c);
    if (c->over || c->latest == NULL)
        return;
    fields = &c->latest->content.as.new_container;
    check_text(c, "REG-5", "model name", fields->name, expected_name(c));
    check_text(c, "REG-6", "model version", fields->model_version, expected_version(c));
    if (c->latest->content.leniencies & CLIPPER_LENIENCY_INPUT_TYPE_TAIL) {
        char *sent = describe_text(c->latest->frames[4], 40);
        depart(c, PROFILE_DOCUMENT, "REG-8", heap_format("input type \"%d\", one byte", (int)c->type),
               heap_format("%s: %zu bytes, of which released Clipper reads the first", sent,
                           c->latest->frames[4].len));
        free(sent);
    }
}

void register_container(conversation *c) {
    const requirement *checked = c->requirement;
    start_container(c);
    /* Of a session that was expected, the first heartbeat has been taken. */
    if (c->session == NULL)
        expect_heartbeat(c);
    checking(c, "REG-3");
    send_metadata_request(c);
    expect_new_container(c);
    c->requirement = checked;
    answer_heartbeats(c);
}

/* ---- Responses -------------------------------------------------------------------------------------- */

static void check_outputs(conversation *c, const clipper_prediction *response, const batch *items) {
    for (size_t i = 0; i < items->count; i++) {
        if (!model_accepts(c->subject->model, items->type, items->items[i], response->items[i])) {
            char *expected = model_expected(c->subject->model, items->type, items->items[i]);
            char *actual = describe_text(response->items[i], 80);
            char *item = describe_hex(items->items[i], 24);
            breach(c, "PRED-12",
                   heap_format("output %zu of %s: %s for the item %s", i, model_name(c->subject->model),
                               expected, item),
                   heap_format("output %zu: %s", i, actual));
            free(expected);
            free(actual);
            free(item);
            return;
        }
    }
}

/* Judges a message as the response to a request with ITEMS; its id has been looked at. */
static void check_response(conversation *c, const clipper_prediction *response, const batch *items) {
    if (response->item_count != items->count)
        breach(c, "PRED-11", heap_format("%zu outputs, one for each item", items->count),
               heap_format("%zu outputs", response->item_count));
    else
        check_outputs(c, response, items);
}

/* The next message, which must be a response. */
static const message *await_response(conversation *c, const char *expected, uint64_t bytes) {
    awaited what = answer_to(c, expected, bytes);
    const message *came;
    what.heartbeats_pass = true;
    came = await_message(c, &what);
    if (came == NULL || came->content.kind == CLIPPER_PREDICTION_RESPONSE)
        return came;
    breach_by_message(c, came->content.kind == CLIPPER_NO_MESSAGE ? "PRED-5" : NULL, expected, came);
    return NULL;
}

/* As expect_response(); another id is a breach of REQUIREMENT (NULL: of what is being checked). */
static void expect_answer(conversation *c, uint32_t id, const batch *items, const char *requirement_id) {
    char expected[64];
    const message *came;
    snprintf(expected, sizeof expected, "the response to request %" PRIu32, id);
    came = await_response(c, expected, items->bytes);
    if (came == NULL)
        return;
    if (came->content.as.response.id != id)
        breach_by_message(c, requirement_id, expected, came);
    else
        check_response(c, &came->content.as.response, items);
}

void expect_response(conversation *c, uint32_t id, const batch *items) {
    expect_answer(c, id, items, "PRED-6");
}

void predict(conversation *c, const batch *items) {
    expect_response(c, send_request(c, items), items);
}

void canary(conversation *c) {
    batch *items = uniform_batch(c, 1, 3);
    expect_answer(c, send_request(c, items), items, NULL);
}

/* ---- Many responses --------------------------------------------------------------------------------- */

/* Takes CAME as one of the responses to COUNT requests from FIRST_ID on. */
static void take_response(conversation *c, const message *came, bool *answered, uint32_t first_id,
                          size_t count, const batch *items) {
    uint32_t at = came->content.as.response.id - first_id;
    if (came->content.kind != CLIPPER_PREDICTION_RESPONSE)
        breach_by_message(c, NULL, "a response", came);
    else if (at >= count || answered[at])
        breach_by_message(c, at < count ? "PRED-13" : "PRED-6", "a response to a request that waits", came);
    else
        check_response(c, &came->content.as.response, items);
    if (at < count)
        answered[at] = true;
}

/* Waits for all responses, and so many new container messages. */
static void expect_all(conversation *c, uint32_t first_id, size_t count, const batch *items,
                       size_t registrations) {
    bool *answered = heap_array(count, sizeof *answered);
    size_t left = count + registrations;
    while (left > 0 && !c->over) {
        char expected[80];
        awaited what;
        const message *came;
        snprintf(expected, sizeof expected, "%zu more messages in answer to %zu requests", left, count);
        what = answer_to(c, expected, items->bytes * count);
        what.limit.at_most += c->delay * (duration)count;
        what.heartbeats_pass = true;
        /* Each message that comes shows that the container is at work. */
        what.since =
            current_session(c)->last_received > what.since ? current_session(c)->last_received : what.since;
        came = await_message(c, &what);
        if (came == NULL)
            break;
        left--;
        if (came->content.kind == CLIPPER_NEW_CONTAINER && registrations > 0)
            registrations--;
        else
            take_response(c, came, answered, first_id, count, items);
    }
    free(answered);
}

void expect_responses(conversation *c, uint32_t first_id, size_t count, const batch *items) {
    expect_all(c, first_id, count, items, 0);
}

void expect_responses_and_new_container(conversation *c, uint32_t first_id, size_t count,
                                        const batch *items) {
    expect_all(c, first_id, count, items, 1);
}

/* ---- Nothing ---------------------------------------------------------------------------------------- */

void expect_dropped(conversation *c) {
    canary(c);
}

void expect_nothing_more(conversation *c) {
    message *left;
    conversation_pump(c, clock_now());
    while (!c->over && c->session != NULL && (left = inbox_take(c->session)) != NULL) {
        if (left->content.kind != CLIPPER_HEARTBEAT)
            breach_by_message(c, NULL, "nothing more", left);
        message_destroy(&left);
    }
}

/* ---- Slow models ------------------------------------------------------------------------------------ */

void expect_slow_model(conversation *c) {
    instant before = clock_now();
    canary(c);
    if (!c->over && clock_now() - before < c->delay)
        skip(c, "the container does not offer CLIPPER_MODEL_DELAY_MS");
}
