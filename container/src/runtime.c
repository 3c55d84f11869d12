/* runtime.c: the loop that joins session, transport and model. */
#include "runtime.h"

enum {
    LINGER_MS = 500, /* given to the last messages after the end of a run */
    BURST = 64,      /* messages received in a row before answers are sent */
    ASKED_OFTEN = 3, /* for the metadata, without using it */
    LATE_MS = 100,   /* after the deadline: this process was stopped, or the machine was */
    LOOK_MS = 250    /* then given to messages that wait in the kernel */
};

/* ---- Making and freeing -------------------------------------------------------------------------------- */

static clipper_session_config session_config(const clipper_container_config *config) {
    clipper_session_config session = clipper_session_default_config();
    session.poll_timeout_ms = config->poll_timeout_ms;
    session.activity_timeout_ms = config->activity_timeout_ms;
    session.wire = config->wire;
    session.name.base = config->model_name;
    session.name.len = strlen(config->model_name);
    session.model_version.base = config->model_version;
    session.model_version.len = strlen(config->model_version);
    session.input_type = config->input_type;
    session.options.limits = config->limits;
    return session;
}

int clipper_runtime_init(clipper_runtime *runtime, const clipper_container_config *config,
                         const clipper_transport *transport, uint64_t seed) {
    const clipper_session_config session = session_config(config);
    const clipper_budget budget = clipper_budget_of(&config->limits, config->queue, config->memory);
    memset(runtime, 0, sizeof *runtime);
    runtime->config = *config;
    runtime->transport = *transport;
    runtime->reporter.log = config->log;
    runtime->reporter.context = config->log_context;
    runtime->reporter.lines_dropped = &runtime->stats.log_lines_dropped;
    runtime->reporter.transport = *transport;
    clipper_pacing_init(&runtime->pacing, config->poll_timeout_ms, seed);
    (void)clipper_session_init(&runtime->session, &session); /* CONFIG was checked */
    runtime->inbound =
        (clipper_inbound){*transport, &runtime->session, &runtime->jobs, &runtime->stats, &runtime->reporter};
    clipper_outbound_init(&runtime->outbound, config->wire, transport, &runtime->jobs, &runtime->stats,
                          &runtime->reporter);
    return clipper_jobs_init(&runtime->jobs, config, &budget, transport, &runtime->stats, &runtime->reporter);
}

void clipper_runtime_free(clipper_runtime *runtime) {
    clipper_jobs_free(&runtime->jobs);
    clipper_outbound_free(&runtime->outbound);
    runtime->transport.call->destroy(runtime->transport.self);
}

/* ---- Time ---------------------------------------------------------------------------------------------- */

static uint64_t now_us(const clipper_runtime *runtime) {
    return runtime->transport.call->now(runtime->transport.self);
}

static uint64_t now_ms(const clipper_runtime *runtime) {
    return now_us(runtime) / 1000;
}

static uint64_t after_ms(uint64_t us, uint64_t ms) {
    return ms > (UINT64_MAX - us) / 1000 ? UINT64_MAX : us + ms * 1000;
}

/* ---- Sessions ------------------------------------------------------------------------------------------ */

static void end_run(clipper_runtime *runtime, clipper_run_result result) {
    runtime->finished = 1;
    runtime->result = result;
}

/* Reports KIND with the number of the session and, unless it is NULL, why. */
static void report_session(clipper_runtime *runtime, clipper_report_kind kind, const char *why) {
    clipper_report(&runtime->reporter, kind,
                   (const clipper_log_field[]){clipper_field_number("session", runtime->session.number),
                                               clipper_field_text(why == NULL ? NULL : "why", why),
                                               {0}});
}

/* Tells config.ready when the session was registered, or no longer is. */
static void tell_ready(clipper_runtime *runtime) {
    const int ready = runtime->session.registered;
    if ((uint64_t)ready == clipper_counter_read(&runtime->stats.registered))
        return;
    clipper_counter_set(&runtime->stats.registered, (uint64_t)ready);
    if (ready)
        report_session(runtime, CLIPPER_REPORT_REGISTERED, NULL);
    if (runtime->config.ready != NULL)
        runtime->config.ready(runtime->config.ready_context, ready);
}

static void close_session(clipper_runtime *runtime, uint64_t linger_ms) {
    clipper_session_on_disconnect(&runtime->session);
    runtime->transport.call->close(runtime->transport.self, linger_ms);
    runtime->connected = 0;
    clipper_outbound_end(&runtime->outbound);
    tell_ready(runtime);
}

