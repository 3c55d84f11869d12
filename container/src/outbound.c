/* outbound.c: what goes to Clipper: heartbeats, metadata, responses. */
#include "runtime.h"

#include <stdlib.h>

/* ---- Heartbeats and metadata --------------------------------------------------------------------------- */

static clipper_send_result send_frames(clipper_runtime *runtime, const clipper_frame *frames, size_t count) {
    clipper_outgoing outgoing;
    memset(&outgoing, 0, sizeof outgoing);
    outgoing.head = frames;
    outgoing.head_count = count;
    return runtime->transport.call->send(runtime->transport.self, &outgoing);
}

static void send_failed(clipper_runtime *runtime) {
    REPORT_LIMITED(runtime, CLIPPER_LOG_WARNING, connection_lost,
                   log_number("session", runtime->session.number),
                   log_text("why", runtime->transport.call->failure(runtime->transport.self)));
    clipper_runtime_disconnect(runtime, clipper_pacing_after_failure(&runtime->pacing));
}

/* One that finds no room is not sent later: Clipper has not even read the ones before it. */
void clipper_outbound_heartbeat(clipper_runtime *runtime) {
    switch (send_frames(runtime, runtime->session.frames, runtime->session.frame_count)) {
    case CLIPPER_SENT:
        add_to(&runtime->counters.heartbeats_sent, 1);
        REPORT(runtime, CLIPPER_LOG_DEBUG, "heartbeat_sent", log_number("session", runtime->session.number));
        break;
    case CLIPPER_SEND_CLOSED:
        send_failed(runtime);
        break;
    default:
        break;
    }
}

/* Sends the metadata once, if there is room. Returns not 0 when it went out. */
static int send_metadata(clipper_runtime *runtime) {
    switch (send_frames(runtime, runtime->metadata, runtime->metadata_frames)) {
    case CLIPPER_SENT:
        runtime->metadata_owed--;
        add_to(&runtime->counters.metadata_sent, 1);
        REPORT_LIMITED(runtime, CLIPPER_LOG_INFO, metadata_sent,
                       log_number("session", runtime->session.number));
        return 1;
    case CLIPPER_SEND_CLOSED:
        send_failed(runtime);
        return 0;
    default:
        return 0;
    }
}

void clipper_outbound_metadata(clipper_runtime *runtime) {
    runtime->metadata = runtime->session.frames;
    runtime->metadata_frames = runtime->session.frame_count;
    runtime->metadata_owed++;
    if (runtime->metadata_owed == 1)
        send_metadata(runtime);
}

/* ---- Responses ----------------------------------------------------------------------------------------- */

static void prediction_failed(clipper_runtime *runtime, const clipper_job *job, const char *why) {
    add_to(&runtime->counters.prediction_errors, 1);
    REPORT_LIMITED(runtime, CLIPPER_LOG_ERROR, prediction_failed, log_number("id", job->request.id),
                   log_number("session", job->session), log_text("why", why),
                   log_number("inputs", job->request.item_count), log_number("outputs", job->outputs.count));
}

/* Why JOB has no answer; NULL when it has one. */
static const char *failure_of(const clipper_job *job) {
    if (job->result != 0)
        return "the model returned an error";
    if (job->outputs.failed)
        return "out of memory";
    if (job->outputs.count != job->request.item_count)
        return "the number of outputs is not that of the inputs";
    return NULL;
}

static int reserve_scratch(clipper_runtime *runtime, size_t items) {
    const size_t needed = CLIPPER_SCRATCH_MAX(items);
    unsigned char *scratch;
    if (needed <= runtime->scratch_capacity)
        return 0;
    scratch = realloc(runtime->scratch, needed);
    if (scratch == NULL)
        return -1;
    runtime->scratch = scratch;
    runtime->scratch_capacity = needed;
    return 0;
}

