/* codec_bench.c: measures the contenders against each other.
 *
 *     codec_bench time ROUNDS     nanoseconds, all contenders interleaved, ROUNDS figures each
 *     codec_bench instructions    under valgrind --tool=callgrind: dumps, labelled, for the driver to read
 *     codec_bench allocations     with count_allocations.so preloaded: calls of malloc and its kin
 *
 * Prints a JSON object a line. Every decoder must have found what was encoded, or the program aborts. */
#include "allocations.h"
#include "codec_case.h"
#include "elements.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <valgrind/callgrind.h>

const uint8_t payload[MOST_ITEMS * ITEM_BYTES];

static const contender *const contenders[] = {&floor_contender,    &clipper_contender, &msgpack_contender,
                                              &protobuf_contender, &nanopb_contender,  &czmq_contender};
static const char *const operation_names[OPERATIONS] = {"decode request", "decode response", "encode request",
                                                        "encode response"};
static const size_t counts[] = {1, 10, 100, 1000};

enum {
    CONTENDERS = sizeof contenders / sizeof *contenders,
    COUNTS = sizeof counts / sizeof *counts,
    BATCH_NS = 100000 /* one figure is the mean over about so long */
};

/* One thing that is measured. */
typedef struct subject {
    const char *group; /* "codec" or "elements" */
    const char *operation;
    const char *contender;
    size_t items;
    void (*prepare)(size_t count); /* may be NULL */
    uint64_t (*run)(size_t times);
} subject;

/* Calls VISIT for all subjects; those that are to be compared come one after another. */
static void for_each_subject(void (*visit)(const subject *, void *), void *context) {
    subject s;
    for (size_t count = 0; count < COUNTS; count++)
        for (int operation = 0; operation < OPERATIONS; operation++)
            for (size_t c = 0; c < CONTENDERS; c++) {
                s = (subject){"codec",       operation_names[operation], contenders[c]->name,
                              counts[count], contenders[c]->prepare,     contenders[c]->run[operation]};
                visit(&s, context);
            }
    for (size_t e = 0; e < element_case_count; e++) {
        s = (subject){"elements", element_cases[e].plain, element_cases[e].name, ELEMENTS,
                      NULL,       element_cases[e].run};
        visit(&s, context);
    }
}

static void count_subject(const subject *s, void *context) {
    (void)s;
    ++*(size_t *)context;
}

/* Prepares S and runs it once; a decoder must find what was encoded. */
static void warm_up(const subject *s) {
    uint64_t sum;
    if (s->prepare)
        s->prepare(s->items);
    sum = s->run(1);
    if (strncmp(s->operation, "decode", 6) == 0 && sum != sum_of(PREDICTION_ID, s->items, ITEM_BYTES)) {
        fprintf(stderr, "%s, %s of %zu items: wrong result\n", s->contender, s->operation, s->items);
        abort();
    }
}

static void print_subject(const subject *s) {
    printf("{\"group\": \"%s\", \"operation\": \"%s\", \"contender\": \"%s\", \"items\": %zu", s->group,
           s->operation, s->contender, s->items);
}

/* ---- Time --------------------------------------------------------------------------------------------- */

typedef struct timing {
    size_t round, rounds;
    size_t at;     /* the subject of now */
    double *ns;    /* [subject][round] */
    size_t *times; /* [subject]: how often it runs for one figure */
} timing;

static double now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double time_batch(const subject *s, size_t times) {
    const double start = now_ns();
    (void)s->run(times);
    return (now_ns() - start) / (double)times;
}

static void choose_times(const subject *s, void *context) {
    timing *t = context;
    double once;
    warm_up(s);
    once = time_batch(s, 20);
    t->times[t->at++] = once < BATCH_NS ? 1 + (size_t)(BATCH_NS / (once + 1)) : 1;
}

static void time_subject(const subject *s, void *context) {
    timing *t = context;
    warm_up(s);
    t->ns[t->at * t->rounds + t->round] = time_batch(s, t->times[t->at]);
    t->at++;
}

static void print_times(const subject *s, void *context) {
    timing *t = context;
    print_subject(s);
    printf(", \"ns\": [");
    for (size_t round = 0; round < t->rounds; round++)
        printf("%s%.2f", round ? ", " : "", t->ns[t->at * t->rounds + round]);
    printf("]}\n");
    t->at++;
}

static void measure_time(size_t rounds) {
    timing t = {0, rounds, 0, NULL, NULL};
    size_t subjects = 0;
    for_each_subject(count_subject, &subjects);
    t.ns = calloc(subjects * rounds, sizeof *t.ns);
    t.times = calloc(subjects, sizeof *t.times);
    if (!t.ns || !t.times)
        abort();
    for_each_subject(choose_times, &t);
    for (t.round = 0; t.round < rounds; t.round++) {
        t.at = 0;
        for_each_subject(time_subject, &t);
    }
    t.at = 0;
    for_each_subject(print_times, &t);
    free(t.ns);
    free(t.times);
}

/* ---- Instructions ------------------------------------------------------------------------------------- */

/* How often a subject runs for its two dumps: the difference of the two is free of what surrounds them. */
enum {
    FEW = 2,
    MANY = 6
};

static void dump(const subject *s, size_t times) {
    char label[160];
    snprintf(label, sizeof label, "%s|%s|%s|%zu|%zu", s->group, s->operation, s->contender, s->items, times);
    CALLGRIND_ZERO_STATS;
    (void)s->run(times);
    CALLGRIND_DUMP_STATS_AT(label);
}

static void dump_instructions(const subject *s, void *context) {
    (void)context;
    warm_up(s);
    dump(s, FEW);
    dump(s, MANY);
}

/* ---- Allocations -------------------------------------------------------------------------------------- */

static void count_allocations(const subject *s, void *context) {
    const size_t times = 16;
    uint64_t before;
    (void)context;
    warm_up(s);
    before = allocations_so_far();
    (void)s->run(times);
    print_subject(s);
    printf(", \"allocations\": %.3f}\n", (double)(allocations_so_far() - before) / (double)times);
}

int main(int argc, char **argv) {
    static char output[1 << 16];
    setvbuf(stdout, output, _IOFBF, sizeof output); /* so that printing allocates nothing */
    if (argc == 3 && strcmp(argv[1], "time") == 0 && atoi(argv[2]) > 0)
        measure_time((size_t)atoi(argv[2]));
    else if (argc == 2 && strcmp(argv[1], "instructions") == 0)
        for_each_subject(dump_instructions, NULL);
    else if (argc == 2 && strcmp(argv[1], "allocations") == 0 && allocations_are_counted())
        for_each_subject(count_allocations, NULL);
    else {
        fprintf(stderr, "usage: codec_bench time ROUNDS | instructions | allocations (preloaded)\n");
        return 2;
    }
    return 0;
}
