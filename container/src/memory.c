/* memory.c: /proc/self/statm, and glibc's malloc_trim. */
#include "memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

enum {
    MUCH = 16 << 20,
    LITTLE = 1 << 20,
    WHILE_US = 1000000
};

uint64_t clipper_memory_used(void) {
    char text[128];
    unsigned long long resident, shared;
    const int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    const ssize_t length = file < 0 ? -1 : read(file, text, sizeof text - 1);
    if (file >= 0)
        close(file);
    if (length <= 0)
        return 0;
    text[length] = '\0';
    if (sscanf(text, "%*u %llu %llu", &resident, &shared) != 2 || resident < shared)
        return 0;
    return (resident - shared) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void trim(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

uint64_t clipper_memory_rest_at(clipper_memory_rest *rest, uint64_t now_us) {
    if (rest->moved < MUCH)
        return UINT64_MAX;
    if (rest->moved - rest->noticed >= LITTLE) {
        rest->noticed = rest->moved;
        rest->since_us = now_us;
    }
    if (now_us - rest->since_us < WHILE_US)
        return rest->since_us + WHILE_US;
    trim();
    rest->moved = rest->noticed = 0;
    return UINT64_MAX;
}