/* Encodes the header frames of JOB's response into runtime->head. Returns NULL, or why it cannot be. */
static const char *encode(clipper_runtime *runtime, const clipper_job *job, size_t *head_count) {
    const clipper_outputs *outputs = &job->outputs;
    clipper_storage storage = {runtime->head, CLIPPER_HEAD_FRAMES_MAX, NULL, 0};
    clipper_message message;
    clipper_encoded encoded;
    clipper_error error;
    if (reserve_scratch(runtime, outputs->count) != 0)
        return "out of memory";
    storage.scratch = runtime->scratch;
    storage.scratch_capacity = runtime->scratch_capacity;
    memset(&message, 0, sizeof message);
    message.kind = CLIPPER_PREDICTION_RESPONSE;
    message.direction = CLIPPER_TO_CLIPPER;
    message.as.response.id = job->request.id;
    message.as.response.data_type =
        runtime->config.wire == CLIPPER_WIRE_RELEASE ? CLIPPER_TYPE_UNSTATED : outputs->type;
    message.as.response.items = outputs->items;
    message.as.response.item_count = outputs->count;
    error = clipper_encode_head(&message, runtime->config.wire, &storage, &encoded, NULL);
    *head_count = encoded.frames;
    return error == CLIPPER_OK ? NULL : clipper_error_sentence(error);
}

/* Returns 0 when the response must be tried again later. */
static int send_response(clipper_runtime *runtime, const clipper_job *job) {
    clipper_outgoing outgoing;
    const char *failure = failure_of(job);
    if (failure == NULL)
        failure = encode(runtime, job, &outgoing.head_count);
    if (failure != NULL) {
        prediction_failed(runtime, job, failure);
        return 1;
    }
    outgoing.head = runtime->head;
    outgoing.items = job->outputs.items;
    outgoing.item_count = job->outputs.count;
    outgoing.sources = job->outputs.has_sources ? job->outputs.sources : NULL;
    outgoing.received = job->received;
    switch (runtime->transport.call->send(runtime->transport.self, &outgoing)) {
    case CLIPPER_SENT:
        add_to(&runtime->counters.responses, 1);
        return 1;
    case CLIPPER_SEND_CLOSED:
        add_to(&runtime->counters.responses_dropped, 1);
        send_failed(runtime);
        return 1;
    default:
        return 0;
    }
}

/* The session that JOB came in has ended: its answer goes nowhere. */
static void drop_response(clipper_runtime *runtime, const clipper_job *job) {
    add_to(&runtime->counters.responses_dropped, 1);
    REPORT_LIMITED(runtime, CLIPPER_LOG_WARNING, response_dropped, log_number("id", job->request.id),
                   log_number("session", job->session), log_text("why", "its session has ended"));
}

/* Takes over what the executor has finished. */
static void collect(clipper_runtime *runtime) {
    clipper_job_queue finished = {NULL, NULL, 0};
    runtime->executor.call->collect(runtime->executor.self, &finished);
    if (finished.first == NULL)
        return;
    clipper_runtime_executing(runtime, -(int)finished.count);
    for (const clipper_job *job = finished.first; job != NULL; job = job->next) {
        clipper_histogram_add(&runtime->latency, job->finished_us - job->received_us);
        clipper_histogram_add(&runtime->model_time, job->finished_us - job->started_us);
    }
    if (runtime->executor.call->on_polling_thread)
        runtime->now_us = finished.last->finished_us;
    clipper_job_queue_append(&runtime->outbox, &finished);
}

int clipper_outbound_send(clipper_runtime *runtime) {
    clipper_job *job;
    int done = 0;
    while (runtime->connected && runtime->metadata_owed > 0 && send_metadata(runtime))
        done = 1;
    collect(runtime);
    while ((job = clipper_job_queue_pop(&runtime->outbox)) != NULL) {
        if (!runtime->connected || job->session != runtime->session.number) {
            drop_response(runtime, job);
        } else if (!send_response(runtime, job)) {
            clipper_job_queue_push_front(&runtime->outbox, job);
            break;
        }
        clipper_inbound_recycle(runtime, job);
        done = 1;
    }
    return done;
}

int clipper_outbound_is_waiting(const clipper_runtime *runtime) {
    return runtime->connected && (runtime->metadata_owed > 0 || runtime->outbox.first != NULL);
}

void clipper_outbound_forget(clipper_runtime *runtime) {
    clipper_job_queue dropped = {NULL, NULL, 0};
    clipper_job *job;
    runtime->metadata_owed = 0;
    runtime->executor.call->cancel(runtime->executor.self, &dropped);
    clipper_runtime_executing(runtime, -(int)dropped.count);
    clipper_job_queue_append(&dropped, &runtime->outbox);
    while ((job = clipper_job_queue_pop(&dropped)) != NULL) {
        drop_response(runtime, job);
        clipper_inbound_recycle(runtime, job);
    }
}
