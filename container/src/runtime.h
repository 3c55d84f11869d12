/* runtime.h: what joins session, transport and model. The parts of the runtime share this header:
 *   runtime.c    the loop: opening, closing, waiting, stopping
 *   inbound.c    receiving messages and carrying out what the session makes of them
 *   outbound.c   sending heartbeats, metadata and responses
 *   report.c     counting and logging */
#ifndef CLIPPER_CONTAINER_RUNTIME_H
#define CLIPPER_CONTAINER_RUNTIME_H

#include <stdatomic.h>

#include "clipper/container.h"
#include "histogram.h"
#include "job.h"
#include "pacing.h"
#include "rate.h"

/* One writer, the polling thread; any number of readers. As clipper_counters. */
typedef struct clipper_live_counters {
#define CLIPPER_COUNTER(name, help) _Atomic uint64_t name;
    CLIPPER_COUNTERS(CLIPPER_COUNTER)
#undef CLIPPER_COUNTER
} clipper_live_counters;

/* Events that a peer can cause at will, as X(name): logged at a limited rate. */
#define CLIPPER_LIMITED_EVENTS(X)                                                                            \
    X(bad_message)                                                                                           \
    X(wrong_input_type)                                                                                      \
    X(feedback_ignored)                                                                                      \
    X(message_lost)                                                                                          \
    X(out_of_memory)                                                                                         \
    X(prediction_failed)                                                                                     \
    X(response_dropped)                                                                                      \
    X(metadata_sent)                                                                                         \
    X(registered)                                                                                            \
    X(connection_lost)                                                                                       \
    X(connection_failed)                                                                                     \
    X(session_opened)                                                                                        \
    X(session_lost)

typedef enum clipper_limited_event {
#define CLIPPER_LIMITED(name) CLIPPER_LIMITED_##name,
    CLIPPER_LIMITED_EVENTS(CLIPPER_LIMITED)
#undef CLIPPER_LIMITED
    CLIPPER_LIMITED_COUNT
} clipper_limited_event;

typedef struct clipper_runtime {
    clipper_container_config config;
    clipper_transport transport;
    clipper_session session;
    clipper_executor executor;
    clipper_job_runner runner;
    clipper_pacing pacing;
    clipper_live_counters counters;
    clipper_histogram latency;    /* from receiving a request until its answer is ready */
    clipper_histogram model_time; /* the model's part of it */
    clipper_rate rates[CLIPPER_LIMITED_COUNT];

    /* Set by other threads and signal handlers. */
    _Atomic int stops;
    _Atomic int reports;

    /* Not 0: the time when the model has just returned on this thread. A message that is received right after
     * its answer was sent was there already: it gets this time, which spares a look at the clock. */
    uint64_t now_us;

    int connected;       /* the transport is open, and so is the session */
    uint64_t open_at_us; /* when to open the next one */
    _Atomic int ready;   /* what config.ready was told last */
    int finished;        /* run is to return RESULT */
    clipper_run_result result;
    int stopping;
    uint64_t stop_at_us; /* when to stop waiting for what is running */

    /* Jobs are: the one that the next message is received into, free ones, those in the executor, those in
     * the outbox. */
    clipper_job *receiving;
    clipper_job_queue free;
    clipper_job_queue outbox;
    size_t job_limit;         /* for executor and outbox together */
    _Atomic size_t executing; /* in the clipper_executor */

    /* New container messages that found no room yet. */
    const clipper_frame *metadata;
    size_t metadata_frames;
    unsigned metadata_owed;

    clipper_frame head[CLIPPER_HEAD_FRAMES_MAX];
    unsigned char *scratch; /* for the header frames of a response */
    size_t scratch_capacity;
} clipper_runtime;

/* ---- runtime.c ----------------------------------------------------------------------------------------- */

/* Makes a runtime; CONFIG is complete and its texts outlive it. EXECUTOR and TRANSPORT become its own, also
 * on failure. Returns 0, or -1 without memory. */
int clipper_runtime_init(clipper_runtime *runtime, const clipper_container_config *config,
                         const clipper_transport *transport, uint64_t seed);
