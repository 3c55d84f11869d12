/* Sending, with what faults do to it. */
#include "engine/engine_parts.h"

#include "base/heap.h"

#include <errno.h>
#include <limits.h>

/* ---- The socket ------------------------------------------------------------------------------------- */

static engine_sent transmit(engine *self, session *to, const clipper_frame *frames, size_t count) {
    void *router = zsock_resolve(self->router);
    if (zmq_send(router, to->identity, to->identity_len, ZMQ_SNDMORE) < 0)
        return errno == EHOSTUNREACH ? ENGINE_GONE : ENGINE_FAILED;
    for (size_t i = 0; i < count; i++) {
        if (zmq_send(router, frames[i].base, frames[i].len, i + 1 < count ? ZMQ_SNDMORE : 0) < 0)
            return ENGINE_FAILED;
    }
    return ENGINE_SENT;
}

static engine_sent deliver(engine *self, session *to, const clipper_frame *frames, size_t count) {
    instant at = clock_now();
    engine_sent sent;
    if (self->router == NULL || to->closed != 0)
        return ENGINE_GONE;
    if (self->journal != NULL) {
        clipper_message content;
        clipper_diagnosis diagnosis;
        (void)clipper_decode(CLIPPER_TO_CONTAINER, frames, count, NULL, &content, &diagnosis);
        journal_message(self->journal, at, to->number, frames, count, CLIPPER_TO_CONTAINER, &content,
                        &diagnosis);
    }
    sent = transmit(self, to, frames, count);
    if (sent == ENGINE_SENT) {
        to->last_gap = at - (to->last_sent != 0 ? to->last_sent : to->opened);
        to->last_sent = at;
    }
    return sent;
}

/* ---- Messages that wait ----------------------------------------------------------------------------- */

static void wait_with(engine *self, session *to, const clipper_frame *frames, size_t count, instant due) {
    self->waiting = heap_grow(self->waiting, self->waiting_count + 1, sizeof *self->waiting);
    self->waiting[self->waiting_count++] = (waiting){to, draft_copy(frames, count), due};
}

/* Sends the waiting message of that index. */
static void send_one(engine *self, size_t index) {
    waiting one = self->waiting[index];
    self->waiting_count--;
    memmove(&self->waiting[index], &self->waiting[index + 1],
            (self->waiting_count - index) * sizeof *self->waiting);
    (void)deliver(self, one.to, one.frames->frames, one.frames->count);
    draft_destroy(&one.frames);
}

void engine_send_waiting(engine *self) {
    for (size_t i = 0; i < self->waiting_count;) {
        if (self->waiting[i].due != 0 && self->waiting[i].due <= clock_now())
            send_one(self, i);
        else
            i++;
    }
}

/* Sends what waits for a message to that session to be sent before. */
static void send_reordered(engine *self, const session *to) {
    for (size_t i = 0; i < self->waiting_count;) {
        if (self->waiting[i].due == 0 && self->waiting[i].to == to)
            send_one(self, i);
        else
            i++;
    }
}

void engine_drop_waiting(engine *self) {
    for (size_t i = 0; i < self->waiting_count; i++)
        draft_destroy(&self->waiting[i].frames);
    self->waiting_count = 0;
}

instant engine_wake_at(const engine *self) {
    instant earliest = INT64_MAX;
    for (size_t i = 0; i < self->waiting_count; i++) {
        if (self->waiting[i].due != 0 && self->waiting[i].due < earliest)
            earliest = self->waiting[i].due;
    }
    return earliest;
}

/* ---- Faults ----------------------------------------------------------------------------------------- */

void engine_note_fault(engine *self, const session *s, const fault *fired) {
    char *text;
    if (self->journal == NULL)
        return;
    text = fault_text(fired);
    journal_note(self->journal, s->number, "fault %s", text);
    free(text);
}

/* Asks for the metadata; that message is beyond faults, or it might make itself be sent again and again. */
static void ask(engine *self, session *s) {
    draft *question = draft_heartbeat(CLIPPER_SEND_METADATA);
    (void)deliver(self, s, question->frames, question->count);
    draft_destroy(&question);
}

