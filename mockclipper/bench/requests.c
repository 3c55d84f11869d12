#include "bench/requests.h"

#include "base/heap.h"
#include "engine/batch.h"

#include <stdlib.h>

/* The most different requests, and the most bytes of them all: with more, memory would be measured instead of the
 * container. Two requests at least. */
#define MOST_REQUESTS 64
#define MOST_BYTES    ((size_t)1 << 20)

/* Longer outputs are not remembered, but judged each time. */
#define REMEMBERED 40

typedef struct remembered {
    uint8_t len; /* 0: nothing was accepted yet */
    char text[REMEMBERED];
} remembered;

struct bench_requests {
    oracle computes;
    size_t count;
    batch **batches;
    clipper_message *messages;
    remembered *outputs; /* of the items of all requests, one after the other */
};

static size_t how_many(size_t bytes) {
    size_t fit = bytes != 0 ? MOST_BYTES / bytes : MOST_REQUESTS;
    return fit > MOST_REQUESTS ? MOST_REQUESTS : fit < 2 ? 2 : fit;
}

static clipper_message request_of(const batch *items) {
    clipper_message content = {.kind = CLIPPER_PREDICTION_REQUEST, .direction = CLIPPER_TO_CONTAINER};
    content.as.request.data_type = items->type;
    content.as.request.items = items->items;
    content.as.request.item_count = items->count;
    return content;
}

static batch *make_batch(const feed *fed, clipper_data_type type, size_t count, size_t bytes,
                         random_source *random, size_t *next) {
    batch *made = batch_new(type);
    for (size_t item = 0; item < count; item++)
        feed_add_item(fed, made, random, next, bytes / clipper_data_width(type));
    return made;
}

bench_requests *bench_requests_new(const feed *fed, clipper_data_type type, size_t count, size_t bytes,
                                   uint64_t seed, oracle computes) {
    bench_requests *self = heap_new(sizeof *self);
    random_source random = {seed};
    size_t next = 0;
    batch *first = make_batch(fed, type, count, bytes, &random, &next);
    self->computes = computes;
    self->count = how_many(first->bytes);
    self->batches = heap_array(self->count, sizeof *self->batches);
    self->messages = heap_array(self->count, sizeof *self->messages);
    self->outputs = heap_array(self->count * count, sizeof *self->outputs);
    for (size_t i = 0; i < self->count; i++) {
        self->batches[i] = i == 0 ? first : make_batch(fed, type, count, bytes, &random, &next);
        self->messages[i] = request_of(self->batches[i]);
    }
    return self;
}

void bench_requests_destroy(bench_requests **self_p) {
    bench_requests *self = *self_p;
    if (self == NULL)
        return;
    for (size_t i = 0; i < self->count; i++)
        batch_destroy(&self->batches[i]);
    free(self->batches);
    free(self->messages);
    free(self->outputs);
    free(self);
    *self_p = NULL;
}

size_t bench_requests_count(const bench_requests *self) {
    return self->count;
}

uint64_t bench_requests_bytes(const bench_requests *self) {
    uint64_t sum = 0;
    for (size_t i = 0; i < self->count; i++)
        sum += self->batches[i]->bytes;
    return sum;
}

const clipper_message *bench_requests_at(const bench_requests *self, size_t number) {
    return &self->messages[number];
}

/* ---- Outputs ---------------------------------------------------------------------------------------- */

static bool is_right(const bench_requests *self, remembered *before, clipper_frame item,
                     clipper_data_type type, clipper_frame output) {
    if (before->len != 0 && before->len == output.len && memcmp(before->text, output.base, output.len) == 0)
        return true;
    if (!oracle_accepts(self->computes, type, item, output))
        return false;
    if (output.len != 0 && output.len <= REMEMBERED) {
        before->len = (uint8_t)output.len;
        memcpy(before->text, output.base, output.len);
    }
    return true;
}

size_t bench_requests_wrong(bench_requests *self, size_t number, const clipper_frame *outputs,
                            size_t *first) {
    const batch *asked = self->batches[number];
    remembered *before = &self->outputs[number * asked->count];
    size_t wrong = 0;
    for (size_t i = asked->count; i-- > 0;) {
        if (!is_right(self, &before[i], asked->items[i], asked->type, outputs[i])) {
            wrong++;
            *first = i;
        }
    }
    return wrong;
}