/* Closes the session; the next one is opened WAIT_MS from now. */
static void disconnect(clipper_runtime *runtime, uint64_t wait_ms) {
    close_session(runtime, 0);
    runtime->open_at_us = after_ms(now_us(runtime), wait_ms);
}

static void connection_lost(clipper_runtime *runtime) {
    report_session(runtime, CLIPPER_REPORT_CONNECTION_LOST,
                   runtime->transport.call->failure(runtime->transport.self));
    disconnect(runtime, clipper_pacing_after_failure(&runtime->pacing));
}

static void transmit_heartbeat(clipper_runtime *runtime) {
    if (clipper_outbound_heartbeat(&runtime->outbound, runtime->session.frames,
                                   runtime->session.frame_count) == CLIPPER_SEND_CLOSED)
        connection_lost(runtime);
}

static void transmit_metadata(clipper_runtime *runtime) {
    if (clipper_outbound_metadata(&runtime->outbound, runtime->session.frames,
                                  runtime->session.frame_count) == CLIPPER_SEND_CLOSED)
        connection_lost(runtime);
}

/* Sends what can be sent. Returns not 0 when anything was done. */
static int send_waiting(clipper_runtime *runtime) {
    const clipper_send_result result = clipper_outbound_send(&runtime->outbound);
    if (result == CLIPPER_SEND_CLOSED)
        connection_lost(runtime);
    return result != CLIPPER_SEND_LATER;
}

static void open_session(clipper_runtime *runtime) {
    runtime->connected = 1;
    clipper_session_open(&runtime->session, now_ms(runtime));
    clipper_outbound_begin(&runtime->outbound, runtime->session.number);
    clipper_counter_add(&runtime->stats.sessions, 1);
    report_session(runtime, CLIPPER_REPORT_SESSION_OPENED, NULL);
    transmit_heartbeat(runtime);
}

static void report_failure(clipper_runtime *runtime, clipper_report_kind kind) {
    const char *why = runtime->transport.call->failure(runtime->transport.self);
    clipper_report(&runtime->reporter, kind,
                   (const clipper_log_field[]){clipper_field_text("why", why), {0}});
}

/* Opens a connection, when it is time to. */
static void connect_when_due(clipper_runtime *runtime) {
    if (now_us(runtime) < runtime->open_at_us)
        return;
    switch (runtime->transport.call->open(runtime->transport.self)) {
    case CLIPPER_OPENED:
        open_session(runtime);
        break;
    case CLIPPER_OPEN_NEVER:
        report_failure(runtime, CLIPPER_REPORT_CANNOT_CONNECT);
        end_run(runtime, CLIPPER_RUN_FAILED);
        break;
    default:
        report_failure(runtime, CLIPPER_REPORT_CONNECTION_FAILED);
        runtime->open_at_us = after_ms(now_us(runtime), clipper_pacing_after_failure(&runtime->pacing));
        break;
    }
}

/* ---- What the connection did --------------------------------------------------------------------------- */

static const struct {
    clipper_report_kind kind;
    const char *why; /* NULL: the name says it */
} connection_reports[] = {
    [CLIPPER_EVENT_CONNECTED] = {CLIPPER_REPORT_CONNECTED, NULL},
    [CLIPPER_EVENT_NO_HOST] = {CLIPPER_REPORT_CONNECTION_FAILED, "no such host"},
    [CLIPPER_EVENT_REFUSED] = {CLIPPER_REPORT_CONNECTION_FAILED,
                               "connection refused, or the host cannot be reached"},
    [CLIPPER_EVENT_NOT_ZEROMQ] = {CLIPPER_REPORT_CONNECTION_FAILED,
                                  "who listens there does not speak ZeroMQ"},
    [CLIPPER_EVENT_DISCONNECTED] = {CLIPPER_REPORT_DISCONNECTED, NULL},
};

/* Reports what the connection did by itself. */
static void follow_connection(clipper_runtime *runtime) {
    const clipper_transport *transport = &runtime->transport;
    clipper_transport_event event;
    if (transport->call->event == NULL)
        return;
    while ((event = transport->call->event(transport->self)) != CLIPPER_EVENT_NONE) {
        if (event == CLIPPER_EVENT_ENDED) {
            connection_lost(runtime);
            return;
        }
        report_session(runtime, connection_reports[event].kind, connection_reports[event].why);
    }
}

