#include "bench/meter.h"

#include "base/heap.h"

#include <stdlib.h>

/* A window with fewer answers goes on: one answer more or less would already look like a change. */
#define WINDOW_ANSWERS 50

/* How often late requests are looked for. */
#define EXPIRY (50 * MILLISECOND)

/* Requests are numbered by entry and use, and the numbers are spread over all ids: so that a container which
 * changes an id, or loses its upper bits, does not hit that of another request under way. One times the other
 * is 1 modulo 2^32. */
#define SPREAD   UINT32_C(0x9e3779b1)
#define UNSPREAD UINT32_C(0xe8b2f51)

struct meter {
    meter_plan plan;
    schedule schedule;
    meter_phase phase;
    instant measure_at; /* when the warm-up ends */
    instant ends;       /* when the measurement ends at the latest; then, when it did */
    instant look_for_late;
    instant last_answer;
    uint64_t unanswered;
    bool gave_up;
    uint64_t behind;
    bool was_full; /* when the last request was sent */

    /* Requests under way. Invariant: the entries of which the index is in FREE are those not taken. An
     * entry's next number is its last one plus the number of entries: numbers modulo that are indexes. */
    flight_entry *entries;
    size_t entry_count; /* a power of two */
    uint32_t *free;
    size_t free_count;

    uint64_t answered;
    histogram latencies; /* of all windows that have ended, and of what came later */
    histogram lateness;
    histogram window_latencies;
    meter_window window; /* the one going on */
    meter_window *windows;
    size_t window_count;
    stability stability;
};

/* ---- Beginning and end ------------------------------------------------------------------------------ */

meter *meter_new(const meter_plan *plan, instant now) {
    meter *self = heap_new(sizeof *self);
    self->plan = *plan;
    self->schedule = (schedule){.rate = plan->rate, .in_flight = plan->in_flight, .begun = now};
    self->stability.allowed = plan->spread;
    self->measure_at = now + plan->warm_up;
    self->ends = self->measure_at + plan->most;
    self->look_for_late = now + EXPIRY;
    self->last_answer = now;
    self->entry_count = 1;
    while (self->entry_count < plan->in_flight)
        self->entry_count *= 2;
    self->entries = heap_array(self->entry_count, sizeof *self->entries);
    self->free = heap_array(self->entry_count, sizeof *self->free);
    for (size_t i = self->entry_count; i > 0; i--) {
        self->entries[i - 1].id = (uint32_t)(i - 1) * SPREAD;
        self->free[self->free_count++] = (uint32_t)(i - 1);
    }
    return self;
}

void meter_destroy(meter **self_p) {
    meter *self = *self_p;
    if (self == NULL)
        return;
    free(self->entries);
    free(self->free);
    free(self->windows);
    free(self);
    *self_p = NULL;
}

size_t meter_under_way(const meter *self) {
    return self->entry_count - self->free_count;
}

/* ---- Windows ---------------------------------------------------------------------------------------- */

static void begin_window(meter *self, instant now) {
    self->window = (meter_window){.begun = now};
    histogram_clear(&self->window_latencies);
}

static void end_window(meter *self, instant now) {
    meter_window *ended = &self->window;
    ended->took = now - ended->begun;
    ended->median = histogram_quantile(&self->window_latencies, 0.5);
    histogram_merge(&self->latencies, &self->window_latencies);
    self->answered += ended->answered;
    self->windows = heap_grow(self->windows, self->window_count + 1, sizeof *self->windows);
    self->windows[self->window_count++] = *ended;
}

static void judge_window(meter *self) {
    const meter_window *ended = &self->windows[self->window_count - 1];
    stability_add(&self->stability, (double)ended->answered * (double)SECOND / (double)ended->took,
                  (double)ended->median);
}

/* ---- Phases ----------------------------------------------------------------------------------------- */

static void begin_drain(meter *self, instant now) {
    self->behind = schedule_behind(&self->schedule, now);
    self->ends = now;
    self->phase = METER_DRAIN;
}

void meter_stop(meter *self, instant now) {
    if (self->phase == METER_MEASURE && now > self->window.begun)
        end_window(self, now);
    if (self->phase == METER_WARM_UP)
        self->measure_at = now;
    if (self->phase <= METER_MEASURE)
        begin_drain(self, now);
}

static void end_windows(meter *self, instant now) {
    bool time_over = now >= self->ends,
         full = now - self->window.begun >= self->plan.window && self->window.answered >= WINDOW_ANSWERS;
    if (!full) {
        if (time_over)
            meter_stop(self, now);
        return;
    }
    end_window(self, now);
    judge_window(self);
    if (time_over || stability_is_reached(&self->stability))
        begin_drain(self, now);
    else
        begin_window(self, now);
}

/* Gives up what has been under way for too long. When nothing at all has been answered since, there is
 * nothing to measure any more. */
