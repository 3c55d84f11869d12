#include "serve/serve.h"

#include "base/heap.h"
#include "base/number.h"
#include "base/port.h"
#include "base/signals.h"
#include "base/text.h"
#include "cli/cli.h"
#include "engine/describe.h"
#include "process/launch.h"
#include "process/warden.h"
#include "serve/answers.h"
#include "serve/flights.h"
#include "serve/serve_log.h"

#include <czmq.h>
#include <errno.h>
#include <inttypes.h>

/* A container sends its first heartbeat as soon as it is connected. A connection by which nothing came for so long is one
 * that the socket ignores. */
#define QUIET (1 * SECOND)

typedef struct server {
    const serve_options *options;
    serve_log log;
    journal *journal; /* NULL unless the traffic is shown */
    engine *engine;
    process *process; /* NULL without a command */
    workload *work;
    answers *answers; /* NULL unless they are written */
    flights *flights;
    serve_result result;
    instant began;      /* when it began to listen */
    instant first_sent; /* 0 before the first request */
    instant last_answer;
    int signals;
    bool stop;   /* a signal came */
    bool ended;  /* the container that was started here has ended by itself, having registered */
    bool failed; /* the kit or the host could not go on */
} server;

/* ---- Answers ---------------------------------------------------------------------------------------- */

/* Whether OUTPUT is the label: the same text, or the same number. */
static bool is_label(clipper_frame output, const char *label) {
    size_t len = strlen(label);
    return (output.len == len && (len == 0 || memcmp(output.base, label, len) == 0)) ||
           number_same(output.base, output.len, label, len);
}

static void check_output(server *self, session *from, const portion *asked, size_t i, clipper_frame output) {
    size_t index = asked->first_row + i;
    const char *label = asked->own == NULL ? workload_label(self->work, index) : NULL;
    if (self->answers != NULL)
        answers_add(self->answers, workload_row(self->work, index), output, label);
    if (label != NULL) {
        bool right = is_label(output, label);
        self->result.labelled++;
        self->result.right += right;
        if (!right)
            serve_log_mislabelled(&self->log, workload_row(self->work, index), label, output);
    }
    if (!oracle_accepts(self->options->verify, asked->type, asked->items[i], output)) {
        char *expected = oracle_expected(self->options->verify, asked->type, asked->items[i]);
        char *actual = describe_text(output, 60);
        char *row = asked->own == NULL ? heap_format("row %zu", workload_row(self->work, index))
                                       : heap_format("item %zu", i);
        self->result.wrong++;
        serve_log_problem(&self->log, from,
                          heap_format("wrong answer to %s: expected %s, got %s", row, expected, actual));
        free(row);
        free(expected);
        free(actual);
    }
}

static void note_malformed(server *self, session *from, const message *received, const char *what) {
    char *line = describe_message(&received->content, &received->diagnosis, received->count);
    self->result.malformed++;
    serve_log_problem(&self->log, from, heap_format("%s: %s", what, line));
    free(line);
}

static void take_response(server *self, session *from, const message *received) {
    const clipper_prediction *response = &received->content.as.response;
    flight *asked = flights_find(self->flights, response->id, from);
    portion carried;
    if (asked == NULL) {
        note_malformed(self, from, received, "a response to no request that is waiting");
        return;
    }
    carried = asked->carried;
    flights_remove(self->flights, asked);
    self->last_answer = received->at;
    self->result.answered++;
    self->result.items += carried.count;
    if (response->item_count != carried.count) {
        self->result.wrong += carried.count;
        note_malformed(self, from, received, "another number of outputs than of items");
    }
    for (size_t i = 0; i < carried.count && response->item_count == carried.count; i++)
        check_output(self, from, &carried, i, response->items[i]);
    portion_drop(&carried);
}

static void take_message(server *self, session *from, message *received) {
    switch (received->content.kind) {
    case CLIPPER_NO_MESSAGE:
        note_malformed(self, from, received, "dropped");
        break;
    case CLIPPER_NEW_CONTAINER:
        /* One that was asked twice answers twice, and is registered once. */
        if (!received->answered) {
            self->result.containers++;
            serve_log_registered(&self->log, from);
        }
        break;
    case CLIPPER_PREDICTION_RESPONSE:
        take_response(self, from, received);
        break;
    default:
        break;
    }
    message_destroy(&received);
}

/* ---- Containers that are gone ----------------------------------------------------------------------- */

