#include "bench/run.h"

#include "base/heap.h"
#include "base/port.h"
#include "base/signals.h"
#include "bench/link.h"
#include "bench/requests.h"
#include "engine/describe.h"
#include "process/launch.h"
#include "process/usage.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define NAME "bench"

/* How often signals and the container's process are looked at. */
#define LOOK_AROUND (2 * MILLISECOND)

struct bench_run {
    const bench_options *options;
    bench_progress *progress;
    bench_result result;
    bench_link *link;
    feed *fed;
    bench_requests *requests;
    meter *meter;     /* NULL before the load */
    process *process; /* NULL when attached */
    int signals;
    int signal;      /* the one received, or 0 */
    instant look_at; /* when they are looked at next */
    size_t next_request;
    bool verifies;
    size_t windows_shown;
    instant last_seen; /* when there was a container to send to */

    /* Usage is noted in the middle of the warm-up and when all is over: looking through /proc takes
     * milliseconds, which must not be in what counts. */
    instant note_at;  /* INT64_MAX: it has been noted */
    uint64_t answers; /* so far, and when it was noted */
    uint64_t answers_before;
    instant noted;
    duration own_before;
    usage before;
};

bench_run *bench_run_new(const bench_options *options) {
    bench_run *self = heap_new(sizeof *self);
    self->options = options;
    self->result.options = options;
    self->result.item_bytes = options->item_bytes;
    self->verifies = options->model > ORACLE_NOOP;
    return self;
}

void bench_run_destroy(bench_run **self_p) {
    bench_run *self = *self_p;
    if (self == NULL)
        return;
    process_destroy(&self->process);
    bench_link_destroy(&self->link);
    bench_requests_destroy(&self->requests);
    feed_destroy(&self->fed);
    bench_result_clear(&self->result);
    meter_destroy(&self->meter);
    free(self);
    *self_p = NULL;
}

const bench_result *bench_run_result(const bench_run *self) {
    return &self->result;
}

/* ---- Signals and the process ------------------------------------------------------------------------ */

/* Receives signals, reads the container's output, and checks that it runs. */
static void look_around(bench_run *self, instant now) {
    self->look_at = now + LOOK_AROUND;
    if (self->signal == 0)
        self->signal = signals_take(self->signals);
    if (self->process != NULL)
        process_update(self->process);
}

static bool has_ended(const bench_run *self) {
    return self->process != NULL && process_ended(self->process);
}

/* ---- The container ---------------------------------------------------------------------------------- */

static bool listen_for_container(bench_run *self) {
    const bench_options *o = self->options;
    char own[16], *problem;
    const char *address = o->attach.address != NULL ? o->attach.address : own;
    port_listening_address(o->advertised, own);
    self->link = bench_link_new(address, o->attach.port, o->batch, &problem);
    if (self->link == NULL)
        cli_host_problem(NAME, problem);
    return self->link != NULL;
}

static bool start_container(bench_run *self) {
    const bench_options *o = self->options;
    container_image image = {NULL, NULL};
    char *problem;
    launch *how;
    if (o->command == NULL) {
        char *where = port_text(o->attach.address, bench_link_port(self->link));
        cli_note(NAME, "waiting for a container at %s", where);
        free(where);
        return true;
    }
    if (o->image != NULL && !image_find(&image, o->image, &problem)) {
        cli_host_problem(NAME, problem);
        return false;
    }
    how = launch_new(&image, o->command, "bench", "1", data_type_name(o->type),
                     o->advertised != NULL ? o->advertised : "127.0.0.1", bench_link_port(self->link));
    launch_end_with(how, o->grace);
    self->process = launch_start(&how, &problem);
    if (self->process == NULL)
        cli_host_problem(NAME, problem);
    return self->process != NULL;
}

/* Reports why there is nothing to measure, with the end of the container's output. */
static void report_no_registration(const bench_run *self) {
    size_t len, total;
    char *tail, *end;
    if (self->process == NULL) {
        cli_host_error(NAME, "no container registered in %jd ms",
                       (intmax_t)(self->options->start_timeout / MILLISECOND));
        return;
    }
    end = process_end_text(self->process);
    tail = process_tail(self->process, STDERR_FILENO, &len, &total);
    if (process_ended(self->process))
        cli_host_error(NAME, "%s %s before it registered", bench_options_container(self->options), end);
    else
        cli_host_error(NAME, "%s did not register in %jd ms", bench_options_container(self->options),
                       (intmax_t)(self->options->start_timeout / MILLISECOND));
    fwrite(tail, 1, len, stderr);
    free(tail);
    free(end);
}

