/* library.c: loads a model from a shared object; clipper/model.h says what it must define. */
#include "library.h"

#include <dlfcn.h>
#include <stdio.h>

static int load(model_library *library, const char *file, char error[LIBRARY_ERROR_TEXT]) {
    char path[4096];
    /* Without a slash dlopen searches the system's folders and not the current one. */
    snprintf(path, sizeof path, "%s%s", strchr(file, '/') == NULL ? "./" : "", file);
    library->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library->handle == NULL) {
        snprintf(error, LIBRARY_ERROR_TEXT, "cannot load the model library: %s", dlerror());
        return -1;
    }
    library->model = dlsym(library->handle, "clipper_model_v1");
    if (library->model == NULL || library->model->predict == NULL) {
        snprintf(error, LIBRARY_ERROR_TEXT, "%s is no model library for this program: it defines no %s", file,
                 library->model == NULL ? "clipper_model_v1" : "predict function");
        return -1;
    }
    return 0;
}

static int takes(const clipper_model *model, clipper_data_type type) {
    return model->input_types == 0 || (model->input_types >> type & 1) != 0;
}

int open_model_library(model_library *library, const char *file, const char *path,
                       clipper_data_type input_type, char error[LIBRARY_ERROR_TEXT]) {
    char why[256] = "";
    memset(library, 0, sizeof *library);
    if (load(library, file, error) != 0)
        return -1;
    if (!takes(library->model, input_type)) {
        snprintf(error, LIBRARY_ERROR_TEXT, "the model in %s does not take this input type", file);
        return -1;
    }
    if (library->model->open != NULL && library->model->open(path, &library->state, why, sizeof why) != 0) {
        snprintf(error, LIBRARY_ERROR_TEXT, "the model in %s cannot be opened: %s", file, why);
        return -1;
    }
    library->is_open = 1;
    return 0;
}

void close_model_library(model_library *library) {
    if (library->handle == NULL)
        return;
    if (library->is_open && library->model->close != NULL)
        library->model->close(library->state);
    dlclose(library->handle);
    library->handle = NULL;
}
