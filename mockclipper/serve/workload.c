#include "serve/workload.h"

#include "base/heap.h"

#include <stdlib.h>

struct workload {
    const serve_options *options;
    rows *rows; /* NULL without samples */
    random_source random;
    uint64_t taken;      /* requests, or with a file passes over it, that are over */
    size_t next_row;     /* in the pass going on */
    uint64_t items;      /* taken for the first time */
    uint64_t unanswered; /* items of returned portions */
    portion *returned;   /* portions that were not answered */
    size_t returned_count;
};

workload *workload_new(const serve_options *options, char **problem) {
    workload *self = heap_new(sizeof *self);
    self->options = options;
    self->random.state = options->seed;
    if (feed_has_samples(&options->feed))
        self->rows = feed_read_samples(&options->feed, options->type, problem);
    if (feed_has_samples(&options->feed) && self->rows == NULL)
        workload_destroy(&self);
    return self;
}

void workload_destroy(workload **self_p) {
    workload *self = *self_p;
    if (self == NULL)
        return;
    for (size_t i = 0; i < self->returned_count; i++)
        portion_drop(&self->returned[i]);
    free(self->returned);
    rows_destroy(&self->rows);
    free(self);
    *self_p = NULL;
}

bool workload_suits(const workload *self, clipper_data_type type) {
    if (self->rows != NULL)
        return type == self->rows->type;
    return !self->options->has_type || type == self->options->type;
}

bool workload_is_empty(const workload *self) {
    bool asked = self->options->count != 0 || self->options->rate > 0;
    if (self->returned_count != 0)
        return false;
    return !asked || (self->options->count != 0 && self->taken >= self->options->count);
}

static portion take_rows(workload *self) {
    size_t left = self->rows->items->count - self->next_row;
    size_t count = left < self->options->batch ? left : self->options->batch;
    portion taken = {self->rows->type, self->rows->items->items + self->next_row, count, self->next_row,
                     NULL};
    self->next_row += count;
    if (self->next_row == self->rows->items->count) {
        self->next_row = 0;
        self->taken++;
    }
    return taken;
}

static portion make_up(workload *self, clipper_data_type type) {
    batch *own = batch_new(type);
    for (size_t i = 0; i < self->options->batch; i++)
        batch_add_random(own, &self->random,
                         element_range_draw(&self->options->feed.elements, &self->random, 10));
    self->taken++;
    return (portion){type, own->items, own->count, (size_t)self->items, own};
}

portion workload_take(workload *self, clipper_data_type type) {
    portion fresh;
    for (size_t i = 0; i < self->returned_count; i++) {
        portion again = self->returned[i];
        if (again.type == type) {
            self->returned[i] = self->returned[--self->returned_count];
            self->unanswered -= again.count;
            return again;
        }
    }
    fresh = self->rows != NULL ? take_rows(self) : make_up(self, type);
    self->items += fresh.count;
    return fresh;
}

void workload_give_back(workload *self, portion unanswered) {
    self->returned = heap_grow(self->returned, self->returned_count + 1, sizeof *self->returned);
    self->returned[self->returned_count++] = unanswered;
    self->unanswered += unanswered.count;
}

void portion_drop(portion *done) {
    batch_destroy(&done->own);
    done->items = NULL;
}

uint64_t workload_total(const workload *self) {
    return self->options->count * (self->rows != NULL ? self->rows->items->count : self->options->batch);
}

uint64_t workload_left(const workload *self) {
    uint64_t total = workload_total(self);
    return total != 0 ? total - self->items + self->unanswered : 0;
}

size_t workload_row(const workload *self, size_t index) {
    return self->rows != NULL && self->rows->numbers != NULL ? self->rows->numbers[index] : index + 1;
}

const char *workload_label(const workload *self, size_t index) {
    return self->rows != NULL && self->rows->labels != NULL ? self->rows->labels[index] : NULL;
}
