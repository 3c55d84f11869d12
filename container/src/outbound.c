/* outbound.c: sending heartbeats, metadata and responses. */
#include "outbound.h"

#include <stdlib.h>

void clipper_outbound_init(clipper_outbound *outbound, clipper_wire wire, const clipper_transport *transport,
                           clipper_jobs *jobs, clipper_stats *stats, clipper_reporter *reporter) {
    memset(outbound, 0, sizeof *outbound);
    outbound->transport = *transport;
    outbound->jobs = jobs;
    outbound->stats = stats;
    outbound->reporter = reporter;
    outbound->wire = wire;
}

void clipper_outbound_free(clipper_outbound *outbound) {
    free(outbound->scratch);
}

/* ---- Heartbeats and metadata --------------------------------------------------------------------------- */

static clipper_send_result send_frames(clipper_outbound *outbound, const clipper_frame *frames,
                                       size_t count) {
    clipper_outgoing outgoing;
    memset(&outgoing, 0, sizeof outgoing);
    outgoing.head = frames;
    outgoing.head_count = count;
    return outbound->transport.call->send(outbound->transport.self, &outgoing);
}

static void report_sent(clipper_outbound *outbound, clipper_report_kind kind) {
    clipper_report(outbound->reporter, kind,
                   (const clipper_log_field[]){clipper_field_number("session", outbound->session), {0}});
}

clipper_send_result clipper_outbound_heartbeat(clipper_outbound *outbound, const clipper_frame *frames,
                                               size_t count) {
    const clipper_send_result result = send_frames(outbound, frames, count);
    if (result == CLIPPER_SENT) {
        clipper_counter_add(&outbound->stats->heartbeats_sent, 1);
        report_sent(outbound, CLIPPER_REPORT_HEARTBEAT_SENT);
    }
    return result;
}

static clipper_send_result send_owed_metadata(clipper_outbound *outbound) {
    const clipper_send_result result = send_frames(outbound, outbound->metadata, outbound->metadata_frames);
    if (result == CLIPPER_SENT) {
        outbound->metadata_owed--;
        clipper_counter_add(&outbound->stats->metadata_sent, 1);
        report_sent(outbound, CLIPPER_REPORT_METADATA_SENT);
    }
    return result;
}

clipper_send_result clipper_outbound_metadata(clipper_outbound *outbound, const clipper_frame *frames,
                                              size_t count) {
    outbound->metadata = frames;
    outbound->metadata_frames = count;
    outbound->metadata_owed++;
    return outbound->metadata_owed == 1 ? send_owed_metadata(outbound) : CLIPPER_SEND_LATER;
}

/* ---- Responses ----------------------------------------------------------------------------------------- */

static void prediction_failed(clipper_outbound *outbound, const clipper_job *job, const char *why) {
    clipper_counter_add(&outbound->stats->prediction_errors, 1);
    clipper_report(outbound->reporter, CLIPPER_REPORT_PREDICTION_FAILED,
                   (const clipper_log_field[]){clipper_field_number("id", job->request.id),
                                               clipper_field_number("session", job->session),
                                               clipper_field_text("why", why),
                                               clipper_field_number("inputs", job->request.item_count),
                                               clipper_field_number("outputs", job->outputs.count),
                                               {0}});
}

/* The session that JOB came in has ended: its answer goes nowhere. */
static void drop_response(clipper_outbound *outbound, const clipper_job *job) {
    clipper_counter_add(&outbound->stats->responses_dropped, 1);
    clipper_report(outbound->reporter, CLIPPER_REPORT_RESPONSE_DROPPED,
                   (const clipper_log_field[]){clipper_field_number("id", job->request.id),
                                               clipper_field_number("session", job->session),
                                               clipper_field_text("why", "its session has ended"),
                                               {0}});
}

/* Returns 0 when JOB has an answer, or -1 and *WHY. */
static int check_answer(const clipper_job *job, const char **why) {
    if (job->result != 0)
        *why = "the model returned an error";
    else if (job->outputs.failed)
        *why = "out of memory";
    else if (job->outputs.count != job->request.item_count)
        *why = "the number of outputs is not that of the inputs";
    else
        return 0;
    return -1;
}

/* Returns 0, or -1 without memory. */
static int reserve_scratch(clipper_outbound *outbound, size_t items) {
    const size_t needed = CLIPPER_SCRATCH_MAX(items);
    unsigned char *scratch;
    if (needed <= outbound->scratch_capacity)
        return 0;
    scratch = realloc(outbound->scratch, needed);
    if (scratch == NULL)
        return -1;
    outbound->scratch = scratch;
    outbound->scratch_capacity = needed;
    return 0;
}

