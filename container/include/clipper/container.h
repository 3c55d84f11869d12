/* clipper/container.h: serves a model to Clipper.
 *
 *     #include <clipper/container.h>
 *     #include <signal.h>
 *     #include <stdio.h>
 *     #include <unistd.h>
 *
 *     static clipper_container *container;
 *
 *     static void stop(int number) {
 *         (void)number;
 *         clipper_container_stop(container);
 *     }
 *
 *     static int predict(void *model, const clipper_batch *batch, clipper_outputs *outputs) {
 *         (void)model;
 *         for (size_t i = 0; i < clipper_batch_count(batch); i++)
 *             clipper_outputs_add_text(outputs, "1.0");
 *         return 0;
 *     }
 *
 *     int main(void) {
 *         clipper_log_output log = {.descriptor = STDERR_FILENO, .level = CLIPPER_LOG_INFO};
 *         clipper_container_config config = clipper_container_default_config();
 *         char error[CLIPPER_CONTAINER_ERROR_TEXT];
 *         clipper_run_result result;
 *         config.predict = predict;
 *         config.log = clipper_log_write;
 *         config.log_context = &log;
 *         if (clipper_container_config_from_environment(&config, error) != 0 ||
 *             (container = clipper_container_new(&config, error)) == NULL) {
 *             fprintf(stderr, "%s\n", error);
 *             return 2;
 *         }
 *         signal(SIGTERM, stop);
 *         signal(SIGINT, stop);
 *         result = clipper_container_run(container);
 *         signal(SIGTERM, SIG_IGN);
 *         signal(SIGINT, SIG_IGN);
 *         clipper_container_destroy(&container);
 *         return result;
 *     }
 *
 *     cc -o my-container my-container.c -lclipper-container -lclipper-codec
 *
 * A container connects to Clipper, registers, answers prediction requests, and keeps doing so through
 * restarts and silences of Clipper, bad messages and failing models, until it is stopped or Clipper turns out
 * to speak another RPC version. The rules of the protocol are clipper/session.h's; the bytes are moved by a
 * transport (clipper/transport.h), ZeroMQ unless another is given.
 *
 * THREADS
 *   clipper_container_run serves on the thread that calls it. clipper_container_stop and
 *   clipper_container_report may be called from any thread and from signal handlers; the other functions from
 *   one thread at a time. The model is called on worker threads, or on the polling thread when there are none.
 */
#ifndef CLIPPER_CONTAINER_H
#define CLIPPER_CONTAINER_H

#include "clipper/codec.h"
#include "clipper/log.h"
#include "clipper/model.h"
#include "clipper/session.h"
#include "clipper/transport.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the container library that is loaded: "0.2.0", as clipper_version (clipper/codec.h) says it of the
 * codec's. Static. */
CLIPPER_API const char *clipper_container_version(void);

/* ---- Configuration ------------------------------------------------------------------------------------- */

/* All settings of a container. The texts are borrowed until clipper_container_new, which copies them. */
typedef struct clipper_container_config {
    const char *model_name;    /* required [release: CLIPPER_MODEL_NAME] */
    const char *model_version; /* required; the document wants an integer, any text is sent as it is */
    const char *ip;            /* of Clipper, address or host name; default "127.0.0.1" */
    const char *port;          /* of Clipper; default "7000" */
    const char *endpoint;      /* for ZeroMQ, in place of "tcp://IP:PORT"; NULL */
    clipper_data_type input_type;
    clipper_wire wire;            /* default release, since only that registers with released Clipper */
    uint64_t poll_timeout_ms;     /* D */
    uint64_t activity_timeout_ms; /* TO */
    clipper_limits limits;        /* what Clipper may send in one message */

    clipper_predict predict; /* required */
    void *model;             /* handed to PREDICT */
    unsigned workers;  /* threads that call PREDICT; 0: the polling thread does, and no heartbeat goes out
                          while a model works */
    size_t queue;      /* requests received and not answered at a time; more wait in ZeroMQ. At least 1. */
    uint64_t grace_ms; /* how long unanswered requests may take after clipper_container_stop */

    clipper_log_function log; /* NULL: nothing is logged */
    void *log_context;

    /* Called with 1 when Clipper has registered the container and shown it (a keep-alive or a request came),
     * with 0 when that is no longer so. On the polling thread. May be NULL. */
    void (*ready)(void *context, int ready);
    void *ready_context;

    /* The transport, already made; the container then owns it, from a successful clipper_container_new on.
     * Its CALL is NULL for ZeroMQ. */
    clipper_transport transport;

    /* Bytes that requests and responses may take, with what ZeroMQ holds of them, beside the model's and some 10 MiB of
     * the program's own; 0: as LIMITS and QUEUE need. A request is then at most an eighth of it, at 160 bytes an input
     * and its bytes; while so much is under way, no more is received; a session in which a larger message is coming is
     * ended, which over ZeroMQ needs Linux and TCP, and is not seen while the polling thread runs the model. */
    uint64_t memory;
} clipper_container_config;

