/* ready_file.c: makes and removes readiness files, and nothing else that may be at their paths. */
#include "ready_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int failed(const char **why) {
    *why = strerror(errno);
    return -1;
}

int ready_file_remove(const char *path, const char **why) {
    struct stat is;
    if (lstat(path, &is) != 0)
        return errno == ENOENT ? 0 : failed(why);
    if (!S_ISREG(is.st_mode) || is.st_size != 0 || is.st_uid != geteuid()) {
        *why = "what is there is not an empty file of this user, and is left alone";
        return -1;
    }
    return unlink(path) == 0 || errno == ENOENT ? 0 : failed(why);
}

/* Without O_NONBLOCK a named pipe would block it. */
int ready_file_write(const char *path, const char **why) {
    struct stat is;
    const int descriptor = open(path, O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0644);
    int regular;
    if (descriptor < 0)
        return failed(why);
    regular = fstat(descriptor, &is) == 0 && S_ISREG(is.st_mode);
    close(descriptor);
    *why = "what is there is not a regular file";
    return regular ? 0 : -1;
}

int ready_file_prepare(const char *path, const char **why) {
    if (ready_file_remove(path, why) != 0 || ready_file_write(path, why) != 0)
        return -1;
    return ready_file_remove(path, why);
}