/* The latest message is a response that nobody asked for. */
static void note_unasked(bench_run *self) {
    bool first = self->result.examples[BENCH_UNASKED] == NULL;
    bench_result_error(&self->result, BENCH_UNASKED, 1,
                       first ? heap_format("id %" PRIu32, bench_link_message(self->link)->as.response.id)
                             : NULL);
}

static bool await_registration(bench_run *self) {
    instant give_up = clock_now() + self->options->start_timeout;
    while (bench_link_peer(self->link) == NULL) {
        instant now = clock_now();
        look_around(self, now);
        if (self->signal != 0)
            return false;
        if (has_ended(self) || now > give_up) {
            report_no_registration(self);
            return false;
        }
        switch (bench_link_next(self->link, BENCH_A_MOMENT)) {
        case BENCH_ANSWER:
        case BENCH_STRAY:
            note_unasked(self);
            break;
        default:
            break;
        }
    }
    return true;
}

/* Makes the requests, of the type that the container takes. */
static bool prepare_requests(bench_run *self) {
    const bench_options *o = self->options;
    const bench_peer *peer = bench_link_peer(self->link);
    char *problem;
    self->result.name = heap_text(peer->name);
    self->result.model_version = heap_text(peer->model_version);
    self->result.wire = peer->wire;
    self->result.type = peer->input_type;
    if (o->has_type && o->type != peer->input_type)
        cli_host_error(NAME, "the container takes %s, not %s", data_type_name(peer->input_type),
                       data_type_name(o->type));
    else if (o->item_bytes % clipper_data_width(peer->input_type) != 0)
        cli_host_error(NAME, "the container takes %s: --item-size %zu is no whole number of them",
                       data_type_name(peer->input_type), o->item_bytes);
    else if ((self->fed = feed_new(&o->feed, peer->input_type, &problem)) == NULL)
        cli_host_problem(NAME, problem);
    else
        self->requests =
            bench_requests_new(self->fed, peer->input_type, o->batch, o->item_bytes, o->seed, o->model);
    if (self->requests != NULL)
        self->result.item_bytes =
            (size_t)(bench_requests_bytes(self->requests) / bench_requests_count(self->requests) / o->batch);
    return self->requests != NULL;
}

/* ---- Requests and answers --------------------------------------------------------------------------- */

static void lose_requests(bench_run *self, const char *why) {
    size_t lost = meter_lose(self->meter);
    if (lost != 0)
        bench_result_error(&self->result, BENCH_LOST, lost, heap_format("%zu requests: %s", lost, why));
}

static void send_requests(bench_run *self, instant now) {
    while (bench_link_peer(self->link) != NULL && meter_wants_request(self->meter, now)) {
        size_t number = self->next_request++ % bench_requests_count(self->requests);
        uint32_t id = meter_send(self->meter, number, now);
        if (!bench_link_send(self->link, bench_requests_at(self->requests, number), id)) {
            lose_requests(self, "its connection was gone");
            return;
        }
    }
}

static void report_wrong(bench_run *self, const flight_entry *asked, size_t wrong, size_t first) {
    const clipper_prediction *request = &bench_requests_at(self->requests, asked->request)->as.request;
    clipper_frame output = bench_link_message(self->link)->as.response.items[first];
    char *expected = oracle_expected(self->options->model, request->data_type, request->items[first]);
    char *actual = describe_text(output, 60);
    bench_result_error(&self->result, BENCH_WRONG_OUTPUT, wrong,
                       heap_format("output %zu of request %" PRIu32 ": expected %s, got %s", first, asked->id,
                                   expected, actual));
    free(expected);
    free(actual);
}

