#include "base/new_file.h"

#include "base/heap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The permissions of a file that PATH is to be: those it has, or those of any new file. */
static mode_t mode_for(const char *path) {
    struct stat found;
    mode_t mask;
    if (stat(path, &found) == 0)
        return found.st_mode & 0777;
    mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static FILE *open_beside(new_file *self, const char *path) {
    char *real = realpath(path, NULL);
    int descriptor;
    self->place = heap_text(real != NULL ? real : path);
    self->beside = heap_format("%s.XXXXXX", self->place);
    free(real);
    descriptor = mkostemp(self->beside, O_CLOEXEC);
    if (descriptor < 0)
        return NULL;
    fchmod(descriptor, mode_for(self->place));
    return fdopen(descriptor, "w");
}

static void forget(new_file *self) {
    free(self->place);
    free(self->beside);
    *self = (new_file){NULL, NULL, NULL};
}

bool new_file_is_replaced(const char *path) {
    struct stat found;
    return stat(path, &found) != 0 || S_ISREG(found.st_mode);
}

bool new_file_open(new_file *self, const char *path, char **problem) {
    *self = (new_file){NULL, NULL, NULL};
    if (strcmp(path, "-") == 0)
        self->out = stdout;
    else if (!new_file_is_replaced(path))
        self->out = fopen(path, "we");
    else
        self->out = open_beside(self, path);
    if (self->out != NULL)
        return true;
    *problem = heap_text(strerror(errno));
    forget(self);
    return false;
}

/* Writes what is left to write. */
static bool finish(new_file *self) {
    bool good = fflush(self->out) == 0 && !ferror(self->out);
    int number = errno;
    if (self->out != stdout && fclose(self->out) != 0 && good) {
        number = errno;
        good = false;
    }
    self->out = NULL;
    errno = number;
    return good;
}

bool new_file_keep(new_file *self, char **problem) {
    bool good = finish(self) && (self->place == NULL || rename(self->beside, self->place) == 0);
    if (!good)
        *problem = heap_text(strerror(errno));
    if (!good && self->place != NULL)
        unlink(self->beside);
    forget(self);
    return good;
}

void new_file_drop(new_file *self) {
    if (self->out != NULL && self->out != stdout)
        fclose(self->out);
    if (self->place != NULL)
        unlink(self->beside);
    forget(self);
}
