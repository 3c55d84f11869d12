/* Messages that are expected, and what must be in them. */
#include "talk/talk_parts.h"

#include "base/heap.h"
#include "engine/describe.h"

#include <inttypes.h>

/* What comes in answer to the last message to the container, which may still work on requests. */
static awaited reaction_to(talk *t, const char *what, limit l) {
    /* A slow model works on one request after the other. */
    l.at_most += t->delay;
    /* To a session that is gone nothing was sent. */
    return (awaited){what, talk_session(t)->last_sent != 0 ? talk_session(t)->last_sent : clock_now(), l,
                     true};
}

awaited talk_answer_to(talk *t, const char *what, size_t items, uint64_t bytes) {
    return reaction_to(t, what, limit_answer(&t->parameters->timing, !t->has_answered, items, bytes));
}

const message *talk_latest(const talk *t) {
    static const message none;
    return t->latest != NULL ? t->latest : &none;
}

/* ---- Heartbeats ------------------------------------------------------------------------------------- */

void talk_expect_heartbeat(talk *t) {
    const requirement *checked = t->requirement;
    bool opening = t->session == NULL;
    awaited what = {"a heartbeat", talk_last_event(t), limit_heartbeat(&t->parameters->timing, 1, 0), false};
    const message *came;
    if (opening) {
        talk_checking(t, "REG-1");
        what.limit = limit_start(&t->parameters->timing);
    }
    came = talk_await_message(t, &what);
    if (came != NULL && came->content.kind != CLIPPER_HEARTBEAT)
        talk_breach_by_message(t, NULL, what.what, came);
    t->requirement = checked;
}

void talk_expect_heartbeat_or_refusal(talk *t, const char *reason) {
    awaited what = {"a heartbeat, or a refusal", t->started, limit_start(&t->parameters->timing), false};
    while (!t->over && engine_session_count(t->engine) == t->known_sessions && !talk_process_ended(t) &&
           clock_now() < talk_give_up_at(t, &what))
        talk_pump(t, talk_give_up_at(t, &what));
    if (!t->over && talk_process_ended(t) && process_exit_status(t->process) > 0)
        talk_skip(t, reason);
    talk_expect_heartbeat(t);
}

/* ---- Registration ----------------------------------------------------------------------------------- */

static const message *await_new_container(talk *t) {
    awaited what = reaction_to(t, "a new container message", limit_reaction());
    const message *came = talk_await_message(t, &what);
    if (came == NULL || came->content.kind == CLIPPER_NEW_CONTAINER)
        return came;
    talk_breach_by_message(t, came->content.kind == CLIPPER_NO_MESSAGE ? "REG-4" : "REG-3", what.what, came);
    return NULL;
}

void talk_expect_any_new_container(talk *t) {
    const message *came = await_new_container(t);
    if (came != NULL)
        engine_register(t->engine, t->session, came);
}

void talk_expect_new_container(talk *t) {
    const message *came = await_new_container(t);
    if (came == NULL)
        return;
    if (came->content.as.new_container.input_type != t->type) {
        talk_breach(t, "REG-8",
                    heap_format("input type %s, as CLIPPER_INPUT_TYPE says", data_type_name(t->type)),
                    heap_format("input type %s (a container of one type is checked with --input-type)",
                                data_type_name(came->content.as.new_container.input_type)));
        return;
    }
    engine_register(t->engine, t->session, came);
}

/* The environment variable NAME of the container: as the scenario set it last, or OTHERWISE. */
static const char *told(talk *t, const char *name, const char *otherwise) {
    size_t len = strlen(name);
    for (const char *each = zlistx_last(t->changes); each != NULL; each = zlistx_prev(t->changes)) {
        if (strncmp(each, name, len) == 0 && each[len] == '=')
            return each + len + 1;
    }
    return otherwise;
}

static const char *expected_name(talk *t) {
    if (t->parameters->attached_name != NULL)
        return t->parameters->attached_name;
    return told(t, "CLIPPER_MODEL_NAME", TALK_MODEL_NAME);
}

static const char *expected_version(talk *t) {
    if (t->parameters->attached_version != NULL)
        return t->parameters->attached_version;
    return told(t, "CLIPPER_MODEL_VERSION", TALK_MODEL_VERSION);
}

static void check_text(talk *t, const char *id, const char *field, clipper_frame actual,
                       const char *expected) {
    clipper_frame wanted = {expected, strlen(expected)};
    char *wanted_text, *actual_text;
    if (actual.len == wanted.len && (actual.len == 0 || memcmp(actual.base, expected, actual.len) == 0))
        return;
    wanted_text = describe_text(wanted, 80);
    actual_text = describe_text(actual, 80);
    talk_remark(t, id, heap_format("%s %s", field, wanted_text), heap_format("%s %s", field, actual_text));
    free(wanted_text);
    free(actual_text);
}