/* What was asked of a container that is gone is asked again of another. */
static void take_back(server *self, session *from) {
    flight *asked;
    while ((asked = flights_to(self->flights, from)) != NULL) {
        portion carried = asked->carried;
        flights_remove(self->flights, asked);
        workload_give_back(self->work, carried);
        self->result.lost++;
    }
}

static void lose_session(server *self, session *from) {
    if (from->registered != NULL)
        serve_log_gone(&self->log, from);
    take_back(self, from);
    engine_forget(from);
}

static void note_ignored(server *self) {
    const session *first;
    while ((first = engine_next_ignored(self->engine, QUIET)) != NULL)
        serve_log_ignored(&self->log, first);
}

static void prune(server *self) {
    instant now = clock_now();
    for (size_t i = 0; i < engine_session_count(self->engine); i++) {
        session *each = engine_session(self->engine, i);
        if (each->registered != NULL && now - each->last_received > self->options->prune)
            lose_session(self, each);
    }
}

static void take_events(server *self) {
    for (;;) {
        engine_event event = engine_next(self->engine);
        if (event.kind == ENGINE_NOTHING)
            return;
        if (event.kind == ENGINE_MESSAGE)
            take_message(self, event.session, event.message);
        else
            lose_session(self, event.session);
    }
}

/* ---- Requests --------------------------------------------------------------------------------------- */

/* When the next request may be sent, as far as the rate goes. */
static instant next_slot(const server *self) {
    if (self->options->rate <= 0 || self->first_sent == 0)
        return 0;
    return self->first_sent + (instant)((double)self->result.sent / self->options->rate * (double)SECOND);
}

static void send_to(server *self, session *to) {
    portion carried = workload_take(self->work, to->registered->input_type);
    flight *one = flights_add(self->flights, to, carried);
    if (self->first_sent == 0)
        self->first_sent = clock_now();
    if (engine_send_request(self->engine, to, one->id, carried.type, carried.items, carried.count) !=
        ENGINE_SENT) {
        flights_remove(self->flights, one);
        workload_give_back(self->work, carried);
        engine_forget(to);
        return;
    }
    self->result.sent++;
}

static bool can_take(const server *self, const session *s) {
    return s->registered != NULL && s->closed == 0 && s->in_flight < self->options->in_flight &&
           workload_suits(self->work, s->registered->input_type);
}

/* Sends all requests that may be sent now, to the containers in turn. */
static void send_requests(server *self) {
    bool any = true;
    while (any && !workload_is_empty(self->work)) {
        any = false;
        for (size_t i = 0; i < engine_session_count(self->engine); i++) {
            session *each = engine_session(self->engine, i);
            if (workload_is_empty(self->work) || clock_now() < next_slot(self))
                return;
            if (can_take(self, each)) {
                send_to(self, each);
                any = true;
            }
        }
    }
}

/* What is said of a request that was not answered, with the rows that it had. */
static char *unanswered_text(const server *self, const flight *one) {
    size_t first = one->carried.first_row;
    size_t last = first + one->carried.count - 1;
    if (one->carried.own != NULL)
        return heap_format("no answer to request %" PRIu32, one->id);
    if (first == last)
        return heap_format("no answer to request %" PRIu32 ", row %zu", one->id,
                           workload_row(self->work, first));
    return heap_format("no answer to request %" PRIu32 ", rows %zu to %zu", one->id,
                       workload_row(self->work, first), workload_row(self->work, last));
}

/* Gives up waiting for responses that are late. */
static void expire(server *self) {
    flight *oldest;
    /* A restart of ours closes connections without an event. */
    for (size_t i = 0; i < engine_session_count(self->engine); i++) {
        session *each = engine_session(self->engine, i);
        if (each->closed != 0 && each->in_flight != 0)
            take_back(self, each);
    }
    while ((oldest = flights_oldest(self->flights)) != NULL &&
           clock_now() - oldest->sent > self->options->patience) {
        portion carried = oldest->carried;
        serve_log_problem(&self->log, oldest->to, unanswered_text(self, oldest));
        self->result.unanswered++;
        flights_remove(self->flights, oldest);
        portion_drop(&carried);
    }
}

/* ---- The loop --------------------------------------------------------------------------------------- */

static bool has_work(const server *self) {
    return self->options->count != 0 || self->options->rate > 0;
}

static bool is_done(const server *self) {
    return has_work(self) && !self->options->stay && workload_is_empty(self->work) &&
           flights_count(self->flights) == 0;
}

