/* model.c: a classifier of handwritten digits, as a model library:
 *
 *     clipper-container --model-library ./libdigits.so --model-path digits.model --input-type doubles ...
 *
 * Each input is an image of 64 doubles; the output is its digit, "0" to "9". */
#include "clipper/model.h"
#include "digits.h"

#include <stdio.h>

static int open_model(const char *path, void **state, char *error, size_t capacity) {
    struct svm_model *model;
    if (path == NULL) {
        snprintf(error, capacity, "say which model to load, as model path");
        return -1;
    }
    model = svm_load_model(path);
    if (model == NULL) {
        snprintf(error, capacity, "%s is no model of LIBSVM", path);
        return -1;
    }
    *state = model;
    return 0;
}

static int predict(void *state, const clipper_batch *batch, clipper_outputs *outputs) {
    static const char digits[] = "0123456789";
    const size_t count = clipper_batch_count(batch);
    for (size_t i = 0; i < count; i++) {
        const clipper_frame image = clipper_batch_item(batch, i);
        struct svm_node nodes[PIXELS + 1];
        double pixels[PIXELS];
        int digit;
        if (clipper_f64_count(image) != PIXELS)
            return -1;
        clipper_f64_copy(image, pixels, PIXELS);
        digits_nodes(pixels, nodes);
        digit = (int)svm_predict(state, nodes);
        if (digit < 0 || digit >= DIGITS)
            return -1;
        clipper_outputs_add_constant(outputs, digits + digit, 1);
    }
    return 0;
}

static void close_model(void *state) {
    struct svm_model *model = state;
    svm_free_and_destroy_model(&model);
}

const clipper_model clipper_model_v1 = {
    .name = "digits",
    .input_types = 1u << CLIPPER_TYPE_DOUBLES,
    .open = open_model,
    .predict = predict,
    .close = close_model,
};
