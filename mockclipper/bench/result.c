#include "bench/result.h"

#include "base/heap.h"

#include <stdlib.h>

void bench_result_clear(bench_result *self) {
    for (int i = 0; i < BENCH_ERROR_COUNT; i++)
        free(self->examples[i]);
    free(self->name);
    free(self->model_version);
    free(self->end);
    free(self->output);
    *self = (bench_result){0};
}

/* ---- Errors ----------------------------------------------------------------------------------------- */

void bench_result_error(bench_result *self, bench_error kind, uint64_t count, char *example) {
    self->errors[kind] += count;
    if (self->examples[kind] == NULL)
        self->examples[kind] = example;
    else
        free(example);
}

const char *bench_error_name(bench_error kind) {
    static const char *const names[BENCH_ERROR_COUNT] = {
        "wrong_output", "wrong_count", "unasked", "not_decoded", "unanswered", "lost", "ended"};
    return names[kind];
}

const char *bench_error_words(bench_error kind) {
    static const char *const words[BENCH_ERROR_COUNT] = {"wrong outputs",
                                                         "responses with another number of outputs",
                                                         "responses to no request under way",
                                                         "messages that do not decode",
                                                         "requests not answered in time",
                                                         "requests lost with a session",
                                                         "the container ended by itself"};
    return words[kind];
}

uint64_t bench_result_errors(const bench_result *self) {
    uint64_t sum = 0;
    for (int i = 0; i < BENCH_ERROR_COUNT; i++)
        sum += self->errors[i];
    return sum;
}

/* ---- Figures ---------------------------------------------------------------------------------------- */

double bench_result_rate(const bench_result *self) {
    return self->measured > 0 ? (double)self->answered * (double)SECOND / (double)self->measured : 0;
}

size_t bench_result_request_bytes(const bench_result *self) {
    return self->options->batch * self->item_bytes;
}

bool bench_result_is_stable(const bench_result *self) {
    return stability_is_reached(self->stability);
}

int bench_result_status(const bench_result *self) {
    if (bench_result_errors(self) != 0)
        return CLI_FAILED;
    if (self->answered == 0)
        return BENCH_NOTHING_MEASURED;
    if (self->options->strict && !bench_result_is_stable(self))
        return BENCH_NOT_STABLE;
    return CLI_OK;
}

const char *bench_result_text(const bench_result *self) {
    int status = bench_result_status(self);
    return status == CLI_FAILED               ? "errors"
           : status == BENCH_NOTHING_MEASURED ? "nothing was measured"
           : bench_result_is_stable(self)     ? "stable"
           : self->options->plan.spread > 0   ? "not stable"
                                              : "measured";
}