/* A process that ends and a connection that closes are two events: how long to wait for the last messages. */
#define LAST_WORDS (500 * MILLISECOND)

static bool any_is_connected(const server *self) {
    bool any = false;
    for (size_t i = 0; i < engine_session_count(self->engine); i++)
        any = any || engine_session(self->engine, i)->closed == 0;
    return any;
}

/* Whether the container that was started here has ended by itself, and nothing of it is to come. */
static bool has_ended(const server *self) {
    return self->process != NULL && process_ended(self->process) &&
           (!any_is_connected(self) || clock_now() - process_ended_at(self->process) > LAST_WORDS);
}

/* Reports how it has ended, and the end of its stderr. */
static void report_end(const server *self) {
    size_t len, total;
    char *end = process_end_text(self->process),
         *tail = process_tail(self->process, STDERR_FILENO, &len, &total);
    cli_note("serve", "%s %s%s",
             self->options->image != NULL ? self->options->image : self->options->command[0], end,
             self->result.containers == 0 ? " before it registered" : "");
    text_write(stderr, TEXT_PLAIN, tail, len);
    free(tail);
    free(end);
}

/* What was asked of it is lost. */
static void note_end(server *self) {
    report_end(self);
    self->ended = self->result.containers != 0;
    self->failed = !self->ended;
    self->result.lost += flights_count(self->flights);
}

/* Whether nobody came in all the time that there was. */
static bool is_hopeless(const server *self) {
    if (!has_work(self) || self->options->stay || self->result.containers != 0 ||
        clock_now() - self->began <= self->options->patience)
        return false;
    cli_host_error("serve", "no container registered in %jd ms",
                   (intmax_t)(self->options->patience / MILLISECOND));
    return true;
}

/* When to look again, if nothing happens. */
static instant wake_at(server *self) {
    instant at = clock_now() + 500 * MILLISECOND, slot = next_slot(self);
    if (!workload_is_empty(self->work) && slot > clock_now() && slot < at)
        at = slot;
    return engine_wake_at(self->engine) < at ? engine_wake_at(self->engine) : at;
}

static void wait_for_events(server *self) {
    zmq_pollitem_t items[1 + ENGINE_ITEMS + PROCESS_ITEMS] = {{.fd = self->signals, .events = ZMQ_POLLIN}};
    int count = 1 + engine_poll_items(self->engine, items + 1);
    if (self->process != NULL)
        count += process_poll_items(self->process, items + count);
    if (zmq_poll(items, count, clock_poll_timeout(wake_at(self))) > 0 && items[0].revents != 0)
        self->stop = true;
    if (self->process != NULL)
        process_update(self->process);
}

static void run(server *self) {
    instant pruned = clock_now();
    while (!self->stop && !self->failed && !self->ended && !is_done(self)) {
        take_events(self);
        expire(self);
        note_ignored(self);
        if (clock_now() - pruned > self->options->prune / 3) {
            prune(self);
            pruned = clock_now();
        }
        send_requests(self);
        serve_log_progress(&self->log, self->result.items, workload_total(self->work),
                           feed_has_samples(&self->options->feed));
        if (has_ended(self))
            note_end(self);
        else if (is_hopeless(self))
            self->failed = true;
        else if (!is_done(self))
            wait_for_events(self);
    }
    if (self->first_sent != 0 && self->last_answer > self->first_sent)
        self->result.took = self->last_answer - self->first_sent;
    if (self->stop && has_work(self))
        serve_log_stopped(&self->log, workload_left(self->work), workload_total(self->work),
                          flights_count(self->flights), feed_has_samples(&self->options->feed));
}

static bool write_port(const serve_options *options, unsigned port) {
    FILE *file = fopen(options->port_file, "we");
    bool good = file != NULL && fprintf(file, "%u\n", port) > 0;
    if (file != NULL && fclose(file) != 0)
        good = false;
    if (!good)
        cli_host_error("serve", "cannot write %s: %s", options->port_file, strerror(errno));
    return good;
}

static bool start_command(server *self) {
    const serve_options *o = self->options;
    container_image image = {NULL, NULL};
    char *problem;
    launch *how;
    if (o->image != NULL && !image_find(&image, o->image, &problem)) {
        cli_host_problem("serve", problem);
        return false;
    }
    how = launch_new(&image, o->command, "model", "1", data_type_name(o->type),
                     o->advertised != NULL ? o->advertised : port_reached_at(engine_address(self->engine)),
                     engine_port(self->engine));
    launch_end_with(how, o->grace);
    self->process = launch_start(&how, &problem);
    if (self->process == NULL)
        cli_host_problem("serve", problem);
    return self->process != NULL;
}

