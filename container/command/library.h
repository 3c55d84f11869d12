/* library.h: models in shared objects. */
#ifndef CLIPPER_COMMAND_LIBRARY_H
#define CLIPPER_COMMAND_LIBRARY_H

#include "clipper/model.h"

typedef struct model_library {
    void *handle;
    const clipper_model *model;
    void *state;
    int is_open; /* not 0: the model's own open has succeeded */
} model_library;

enum {
    LIBRARY_ERROR_TEXT = 512
};

/* Loads the shared object at FILE and opens its model with PATH. Returns 0, or -1 and a line in
 * ERROR; to be closed in either case. */
int open_model_library(model_library *library, const char *file, const char *path,
                       clipper_data_type input_type, char error[LIBRARY_ERROR_TEXT]);
void close_model_library(model_library *library);

#endif
