#include "starvation.h"

#include "heap.h"

#include <ctype.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_EVERY  (20 * MILLISECOND)
#define FIND_EVERY  SECOND
#define LOOKS       512 /* kept */
#define MEMBERS_MAX 32

typedef struct look {
    instant at;
    duration waited; /* of all threads, since they began */
} look;

struct starvation {
    pid_t group;
    pid_t members[MEMBERS_MAX];
    size_t member_count;
    instant found; /* when the members were last looked for */
    look looks[LOOKS];
    size_t count; /* of looks ever */
};

starvation *starvation_new(pid_t group) {
    starvation *self = heap_new(sizeof *self);
    self->group = group;
    return self;
}

void starvation_destroy(starvation **self_p) {
    free(*self_p);
    *self_p = NULL;
}

/* Reads a small file of /proc into TEXT. False when there is none. */
static bool read_text(const char *path, char *text, size_t size) {
    FILE *file = fopen(path, "re");
    size_t len;
    if (file == NULL)
        return false;
    len = fread(text, 1, size - 1, file);
    text[len] = '\0';
    fclose(file);
    return len != 0;
}

/* The process group of process PID; 0 when there is no such process. */
static pid_t group_of(const char *pid) {
    char path[300], text[512], *end;
    int group = 0;
    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    if (!read_text(path, text, sizeof text))
        return 0;
    /* The name, in parentheses, may have blanks and parentheses of its own. */
    end = strrchr(text, ')');
    return end != NULL && sscanf(end, ") %*c %*d %d", &group) == 1 ? group : 0;
}

static void find_members(starvation *self) {
    DIR *processes = opendir("/proc");
    struct dirent *entry;
    self->member_count = 0;
    while (processes != NULL && self->member_count < MEMBERS_MAX && (entry = readdir(processes)) != NULL) {
        if (isdigit((unsigned char)entry->d_name[0]) && group_of(entry->d_name) == self->group)
            self->members[self->member_count++] = (pid_t)atoi(entry->d_name);
    }
    if (processes != NULL)
        closedir(processes);
}

/* How long all threads of process PID have waited. */
static duration waited_by(pid_t pid) {
    char path[300], text[128];
    duration sum = 0;
    struct dirent *entry;
    DIR *threads;
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    threads = opendir(path);
    while (threads != NULL && (entry = readdir(threads)) != NULL) {
        long long waited;
        snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", (int)pid, entry->d_name);
        if (isdigit((unsigned char)entry->d_name[0]) && read_text(path, text, sizeof text) &&
            sscanf(text, "%*d %lld", &waited) == 1)
            sum += waited;
    }
    if (threads != NULL)
        closedir(threads);
    return sum;
}

void starvation_look(starvation *self) {
    instant now = clock_now();
    look *fresh;
    if (self->count != 0 && now - self->looks[(self->count - 1) % LOOKS].at < LOOK_EVERY)
        return;
    if (self->count == 0 || now - self->found > FIND_EVERY) {
        find_members(self);
        self->found = now;
    }
    fresh = &self->looks[self->count++ % LOOKS];
    *fresh = (look){now, 0};
    for (size_t i = 0; i < self->member_count; i++)
        fresh->waited += waited_by(self->members[i]);
}

duration starvation_since(starvation *self, instant from) {
    size_t oldest = self->count > LOOKS ? self->count - LOOKS : 0, i = self->count;
    if (self->count == 0)
        return 0;
    /* The latest look that is not after FROM. */
    while (i > oldest + 1 && self->looks[(i - 1) % LOOKS].at > from)
        i--;
    return duration_max(0,
                        self->looks[(self->count - 1) % LOOKS].waited - self->looks[(i - 1) % LOOKS].waited);
}