/* ---- Receiving ----------------------------------------------------------------------------------------- */

/* Clipper asked for the metadata, or used it. One that does not understand it asks each time. */
static void follow_registration(clipper_runtime *runtime, int asked) {
    if (runtime->session.registered)
        runtime->asked_in_vain = 0;
    else if (asked && ++runtime->asked_in_vain == ASKED_OFTEN)
        report_session(
            runtime, CLIPPER_REPORT_ASKED_IN_VAIN,
            runtime->config.wire == CLIPPER_WIRE_RELEASE
                ? "it does not take what CLIPPER_WIRE=release says: it may need CLIPPER_WIRE=document"
                : "it does not take what CLIPPER_WIRE=document says: released Clipper needs "
                  "CLIPPER_WIRE=release");
}

/* Receives one message. Returns 0 when none came. */
static int receive_one(clipper_runtime *runtime) {
    const clipper_inbound_result result = clipper_inbound_receive(&runtime->inbound);
    if (result == CLIPPER_INBOUND_NOTHING)
        return 0;
    if (result == CLIPPER_INBOUND_CLOSED) {
        connection_lost(runtime);
        return 1;
    }
    clipper_pacing_success(&runtime->pacing);
    runtime->look_until_us = 0;
    follow_registration(runtime, result == CLIPPER_INBOUND_METADATA);
    if (result == CLIPPER_INBOUND_METADATA)
        transmit_metadata(runtime);
    else if (result == CLIPPER_INBOUND_VERSION_MISMATCH)
        end_run(runtime, CLIPPER_RUN_VERSION_MISMATCH);
    tell_ready(runtime);
    return 1;
}

/* Receives what is there, up to a bound. Returns not 0 when no more can be received now: the last attempt found
 * nothing, there is no room, or no connection. */
static int receive(clipper_runtime *runtime) {
    for (int i = 0; i < BURST; i++) {
        if (!runtime->connected || runtime->finished || !clipper_jobs_have_room(&runtime->jobs) ||
            !receive_one(runtime))
            return 1;
        if (runtime->jobs.executor.call->on_polling_thread)
            (void)send_waiting(runtime);
    }
    return 0;
}

/* Messages are left unread as the model is at work: Clipper has not been silent. (Those left unread because
 * answers cannot be sent are no sign of life.) */
static int has_living_backlog(clipper_runtime *runtime) {
    return clipper_counter_read(&runtime->stats.executing) > 0 && !clipper_jobs_have_room(&runtime->jobs) &&
           runtime->transport.call->pending(runtime->transport.self);
}

/* Is the session to be given up, but for messages that may have come while this thread was not running? They wait in the
 * kernel, and ZeroMQ's thread takes as long to run again. */
static int is_looking_again(clipper_runtime *runtime, uint64_t now) {
    if (!clipper_session_is_silent(&runtime->session, now))
        return 0;
    if (runtime->look_until_us == 0)
        runtime->look_until_us = now >= clipper_session_deadline(&runtime->session) + LATE_MS
                                     ? after_ms(now_us(runtime), LOOK_MS)
                                     : 1;
    return now_us(runtime) < runtime->look_until_us;
}

/* Nothing was received: lets the session look at the clock. Returns not 0 when something was done. */
static int tick(clipper_runtime *runtime) {
    const uint64_t now = now_ms(runtime);
    clipper_session_action action;
    if (!runtime->connected || now < clipper_session_deadline(&runtime->session) ||
        is_looking_again(runtime, now))
        return 0;
    runtime->look_until_us = 0;
    if (has_living_backlog(runtime))
        action = clipper_session_on_backlog(&runtime->session, now);
    else
        action = clipper_session_on_time(&runtime->session, now);
    if (action == CLIPPER_SESSION_REOPEN) {
        report_session(runtime, CLIPPER_REPORT_SESSION_LOST, "nothing came for the activity timeout");
        disconnect(runtime, clipper_pacing_after_silence(&runtime->pacing));
    } else {
        transmit_heartbeat(runtime);
    }
    return 1;
}

/* ---- Waiting ------------------------------------------------------------------------------------------- */

/* The end of the next wait. */
static uint64_t deadline_us(const clipper_runtime *runtime) {
    const uint64_t ms = clipper_session_deadline(&runtime->session);
    if (runtime->stopping)
        return runtime->stop_at_us;
    if (!runtime->connected)
        return runtime->open_at_us;
    if (runtime->look_until_us > ms * 1000)
        return runtime->look_until_us;
    return ms > UINT64_MAX / 1000 ? UINT64_MAX : ms * 1000;
}

