/* library.h: models in shared objects. */
#ifndef CLIPPER_COMMAND_LIBRARY_H
#define CLIPPER_COMMAND_LIBRARY_H

#include "clipper/model.h"

typedef struct model_library {
    void *handle;
    const clipper_model *model;
    void *state;
} model_library;

enum {
    LIBRARY_ERROR_TEXT = 512
};

/* Loads the shared object at FILE and opens its model with PATH. Returns 0, or -1 and a line in ERROR. */
int open_model_library(model_library *library, const char *file, const char *path,
                       clipper_data_type input_type, char error[LIBRARY_ERROR_TEXT]);
void close_model_library(model_library *library);

#endif
