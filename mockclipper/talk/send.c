/* What the kit's side of a conversation does and sends. */
#include "talk/talk_parts.h"

#include "base/heap.h"

/* Only a failure of the kit is an error: that the container is gone shows in the next expectation. */
static void check_sent(talk *t, engine_sent sent) {
    if (sent == ENGINE_FAILED)
        talk_kit_error(t, heap_format("a message could not be sent: %s", zmq_strerror(zmq_errno())));
}

/* ---- How Clipper behaves ---------------------------------------------------------------------------- */

static void attend(talk *t, bool attends) {
    /* What has come already is still handled as before. */
    talk_pump(t, clock_now());
    engine_attend(t->engine, attends);
}

void talk_answer_heartbeats(talk *t) {
    if (!t->over)
        attend(t, true);
}

void talk_fall_silent(talk *t) {
    if (!t->over)
        attend(t, false);
}

void talk_stop_listening(talk *t) {
    if (t->over)
        return;
    talk_pump(t, clock_now());
    engine_close(t->engine);
    t->was_away = true;
}

void talk_restart_clipper(talk *t) {
    talk_stop_listening(t);
    talk_listen_now(t);
    talk_answer_heartbeats(t);
}

void talk_forget_container(talk *t) {
    if (!t->over)
        engine_forget(talk_session(t));
}

void talk_inject(talk *t, const char *text) {
    fault wanted;
    if (t->over)
        return;
    if (fault_parse(&wanted, text))
        faults_add(engine_faults(t->engine), wanted);
    else
        talk_kit_error(t, heap_format("there is no fault '%s'", text));
}

/* ---- Messages --------------------------------------------------------------------------------------- */

/* Every Clipper asks a connection that it does not know for its metadata first, and sends no batch without bytes. */
static void note_unsent(talk *t, bool unsent) {
    t->unsent_sent = t->unsent_sent || (unsent && scenario_is_unsent(t->scenario));
}

void talk_send_keep_alive(talk *t) {
    note_unsent(t, talk_session(t)->registered == NULL);
    if (!t->over)
        check_sent(t, engine_send_heartbeat(t->engine, talk_session(t), CLIPPER_KEEP_ALIVE));
}

void talk_send_metadata_request(talk *t) {
    if (!t->over)
        check_sent(t, engine_send_heartbeat(t->engine, talk_session(t), CLIPPER_SEND_METADATA));
}

void talk_send_draft(talk *t, draft *sent) {
    note_unsent(t, true);
    if (!t->over)
        check_sent(t, engine_send_frames(t->engine, talk_session(t), sent->frames, sent->count));
    draft_destroy(&sent);
}

void talk_send_request_as(talk *t, uint32_t id, const batch *items) {
    note_unsent(t, talk_session(t)->registered == NULL || items->bytes == 0);
    if (!t->over && !talk_skip_unanswered(t))
        check_sent(
            t, engine_send_request(t->engine, talk_session(t), id, items->type, items->items, items->count));
}

void talk_must_not_answer(talk *t) {
    if (t->refused_count < sizeof t->refused / sizeof *t->refused)
        t->refused[t->refused_count++] = t->next_id - 1;
}

draft *talk_draft(talk *t, const batch *items) {
    return draft_request(t->next_id++, items);
}

uint32_t talk_send_request(talk *t, const batch *items) {
    uint32_t id = t->next_id++;
    talk_send_request_as(t, id, items);
    return id;
}

/* ---- Batches ---------------------------------------------------------------------------------------- */

batch *talk_new_batch(talk *t) {
    batch *items = batch_new(t->type);
    zlistx_add_end(t->batches, items);
    return items;
}

void talk_feed(talk *t, batch *items, size_t elements) {
    feed_add_item(t->parameters->feeds[t->type], items, &t->random, &t->next_sample, elements);
}

/* Adds an item of that length, or what the container is fed. */
static void add_item(talk *t, batch *items, size_t elements) {
    if (t->scenario->own_items)
        batch_add_random(items, &t->random, elements);
    else
        talk_feed(t, items, elements);
}

batch *talk_uniform_batch(talk *t, size_t count, size_t elements) {
    batch *items = talk_new_batch(t);
    for (size_t i = 0; i < count; i++)
        add_item(t, items, elements);
    return items;
}

batch *talk_random_batch(talk *t, size_t count, size_t elements) {
    batch *items = talk_new_batch(t);
    for (size_t i = 0; i < count; i++)
        batch_add_random(items, &t->random, elements);
    return items;
}

batch *talk_ragged_batch(talk *t, const size_t *elements, size_t count) {
    batch *items = talk_new_batch(t);
    for (size_t i = 0; i < count; i++)
        add_item(t, items, elements[i]);
    return items;
}
