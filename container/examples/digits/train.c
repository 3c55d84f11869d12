/* train.c: trains a classifier of handwritten digits on the first half of digits.csv.
 *
 *     train digits.csv digits.model
 *
 * A support vector machine with an RBF kernel, C = 1 and gamma = 0.001, the usual ones for these data; they
 * were not tuned on the second half. */
#include "digits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct training_set {
    double labels[TRAINING_ROWS];
    struct svm_node nodes[TRAINING_ROWS][PIXELS + 1];
    struct svm_node *rows[TRAINING_ROWS];
} training_set;

/* Reads one line of numbers and commas. Returns 0, or -1 when it is not COLUMNS numbers. */
static int read_row(const char *line, double row[COLUMNS]) {
    for (int i = 0; i < COLUMNS; i++) {
        char *end;
        row[i] = strtod(line, &end);
        if (end == line || *end != (i + 1 < COLUMNS ? ',' : '\n'))
            return -1;
        line = end + 1;
    }
    return 0;
}

static int read_training_set(FILE *file, training_set *set) {
    char line[1024];
    for (int i = 0; i < TRAINING_ROWS; i++) {
        double row[COLUMNS];
        if (fgets(line, sizeof line, file) == NULL || read_row(line, row) != 0) {
            fprintf(stderr, "train: line %d is not %d numbers\n", i + 1, COLUMNS);
            return -1;
        }
        set->labels[i] = row[PIXELS];
        digits_nodes(row, set->nodes[i]);
        set->rows[i] = set->nodes[i];
    }
    return 0;
}

static struct svm_parameter parameters(void) {
    struct svm_parameter parameter;
    memset(&parameter, 0, sizeof parameter);
    parameter.svm_type = C_SVC;
    parameter.kernel_type = RBF;
    parameter.gamma = 0.001;
    parameter.C = 1;
    parameter.cache_size = 16;
    parameter.eps = 1e-3;
    return parameter;
}

static void say_nothing(const char *text) {
    (void)text;
}

static int train(training_set *set, const char *path) {
    const struct svm_parameter parameter = parameters();
    const struct svm_problem problem = {TRAINING_ROWS, set->labels, set->rows};
    struct svm_model *model;
    int result;
    svm_set_print_string_function(say_nothing);
    model = svm_train(&problem, &parameter);
    result = svm_save_model(path, model);
    if (result == 0)
        printf("%s: %d support vectors from %d images\n", path, svm_get_nr_sv(model), TRAINING_ROWS);
    else
        fprintf(stderr, "train: cannot write %s\n", path);
    svm_free_and_destroy_model(&model);
    return result;
}

int main(int argc, char **argv) {
    static training_set set;
    FILE *file = argc == 3 ? fopen(argv[1], "r") : NULL;
    int result;
    if (file == NULL) {
        fprintf(stderr, argc == 3 ? "train: cannot read %s\n" : "usage: train digits.csv digits.model\n",
                argv[1]);
        return 2;
    }
    result = read_training_set(file, &set);
    fclose(file);
    return result == 0 && train(&set, argv[2]) == 0 ? 0 : 1;
}