/* The defaults, with nothing required filled in. */
CLIPPER_API clipper_container_config clipper_container_default_config(void);

/* The size of the buffers that errors are described in. */
#define CLIPPER_CONTAINER_ERROR_TEXT 256

/* What a setting takes. */
typedef enum clipper_setting_kind {
    CLIPPER_SETTING_TEXT,        /* a text that is not empty; const char * */
    CLIPPER_SETTING_NUMBER,      /* from LEAST to MOST; an unsigned integer of SIZE bytes, 4 or 8 */
    CLIPPER_SETTING_NUMBER_TEXT, /* the same, kept as text; const char * */
    CLIPPER_SETTING_CHOICE,      /* the name of one of CHOICES; an enum */
    CLIPPER_SETTING_SIZE         /* as NUMBER, also with K, M or G after it: times 1024, 1024^2 or 1024^3 */
} clipper_setting_kind;

typedef struct clipper_setting_choice {
    const char *name;
    int value;
} clipper_setting_choice;

/* One thing that can be set by a text: a flag of clipper-container, and a variable of the environment. Programs may
 * have tables of their own. */
typedef struct clipper_container_setting {
    const char *name;     /* "poll-timeout": the flag is --poll-timeout */
    const char *variable; /* "CLIPPER_POLL_TIMEOUT_MS" */
    const char *argument; /* "MS", for help texts */
    clipper_setting_kind kind;
    size_t offset; /* of the member that holds the value, */
    size_t size;   /* and its size */
    uint64_t least, most;
    const clipper_setting_choice
        *choices;         /* the last one's name is NULL; of a value's names the first is for help */
    const char *standard; /* the default as text, for help; NULL for none */
    const char *help;     /* one line, however long */
} clipper_container_setting;

/* Takes the text VALUE (borrowed) into the member of the struct VALUES that SETTING is about. Returns 0, or -1 and a
 * line in ERROR; VALUES are then unchanged. */
CLIPPER_API int clipper_setting_take(const clipper_container_setting *setting, void *values,
                                     const char *value, char error[CLIPPER_CONTAINER_ERROR_TEXT]);

/* All settings; *COUNT of them. Static. */
CLIPPER_API const clipper_container_setting *clipper_container_settings(size_t *count);

/* Sets the setting NAME from the text VALUE (borrowed). Returns 0, or -1 and a line in ERROR: no such
 * setting, or not a value for it; CONFIG is then unchanged. */
CLIPPER_API int clipper_container_config_set(clipper_container_config *config, const char *name,
                                             const char *value, char error[CLIPPER_CONTAINER_ERROR_TEXT]);

/* Sets all that the environment has variables for. The texts stay the environment's. Returns 0, or -1 and a
 * line in ERROR about the first variable that has a bad value. [release: the variables CLIPPER_MODEL_NAME,
 * CLIPPER_MODEL_VERSION, CLIPPER_IP, CLIPPER_PORT, CLIPPER_INPUT_TYPE] */
CLIPPER_API int clipper_container_config_from_environment(clipper_container_config *config,
                                                          char error[CLIPPER_CONTAINER_ERROR_TEXT]);

/* Returns 0 when a container can be made from CONFIG, or -1 and a line in ERROR. */
CLIPPER_API int clipper_container_config_check(const clipper_container_config *config,
                                               char error[CLIPPER_CONTAINER_ERROR_TEXT]);

/* ---- The container ------------------------------------------------------------------------------------- */

typedef struct clipper_container clipper_container;

