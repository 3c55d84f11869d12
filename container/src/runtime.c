/* runtime.c: the loop that joins session, transport and model. */
#include "runtime.h"

#include <stdlib.h>

/* How long what was sent last may be under way after the end of a run. */
enum {
    LINGER_MS = 500
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

static void destroy_jobs(clipper_runtime *runtime, clipper_job *first) {
    while (first != NULL) {
        clipper_job *next = first->next;
        clipper_job_destroy(first, &runtime->transport);
        first = next;
    }
}

/* Frees all but the transport. */
static void free_parts(clipper_runtime *runtime) {
    if (runtime->executor.call != NULL)
        runtime->executor.call->destroy(runtime->executor.self, &runtime->outbox);
    destroy_jobs(runtime, runtime->outbox.first);
    destroy_jobs(runtime, runtime->free.first);
    if (runtime->receiving != NULL)
        clipper_job_destroy(runtime->receiving, &runtime->transport);
    free(runtime->scratch);
}

static int make_executor(clipper_runtime *runtime) {
    if (runtime->config.workers == 0)
        return clipper_inline_executor_new(&runtime->executor, &runtime->runner);
    return clipper_worker_executor_new(&runtime->executor, &runtime->runner, runtime->config.workers);
}

int clipper_runtime_init(clipper_runtime *runtime, const clipper_container_config *config,
                         const clipper_transport *transport, uint64_t seed) {
    const clipper_session_config session = session_config(config);
    memset(runtime, 0, sizeof *runtime);
    runtime->config = *config;
    runtime->transport = *transport;
    runtime->runner.predict = config->predict;
    runtime->runner.model = config->model;
    runtime->runner.transport = &runtime->transport;
    runtime->job_limit = config->queue;
    clipper_pacing_init(&runtime->pacing, config->poll_timeout_ms, seed);
    (void)clipper_session_init(&runtime->session, &session); /* CONFIG was checked */
    runtime->receiving = clipper_job_new(&runtime->transport);
    if (runtime->receiving == NULL || make_executor(runtime) != 0) {
        free_parts(runtime);
        return -1;
    }
    return 0;
}

void clipper_runtime_free(clipper_runtime *runtime) {
    free_parts(runtime);
    runtime->transport.call->destroy(runtime->transport.self);
}

/* ---- Connecting ---------------------------------------------------------------------------------------- */

static uint64_t now_us(const clipper_runtime *runtime) {
    return runtime->transport.call->now(runtime->transport.self);
}

uint64_t clipper_runtime_now_ms(const clipper_runtime *runtime) {
    return now_us(runtime) / 1000;
}

void clipper_runtime_finish(clipper_runtime *runtime, clipper_run_result result) {
    runtime->finished = 1;
    runtime->result = result;
}

static uint64_t after_ms(uint64_t us, uint64_t ms) {
    return ms > (UINT64_MAX - us) / 1000 ? UINT64_MAX : us + ms * 1000;
}

static void close_session(clipper_runtime *runtime, uint64_t linger_ms) {
    clipper_session_on_disconnect(&runtime->session);
    runtime->transport.call->close(runtime->transport.self, linger_ms);
    runtime->connected = 0;
    clipper_outbound_forget(runtime);
    clipper_report_ready(runtime);
}

void clipper_runtime_disconnect(clipper_runtime *runtime, uint64_t wait_ms) {
    close_session(runtime, 0);
    runtime->open_at_us = after_ms(now_us(runtime), wait_ms);
}

static void open_session(clipper_runtime *runtime) {
    runtime->connected = 1;
    clipper_session_open(&runtime->session, clipper_runtime_now_ms(runtime));
    add_to(&runtime->counters.sessions, 1);
    REPORT_LIMITED(runtime, CLIPPER_LOG_INFO, session_opened, log_number("session", runtime->session.number));
    clipper_outbound_heartbeat(runtime);
}

/* Opens a connection, when it is time to. */
static void connect_when_due(clipper_runtime *runtime) {
    const char *why;
    if (now_us(runtime) < runtime->open_at_us)
        return;
    switch (runtime->transport.call->open(runtime->transport.self)) {
    case CLIPPER_OPENED:
        open_session(runtime);
        break;
    case CLIPPER_OPEN_NEVER:
        why = runtime->transport.call->failure(runtime->transport.self);
        REPORT(runtime, CLIPPER_LOG_ERROR, "cannot_connect", log_text("why", why));
        clipper_runtime_finish(runtime, CLIPPER_RUN_FAILED);
        break;
    default:
        why = runtime->transport.call->failure(runtime->transport.self);
        REPORT_LIMITED(runtime, CLIPPER_LOG_WARNING, connection_failed, log_text("why", why));
        runtime->open_at_us = after_ms(now_us(runtime), clipper_pacing_after_failure(&runtime->pacing));
        break;
    }
}

/* ---- Time ---------------------------------------------------------------------------------------------- */

/* Messages are left unread as the model is at work: Clipper has not been silent. (Those that are left unread as answers
 * cannot be sent say nothing of the kind.) */
static int has_living_backlog(clipper_runtime *runtime) {
    return runtime->executing > 0 && !clipper_inbound_has_room(runtime) &&
           runtime->transport.call->pending(runtime->transport.self);
}

/* Nothing was received: lets the session look at the clock. Returns not 0 when something was done. */
static int tick(clipper_runtime *runtime) {
    const uint64_t now = clipper_runtime_now_ms(runtime);
    clipper_session_action action;
    if (!runtime->connected || now < clipper_session_deadline(&runtime->session))
        return 0;
    if (has_living_backlog(runtime))
        action = clipper_session_on_backlog(&runtime->session, now);
    else
        action = clipper_session_on_time(&runtime->session, now);
    if (action == CLIPPER_SESSION_REOPEN) {
        REPORT_LIMITED(runtime, CLIPPER_LOG_WARNING, session_lost,
                       log_number("session", runtime->session.number),
                       log_text("why", "nothing came for the activity timeout"));
        clipper_runtime_disconnect(runtime, clipper_pacing_after_silence(&runtime->pacing));
    } else {
        clipper_outbound_heartbeat(runtime);
    }
    return 1;
}

/* The end of the next wait. */
static uint64_t deadline_us(const clipper_runtime *runtime) {
    const uint64_t ms = clipper_session_deadline(&runtime->session);
    if (runtime->stopping)
        return runtime->stop_at_us;
    if (!runtime->connected)
        return runtime->open_at_us;
    return ms > UINT64_MAX / 1000 ? UINT64_MAX : ms * 1000;
}

static void wait_for_more(clipper_runtime *runtime) {
    const clipper_transport *transport = &runtime->transport;
    const int reading = !runtime->stopping && clipper_inbound_has_room(runtime);
    const int interest =
        (reading ? CLIPPER_WAIT_READ : 0) | (clipper_outbound_is_waiting(runtime) ? CLIPPER_WAIT_WRITE : 0);
    if (!runtime->executor.call->before_wait(runtime->executor.self))
        return;
    if (!reading && runtime->connected)
        (void)transport->call->pending(transport->self);
    transport->call->wait(transport->self, interest, deadline_us(runtime));
}

/* ---- Stopping ------------------------------------------------------------------------------------------ */

static void begin_to_stop(clipper_runtime *runtime) {
    runtime->stopping = 1;
    runtime->stop_at_us = after_ms(now_us(runtime), runtime->config.grace_ms);
    REPORT(runtime, CLIPPER_LOG_INFO, "stopping",
           log_number("under_way", runtime->executing + runtime->outbox.count));
}

/* Does what other threads and signal handlers asked for. */
static void heed(clipper_runtime *runtime) {
    const int stops = atomic_load_explicit(&runtime->stops, memory_order_relaxed);
    if (atomic_load_explicit(&runtime->reports, memory_order_relaxed) != 0 &&
        atomic_exchange(&runtime->reports, 0) != 0)
        clipper_report_counters(runtime);
    if (stops == 0)
        return;
    if (!runtime->stopping)
        begin_to_stop(runtime);
    if (stops > 1 || runtime->executing + runtime->outbox.count == 0 || !runtime->connected ||
        now_us(runtime) >= runtime->stop_at_us)
        clipper_runtime_finish(runtime, CLIPPER_RUN_STOPPED);
}

static void take_leave(clipper_runtime *runtime) {
    const int hurry = atomic_load_explicit(&runtime->stops, memory_order_relaxed) > 1;
    const uint64_t number = runtime->session.number;
    /* Only a Clipper that is there is given time for what was sent last. */
    const int heard = runtime->session.metadata_sent;
    close_session(runtime, hurry || !heard ? 0 : LINGER_MS);
    clipper_report_counters(runtime);
    REPORT(runtime, CLIPPER_LOG_INFO, "stopped", log_number("session", number));
}

/* ---- The loop ------------------------------------------------------------------------------------------ */

static void introduce(const clipper_runtime *runtime) {
    static const char *const types[] = {"bytes", "ints", "floats", "doubles", "strings"};
    const clipper_container_config *config = &runtime->config;
    REPORT(runtime, CLIPPER_LOG_INFO, "serving", log_text("model", config->model_name),
           log_text("model_version", config->model_version),
           log_text("input_type", types[config->input_type]),
           log_text("wire", config->wire == CLIPPER_WIRE_RELEASE ? "release" : "document"),
           log_text("endpoint", config->endpoint != NULL ? config->endpoint : "given"),
           log_number("poll_timeout_ms", config->poll_timeout_ms),
           log_number("activity_timeout_ms", config->activity_timeout_ms),
           log_number("workers", config->workers));
}

/* Does all that can be done now. Returns not 0 when nothing is left to do: as the last use of the transport
 * has found no message, the next one will end a wait. (After a send that need not be so: to send, ZeroMQ may
 * take notice of a message that has come, and then does not tell of it again.) */
static int serve(clipper_runtime *runtime) {
    int sent;
    if (!runtime->connected && !runtime->stopping)
        connect_when_due(runtime);
    sent = clipper_outbound_send(runtime);
    if (runtime->stopping)
        return !sent;
    return clipper_inbound_receive(runtime) && !tick(runtime) && !runtime->finished;
}

clipper_run_result clipper_runtime_run(clipper_runtime *runtime) {
    introduce(runtime);
    for (;;) {
        heed(runtime);
        if (runtime->finished)
            break;
        if (serve(runtime))
            wait_for_more(runtime);
    }
    take_leave(runtime);
    return runtime->result;
}
