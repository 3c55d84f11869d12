/* A conversation from its beginning to its end. */
#include "talk/talk_parts.h"

#include "base/heap.h"
#include "base/port.h"
#include "engine/describe.h"
#include "process/faketime.h"
#include "process/lag.h"
#include "process/launch.h"
#include "process/start_places.h"

#include <errno.h>
#include <inttypes.h>

/* ---- Beginning and end ------------------------------------------------------------------------------ */

static uint64_t seed_of(const run_parameters *about, const scenario *plot, clipper_data_type type) {
    uint64_t seed = about->seed ^ (uint64_t)type << 56;
    for (const char *at = plot->id; *at != '\0'; at++)
        seed = (seed ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
    return seed;
}

/* An engine on a port of its own; for attached containers on theirs, which the engine before may take a moment to
 * leave. */
static engine *new_engine(const talk *t, char **problem) {
    const run_parameters *s = t->parameters;
    instant give_up = clock_now() + 2 * SECOND;
    engine *fresh;
    if (s->attach_address == NULL)
        return engine_new(t->address, 0, t->outcome->journal, problem);
    while ((fresh = engine_new(s->attach_address, s->attach_port, t->outcome->journal, problem)) == NULL &&
           errno == EADDRINUSE && clock_now() < give_up) {
        free(*problem);
        zmq_poll(NULL, 0, 1);
    }
    return fresh;
}

/* Skips the scenario where the user's items will not do. */
static void check_feed(talk *t) {
    const run_parameters *p = t->parameters;
    const feed *its = p->feeds[t->type];
    if (p->feed_problems[t->type] != NULL)
        talk_skip(t, p->feed_problems[t->type]);
    else if (t->scenario->own_items && its != NULL && feed_keeps_shape(its))
        talk_skip(t, "it is about other sizes or values than those of the items given (see --any-shape)");
}

talk *talk_new(const scenario *plot, const run_parameters *about, clipper_data_type type, int stop) {
    char *problem;
    talk *t = heap_new(sizeof *t);
    char first[16];
    t->parameters = about;
    t->scenario = plot;
    t->type = type;
    t->stop = stop;
    t->random.state = seed_of(about, plot, type);
    t->outcome = outcome_new();
    t->clock_memory = -1;
    t->outcome->journal = journal_new();
    snprintf(first, sizeof first, "%.*s", (int)strcspn(plot->requirements, " "), plot->requirements);
    talk_checking(t, first);
    t->changes = zlistx_new();
    t->batches = zlistx_new();
    t->next_id = 1000;
    port_listening_address(about->advertised, t->address);
    t->engine = new_engine(t, &problem);
    if (t->engine == NULL)
        talk_kit_error(t, problem);
    check_feed(t);
    return t;
}

/* With a fault that did not fire, the scenario proves nothing. */
static void look_for_unfired_faults(talk *t) {
    const fault *unfired = faults_unfired(engine_faults(t->engine));
    char *text;
    if (t->over || unfired == NULL)
        return;
    text = fault_text(unfired);
    talk_kit_error(t, heap_format("the fault %s did not fire", text));
    free(text);
}

/* Unexpected messages and a process that ended are findings in every scenario. */
static void look_back(talk *t) {
    for (size_t i = 0; !t->over && i < engine_session_count(t->engine); i++) {
        message *left;
        while (!t->over && (left = inbox_take(engine_session(t->engine, i))) != NULL) {
            if (left->content.kind == CLIPPER_PREDICTION_RESPONSE)
                talk_breach_by_message(t, "PRED-13", "each request answered once", left);
            else if (left->content.kind == CLIPPER_NEW_CONTAINER && !left->invited)
                talk_breach_by_message(t, "REG-2", "metadata only when asked for", left);
            else if (left->content.kind == CLIPPER_NO_MESSAGE)
                talk_breach_by_message(t, "FRM-8", "well-formed messages only", left);
            message_destroy(&left);
        }
    }
    if (!t->over && !t->end_expected && talk_process_ended(t))
        talk_breach_by_process(t, NULL, "the container keeps running");
}

/* Waits until the process is gone, and removes what libfaketime left of it. */
static void forget_process(talk *t, process **ended) {
    pid_t pid = process_pid(*ended);
    process_await_gone(*ended);
    t->outcome->left_behind += process_left_behind(*ended);
    process_destroy(ended);
    if (t->parameters->faketime_library != NULL || t->clock_memory >= 0)
        faketime_clean_up(pid);
}

static void keep_process(talk *t) {
    outcome *o = t->outcome;
    process_await_gone(t->process);
    for (int i = 0; i < 2; i++)
        o->output[i] = process_tail(t->process, i + 1, &o->output_len[i], &o->output_total[i]);
    forget_process(t, &t->process);
    if (o->left_behind != 0) {
        char *end = o->process_end;
        o->process_end = heap_format("%s; %u left behind by it had to be killed", end, o->left_behind);
        free(end);
    }
}

static void forget_sessions(talk *t) {
    for (size_t i = 0; t->engine != NULL && i < engine_session_count(t->engine); i++)
        inbox_destroy(engine_session(t->engine, i));
    engine_destroy(&t->engine);
}

/* Frees what requests in flight have left. */
static void drop_kept(talk *t) {
    batch_destroy(&t->alone);
    for (size_t i = 0; i < t->kept_count; i++)
        batch_destroy(&t->kept[i].outputs);
    free(t->kept);
}

/* Begins to end what runs. */
static void stop_processes(talk *t) {
    if (t->process != NULL) {
        process_update(t->process);
        t->outcome->process_end = process_end_text(t->process);
        process_stop(t->process);
    }
    if (t->second != NULL)
        process_stop(t->second);
}

/* What was seen of the container beneath its messages. */
static void keep_contact(talk *t) {
    outcome *o = t->outcome;
    o->connections = engine_connections(t->engine);
    o->sessions = engine_session_count(t->engine);
    if (o->sessions != 0)
        memcpy(o->socket_type, engine_session(t->engine, 0)->socket_type, sizeof o->socket_type);
}

void talk_close(talk *t) {
    outcome *o = t->outcome;
    if (t->engine != NULL) {
        talk_pump(t, clock_now());
        keep_contact(t);
        look_back(t);
        look_for_unfired_faults(t);
        o->connected = engine_was_connected(t->engine);
        o->registered = t->session != NULL && t->session->registered != NULL;
        o->refused =
            engine_session_count(t->engine) == 0 && t->process != NULL && process_exit_status(t->process) > 0;
    }
    talk_leave_start_place(t);
    stop_processes(t);
    o->took = clock_now() - o->began;
    o->lag = lag_since(o->began);
}

outcome *talk_end(talk **self_p) {
    talk *t = *self_p;
    outcome *o = t->outcome;
    drop_kept(t);
    if (t->process != NULL)
        keep_process(t);
    if (t->second != NULL)
        forget_process(t, &t->second);
    starvation_destroy(&t->starvation);
    forget_sessions(t);
    for (batch *each = zlistx_first(t->batches); each != NULL; each = zlistx_next(t->batches))
        batch_destroy(&each);
    for (char *each = zlistx_first(t->changes); each != NULL; each = zlistx_next(t->changes))
        free(each);
    zlistx_destroy(&t->batches);
    zlistx_destroy(&t->changes);
    message_destroy(&t->latest);
    if (t->clock_memory >= 0)
        close(t->clock_memory);
    free(t);
    *self_p = NULL;
    return o;
}

talk *scenario_begin(const scenario *s, const run_parameters *parameters, clipper_data_type type, int stop) {
    talk *t = talk_new(s, parameters, type, stop);
    s->play(t);
    talk_close(t);
    return t;
}

outcome *scenario_play(const scenario *s, const run_parameters *parameters, clipper_data_type type,
                       int stop) {
    talk *t = scenario_begin(s, parameters, type, stop);
    return talk_end(&t);
}

/* ---- Parameters ------------------------------------------------------------------------------------- */

duration talk_poll_timeout(const talk *t) {
    return t->parameters->timing.poll;
}

duration talk_start_time(const talk *t) {
    return t->heard != 0 ? t->heard - t->started : t->parameters->timing.starts;
}

duration talk_activity_timeout(const talk *t) {
    return t->parameters->timing.activity;
}

clipper_data_type talk_input_type(const talk *t) {
    return t->type;
}

const scenario_parameter *talk_parameter(const talk *t) {
    return &t->scenario->with;
}

random_source *talk_random(talk *t) {
    return &t->random;
}

bool talk_is_over(const talk *t) {
    return t->over;
}

session *talk_session(talk *t) {
    return t->session != NULL ? t->session : &t->blank;
}

void talk_turn_to(talk *t, session *s) {
    if (!t->over)
        t->session = s;
}

/* ---- The start -------------------------------------------------------------------------------------- */

bool talk_is_attached(const talk *t) {
    return t->parameters->attach_address != NULL;
}

void talk_need_own_container(talk *t) {
    if (talk_is_attached(t))
        talk_skip(t, "this needs a container that the kit starts itself");
}

void talk_need_quick_model(talk *t, duration at_most) {
    char took[DURATION_TEXT], most[DURATION_TEXT], *reason;
    if (t->over || t->parameters->timing.answers.surely <= at_most)
        return;
    reason =
        heap_format("the model takes %s for an answer, and this needs one that takes at most %s",
                    duration_text(t->parameters->timing.answers.surely, took), duration_text(at_most, most));
    talk_skip(t, reason);
    free(reason);
}

void talk_need_own_process(talk *t) {
    talk_need_own_container(t);
    if (t->parameters->image.name != NULL)
        talk_skip(t, "this needs the container's process and files, which are an image's own");
}

void talk_need_host_name(talk *t, const char *name) {
    if (!t->over && !port_host_is(name, "127.0.0.1")) {
        char *reason = heap_format("this machine does not know the host %s as 127.0.0.1", name);
        talk_skip(t, reason);
        free(reason);
    }
}

void talk_listen_at(talk *t, const char *address) {
    char *problem;
    talk_need_own_container(t);
    if (t->parameters->advertised != NULL)
        talk_skip(t, "--advertise says where the kit is");
    if (!t->over && !port_address_is_ours(address)) {
        char *reason = heap_format("this machine has no address %s to listen at", address);
        talk_skip(t, reason);
        free(reason);
    }
    if (t->over)
        return;
    talk_leave_start_place(t);
    if (t->process != NULL)
        forget_process(t, &t->process);
    starvation_destroy(&t->starvation);
    forget_sessions(t);
    message_destroy(&t->latest);
    snprintf(t->address, sizeof t->address, "%s", address);
    t->session = NULL;
    t->known_sessions = 0;
    t->started = t->listening = 0;
    t->engine = new_engine(t, &problem);
    if (t->engine == NULL)
        talk_kit_error(t, problem);
}

void talk_set_variable(talk *t, const char *change) {
    talk_need_own_container(t);
    zlistx_add_end(t->changes, heap_text(change));
}

void talk_listen_later(talk *t) {
    t->listens_later = true;
}

void talk_listen_now(talk *t) {
    char *problem;
    if (t->over)
        return;
    if (!engine_open(t->engine, &problem))
        talk_kit_error(t, problem);
    t->listening = clock_now();
}

/* A time that is D by our clock, in milliseconds by the container's. */
static double container_milliseconds(const talk *t, duration d) {
    return (double)d * t->parameters->acceleration / (double)MILLISECOND;
}

/* Several containers are started beside each other: one port is not for all of them. An image may have set it itself. */
static void choose_metrics_port(const run_parameters *p, launch *how) {
    if (p->image.name != NULL || getenv("CLIPPER_METRICS_PORT") != NULL)
        launch_set(how, "CLIPPER_METRICS_PORT=0");
}

static process *run_command(talk *t) {
    const run_parameters *p = t->parameters;
    launch *how =
        launch_new(&p->image, p->command, TALK_MODEL_NAME, TALK_MODEL_VERSION, data_type_name(t->type),
                   p->advertised != NULL ? p->advertised : engine_address(t->engine), engine_port(t->engine));
    char *problem;
    process *started;
    launch_set(how, "CLIPPER_POLL_TIMEOUT_MS=%.0f", container_milliseconds(t, p->timing.poll));
    launch_end_with(how, p->grace);
    launch_set(how, "CLIPPER_ACTIVITY_TIMEOUT_MS=%.0f", container_milliseconds(t, p->timing.activity));
    choose_metrics_port(p, how);
    if (t->delay != 0 && !t->slow_by_item)
        launch_set(how, "CLIPPER_MODEL_DELAY_MS=%.0f", container_milliseconds(t, t->delay));
    if (p->faketime_library != NULL) {
        launch_set(how, "LD_PRELOAD=%s", p->faketime_library);
        launch_set(how, "FAKETIME=+0 x%g", p->acceleration);
    }
    for (const char *each = zlistx_first(t->changes); each != NULL; each = zlistx_next(t->changes))
        launch_set(how, "%s", each);
    started = launch_start(&how, &problem);
    if (started == NULL)
        talk_kit_error(t, problem);
    else
        journal_note(t->outcome->journal, 0, "a container is started (process %d)",
                     (int)process_pid(started));
    return started;
}

void talk_start(talk *t) {
    if (t->over || t->started != 0)
        return;
    if (!t->listens_later)
        talk_listen_now(t);
    t->starting = start_places_take(t->stop);
    if (!t->starting) {
        t->outcome->interrupted = true;
        t->over = true;
    }
    if (t->over)
        return;
    t->started = clock_now();
    if (!talk_is_attached(t))
        t->process = run_command(t);
    t->starvation = starvation_new(t->process != NULL ? process_pid(t->process) : 0);
}

void talk_start_another(talk *t) {
    talk_need_own_container(t);
    if (t->over)
        return;
    t->started = clock_now();
    t->second = run_command(t);
    t->session = NULL;
}

duration talk_by_container_clock(const talk *t, duration d) {
    return (duration)((double)d / t->parameters->acceleration);
}

/* How long an input may take that the user says takes long, before it has been tried. */
#define SLOW_ITEM (120 * SECOND)

void talk_slow_model(talk *t, duration delay) {
    const feed *its = t->parameters->feeds[t->type];
    t->slow_by_item = its != NULL && feed_has_slow_item(its);
    if (!t->slow_by_item)
        talk_need_own_container(t);
    t->slow_for = delay;
    t->delay = t->slow_by_item ? delay + SLOW_ITEM : delay;
}
