/* The measurement: which requests are under way, when the next is due, and the figures. Pure: time is an argument,
 * never read, so that a measurement can run in simulated time.
 *
 *   warm-up   requests are sent and checked, but do not count
 *   measure   in windows, one after the other, until these are stable or the time is over
 *   drain     nothing is sent; requests under way may still be answered
 *
 * Throughput counts the answers during the measurement. Latency counts these, and those during the drain: the slow
 * ones at the end must not be left out. */
#ifndef MOCKCLIPPER_BENCH_METER_H
#define MOCKCLIPPER_BENCH_METER_H

#include "bench/histogram.h"
#include "bench/schedule.h"
#include "bench/stability.h"

typedef struct meter_plan {
    size_t in_flight; /* most requests under way; at least 1 */
    double rate;      /* a second; 0: the closed loop */
    duration warm_up;
    duration most; /* of measuring */
    duration window;
    double spread;     /* percent within which windows agree; 0: measure for as long as allowed */
    duration patience; /* timeout of a request */
} meter_plan;

typedef enum meter_phase {
    METER_WARM_UP,
    METER_MEASURE,
    METER_DRAIN,
    METER_OVER
} meter_phase;

/* A request under way. */
typedef struct flight_entry {
    uint32_t id;
    bool taken;
    size_t request; /* the owner's number for its content */
    instant due;    /* latency counts from here */
    instant sent;
    uint32_t lost_id; /* of the last one here that was lost and not answered since, */
    bool has_lost;    /* if there is one */
} flight_entry;

typedef struct meter_window {
    instant begun;
    duration took;
    uint64_t answered;
    duration median; /* latency; 0 of nothing */
} meter_window;

typedef struct meter meter;

/* Begins with the warm-up NOW. */
meter *meter_new(const meter_plan *plan, instant now);
void meter_destroy(meter **self_p);

/* Ends phases and windows that are over, gives up late requests. Cheap, to be called often. */
void meter_tick(meter *self, instant now);

/* When meter_tick() must be called next, unless an answer comes before. */
instant meter_wake_at(const meter *self, instant now);

/* Whether a request is due. */
bool meter_wants_request(const meter *self, instant now);

/* A request with the content of that number is sent NOW. Returns the id it must carry: that of no other
 * request under way, and of none that was not answered in time, until 2^32 others have been sent. */
uint32_t meter_send(meter *self, size_t request, instant now);

/* The request under way with that id; NULL when there is none. */
const flight_entry *meter_find(const meter *self, uint32_t id);

/* A request that was found is answered; its entry is removed. */
void meter_answer(meter *self, const flight_entry *answered, instant now);

/* The requests under way will not be answered. Returns their number. */
size_t meter_lose(meter *self);

/* Whether that is the id of a request that was lost; for an answer that was on its way then. It is so once. */
bool meter_find_lost(meter *self, uint32_t id);

/* Ends the measurement: the window going on counts, and nothing is sent any more. */
void meter_stop(meter *self, instant now);

/* ---- Results ---- */

meter_phase meter_now(const meter *self);
size_t meter_under_way(const meter *self);
uint64_t meter_sent(const meter *self);       /* all requests */
uint64_t meter_unanswered(const meter *self); /* given up, as late */
bool meter_gave_up(const meter *self);        /* ended, as no request was answered */
uint64_t meter_answered(const meter *self);   /* while it measured */
duration meter_measured(const meter *self);   /* its length */
uint64_t meter_behind(const meter *self);     /* requests that were due when it stopped, and never sent */
bool meter_was_full(const meter *self); /* IN_FLIGHT requests were under way when the last one was sent */
const histogram *meter_latencies(const meter *self);
const histogram *meter_lateness(const meter *self); /* how late requests were sent; of the open loop */
const stability *meter_stability(const meter *self);
const meter_window *meter_windows(const meter *self, size_t *count);

#endif