clipper_run_result clipper_runtime_run(clipper_runtime *runtime);
void clipper_runtime_free(clipper_runtime *runtime);

/* The session is over: closes the connection; the next one is opened WAIT_MS from now. */
void clipper_runtime_disconnect(clipper_runtime *runtime, uint64_t wait_ms);
/* Makes runtime_run return RESULT. */
void clipper_runtime_finish(clipper_runtime *runtime, clipper_run_result result);
uint64_t clipper_runtime_now_ms(const clipper_runtime *runtime);

/* So many MORE jobs are with the executor. */
static inline void clipper_runtime_executing(clipper_runtime *runtime, int more) {
    const size_t now = atomic_load_explicit(&runtime->executing, memory_order_relaxed);
    atomic_store_explicit(&runtime->executing, now + (size_t)more, memory_order_relaxed);
}

/* ---- inbound.c ----------------------------------------------------------------------------------------- */

/* Receives what is there, up to a bound, and has it predicted. Returns not 0 when no more can be received now:
 * the last attempt found nothing, there is no room, or no connection. */
int clipper_inbound_receive(clipper_runtime *runtime);
/* May the next message be received, or are there too many jobs under way, or no memory for one more? */
int clipper_inbound_has_room(clipper_runtime *runtime);
/* JOB has been answered, or never will be. */
void clipper_inbound_recycle(clipper_runtime *runtime, clipper_job *job);

/* ---- outbound.c ---------------------------------------------------------------------------------------- */

void clipper_outbound_heartbeat(clipper_runtime *runtime);
void clipper_outbound_metadata(clipper_runtime *runtime);
/* Sends what is owed and what is finished, as far as there is room. Returns not 0 when anything was done. */
int clipper_outbound_send(clipper_runtime *runtime);
/* Anything left that waits for room? */
int clipper_outbound_is_waiting(const clipper_runtime *runtime);
/* The session is over: what was to be sent in it is dropped. */
void clipper_outbound_forget(clipper_runtime *runtime);

/* ---- report.c ------------------------------------------------------------------------------------------ */

static inline void add_to(_Atomic uint64_t *counter, uint64_t more) {
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + more,
                          memory_order_relaxed);
}

static inline clipper_log_field log_text(const char *key, const char *text) {
    const clipper_log_field field = {key, text, 0};
    return field;
}

static inline clipper_log_field log_number(const char *key, uint64_t number) {
    const clipper_log_field field = {key, NULL, number};
    return field;
}

void clipper_report(const clipper_runtime *runtime, clipper_log_level level, const char *name,
                    const clipper_log_field *fields, size_t count);
/* The same, if the rate allows; at most CLIPPER_LIMITED_FIELDS fields. */
enum {
    CLIPPER_LIMITED_FIELDS = 7
};
void clipper_report_limited(clipper_runtime *runtime, clipper_log_level level, clipper_limited_event event,
                            const clipper_log_field *fields, size_t count);

#define CLIPPER_FIELDS_OF(...)                                                                               \
    (const clipper_log_field[]){__VA_ARGS__},                                                                \
        sizeof((const clipper_log_field[]){__VA_ARGS__}) / sizeof(clipper_log_field)
#define REPORT(runtime, level, name, ...) clipper_report(runtime, level, name, CLIPPER_FIELDS_OF(__VA_ARGS__))
#define REPORT_LIMITED(runtime, level, name, ...)                                                            \
    clipper_report_limited(runtime, level, CLIPPER_LIMITED_##name, CLIPPER_FIELDS_OF(__VA_ARGS__))

void clipper_report_counters(const clipper_runtime *runtime);
/* Tells config.ready when it has changed. */
void clipper_report_ready(clipper_runtime *runtime);
clipper_counters clipper_runtime_counters(const clipper_runtime *runtime);

/* ---- metrics.c ----------------------------------------------------------------------------------------- */

/* As clipper_container_metrics. */
size_t clipper_runtime_metrics(const clipper_runtime *runtime, char *buffer, size_t capacity);

#endif
