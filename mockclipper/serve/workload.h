/* What `serve` sends: the rows of a file, or random items, in requests of a batch each. */
#ifndef MOCKCLIPPER_SERVE_WORKLOAD_H
#define MOCKCLIPPER_SERVE_WORKLOAD_H

#include "serve/serve_options.h"

/* What one request carries. */
typedef struct portion {
    clipper_data_type type;
    const clipper_frame *items;
    size_t count;
    size_t first_row; /* of the file, from 0; without one, items made up before */
    batch *own;       /* random items; NULL where there is a file */
} portion;

typedef struct workload workload;

/* What OPTIONS ask for. NULL when the file cannot be read, with *PROBLEM a text to be freed. */
workload *workload_new(const serve_options *options, char **problem);
void workload_destroy(workload **self_p);

/* Whether a container that takes TYPE can be sent the next portion. */
bool workload_suits(const workload *self, clipper_data_type type);

/* Whether nothing is left that was not taken. Never, where no end was asked for. */
bool workload_is_empty(const workload *self);

/* Takes the next portion, for a container that takes TYPE. The caller gives it back or drops it. */
portion workload_take(workload *self, clipper_data_type type);

/* Gives back a portion that was not answered: it will be taken again. */
void workload_give_back(workload *self, portion unanswered);

void portion_drop(portion *done);

/* Items in all; 0 where no end was asked for. */
uint64_t workload_total(const workload *self);

/* Of these, those that are left to take. */
uint64_t workload_left(const workload *self);

/* The number of that row in its file, counted from 1; without a file, of the item. */
size_t workload_row(const workload *self, size_t index);

/* The label of row INDEX, counted from 0; NULL without labels. */
const char *workload_label(const workload *self, size_t index);

#endif
