/* clipper/model.h: what a model sees: a batch of inputs, and where its outputs go.
 *
 * A model is a function that is given a batch and appends one output for each input. See
 * clipper/container.h for how it is served, and clipper-container(1) for models in shared objects.
 *
 * OWNERSHIP
 *   Inputs are views of the bytes as they were received: no copies. Outputs are copied into storage that the
 *   library owns and reuses from batch to batch. Both are valid only until the model's function returns.
 *   Different batches may be predicted by different threads at the same time; one batch has one thread.
 */
#ifndef CLIPPER_MODEL_H
#define CLIPPER_MODEL_H

#include "clipper/codec.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Inputs -------------------------------------------------------------------------------------------- */

/* The inputs of one prediction request. */
typedef struct clipper_batch clipper_batch;

/* How many inputs there are. May be 0. */
CLIPPER_API size_t clipper_batch_count(const clipper_batch *batch);
/* The type of their elements: always the container's input type. */
CLIPPER_API clipper_data_type clipper_batch_type(const clipper_batch *batch);
/* The message id of the request: for log lines; ids may repeat. */
CLIPPER_API uint32_t clipper_batch_id(const clipper_batch *batch);
/* The bytes of all inputs, added up. */
CLIPPER_API uint64_t clipper_batch_bytes(const clipper_batch *batch);
/* The size in bytes of input INDEX, which must be below the count; its bytes are not touched. */
CLIPPER_API size_t clipper_batch_size(const clipper_batch *batch, size_t index);
/* Input INDEX, which must be below the count. A size that is a multiple of its type's width. Read its
 * elements with clipper_f64_at and the like (clipper/codec.h): it may be empty and at any alignment. */
CLIPPER_API clipper_frame clipper_batch_item(const clipper_batch *batch, size_t index);

/* ---- Outputs ------------------------------------------------------------------------------------------- */

/* The outputs of one batch. The response has them in the order of the calls, and there must be as many as
 * inputs. [release: an error otherwise]
 *
 * Each call that adds returns 0, or -1 without memory. The failure is remembered, and the request is then
 * answered with nothing: a model may ignore what these calls return. */
typedef struct clipper_outputs clipper_outputs;

/* Adds a text, without its NUL. */
CLIPPER_API int clipper_outputs_add_text(clipper_outputs *outputs, const char *text);
/* Adds LEN bytes. BYTES may be NULL when LEN is 0. */
CLIPPER_API int clipper_outputs_add_bytes(clipper_outputs *outputs, const void *bytes, size_t len);
/* Adds an output of LEN bytes that the caller fills in: returns where, or NULL without memory. */
CLIPPER_API void *clipper_outputs_reserve(clipper_outputs *outputs, size_t len);
/* Adds a text that is not copied: it must stay as it is until the container is destroyed. */
CLIPPER_API int clipper_outputs_add_constant(clipper_outputs *outputs, const char *text, size_t len);
/* Adds input INDEX of BATCH, unchanged and without copying. BATCH is the one being predicted. */
CLIPPER_API int clipper_outputs_add_input(clipper_outputs *outputs, const clipper_batch *batch, size_t index);
/* How many were added. */
CLIPPER_API size_t clipper_outputs_count(const clipper_outputs *outputs);

/* Sets the data type that the response states on the document wire; the release wire has no place for it.
 * Without it: strings. The size of every output must be a multiple of the type's width. */
CLIPPER_API void clipper_outputs_set_type(clipper_outputs *outputs, clipper_data_type type);

/* ---- The model ----------------------------------------------------------------------------------------- */

/* Predicts BATCH. MODEL is what was given when the container was made.
 * Returns 0 when OUTPUTS has one output for each input. On anything else, and on a wrong number of outputs,
 * the request is answered with nothing, logged with its id and counted; the session goes on. */
typedef int (*clipper_predict)(void *model, const clipper_batch *batch, clipper_outputs *outputs);

/* ---- Models in shared objects -------------------------------------------------------------------------- */

/* What clipper-container --model-library loads: a shared object that defines one of these by the name
 * clipper_model_v1:
 *
 *     #include "clipper/model.h"
 *     static int predict(void *state, const clipper_batch *batch, clipper_outputs *outputs) { ... }
 *     const clipper_model clipper_model_v1 = {.name = "mine", .predict = predict};
 *
 *     cc -shared -fPIC -o libmine.so mine.c
 *
 * The functions that it calls are the program's: it links with no library of ours. The name has the version:
 * a change of this struct will be a clipper_model_v2, and programs go on taking both. */
typedef struct clipper_model {
    const char *name;     /* for log lines */
    unsigned input_types; /* which it takes: bits 1u << CLIPPER_TYPE_..., or 0 for all five */
    /* Called first, once. PATH is what was given as model path (CLIPPER_MODEL_PATH), or NULL; what
     * is put into *STATE goes to the other two. Returns 0, or anything else and a line in ERROR (CAPACITY
     * bytes with its NUL). May be NULL. */
    int (*open)(const char *path, void **state, char *error, size_t capacity);
    clipper_predict predict; /* required; with more than one worker, called by several threads at a time */
    /* Called last, once, unless the program ended with a prediction running. May be NULL. */
    void (*close)(void *state);
} clipper_model;

/* Defined by the shared object. */
extern CLIPPER_API const clipper_model clipper_model_v1;

#ifdef __cplusplus
}
#endif

#endif