static void check_outputs(bench_run *self, const flight_entry *asked, const clipper_prediction *response) {
    size_t first = 0, wrong;
    if (response->item_count != self->options->batch) {
        bench_result_error(&self->result, BENCH_WRONG_COUNT, 1,
                           heap_format("request %" PRIu32 " has %zu items, its response %zu outputs",
                                       asked->id, self->options->batch, response->item_count));
        return;
    }
    self->result.items += response->item_count;
    if (!self->verifies)
        return;
    wrong = bench_requests_wrong(self->requests, asked->request, response->items, &first);
    self->result.verified += response->item_count;
    if (wrong != 0)
        report_wrong(self, asked, wrong, first);
}

static void take_answer(bench_run *self, instant now) {
    const clipper_prediction *response = &bench_link_message(self->link)->as.response;
    const flight_entry *asked = meter_find(self->meter, response->id);
    if (asked == NULL) {
        note_unasked(self);
        return;
    }
    check_outputs(self, asked, response);
    self->answers++;
    meter_answer(self->meter, asked, now);
}

static void take_malformed(bench_run *self) {
    char text[CLIPPER_DIAGNOSIS_TEXT];
    clipper_diagnosis_text(bench_link_diagnosis(self->link), text, sizeof text);
    bench_result_error(&self->result, BENCH_NOT_DECODED, 1, heap_text(text));
}

/* ---- The load --------------------------------------------------------------------------------------- */

/* Notes what the container and the kit have used so far. The kit's own comes last, and first at the end:
 * looking for the container's is not a part of the load. */
static void begin_usage(bench_run *self) {
    self->note_at = INT64_MAX;
    if (self->process != NULL)
        self->before = usage_of(process_pid(self->process));
    self->answers_before = self->answers;
    self->noted = clock_now();
    self->own_before = usage_own_cpu();
}

/* And what they have used since. */
static void end_usage(bench_run *self) {
    bench_result *r = &self->result;
    if (self->note_at != INT64_MAX)
        return; /* it ended within the warm-up */
    r->own_cpu = usage_own_cpu() - self->own_before;
    r->used_over = clock_now() - self->noted;
    r->used_for = self->answers - self->answers_before;
    if (self->process != NULL && !has_ended(self)) {
        usage after = usage_of(process_pid(self->process));
        r->has_usage = after.cpu >= self->before.cpu && after.rss != 0;
        r->cpu = after.cpu - self->before.cpu;
        r->rss_before = self->before.rss;
        r->rss = after.rss;
        r->peak = after.peak;
    }
}

static void show_progress(bench_run *self) {
    size_t count;
    const meter_window *windows = meter_windows(self->meter, &count);
    if (self->progress != NULL && count > self->windows_shown)
        self->progress(&self->result,
                       (double)windows[count - 1].answered * (double)SECOND / (double)windows[count - 1].took,
                       windows[count - 1].median);
    self->windows_shown = count;
}

/* Whether there has been no container to send requests to for longer than one is waited for. What was under way has
 * been counted as lost. */
static bool is_deserted(bench_run *self, instant now) {
    if (bench_link_peer(self->link) != NULL)
        self->last_seen = now;
    return now - self->last_seen > self->options->plan.patience;
}

/* What is due at this time. Returns whether the load goes on. */
static bool take_time(bench_run *self, instant now) {
    meter_tick(self->meter, now);
    if (now >= self->look_at) {
        if (now >= self->note_at)
            begin_usage(self);
        look_around(self, now);
        show_progress(self);
        if (self->signal != 0 || has_ended(self) || is_deserted(self, now)) {
            meter_stop(self->meter, now);
            return false;
        }
    }
    return meter_now(self->meter) != METER_OVER;
}

static void take_event(bench_run *self, bench_event event, instant now) {
    switch (event) {
    case BENCH_ANSWER:
        take_answer(self, now);
        break;
    case BENCH_STRAY: /* or it came before its connection was found gone, and its request is counted as lost */
        if (!meter_find_lost(self->meter, bench_link_message(self->link)->as.response.id))
            note_unasked(self);
        break;
    case BENCH_MALFORMED:
        take_malformed(self);
        break;
    case BENCH_REGISTERED:
        lose_requests(self, "the container began a new session");
        break;
    default:
        break;
    }
}

/* A flood is not read to its end. */
#define LEFTOVERS SECOND

