/* A conversation from its beginning to its end. */
#include "talk/talk_parts.h"

#include "base/heap.h"
#include "base/port.h"
#include "engine/describe.h"
#include "process/faketime.h"
#include "process/lag.h"
#include "process/start_places.h"

#include <errno.h>
#include <inttypes.h>

/* ---- Beginning and end ------------------------------------------------------------------------------ */

static uint64_t seed_of(const subject *about, const scenario *plot, clipper_data_type type) {
    uint64_t seed = about->seed ^ (uint64_t)type << 56;
    for (const char *at = plot->id; *at != '\0'; at++)
        seed = (seed ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
    return seed;
}

/* An engine on a port of its own; for attached containers on theirs, which the engine before may take a moment to
 * leave. */
static engine *new_engine(const conversation *c) {
    const subject *s = c->subject;
    instant give_up = clock_now() + 2 * SECOND;
    engine *fresh;
    if (s->attach_address == NULL)
        return engine_new("127.0.0.1", 0, c->outcome->journal);
    while ((fresh = engine_new(s->attach_address, s->attach_port, c->outcome->journal)) == NULL &&
           errno == EADDRINUSE && clock_now() < give_up)
        zmq_poll(NULL, 0, 1);
    return fresh;
}

conversation *conversation_new(const subject *about, const scenario *plot, clipper_data_type type) {
    conversation *c = heap_new(sizeof *c);
    char first[16];
    c->subject = about;
    c->scenario = plot;
    c->type = type;
    c->random.state = seed_of(about, plot, type);
    c->outcome = outcome_new();
    c->clock_memory = -1;
    c->outcome->journal = journal_new();
    snprintf(first, sizeof first, "%.*s", (int)strcspn(plot->requirements, " "), plot->requirements);
    checking(c, first);
    c->changes = zlistx_new();
    c->batches = zlistx_new();
    c->next_id = 1000;
    c->engine = new_engine(c);
    if (c->engine == NULL)
        kit_error(c, heap_format("no port could be had: %s", strerror(errno)));
    return c;
}

/* A fault that did not fire makes the scenario say nothing. */
static void look_for_unfired_faults(conversation *c) {
    const fault *unfired = faults_unfired(engine_faults(c->engine));
    char *text;
    if (c->over || unfired == NULL)
        return;
    text = fault_text(unfired);
    kit_error(c, heap_format("the fault %s did not fire", text));
    free(text);
}

/* What must not be, whatever the scenario: a container that died, an answer that nobody asked for. */
static void look_back(conversation *c) {
    for (size_t i = 0; !c->over && i < engine_session_count(c->engine); i++) {
        message *left;
        while (!c->over && (left = inbox_take(engine_session(c->engine, i))) != NULL) {
            if (left->content.kind == CLIPPER_PREDICTION_RESPONSE)
                breach_by_message(c, "PRED-13", "each request answered once", left);
            else if (left->content.kind == CLIPPER_NEW_CONTAINER)
                breach_by_message(c, "REG-2", "metadata only when asked for", left);
            else if (left->content.kind == CLIPPER_NO_MESSAGE)
                breach_by_message(c, "FRM-8", "well-formed messages only", left);
            message_destroy(&left);
        }
    }
    if (!c->over && !c->end_expected && has_ended(c))
        breach_by_process(c, NULL, "the container keeps running");
}

/* Ends the process, if it has not ended. */
static void forget_process(const conversation *c, process **ended) {
    pid_t pid = process_pid(*ended);
    process_destroy(ended);
    if (c->subject->faketime_library != NULL || c->clock_memory >= 0)
        faketime_clean_up(pid);
}

static void keep_process(conversation *c) {
    outcome *o = c->outcome;
    if (c->process == NULL)
        return;
    process_update(c->process);
    o->process_end = process_end_text(c->process);
    process_kill(c->process);
    for (int i = 0; i < 2; i++)
        o->output[i] = process_tail(c->process, i + 1, &o->output_len[i], &o->output_total[i]);
    forget_process(c, &c->process);
}

outcome *conversation_end(conversation **self_p) {
    conversation *c = *self_p;
    outcome *o = c->outcome;
    if (c->engine != NULL) {
        conversation_pump(c, clock_now());
        look_back(c);
        look_for_unfired_faults(c);
        o->registered = c->session != NULL && c->session->registered != NULL;
        o->refused =
            engine_session_count(c->engine) == 0 && c->process != NULL && process_exit_status(c->process) > 0;
    }
    leave_start_gate(c);
    keep_process(c);
    if (c->second != NULL)
        forget_process(c, &c->second);
    starvation_destroy(&c->starvation);
    o->took = clock_now() - o->began;
    o->lag = lag_since(o->began);
    for (size_t i = 0; c->engine != NULL && i < engine_session_count(c->engine); i++)
        inbox_destroy(engine_session(c->engine, i));
    engine_destroy(&c->engine);
    for (batch *each = zlistx_first(c->batches); each != NULL; each = zlistx_next(c->batches))
        batch_destroy(&each);
    for (char *each = zlistx_first(c->changes); each != NULL; each = zlistx_next(c->changes))
        free(each);
    zlistx_destroy(&c->batches);
    zlistx_destroy(&c->changes);
    message_destroy(&c->latest);
    if (c->clock_memory >= 0)
        close(c->clock_memory);
    free(c);
    *self_p = NULL;
    return o;
}

/* ---- Who is being talked to ------------------------------------------------------------------------- */

duration poll_timeout(const conversation *c) {
    return c->subject->timing.poll;
}

duration activity_timeout(const conversation *c) {
    return c->subject->timing.activity;
}

clipper_data_type input_type(const conversation *c) {
    return c->type;
}

profile profile_of(const conversation *c) {
    return c->subject->profile;
}

random_source *randomness(conversation *c) {
    return &c->random;
}

bool is_over(const conversation *c) {
    return c->over;
}

session *current_session(conversation *c) {
    return c->session != NULL ? c->session : &c->blank;
}

void turn_to(conversation *c, session *s) {
    if (!c->over)
        c->session = s;
}

/* ---- The start -------------------------------------------------------------------------------------- */

bool is_attached(const conversation *c) {
    return c->subject->attach_address != NULL;
}

void need_own_container(conversation *c) {
    if (is_attached(c))
        skip(c, "this needs a container that the kit starts itself");
}

void need_host_name(conversation *c, const char *name) {
    if (!c->over && !port_host_is(name, "127.0.0.1")) {
        char *reason = heap_format("this machine does not know the host %s as 127.0.0.1", name);
        skip(c, reason);
        free(reason);
    }
}

void set_variable(conversation *c, const char *change) {
    need_own_container(c);
    zlistx_add_end(c->changes, heap_text(change));
}

void listen_later(conversation *c) {
    c->listens_later = true;
}

void listen_now(conversation *c) {
    if (c->over)
        return;
    if (!engine_open(c->engine))
        kit_error(c, heap_format("cannot listen on %s:%u: %s", engine_address(c->engine),
                                 engine_port(c->engine), strerror(errno)));
    c->listening = clock_now();
}

static char *in_milliseconds(const char *name, double acceleration, duration by_our_clock) {
    return heap_format("%s=%.0f", name, (double)by_our_clock * acceleration / (double)MILLISECOND);
}

/* What COMMAND's environment is to be, as process_start() wants it: strings of our own, then NULL. */
static char **environment(conversation *c) {
    const subject *s = c->subject;
    char **changes = heap_array(12 + zlistx_size(c->changes), sizeof *changes);
    size_t count = 0;
    changes[count++] = heap_text("CLIPPER_MODEL_NAME=" CONVERSATION_MODEL_NAME);
    changes[count++] = heap_text("CLIPPER_MODEL_VERSION=" CONVERSATION_MODEL_VERSION);
    changes[count++] = heap_format("CLIPPER_IP=%s", engine_address(c->engine));
    changes[count++] = heap_format("CLIPPER_PORT=%u", engine_port(c->engine));
    changes[count++] = heap_format("CLIPPER_INPUT_TYPE=%s", data_type_name(c->type));
    changes[count++] = in_milliseconds("CLIPPER_POLL_TIMEOUT_MS", s->acceleration, s->timing.poll);
    changes[count++] = in_milliseconds("CLIPPER_ACTIVITY_TIMEOUT_MS", s->acceleration, s->timing.activity);
    if (c->delay != 0)
        changes[count++] = in_milliseconds("CLIPPER_MODEL_DELAY_MS", s->acceleration, c->delay);
    if (s->faketime_library != NULL) {
        changes[count++] = heap_format("LD_PRELOAD=%s", s->faketime_library);
        changes[count++] = heap_format("FAKETIME=+0 x%g", s->acceleration);
    }
    for (const char *each = zlistx_first(c->changes); each != NULL; each = zlistx_next(c->changes))
        changes[count++] = heap_text(each);
    return changes;
}

static process *run_command(conversation *c) {
    char **changes = environment(c);
    process *started = process_start(c->subject->command, (const char *const *)changes);
    if (started == NULL)
        kit_error(c, heap_format("cannot start %s: %s", c->subject->command[0], strerror(errno)));
    else
        journal_note(c->outcome->journal, 0, "a container is started (process %d)",
                     (int)process_pid(started));
    for (char **each = changes; *each != NULL; each++)
        free(*each);
    free(changes);
    return started;
}

void start_container(conversation *c) {
    if (c->over || c->started != 0)
        return;
    if (!c->listens_later)
        listen_now(c);
    c->starting = start_gate_enter(c->subject->stop);
    if (!c->starting) {
        c->outcome->interrupted = true;
        c->over = true;
    }
    if (c->over)
        return;
    c->started = clock_now();
    if (is_attached(c))
        return;
    c->process = run_command(c);
    if (c->process != NULL)
        c->starvation = starvation_new(process_pid(c->process));
}

void start_another(conversation *c) {
    need_own_container(c);
    if (c->over)
        return;
    c->started = clock_now();
    c->second = run_command(c);
    c->session = NULL;
}

duration by_container_clock(const conversation *c, duration d) {
    return (duration)((double)d / c->subject->acceleration);
}

void slow_model(conversation *c, duration delay) {
    need_own_container(c);
    c->delay = delay;
}