void talk_expect_exact_new_container(talk *t) {
    const clipper_new_container *fields;
    talk_expect_new_container(t);
    if (t->over || t->latest == NULL)
        return;
    fields = &t->latest->content.as.new_container;
    check_text(t, "REG-5", "model name", fields->name, expected_name(t));
    check_text(t, "REG-6", "model version", fields->model_version, expected_version(t));
    if (t->latest->content.leniencies & CLIPPER_LENIENCY_INPUT_TYPE_TAIL) {
        char *sent = describe_text(t->latest->frames[4], 40);
        talk_depart(t, PROFILE_DOCUMENT, "REG-8", heap_format("input type \"%d\", one byte", (int)t->type),
                    heap_format("%s: %zu bytes, of which released Clipper reads the first", sent,
                                t->latest->frames[4].len));
        free(sent);
    }
}

void talk_register(talk *t) {
    const requirement *checked = t->requirement;
    talk_start(t);
    /* talk_expect_new_session() has taken the first heartbeat of its session. */
    if (t->session == NULL)
        talk_expect_heartbeat(t);
    talk_checking(t, "REG-3");
    talk_send_metadata_request(t);
    talk_expect_new_container(t);
    t->requirement = checked;
    talk_answer_heartbeats(t);
}

/* ---- Responses -------------------------------------------------------------------------------------- */

static void check_outputs(talk *t, const clipper_prediction *response, const batch *items) {
    for (size_t i = 0; i < items->count; i++) {
        if (!oracle_accepts(t->parameters->model, items->type, items->items[i], response->items[i])) {
            char *expected = oracle_expected(t->parameters->model, items->type, items->items[i]);
            char *actual = describe_text(response->items[i], 80);
            char *item = describe_hex(items->items[i], 24);
            talk_breach(t, "PRED-12",
                        heap_format("output %zu of %s: %s for the item %s", i,
                                    oracle_name(t->parameters->model), expected, item),
                        heap_format("output %zu: %s", i, actual));
            free(expected);
            free(actual);
            free(item);
            return;
        }
    }
}

/* Checks a response to a request for ITEMS, apart from its id. */
static void check_response(talk *t, const clipper_prediction *response, const batch *items) {
    t->judges_an_answer = items->bytes != 0;
    if (response->item_count != items->count)
        talk_breach(t, "PRED-11", heap_format("%zu outputs, one for each item", items->count),
                    heap_format("%zu outputs", response->item_count));
    else
        check_outputs(t, response, items);
    t->judges_an_answer = false;
}

/* What is breached when a prediction fails: what is being checked, if that is about predictions. */
static const char *prediction_requirement(const talk *t) {
    return strncmp(t->requirement->id, "PRED-", 5) == 0 ? t->requirement->id : "PRED-13";
}

/* The next message, which must be a response. */
static const message *await_response(talk *t, const char *expected, const batch *items) {
    awaited what = talk_answer_to(t, expected, items->count, items->bytes);
    const message *came = talk_await_message(t, &what);
    t->asks_first = t->asks_first && came == NULL;
    if (came == NULL || came->content.kind == CLIPPER_PREDICTION_RESPONSE)
        return came;
    talk_breach_by_message(t, came->content.kind == CLIPPER_NO_MESSAGE ? "PRED-5" : NULL, expected, came);
    return NULL;
}

/* As talk_expect_response(); another id is a breach of REQUIREMENT (NULL: of what is being checked). */
static void expect_answer(talk *t, uint32_t id, const batch *items, const char *requirement_id) {
    char expected[64];
    const message *came;
    snprintf(expected, sizeof expected, "the response to request %" PRIu32, id);
    came = await_response(t, expected, items);
    if (came == NULL)
        return;
    first_answers_come(t->parameters->first_answers, t->type);
    if (came->content.as.response.id != id)
        talk_breach_by_message(t, requirement_id, expected, came);
    else
        check_response(t, &came->content.as.response, items);
}

void talk_expect_response(talk *t, uint32_t id, const batch *items) {
    expect_answer(t, id, items, "PRED-6");
}

static bool has_message(talk *t) {
    zlistx_t *inbox = talk_session(t)->inbox;
    const message *each = inbox != NULL ? zlistx_first(inbox) : NULL;
    while (each != NULL && each->content.kind == CLIPPER_HEARTBEAT)
        each = zlistx_next(inbox);
    return each != NULL;
}

