/* What the kit's side of a conversation does and sends. */
#include "talk/talk_parts.h"

#include "base/heap.h"

/* A container that is gone shows in what is expected next; only a failure of ours is an error. */
static void check_sent(conversation *c, engine_sent sent) {
    if (sent == ENGINE_FAILED)
        kit_error(c, heap_format("a message could not be sent: %s", zmq_strerror(zmq_errno())));
}

/* ---- How Clipper behaves ---------------------------------------------------------------------------- */

static void attend(conversation *c, bool attends) {
    /* What has come already is treated as before. */
    conversation_pump(c, clock_now());
    engine_attend(c->engine, attends);
}

void answer_heartbeats(conversation *c) {
    if (!c->over)
        attend(c, true);
}

void fall_silent(conversation *c) {
    if (!c->over)
        attend(c, false);
}

void stop_listening(conversation *c) {
    if (c->over)
        return;
    conversation_pump(c, clock_now());
    engine_close(c->engine);
}

void restart_clipper(conversation *c) {
    stop_listening(c);
    listen_now(c);
    answer_heartbeats(c);
}

void forget_container(conversation *c) {
    if (!c->over)
        engine_forget(current_session(c));
}

void inject(conversation *c, const char *text) {
    fault wanted;
    if (c->over)
        return;
    if (fault_parse(&wanted, text))
        faults_add(engine_faults(c->engine), wanted);
    else
        kit_error(c, heap_format("there is no fault '%s'", text));
}

/* ---- Messages --------------------------------------------------------------------------------------- */

void send_keep_alive(conversation *c) {
    if (!c->over)
        check_sent(c, engine_send_heartbeat(c->engine, current_session(c), CLIPPER_KEEP_ALIVE));
}

void send_metadata_request(conversation *c) {
    if (!c->over)
        check_sent(c, engine_send_heartbeat(c->engine, current_session(c), CLIPPER_SEND_METADATA));
}

void send_draft(conversation *c, draft *sent) {
    if (!c->over)
        check_sent(c, engine_send_frames(c->engine, current_session(c), sent->frames, sent->count));
    draft_destroy(&sent);
}

void send_request_as(conversation *c, uint32_t id, const batch *items) {
    if (!c->over)
        check_sent(c, engine_send_request(c->engine, current_session(c), id, items->type, items->items,
                                          items->count));
}

draft *draft_of(conversation *c, const batch *items) {
    return draft_request(c->next_id++, items);
}

uint32_t send_request(conversation *c, const batch *items) {
    uint32_t id = c->next_id++;
    send_request_as(c, id, items);
    return id;
}

/* ---- Batches ---------------------------------------------------------------------------------------- */

batch *new_batch(conversation *c) {
    batch *items = batch_new(c->type);
    zlistx_add_end(c->batches, items);
    return items;
}

batch *uniform_batch(conversation *c, size_t count, size_t elements) {
    batch *items = new_batch(c);
    for (size_t i = 0; i < count; i++)
        batch_add_random(items, &c->random, elements);
    return items;
}

batch *ragged_batch(conversation *c, const size_t *elements, size_t count) {
    batch *items = new_batch(c);
    for (size_t i = 0; i < count; i++)
        batch_add_random(items, &c->random, elements[i]);
    return items;
}
