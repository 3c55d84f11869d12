/* inbound.c: receiving messages, and carrying out what the session makes of them. */
#include "inbound.h"

static void predict(clipper_inbound *inbound, uint64_t now_us) {
    const clipper_prediction *request = &inbound->session->message.as.request;
    clipper_counter_add(&inbound->stats->requests, 1);
    clipper_counter_add(&inbound->stats->items, request->item_count);
    clipper_jobs_submit(inbound->jobs, request, inbound->session->number, now_us);
}

static void ignore_feedback(clipper_inbound *inbound) {
    clipper_counter_add(&inbound->stats->feedback_requests, 1);
    clipper_report(inbound->reporter, CLIPPER_REPORT_FEEDBACK_IGNORED,
                   (const clipper_log_field[]){
                       clipper_field_number("id", inbound->session->message.as.feedback.id), {0}});
}

static void refuse_input_type(clipper_inbound *inbound) {
    const clipper_session *session = inbound->session;
    clipper_counter_add(&inbound->stats->wrong_input_types, 1);
    clipper_report(inbound->reporter, CLIPPER_REPORT_WRONG_INPUT_TYPE,
                   (const clipper_log_field[]){clipper_field_number("id", session->message.as.request.id),
                                               clipper_field_number("expected", session->diagnosis.expected),
                                               clipper_field_number("actual", session->diagnosis.actual),
                                               {0}});
}

static void refuse_message(clipper_inbound *inbound) {
    const clipper_diagnosis *diagnosis = &inbound->session->diagnosis;
    char text[CLIPPER_DIAGNOSIS_TEXT];
    clipper_diagnosis_text(diagnosis, text, sizeof text);
    clipper_counter_add(&inbound->stats->bad_messages, 1);
    clipper_report(
        inbound->reporter, CLIPPER_REPORT_BAD_MESSAGE,
        (const clipper_log_field[]){clipper_field_number("session", inbound->session->number),
                                    clipper_field_text("error", clipper_error_name(diagnosis->error)),
                                    clipper_field_text("diagnosis", text),
                                    {0}});
}

static void report_version_mismatch(clipper_inbound *inbound) {
    const clipper_session *session = inbound->session;
    clipper_report(inbound->reporter, CLIPPER_REPORT_VERSION_MISMATCH,
                   (const clipper_log_field[]){clipper_field_number("session", session->number),
                                               clipper_field_number("ours", session->diagnosis.expected),
                                               clipper_field_number("theirs", session->diagnosis.actual),
                                               {0}});
}

static clipper_inbound_result carry_out(clipper_inbound *inbound, clipper_session_action action,
                                        uint64_t now_us) {
    switch (action) {
    case CLIPPER_SESSION_PREDICT:
        predict(inbound, now_us);
        break;
    case CLIPPER_SESSION_WAIT: /* a keep-alive */
        clipper_counter_add(&inbound->stats->heartbeats_received, 1);
        break;
    case CLIPPER_SESSION_SEND_METADATA:
        clipper_counter_add(&inbound->stats->heartbeats_received, 1);
        return CLIPPER_INBOUND_METADATA;
    case CLIPPER_SESSION_FEEDBACK:
        ignore_feedback(inbound);
        break;
    case CLIPPER_SESSION_WRONG_INPUT_TYPE:
        refuse_input_type(inbound);
        break;
    case CLIPPER_SESSION_EXIT:
        report_version_mismatch(inbound);
        return CLIPPER_INBOUND_VERSION_MISMATCH;
    default:
        refuse_message(inbound);
        break;
    }
    return CLIPPER_INBOUND_TAKEN;
}

/* A message that is received right after the model returned on this thread was there already: that time is as
 * good, and spares a look at the clock. */
static uint64_t receive_time_us(const clipper_inbound *inbound) {
    const uint64_t returned_us = inbound->jobs->returned_us;
    return returned_us != 0 ? returned_us : inbound->transport.call->now(inbound->transport.self);
}

static clipper_inbound_result take_message(clipper_inbound *inbound) {
    clipper_received *received = inbound->jobs->receiving->received;
    const uint64_t now_us = receive_time_us(inbound);
    const clipper_session_action action =
        clipper_session_on_message(inbound->session, received->frames, received->count, now_us / 1000);
    const clipper_inbound_result result = carry_out(inbound, action, now_us);
    if (action != CLIPPER_SESSION_PREDICT) /* nothing of the message is needed any more */
        inbound->transport.call->release(inbound->transport.self, received);
    return result;
}

/* A message came and could not be kept: a sign of life all the same. */
static clipper_inbound_result lose_message(clipper_inbound *inbound) {
    const clipper_transport *transport = &inbound->transport;
    clipper_counter_add(&inbound->stats->lost_messages, 1);
    clipper_session_on_activity(inbound->session, transport->call->now(transport->self) / 1000);
    clipper_report(inbound->reporter, CLIPPER_REPORT_MESSAGE_LOST,
                   (const clipper_log_field[]){clipper_field_number("session", inbound->session->number),
                                               clipper_field_text("why", "out of memory"),
                                               {0}});
    return CLIPPER_INBOUND_TAKEN;
}

clipper_inbound_result clipper_inbound_receive(clipper_inbound *inbound) {
    const clipper_transport *transport = &inbound->transport;
    switch (transport->call->receive(transport->self, inbound->jobs->receiving->received)) {
    case CLIPPER_RECEIVED:
        return take_message(inbound);
    case CLIPPER_RECEIVE_LOST:
        return lose_message(inbound);
    case CLIPPER_RECEIVE_CLOSED:
        return CLIPPER_INBOUND_CLOSED;
    default:
        return CLIPPER_INBOUND_NOTHING;
    }
}