/* Encodes the header frames of JOB's response into outbound->head. Returns 0, or -1 and *WHY. */
static int encode(clipper_outbound *outbound, const clipper_job *job, size_t *head_count, const char **why) {
    const clipper_outputs *outputs = &job->outputs;
    clipper_storage storage = {outbound->head, CLIPPER_HEAD_FRAMES_MAX, NULL, 0};
    clipper_message message;
    clipper_encoded encoded;
    clipper_error error;
    *why = "out of memory";
    if (reserve_scratch(outbound, outputs->count) != 0)
        return -1;
    storage.scratch = outbound->scratch;
    storage.scratch_capacity = outbound->scratch_capacity;
    memset(&message, 0, sizeof message);
    message.kind = CLIPPER_PREDICTION_RESPONSE;
    message.direction = CLIPPER_TO_CLIPPER;
    message.as.response.id = job->request.id;
    message.as.response.data_type =
        outbound->wire == CLIPPER_WIRE_RELEASE ? CLIPPER_TYPE_UNSTATED : outputs->type;
    message.as.response.items = outputs->items;
    message.as.response.item_count = outputs->count;
    error = clipper_encode_head(&message, outbound->wire, &storage, &encoded, NULL);
    *head_count = encoded.frames;
    if (error == CLIPPER_OK)
        return 0;
    *why = clipper_error_sentence(error);
    return -1;
}

/* A job without an answer counts as sent: nothing of it is left to do. */
static clipper_send_result send_response(clipper_outbound *outbound, const clipper_job *job) {
    clipper_outgoing outgoing;
    clipper_send_result result;
    const char *why;
    if (check_answer(job, &why) != 0 || encode(outbound, job, &outgoing.head_count, &why) != 0) {
        prediction_failed(outbound, job, why);
        return CLIPPER_SENT;
    }
    outgoing.head = outbound->head;
    outgoing.items = job->outputs.items;
    outgoing.item_count = job->outputs.count;
    outgoing.sources = job->outputs.has_sources ? job->outputs.sources : NULL;
    outgoing.received = job->received;
    result = outbound->transport.call->send(outbound->transport.self, &outgoing);
    if (result == CLIPPER_SENT)
        clipper_counter_add(&outbound->stats->responses, 1);
    if (result == CLIPPER_SEND_CLOSED)
        clipper_counter_add(&outbound->stats->responses_dropped, 1);
    return result;
}

/* ---- All of it ----------------------------------------------------------------------------------------- */

clipper_send_result clipper_outbound_send(clipper_outbound *outbound) {
    clipper_jobs *jobs = outbound->jobs;
    clipper_send_result result = CLIPPER_SENT, done = CLIPPER_SEND_LATER;
    clipper_job *job;
    while (outbound->metadata_owed > 0 && (result = send_owed_metadata(outbound)) == CLIPPER_SENT)
        done = CLIPPER_SENT;
    clipper_jobs_collect(jobs);
    if (result == CLIPPER_SEND_CLOSED)
        return result;
    while ((job = clipper_job_queue_pop(&jobs->outbox)) != NULL) {
        if (job->session != outbound->session) {
            drop_response(outbound, job);
        } else if ((result = send_response(outbound, job)) == CLIPPER_SEND_LATER) {
            clipper_job_queue_push_front(&jobs->outbox, job);
            break;
        }
        clipper_jobs_recycle(jobs, job);
        if (result == CLIPPER_SEND_CLOSED)
            return result;
        done = CLIPPER_SENT;
    }
    return done;
}

int clipper_outbound_is_waiting(const clipper_outbound *outbound) {
    return outbound->metadata_owed > 0 || outbound->jobs->outbox.first != NULL;
}

void clipper_outbound_begin(clipper_outbound *outbound, uint64_t session) {
    outbound->session = session;
}

void clipper_outbound_end(clipper_outbound *outbound) {
    clipper_job_queue dropped = {NULL, NULL, 0};
    clipper_job *job;
    outbound->session = 0;
    outbound->metadata_owed = 0;
    clipper_jobs_withdraw(outbound->jobs, &dropped);
    while ((job = clipper_job_queue_pop(&dropped)) != NULL) {
        drop_response(outbound, job);
        clipper_jobs_recycle(outbound->jobs, job);
    }
}
