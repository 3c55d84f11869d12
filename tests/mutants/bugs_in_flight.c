/* Bugs between requests in flight, and in the outputs of a batch: which output is whose. */
#include "mutant.h"

#include <stdlib.h>

/* ---- Requests in flight ------------------------------------------------------------------------------- */

#define MOST_PENDING 1024
#define A_MOMENT     1000 /* microseconds in which others may come */

static message pending[MOST_PENDING];
static size_t pending_count;

/* Requests that came within a moment are taken together. */
static fate hold(mutant *m, message *in) {
    if (!is_request(in) || pending_count == MOST_PENDING)
        return PASS;
    message_copy(&pending[pending_count++], in->frames, in->count);
    m->alarm_us = edge_now(m) + A_MOMENT;
    return DROP;
}

/* The container gets the pending request TO with the items of FROM. */
static void serve_as(mutant *m, size_t to, size_t from) {
    message in = {0};
    message_copy(&in, pending[from].frames, pending[from].count);
    message_set_u32(&in, IN_ID, message_u32(&pending[to], IN_ID));
    edge_inject(m, &in);
}

static void forget_pending(void) {
    while (pending_count > 0)
        message_clear(&pending[--pending_count]);
}

static void all_as_last(mutant *m) {
    for (size_t i = 0; i < pending_count; i++)
        serve_as(m, i, pending_count - 1);
    forget_pending();
}

static void all_as_first(mutant *m) {
    for (size_t i = 0; i < pending_count; i++)
        serve_as(m, i, 0);
    forget_pending();
}

static void pairs_swapped(mutant *m) {
    for (size_t i = 0; i < pending_count; i++)
        serve_as(m, i, (i ^ 1) < pending_count ? i ^ 1 : i);
    forget_pending();
}

/* ---- Outputs of a batch ------------------------------------------------------------------------------- */

static size_t outputs_of(const message *out) {
    return is_response(out) ? out->count - OUT_ITEMS : 0;
}

static void swap(message *out, size_t a, size_t b) {
    const clipper_frame frame = out->frames[OUT_ITEMS + a];
    out->frames[OUT_ITEMS + a] = out->frames[OUT_ITEMS + b];
    out->frames[OUT_ITEMS + b] = frame;
}

static fate batch_swapped(mutant *m, message *out) {
    if (outputs_of(out) > 1) {
        swap(out, 0, 1);
        settle_response(m, out);
    }
    return PASS;
}

static int by_bytes(const void *a, const void *b) {
    const clipper_frame *x = a, *y = b;
    const int order = memcmp(x->base, y->base, x->len < y->len ? x->len : y->len);
    return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

static fate batch_sorted(mutant *m, message *out) {
    if (outputs_of(out) > 1) {
        qsort(&out->frames[OUT_ITEMS], outputs_of(out), sizeof *out->frames, by_bytes);
        settle_response(m, out);
    }
    return PASS;
}

static fate batch_all_alike(mutant *m, message *out) {
    for (size_t i = 0; i + 1 < outputs_of(out); i++)
        message_set(out, OUT_ITEMS + i, out->frames[out->count - 1].base, out->frames[out->count - 1].len);
    if (outputs_of(out) > 1)
        settle_response(m, out);
    return PASS;
}

/* Each output is all of them. */
static fate batch_merged(mutant *m, message *out) {
    char all[4096];
    size_t len = 0;
    for (size_t i = OUT_ITEMS; outputs_of(out) > 1 && i < out->count; i++) {
        const clipper_frame *one = &out->frames[i];
        if (one->len > sizeof all - len)
            break;
        memcpy(all + len, one->base, one->len);
        len += one->len;
    }
    for (size_t i = OUT_ITEMS; outputs_of(out) > 1 && i < out->count; i++)
        message_set(out, i, all, len);
    if (outputs_of(out) > 1)
        settle_response(m, out);
    return PASS;
}

static const bug bugs[] = {
    {"answers-mixed-in-flight", "every pending request is answered with the last one's outputs",
     "PRED-15 PRED-11 PRED-12", .received = hold, .alarm = all_as_last},
    {"answers-mixed-with-the-first", "every pending request is answered with the first one's outputs",
     "PRED-15 PRED-11 PRED-12", .received = hold, .alarm = all_as_first},
    {"answers-swapped-in-flight", "two requests that are pending together get each other's outputs",
     "PRED-15 PRED-11 PRED-12", .received = hold, .alarm = pairs_swapped},
    {"batch-answers-swapped", "the first two outputs of a batch are swapped", "PRED-12",
     .sending = batch_swapped},
    {"batch-answers-sorted", "the outputs of a batch are sorted", "PRED-12", .sending = batch_sorted},
    {"batch-answers-all-alike", "all outputs of a batch are those of the last item", "PRED-12",
     .sending = batch_all_alike},
    {"batch-answers-merged", "each output of a batch is all outputs in a row", "PRED-12",
     .sending = batch_merged},
};

const bug_group in_flight_bugs = {bugs, COUNT(bugs)};
