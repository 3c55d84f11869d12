/* slow_model.c: a model library for tests: what its first input says, it does.
 *
 *   "sleep MS"  sleeps MS milliseconds before it answers
 *   "fail"      refuses the request
 *   "path"      answers with the path that the model was opened with
 *
 * Everything else comes back as it is. A path of "refuse" cannot be opened. */
#include "clipper/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int open_model(const char *path, void **state, char *error, size_t capacity) {
    *state = NULL;
    if (path == NULL)
        return 0;
    if (strcmp(path, "refuse") == 0) {
        snprintf(error, capacity, "it will not");
        return 1;
    }
    *state = malloc(strlen(path) + 1);
    if (*state == NULL)
        return 1;
    strcpy(*state, path);
    return 0;
}

static void sleep_ms(unsigned long ms) {
    struct timespec left = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};
    while (nanosleep(&left, &left) != 0)
        ;
}

static int predict(void *state, const clipper_batch *batch, clipper_outputs *outputs) {
    char order[64] = "";
    if (clipper_batch_count(batch) > 0) {
        const clipper_frame first = clipper_batch_item(batch, 0);
        memcpy(order, first.base, first.len < sizeof order ? first.len : sizeof order - 1);
    }
    if (strcmp(order, "fail") == 0)
        return 1;
    if (strncmp(order, "sleep ", 6) == 0)
        sleep_ms(strtoul(order + 6, NULL, 10));
    for (size_t i = 0; i < clipper_batch_count(batch); i++) {
        if (strcmp(order, "path") == 0)
            clipper_outputs_add_text(outputs, state != NULL ? state : "none");
        else
            clipper_outputs_add_input(outputs, batch, i);
    }
    return 0;
}

static void close_model(void *state) {
    free(state);
}

const clipper_model clipper_model_v1 = {
    .name = "slow",
    .input_types = 1u << CLIPPER_TYPE_STRINGS | 1u << CLIPPER_TYPE_BYTES,
    .open = open_model,
    .predict = predict,
    .close = close_model,
};