/* Why clipper_container_run returned. */
typedef enum clipper_run_result {
    CLIPPER_RUN_STOPPED = 0,          /* clipper_container_stop was called */
    CLIPPER_RUN_VERSION_MISMATCH = 1, /* Clipper speaks another RPC version: exit [doc: Versioning] */
    CLIPPER_RUN_FAILED = 2            /* the transport can never work (a bad address); it was logged */
} clipper_run_result;

/* What a container has done since it was made, as X(name, what it counts). */
#define CLIPPER_COUNTERS(X)                                                                                  \
    X(sessions, "sessions opened")                                                                           \
    X(heartbeats_sent, "heartbeats sent")                                                                    \
    X(heartbeats_received, "heartbeats received")                                                            \
    X(metadata_sent, "new container messages sent")                                                          \
    X(requests, "prediction requests taken")                                                                 \
    X(items, "inputs in those requests")                                                                     \
    X(responses, "prediction responses sent")                                                                \
    X(prediction_errors, "requests not answered: the model failed or gave a wrong number of outputs")        \
    X(responses_dropped, "requests not answered: their session had ended")                                   \
    X(bad_messages, "messages that no container is sent")                                                    \
    X(wrong_input_types, "requests for another input type")                                                  \
    X(feedback_requests, "feedback requests, ignored")                                                       \
    X(lost_messages, "messages that could not be kept")                                                      \
    X(log_lines_dropped, "lines that clipper_log_write had no room for")

typedef struct clipper_counters {
#define CLIPPER_COUNTER(name, help) uint64_t name;
    CLIPPER_COUNTERS(CLIPPER_COUNTER)
#undef CLIPPER_COUNTER
} clipper_counters;

/* How long something took, counted in buckets: bucket I has what took at most clipper_latency_bounds_us[I]
 * and more than the bound before. The last bound is UINT64_MAX. */
#define CLIPPER_LATENCY_BUCKETS 23
CLIPPER_API extern const uint64_t clipper_latency_bounds_us[CLIPPER_LATENCY_BUCKETS];

typedef struct clipper_latency {
    uint64_t count;
    uint64_t sum_us;
    uint64_t max_us;
    uint64_t buckets[CLIPPER_LATENCY_BUCKETS];
} clipper_latency;

/* A bound in microseconds that PERCENT (1 to 100) of LATENCY did not exceed; 0 where there is none. */
CLIPPER_API uint64_t clipper_latency_quantile(const clipper_latency *latency, unsigned percent);

/* Makes a container from CONFIG. Returns NULL and a line in ERROR when the configuration is not complete or
 * there is no memory. */
CLIPPER_API clipper_container *clipper_container_new(const clipper_container_config *config,
                                                     char error[CLIPPER_CONTAINER_ERROR_TEXT]);

/* Serves until stopped. May be called once. */
CLIPPER_API clipper_run_result clipper_container_run(clipper_container *container);

/* Makes clipper_container_run return: the first call takes no more requests and finishes those that are
 * running, a second one ends at once. Any thread, any signal handler; also before the run. */
CLIPPER_API void clipper_container_stop(clipper_container *container);

/* Makes the polling thread log the counters. Any thread, any signal handler. */
CLIPPER_API void clipper_container_report(clipper_container *container);

/* The counters as they are now. Any thread. */
CLIPPER_API clipper_counters clipper_container_counters(const clipper_container *container);

/* From receiving a request until its answer was ready, and the part of it that the model took. Any thread. */
CLIPPER_API clipper_latency clipper_container_latency(const clipper_container *container);
CLIPPER_API clipper_latency clipper_container_model_time(const clipper_container *container);

/* All of that as Prometheus text, with the names that released containers use where they have the same
 * meaning. Writes at most CAPACITY bytes with the NUL to BUFFER; returns the length of the whole text without
 * it. Any thread. */
CLIPPER_API size_t clipper_container_metrics(const clipper_container *container, char *buffer,
                                             size_t capacity);

/* How many requests the model has not finished. After a run that was ended at once, or whose grace period was
 * over, models may still be running: clipper_container_destroy waits for them, _exit does not. */
CLIPPER_API size_t clipper_container_executing(const clipper_container *container);

/* Frees the container and sets *CONTAINER to NULL. Not while it runs; waits for models that
 * are still running. NULL is fine. */
CLIPPER_API void clipper_container_destroy(clipper_container **container);

#ifdef __cplusplus
}
#endif

#endif
