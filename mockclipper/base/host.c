#include "base/host.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

void host_raise_descriptor_limit(void) {
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

/* The processor's model, by the first line of /proc/cpuinfo that names it. */
static void read_cpu(char *to, size_t size) {
    FILE *info = fopen("/proc/cpuinfo", "re");
    char line[256];
    while (info != NULL && *to == '\0' && fgets(line, sizeof line, info) != NULL) {
        const char *value = strncmp(line, "model name", strlen("model name")) == 0 ? strchr(line, ':') : NULL;
        if (value != NULL)
            snprintf(to, size, "%.*s", (int)strcspn(value + 2, "\n"), value + 2);
    }
    if (info != NULL)
        fclose(info);
}

host_facts host_describe(void) {
    host_facts result = {.processors = 1};
    struct utsname system;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (uname(&system) == 0) {
        snprintf(result.name, sizeof result.name, "%s", system.nodename);
        snprintf(result.kernel, sizeof result.kernel, "%.80s %.80s %.80s", system.sysname, system.release,
                 system.machine);
    }
    read_cpu(result.cpu, sizeof result.cpu);
    if (processors > 0)
        result.processors = (unsigned)processors;
    return result;
}