/* What comes when all is answered was not asked for. Answers to what is still under way, as the load was ended, are not
 * looked at. */
static void take_leftovers(bench_run *self) {
    instant end = clock_now() + LEFTOVERS;
    bench_event event;
    while (clock_now() < end && (event = bench_link_next(self->link, BENCH_A_MOMENT)) != BENCH_NOTHING) {
        if (event == BENCH_ANSWER &&
            meter_find(self->meter, bench_link_message(self->link)->as.response.id) != NULL)
            continue;
        if (event != BENCH_REGISTERED)
            take_event(self, event, clock_now());
    }
}

/* Until when to wait for an event. Only the open loop has to be exact. */
static instant wait_until(const bench_run *self, instant now) {
    instant at = meter_wake_at(self->meter, now);
    if (self->options->plan.rate <= 0 || bench_link_peer(self->link) == NULL)
        return BENCH_A_MOMENT;
    return at < self->look_at ? at : self->look_at;
}

/* One event at a time: an answer is taken, and with the time of its arrival the next request is sent. */
static void load(bench_run *self) {
    instant now = clock_now();
    if (self->options->plan.warm_up == 0)
        begin_usage(self);
    else
        self->note_at = now + self->options->plan.warm_up / 2;
    now = clock_now();
    self->last_seen = now;
    self->meter = meter_new(&self->options->plan, now);
    bench_link_want_outputs(self->link, self->verifies);
    /* So that a wait ends on time, not 50 us later. */
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    while (take_time(self, now)) {
        bench_event event;
        send_requests(self, now);
        event = bench_link_next(self->link, wait_until(self, now));
        now = clock_now();
        take_event(self, event, now);
    }
    end_usage(self);
    take_leftovers(self);
}

/* ---- The end ---------------------------------------------------------------------------------------- */

static void note_end_of_process(bench_run *self) {
    size_t len, total;
    if (!has_ended(self) || self->signal != 0)
        return;
    self->result.end = process_end_text(self->process);
    bench_result_error(&self->result, BENCH_ENDED, 1, heap_text(self->result.end));
    len = meter_lose(self->meter);
    if (len != 0)
        bench_result_error(&self->result, BENCH_LOST, len,
                           heap_format("%zu requests: the container ended", len));
    self->result.output = process_tail(self->process, STDERR_FILENO, &len, &total);
    self->result.output_len = len;
}

static void collect(bench_run *self) {
    bench_result *r = &self->result;
    uint64_t unanswered = meter_unanswered(self->meter);
    note_end_of_process(self);
    if (unanswered != 0)
        bench_result_error(r, BENCH_UNANSWERED, unanswered,
                           heap_format("%s in %jd ms",
                                       meter_gave_up(self->meter) ? "nothing was answered any more" : "not",
                                       (intmax_t)(self->options->plan.patience / MILLISECOND)));
    r->interrupted = self->signal != 0;
    r->others = bench_link_others(self->link);
    r->sent = meter_sent(self->meter);
    r->answered = meter_answered(self->meter);
    r->measured = meter_measured(self->meter);
    r->behind = meter_behind(self->meter);
    r->rate_kept = r->behind == 0 || !meter_was_full(self->meter);
    r->latencies = meter_latencies(self->meter);
    r->lateness = meter_lateness(self->meter);
    r->stability = meter_stability(self->meter);
    r->windows = meter_windows(self->meter, &r->window_count);
}

/* Ends the container, so that what the reports say is final. */
static void end_container(bench_run *self) {
    if (self->process == NULL)
        return;
    process_await_gone(self->process);
    if (process_left_behind(self->process) != 0)
        cli_note(NAME, "%u processes that the container left behind were killed",
                 process_left_behind(self->process));
    process_destroy(&self->process);
}

int bench_run_play(bench_run *self, int signals, bench_progress *progress, int *signal) {
    bool loaded;
    self->signals = signals;
    self->progress = progress;
    loaded = listen_for_container(self) && start_container(self) && await_registration(self) &&
             prepare_requests(self);
    if (loaded) {
        load(self);
        collect(self);
    }
    *signal = self->signal;
    end_container(self);
    return loaded ? -1 : CLI_HOST;
}
