/* digits.h: what training and serving must agree on. */
#ifndef DIGITS_H
#define DIGITS_H

#include <libsvm/svm.h>

/* An image has 8 by 8 pixels, from 0 (white) to 16; a row of digits.csv has them in order, then the digit. */
enum {
    PIXELS = 64,
    COLUMNS = PIXELS + 1,
    DIGITS = 10
};

/* Of the rows of digits.csv, the first half is trained on; the rest is for measuring. */
enum {
    TRAINING_ROWS = 898
};

/* Writes PIXELS values to NODES, as LIBSVM takes them: those that are not 0, with their indices from 1, and
 * an end mark. NODES has room for PIXELS + 1. */
static inline void digits_nodes(const double *pixels, struct svm_node *nodes) {
    for (int i = 0; i < PIXELS; i++) {
        if (pixels[i] == 0)
            continue;
        nodes->index = i + 1;
        nodes->value = pixels[i];
        nodes++;
    }
    nodes->index = -1;
    nodes->value = 0;
}

#endif