void engine_after_fault(engine *self, session *s, const fault *fired) {
    switch (fired->action) {
    case FAULT_SILENCE:
        self->attends = false;
        break;
    case FAULT_RESTART:
        self->restart_due = true;
        break;
    case FAULT_ASK:
        engine_forget(s);
        ask(self, s);
        break;
    default:
        break;
    }
}

static engine_sent send_changed(engine *self, session *to, const fault *fired, const clipper_frame *frames,
                                size_t count) {
    draft *changed = draft_copy(frames, count);
    engine_sent sent;
    fault_apply(fired, changed);
    sent = deliver(self, to, changed->frames, changed->count);
    draft_destroy(&changed);
    return sent;
}

static engine_sent send_with_fault(engine *self, session *to, const fault *fired, const clipper_frame *frames,
                                   size_t count) {
    engine_sent sent;
    engine_note_fault(self, to, fired);
    switch (fired->action) {
    case FAULT_DROP:
        return ENGINE_SENT;
    case FAULT_DELAY:
        wait_with(self, to, frames, count, clock_now() + (duration)fired->value * MILLISECOND);
        return ENGINE_SENT;
    case FAULT_REORDER:
        wait_with(self, to, frames, count, 0);
        return ENGINE_SENT;
    case FAULT_DUPLICATE:
        (void)deliver(self, to, frames, count);
        return deliver(self, to, frames, count);
    case FAULT_SILENCE:
    case FAULT_RESTART:
    case FAULT_ASK:
        sent = deliver(self, to, frames, count);
        engine_after_fault(self, to, fired);
        return sent;
    default:
        return send_changed(self, to, fired, frames, count);
    }
}

/* The kind of a message to a container. */
static clipper_kind kind_of(const clipper_frame *frames, size_t count) {
    clipper_message content;
    (void)clipper_decode(CLIPPER_TO_CONTAINER, frames, count, NULL, &content, NULL);
    return content.kind;
}

engine_sent engine_send_frames(engine *self, session *to, const clipper_frame *frames, size_t count) {
    const fault *fired = NULL;
    engine_sent sent;
    if (self->router == NULL || to->closed != 0)
        return ENGINE_GONE;
    if (faults_any(self->faults))
        fired = faults_fire(self->faults, CLIPPER_TO_CONTAINER, kind_of(frames, count), to->number);
    if (fired != NULL)
        return send_with_fault(self, to, fired, frames, count);
    sent = deliver(self, to, frames, count);
    send_reordered(self, to);
    return sent;
}

/* ---- Messages --------------------------------------------------------------------------------------- */

engine_sent engine_send_heartbeat(engine *self, session *to, clipper_heartbeat_type type) {
    draft *heartbeat = draft_heartbeat(type);
    engine_sent sent = engine_send_frames(self, to, heartbeat->frames, heartbeat->count);
    draft_destroy(&heartbeat);
    return sent;
}

engine_sent engine_send_request(engine *self, session *to, uint32_t id, clipper_data_type type,
                                const clipper_frame *items, size_t count) {
    clipper_message content = {.kind = CLIPPER_PREDICTION_REQUEST, .direction = CLIPPER_TO_CONTAINER};
    clipper_storage storage = {NULL, CLIPPER_FRAMES_MAX(count), NULL, CLIPPER_SCRATCH_MAX(count)};
    clipper_encoded encoded;
    engine_sent sent = ENGINE_FAILED;
    content.as.request.id = id;
    content.as.request.data_type = type;
    content.as.request.items = items;
    content.as.request.item_count = count;
    storage.frames = heap_array(storage.frame_capacity, sizeof *storage.frames);
    storage.scratch = heap_new(storage.scratch_capacity);
    if (clipper_encode(&content, CLIPPER_WIRE_ANY, &storage, &encoded, NULL) == CLIPPER_OK)
        sent = engine_send_frames(self, to, storage.frames, encoded.frames);
    free(storage.frames);
    free(storage.scratch);
    return sent;
}