void talk_expect_response_if_any(talk *t, uint32_t id, const batch *items) {
    awaited what = talk_answer_to(t, "a response", items->count, items->bytes);
    hindrance h;
    t->open_reply = id;
    t->has_open_reply = true;
    while (!t->over && !has_message(t) && clock_now() < talk_give_up_at(t, &what) &&
           talk_can_still_come(t, what.what))
        talk_pump(t, talk_give_up_at(t, &what));
    if (t->over || has_message(t)) {
        talk_expect_response(t, id, items);
        t->has_open_reply = false;
        return;
    }
    h = hindrance_since(t->starvation, what.since);
    if (limit_is_doubtful(&what.limit, &h)) {
        talk_miss(t, &what, heap_text("none came"));
        return;
    }
    talk_remark(t, NULL, talk_expected_within(&what, &h), heap_text("none came"));
}

void talk_predict(talk *t, const batch *items) {
    const requirement *checked = t->requirement;
    uint32_t id = talk_send_request(t, items);
    talk_checking(t, prediction_requirement(t));
    talk_expect_response(t, id, items);
    t->requirement = checked;
}

/* ---- Plain predictions ------------------------------------------------------------------------------ */

static const batch *plain_items(talk *t) {
    batch *items = talk_new_batch(t);
    talk_feed(t, items, TALK_FIRST_ELEMENTS);
    return items;
}

void talk_canary(talk *t) {
    char *elsewhere = talk_unanswered_elsewhere(t);
    if (elsewhere != NULL && !t->over)
        journal_note(t->outcome->journal, 0, "no prediction is asked for: see %s", elsewhere);
    else {
        t->asks_first = !first_answers_have_come(t->parameters->first_answers, t->type);
        talk_predict(t, plain_items(t));
        t->asks_first = false;
    }
    free(elsewhere);
}

void talk_first_prediction(talk *t) {
    if (!talk_skip_unanswered(t) && !first_answers_have_come(t->parameters->first_answers, t->type))
        talk_canary(t);
}

/* ---- Nothing ---------------------------------------------------------------------------------------- */

void talk_expect_dropped(talk *t) {
    /* What the first makes come late or twice is here before the answer to the second. */
    for (int i = 0; i < 2 && !talk_skip_unanswered(t); i++) {
        const batch *items = plain_items(t);
        expect_answer(t, talk_send_request(t, items), items, NULL);
    }
}

void talk_expect_nothing_more(talk *t) {
    message *left;
    talk_pump(t, clock_now());
    while (!t->over && t->session != NULL && (left = inbox_take(t->session)) != NULL) {
        if (left->content.kind != CLIPPER_HEARTBEAT)
            talk_breach_by_message(t, NULL, "nothing more", left);
        message_destroy(&left);
    }
}

/* ---- Slow models ------------------------------------------------------------------------------------ */

#define NO_DELAY                                                                                             \
    "the container does not offer CLIPPER_MODEL_DELAY_MS (name an input that takes long with --slow-items)"

const batch *talk_slow_items(talk *t) {
    batch *items = talk_new_batch(t);
    if (t->slow_by_item)
        feed_add_slow_item(t->parameters->feeds[t->type], items);
    else
        talk_feed(t, items, TALK_FIRST_ELEMENTS);
    return items;
}

static void skip_quick_item(talk *t, duration took) {
    char needed[DURATION_TEXT], seen[DURATION_TEXT];
    char *reason = heap_format("the slow input takes %s, and this needs one that takes at least %s",
                               duration_text(took, seen), duration_text(t->slow_for, needed));
    talk_skip(t, reason);
    free(reason);
}

/* An answer took so long, as this machine was late; a model that is not slow would have done the same. */
static bool is_slow_by_hindrance(const talk *t, duration took, duration enough) {
    return took >= enough && took - hindrance_lost(t->starvation, clock_now() - took) < enough;
}

void talk_expect_slow_model(talk *t) {
    /* One that waits as it was told waits for all of it; one that does not is not near. */
    duration took, enough = t->slow_by_item ? t->slow_for : t->slow_for / 2;
    const batch *items = talk_slow_items(t);
    instant before = clock_now();
    if (talk_skip_unanswered(t))
        return;
    expect_answer(t, talk_send_request(t, items), items, NULL);
    if (t->over)
        return;
    took = talk_latest(t)->at - before;
    if (is_slow_by_hindrance(t, took, enough)) {
        hindrance h = hindrance_since(t->starvation, clock_now() - took);
        talk_breach_if_sure(t, true, &h, NULL, heap_text("a model that is slow"),
                            heap_text("it may be this machine that was"));
    } else if (took < enough && t->slow_by_item) {
        skip_quick_item(t, took);
    } else if (took < enough) {
        talk_skip(t, NO_DELAY);
    }
    t->is_slow = !t->over;
    if (t->slow_by_item)
        t->delay = 2 * took;
}

void talk_need_slow_model_within(talk *t, duration at_most) {
    if (t->slow_by_item && t->delay / 2 > at_most)
        talk_skip(t, "the slow input takes longer than a container has to wait for its answer when it ends");
}