static bool open_server(server *self) {
    const serve_options *o = self->options;
    char *problem = NULL;
    self->work = workload_new(o, &problem);
    if (self->work == NULL) {
        cli_host_error("serve", "%s: %s", feed_source(&o->feed), problem);
        free(problem);
        return false;
    }
    if (o->output != NULL) {
        self->answers = answers_open(o->output, o->json, o->feed.form.label.count != 0, &problem);
        if (self->answers == NULL) {
            cli_host_error("serve", "cannot write %s: %s", o->output, problem);
            free(problem);
            return false;
        }
    }
    if (o->verbose) {
        self->journal = journal_new();
        journal_listen(self->journal, serve_log_entry, &self->log);
    }
    self->engine = engine_new(o->bind.address, o->bind.port, self->journal, &problem);
    if (self->engine != NULL)
        engine_keep_first(self->engine, !o->handover);
    if (self->engine == NULL || !engine_open(self->engine, &problem)) {
        cli_host_problem("serve", problem);
        return false;
    }
    for (size_t i = 0; i < o->faults.count; i++)
        faults_add(engine_faults(self->engine), o->faults.faults[i]);
    engine_attend(self->engine, true);
    self->began = clock_now();
    serve_log_listening(&self->log, o->bind.address, engine_port(self->engine));
    return (o->port_file == NULL || write_port(o, engine_port(self->engine))) &&
           (o->command == NULL || start_command(self));
}

/* Reports a fault that never fired. Returns whether all did. */
static bool check_faults(const server *self) {
    const fault *unfired = self->engine != NULL ? faults_unfired(engine_faults(self->engine)) : NULL;
    char *text;
    if (unfired == NULL)
        return true;
    text = fault_text(unfired);
    cli_host_error("serve", "the fault %s did not fire", text);
    free(text);
    return false;
}

static int status_of(const server *self) {
    const serve_result *r = &self->result;
    double accuracy = r->labelled != 0 ? 100 * (double)r->right / (double)r->labelled : 0;
    bool all_fired = check_faults(self);
    if (self->failed)
        return CLI_HOST;
    if (self->ended)
        return CLI_FAILED;
    if (!all_fired)
        return CLI_HOST;
    if (r->wrong != 0 || r->unanswered != 0 || r->malformed != 0 ||
        (has_work(self) && self->options->count != 0 && !workload_is_empty(self->work)))
        return CLI_FAILED;
    return accuracy < self->options->least_accuracy ? CLI_FAILED : CLI_OK;
}

/* Puts the file of answers in its place, unless nothing was asked. Returns STATUS, or another where that fails. */
static int close_answers(server *self, int status) {
    char *problem;
    if (answers_close(&self->answers, self->result.sent != 0, &problem))
        return status;
    cli_host_error("serve", "cannot write %s: %s", self->options->output, problem);
    free(problem);
    return CLI_HOST;
}

static bool prepare(server *self) {
    char *problem;
    self->signals = signals_open(&problem);
    if (self->signals >= 0 && (self->options->command == NULL || warden_start(&problem)))
        return open_server(self);
    cli_host_problem("serve", problem);
    return false;
}

int serve(const serve_options *options) {
    server self = {.options = options};
    int status;
    serve_log_begin(&self.log, options->json, options->verbose,
                    options->output != NULL && strcmp(options->output, "-") == 0);
    self.flights = flights_new();
    self.failed = !prepare(&self);
    if (!self.failed)
        run(&self);
    if (self.result.sent != 0 || self.ended || (self.engine != NULL && options->faults.count != 0))
        serve_log_result(&self.log, &self.result, engine_faults(self.engine),
                         feed_has_samples(&options->feed), options->verify > ORACLE_NOOP);
    status = close_answers(&self, self.work != NULL ? status_of(&self) : CLI_HOST);
    status = cli_finish_output("serve", status);
    process_destroy(&self.process);
    warden_stop();
    flights_destroy(&self.flights);
    engine_destroy(&self.engine);
    workload_destroy(&self.work);
    journal_destroy(&self.journal);
    close(self.signals);
    return status;
}
