/* models.h: the models that are built in. */
#ifndef CLIPPER_COMMAND_MODELS_H
#define CLIPPER_COMMAND_MODELS_H

#include "clipper/container.h"
#include "clipper/model.h"

typedef struct builtin_model {
    clipper_predict predict;
    const char *help;
} builtin_model;

/* The names of the built-in models, with their indices in builtin_models. */
extern const clipper_setting_choice builtin_model_names[];
extern const builtin_model builtin_models[];

/* Another model, slowed down: given as MODEL, slow_predict waits DELAY_MS and calls PREDICT with its MODEL. */
typedef struct slow_model {
    clipper_predict predict;
    void *model;
    uint64_t delay_ms;
} slow_model;

int slow_predict(void *slow, const clipper_batch *batch, clipper_outputs *outputs);

/* The model named NAME; NULL where there is none. */
const builtin_model *find_builtin_model(const char *name);

#endif