static void expire(meter *self, instant now) {
    bool dead = false;
    self->look_for_late = now + EXPIRY;
    for (size_t i = 0; i < self->entry_count; i++) {
        flight_entry *each = &self->entries[i];
        if (each->taken && now - each->sent > self->plan.patience) {
            each->taken = false;
            self->free[self->free_count++] = (uint32_t)i;
            self->unanswered++;
            dead = dead || (self->phase <= METER_MEASURE && self->last_answer <= each->sent);
        }
    }
    if (dead) {
        self->unanswered += meter_lose(self);
        self->gave_up = true;
        meter_stop(self, now);
    }
}

void meter_tick(meter *self, instant now) {
    if (now >= self->look_for_late)
        expire(self, now);
    if (self->phase == METER_WARM_UP && now >= self->measure_at) {
        self->phase = METER_MEASURE;
        self->measure_at = now;
        self->ends = now + self->plan.most;
        begin_window(self, now);
    }
    if (self->phase == METER_MEASURE)
        end_windows(self, now);
    if (self->phase == METER_DRAIN && meter_under_way(self) == 0)
        self->phase = METER_OVER;
}

static instant earlier(instant a, instant b) {
    return a < b ? a : b;
}

instant meter_wake_at(const meter *self, instant now) {
    instant at = self->look_for_late;
    if (self->phase <= METER_MEASURE)
        at = earlier(at, schedule_wake_at(&self->schedule, now, meter_under_way(self)));
    if (self->phase == METER_WARM_UP)
        return earlier(at, self->measure_at);
    /* A window that ends without an answer ends with the next one, or with the time. */
    return self->phase == METER_MEASURE ? earlier(at, self->ends) : at;
}

/* ---- Requests --------------------------------------------------------------------------------------- */

bool meter_wants_request(const meter *self, instant now) {
    return self->phase <= METER_MEASURE && schedule_is_due(&self->schedule, now, meter_under_way(self));
}

uint32_t meter_send(meter *self, size_t request, instant now) {
    flight_entry *entry = &self->entries[self->free[--self->free_count]];
    entry->id += (uint32_t)self->entry_count * SPREAD;
    entry->taken = true;
    entry->request = request;
    entry->due = schedule_due_at(&self->schedule, now);
    entry->sent = now;
    if (self->plan.rate > 0 && entry->due >= self->measure_at && self->phase == METER_MEASURE)
        histogram_add(&self->lateness, now - entry->due);
    self->schedule.sent++;
    self->was_full = meter_under_way(self) == self->plan.in_flight;
    return entry->id;
}

static flight_entry *entry_of(const meter *self, uint32_t id) {
    return &self->entries[id * UNSPREAD & (self->entry_count - 1)];
}

const flight_entry *meter_find(const meter *self, uint32_t id) {
    const flight_entry *entry = entry_of(self, id);
    return entry->taken && entry->id == id ? entry : NULL;
}

void meter_answer(meter *self, const flight_entry *answered, instant now) {
    size_t index = (size_t)(answered - self->entries);
    bool measures = self->phase == METER_MEASURE;
    self->entries[index].taken = false;
    self->free[self->free_count++] = (uint32_t)index;
    self->last_answer = now;
    self->window.answered += measures;
    if (measures || self->window_count != 0)
        histogram_add(measures ? &self->window_latencies : &self->latencies, now - answered->due);
}

size_t meter_lose(meter *self) {
    size_t lost = 0;
    for (size_t i = 0; i < self->entry_count; i++) {
        flight_entry *each = &self->entries[i];
        if (each->taken) {
            each->taken = false;
            each->lost_id = each->id;
            each->has_lost = true;
            self->free[self->free_count++] = (uint32_t)i;
            lost++;
        }
    }
    return lost;
}

bool meter_find_lost(meter *self, uint32_t id) {
    flight_entry *entry = entry_of(self, id);
    bool found = entry->has_lost && entry->lost_id == id;
    if (found)
        entry->has_lost = false;
    return found;
}

/* ---- Results ---------------------------------------------------------------------------------------- */

meter_phase meter_now(const meter *self) {
    return self->phase;
}

uint64_t meter_sent(const meter *self) {
    return self->schedule.sent;
}

uint64_t meter_unanswered(const meter *self) {
    return self->unanswered;
}

bool meter_gave_up(const meter *self) {
    return self->gave_up;
}

uint64_t meter_answered(const meter *self) {
    return self->answered;
}

duration meter_measured(const meter *self) {
    const meter_window *last;
    if (self->window_count == 0)
        return 0;
    last = &self->windows[self->window_count - 1];
    return last->begun + last->took - self->windows[0].begun;
}

uint64_t meter_behind(const meter *self) {
    return self->behind;
}

bool meter_was_full(const meter *self) {
    return self->was_full;
}

const histogram *meter_latencies(const meter *self) {
    return &self->latencies;
}

const histogram *meter_lateness(const meter *self) {
    return &self->lateness;
}

const stability *meter_stability(const meter *self) {
    return &self->stability;
}

const meter_window *meter_windows(const meter *self, size_t *count) {
    *count = self->window_count;
    return self->windows;
}
