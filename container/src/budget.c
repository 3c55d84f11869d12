/* budget.c: shares of the memory. */
#include "budget.h"

enum {
    /* A message that is coming and one that has come, two shares of requests under way, two of responses that are not
     * sent, and two for what the allocator loses. */
    SHARES = 8,
    COUNTED_FROM = 16 * 1024,
    WIRE_FRAME = 9,         /* the most that a frame's header takes on the wire */
    LEAST_FRAME_MEMORY = 64 /* what an empty frame of 2 bytes takes in ZeroMQ */
};

#define UNBOUNDED_BASE (UINT64_C(64) << 20)

static uint64_t least(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static uint64_t sum(uint64_t a, uint64_t b) {
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t times(uint64_t a, uint64_t b) {
    return b != 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

/* From 1 to MOST. */
static size_t messages(uint64_t share, uint64_t cost, size_t most) {
    const uint64_t count = share / cost;
    return count == 0 ? 1 : (size_t)least(count, most);
}

/* What the largest request takes, each frame at FRAME. */
static uint64_t largest(const clipper_limits *limits, uint64_t frame) {
    return sum(limits->total_bytes, times(sum(limits->items, CLIPPER_HEAD_FRAMES_MAX), frame));
}

static void share_out(clipper_budget *budget, size_t queue, uint64_t memory) {
    const uint64_t share = memory / SHARES;
    budget->limits.total_bytes = least(budget->limits.total_bytes, share);
    budget->limits.item_bytes = least(budget->limits.item_bytes, share);
    budget->limits.items = least(budget->limits.items, share / CLIPPER_FRAME_COST);
    budget->received_messages = messages(share, largest(&budget->limits, CLIPPER_FRAME_COST), queue);
    budget->unsent_messages = messages(share, COUNTED_FROM, queue);
    budget->counted_from = COUNTED_FROM;
    budget->unsent = budget->under_way = share;
    budget->kept_per_job = share / queue;
    budget->growth = memory / 4 * 3;
    budget->look_every_us = 4000;
}

static void leave_to_limits(clipper_budget *budget, size_t queue) {
    budget->received_messages = budget->unsent_messages = queue;
    budget->counted_from = budget->unsent = budget->under_way = budget->kept_per_job = UINT64_MAX;
    budget->growth = sum(UNBOUNDED_BASE, times(2, largest(&budget->limits, CLIPPER_FRAME_COST)));
    budget->look_every_us = 100000;
}

clipper_budget clipper_budget_of(const clipper_limits *limits, size_t queue, uint64_t memory) {
    clipper_budget budget;
    memset(&budget, 0, sizeof budget);
    budget.limits = *limits;
    if (memory != 0)
        share_out(&budget, queue, memory);
    else
        leave_to_limits(&budget, queue);
    /* Twice the largest: a message that is too large comes to its end, and is told what it is, if it is not far off. */
    budget.unfinished = times(2, largest(&budget.limits, WIRE_FRAME));
    return budget;
}

int clipper_budget_is_exceeded(const clipper_budget *budget, uint64_t wire, uint64_t grown) {
    /* The process must have grown, too: WIRE counts also what is no part of a message, as ZeroMQ's own heartbeats. */
    if (wire > budget->unfinished && grown > budget->unfinished / 2)
        return 1;
    /* A model may have grown: but if the bytes on the wire explain it, as many small frames would, it is the message. */
    return grown > budget->growth && times(wire, LEAST_FRAME_MEMORY / 2) > budget->growth;
}