static void wait_for_more(clipper_runtime *runtime) {
    const clipper_transport *transport = &runtime->transport;
    const int reading = !runtime->stopping && clipper_jobs_have_room(&runtime->jobs);
    const int interest = (reading ? CLIPPER_WAIT_READ : 0) |
                         (clipper_outbound_is_waiting(&runtime->outbound) ? CLIPPER_WAIT_WRITE : 0);
    if (!clipper_jobs_before_wait(&runtime->jobs))
        return;
    if (!reading && runtime->connected)
        (void)transport->call->pending(transport->self);
    transport->call->wait(transport->self, interest, deadline_us(runtime));
}

/* ---- Stopping ------------------------------------------------------------------------------------------ */

static void begin_to_stop(clipper_runtime *runtime) {
    runtime->stopping = 1;
    runtime->stop_at_us = after_ms(now_us(runtime), runtime->config.grace_ms);
    clipper_report(&runtime->reporter, CLIPPER_REPORT_STOPPING,
                   (const clipper_log_field[]){
                       clipper_field_number("under_way", clipper_jobs_under_way(&runtime->jobs)), {0}});
}

/* Stops or reports when another thread or a signal handler asked for it. */
static void handle_requests_to_stop(clipper_runtime *runtime) {
    const int stops = atomic_load_explicit(&runtime->stops, memory_order_relaxed);
    if (atomic_load_explicit(&runtime->reports, memory_order_relaxed) != 0 &&
        atomic_exchange(&runtime->reports, 0) != 0)
        clipper_stats_report(&runtime->stats, &runtime->reporter);
    if (stops == 0)
        return;
    if (!runtime->stopping)
        begin_to_stop(runtime);
    if (stops > 1 || clipper_jobs_under_way(&runtime->jobs) == 0 || !runtime->connected ||
        now_us(runtime) >= runtime->stop_at_us)
        end_run(runtime, CLIPPER_RUN_STOPPED);
}

/* Closes the last session. Only a Clipper that has answered is given time for what was sent last. */
static void close_down(clipper_runtime *runtime) {
    const int at_once = atomic_load_explicit(&runtime->stops, memory_order_relaxed) > 1;
    const int answered = runtime->session.metadata_sent;
    close_session(runtime, at_once || !answered ? 0 : LINGER_MS);
    clipper_stats_report(&runtime->stats, &runtime->reporter);
    report_session(runtime, CLIPPER_REPORT_STOPPED, NULL);
}

/* ---- The loop ------------------------------------------------------------------------------------------ */

static void report_config(clipper_runtime *runtime) {
    static const char *const types[] = {"bytes", "ints", "floats", "doubles", "strings"};
    const clipper_container_config *config = &runtime->config;
    clipper_report(
        &runtime->reporter, CLIPPER_REPORT_SERVING,
        (const clipper_log_field[]){
            clipper_field_text("model", config->model_name),
            clipper_field_text("model_version", config->model_version),
            clipper_field_text("input_type", types[config->input_type]),
            clipper_field_text("wire", config->wire == CLIPPER_WIRE_RELEASE ? "release" : "document"),
            clipper_field_text("endpoint", config->endpoint != NULL ? config->endpoint : "given"),
            clipper_field_number("poll_timeout_ms", config->poll_timeout_ms),
            clipper_field_number("activity_timeout_ms", config->activity_timeout_ms),
            clipper_field_number("workers", config->workers),
            {0}});
}

/* Does all that can be done now. Returns not 0 when nothing is left to do: the last use of the transport has
 * found no message, so the next one will end a wait. (After a send that need not be so: as ZeroMQ sends, it
 * may notice a message that has come, and then does not signal it again.) */
static int serve(clipper_runtime *runtime) {
    int sent;
    if (runtime->connected)
        follow_connection(runtime);
    if (!runtime->connected && !runtime->stopping)
        connect_when_due(runtime);
    sent = send_waiting(runtime);
    if (runtime->stopping)
        return !sent;
    return receive(runtime) && !tick(runtime) && !runtime->finished;
}

clipper_run_result clipper_runtime_run(clipper_runtime *runtime) {
    report_config(runtime);
    for (;;) {
        handle_requests_to_stop(runtime);
        if (runtime->finished)
            break;
        if (serve(runtime))
            wait_for_more(runtime);
    }
    close_down(runtime);
    return runtime->result;
}
