/* inbound.c: messages from Clipper, and what becomes of them. */
#include "runtime.h"

/* Messages received in a row before answers have their turn. */
enum {
    BURST = 64
};

/* Storage for the next message. */
static int prepare_to_receive(clipper_runtime *runtime) {
    if (runtime->receiving != NULL)
        return 0;
    runtime->receiving = clipper_job_queue_pop(&runtime->free);
    if (runtime->receiving == NULL)
        runtime->receiving = clipper_job_new(&runtime->transport);
    if (runtime->receiving == NULL)
        REPORT_LIMITED(runtime, CLIPPER_LOG_ERROR, out_of_memory,
                       log_number("under_way", runtime->executing + runtime->outbox.count));
    return runtime->receiving == NULL ? -1 : 0;
}

int clipper_inbound_has_room(clipper_runtime *runtime) {
    return runtime->executing + runtime->outbox.count < runtime->job_limit &&
           prepare_to_receive(runtime) == 0;
}

void clipper_inbound_recycle(clipper_runtime *runtime, clipper_job *job) {
    clipper_job_reset(job, &runtime->transport);
    /* The one used last is used next: its memory is in the cache. */
    clipper_job_queue_push_front(&runtime->free, job);
}

static void submit(clipper_runtime *runtime, uint64_t now_us) {
    clipper_job *job = runtime->receiving;
    const clipper_prediction *request = &runtime->session.message.as.request;
    add_to(&runtime->counters.requests, 1);
    add_to(&runtime->counters.items, request->item_count);
    clipper_job_prepare(job, request, &runtime->transport, runtime->session.number, now_us);
    runtime->receiving = NULL;
    clipper_runtime_executing(runtime, 1);
    runtime->executor.call->submit(runtime->executor.self, job);
}

static void bad_message(clipper_runtime *runtime) {
    const clipper_diagnosis *diagnosis = &runtime->session.diagnosis;
    char text[CLIPPER_DIAGNOSIS_TEXT];
    clipper_diagnosis_text(diagnosis, text, sizeof text);
    add_to(&runtime->counters.bad_messages, 1);
    REPORT_LIMITED(runtime, CLIPPER_LOG_WARNING, bad_message, log_number("session", runtime->session.number),
                   log_text("error", clipper_error_name(diagnosis->error)), log_text("diagnosis", text));
}

static void wrong_input_type(clipper_runtime *runtime) {
    add_to(&runtime->counters.wrong_input_types, 1);
    REPORT_LIMITED(runtime, CLIPPER_LOG_WARNING, wrong_input_type,
                   log_number("id", runtime->session.message.as.request.id),
                   log_number("expected", runtime->session.diagnosis.expected),
                   log_number("actual", runtime->session.diagnosis.actual));
}

static void feedback(clipper_runtime *runtime) {
    add_to(&runtime->counters.feedback_requests, 1);
    REPORT_LIMITED(runtime, CLIPPER_LOG_WARNING, feedback_ignored,
                   log_number("id", runtime->session.message.as.feedback.id));
}

static void version_mismatch(clipper_runtime *runtime) {
    REPORT(runtime, CLIPPER_LOG_ERROR, "version_mismatch", log_number("session", runtime->session.number),
           log_number("ours", runtime->session.diagnosis.expected),
           log_number("theirs", runtime->session.diagnosis.actual));
    clipper_runtime_finish(runtime, CLIPPER_RUN_VERSION_MISMATCH);
}

static void carry_out(clipper_runtime *runtime, clipper_session_action action, uint64_t now_us) {
    switch (action) {
    case CLIPPER_SESSION_PREDICT:
        submit(runtime, now_us);
        break;
    case CLIPPER_SESSION_WAIT: /* a keep-alive */
        add_to(&runtime->counters.heartbeats_received, 1);
        break;
    case CLIPPER_SESSION_SEND_METADATA:
        add_to(&runtime->counters.heartbeats_received, 1);
        clipper_outbound_metadata(runtime);
        break;
    case CLIPPER_SESSION_FEEDBACK:
        feedback(runtime);
        break;
    case CLIPPER_SESSION_WRONG_INPUT_TYPE:
        wrong_input_type(runtime);
        break;
    case CLIPPER_SESSION_EXIT:
        version_mismatch(runtime);
        break;
    default:
        bad_message(runtime);
        break;
    }
}

/* When the message came that has just been received. */
static uint64_t received_at(clipper_runtime *runtime) {
    const uint64_t known = runtime->now_us;
    runtime->now_us = 0;
    return known != 0 ? known : runtime->transport.call->now(runtime->transport.self);
}

static void take_message(clipper_runtime *runtime) {
    const clipper_received *received = runtime->receiving->received;
    const uint64_t now_us = received_at(runtime);
    clipper_pacing_success(&runtime->pacing);
    carry_out(runtime,
              clipper_session_on_message(&runtime->session, received->frames, received->count, now_us / 1000),
              now_us);
    if (runtime->receiving != NULL) /* not a request: nothing of it is needed any more */
        runtime->transport.call->release(runtime->transport.self, runtime->receiving->received);
    clipper_report_ready(runtime);
}

/* A message that came, and of which nothing is left but that. */
static void lost_message(clipper_runtime *runtime) {
    runtime->now_us = 0;
    add_to(&runtime->counters.lost_messages, 1);
    clipper_session_on_activity(&runtime->session, clipper_runtime_now_ms(runtime));
    REPORT_LIMITED(runtime, CLIPPER_LOG_ERROR, message_lost, log_number("session", runtime->session.number),
                   log_text("why", "out of memory"));
}

static void connection_lost(clipper_runtime *runtime) {
    REPORT_LIMITED(runtime, CLIPPER_LOG_WARNING, connection_lost,
                   log_number("session", runtime->session.number),
                   log_text("why", runtime->transport.call->failure(runtime->transport.self)));
    clipper_runtime_disconnect(runtime, clipper_pacing_after_failure(&runtime->pacing));
}

/* There is room. Returns 0 when nothing came. */
static int receive_one(clipper_runtime *runtime) {
    const clipper_transport *transport = &runtime->transport;
    switch (transport->call->receive(transport->self, runtime->receiving->received)) {
    case CLIPPER_RECEIVED:
        take_message(runtime);
        return 1;
    case CLIPPER_RECEIVE_LOST:
        lost_message(runtime);
        return 1;
    case CLIPPER_RECEIVE_CLOSED:
        connection_lost(runtime);
        return 1;
    default:
        return 0;
    }
}

int clipper_inbound_receive(clipper_runtime *runtime) {
    runtime->now_us = 0;
    for (int i = 0; i < BURST; i++) {
        if (!runtime->connected || runtime->finished || !clipper_inbound_has_room(runtime) ||
            !receive_one(runtime))
            return 1;
        if (runtime->executor.call->on_polling_thread)
            clipper_outbound_send(runtime);
    }
    return 0;
}
