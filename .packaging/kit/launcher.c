/* Starts a program of the kit folder with the folder's own loader and libraries, whatever the system has of them:
 *
 *     FOLDER/NAME ARGUMENT...   runs   FOLDER/lib/NAME ARGUMENT...
 *
 * Linked statically, so that it runs where there is no loader, no shell and no /proc. The environment stays as it is: what
 * the program starts finds the system's libraries, as without the kit.
 */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

static int fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    return 127;
}

int main(int argc, char **argv) {
    char folder[PATH_MAX], loader[PATH_MAX], libraries[PATH_MAX], program[PATH_MAX];
    const char *started = (const char *)getauxval(AT_EXECFN);
    char *slash = started != NULL && realpath(started, folder) != NULL ? strrchr(folder, '/') : NULL;
    if (slash == NULL)
        return fail(started != NULL ? started : "launcher");
    *slash = '\0';

    int fits = snprintf(loader, sizeof loader, "%s/lib/loader", folder) < PATH_MAX &&
               snprintf(libraries, sizeof libraries, "%s/lib", folder) < PATH_MAX &&
               snprintf(program, sizeof program, "%s/lib/%s", folder, slash + 1) < PATH_MAX;
    if (!fits) {
        errno = ENAMETOOLONG;
        return fail(folder);
    }
    const char **command = calloc((size_t)argc + 8, sizeof *command);
    if (command == NULL)
        return fail("launcher");
    size_t n = 0;
    command[n++] = loader;
    command[n++] = "--inhibit-cache";
    command[n++] = "--library-path";
    command[n++] = libraries;
    command[n++] = "--argv0";
    command[n++] = argc > 0 ? argv[0] : program;
    command[n++] = program;
    for (int i = 1; i < argc; i++)
        command[n++] = argv[i];
    execv(loader, (char **)(uintptr_t)command);
    free(command);
    return fail(loader);
}
