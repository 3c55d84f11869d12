#include "process/proc.h"

#include "base/heap.h"

#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Opens a file of a process, such as "stat". NULL when there is no such process. */
static FILE *open_file(pid_t pid, const char *name) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    return fopen(path, "re");
}

/* The names in a folder that are numbers. The caller's to free. */
static pid_t *numbers_in(const char *folder, size_t *count) {
    pid_t *numbers = NULL;
    DIR *open = opendir(folder);
    struct dirent *entry;
    *count = 0;
    while (open != NULL && (entry = readdir(open)) != NULL) {
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        numbers = heap_grow(numbers, *count + 1, sizeof *numbers);
        numbers[(*count)++] = (pid_t)atoi(entry->d_name);
    }
    if (open != NULL)
        closedir(open);
    return numbers;
}

typedef struct process_stat {
    pid_t parent;
    pid_t group; /* 0: no such process */
    char state;
    long threads;
} process_stat;

static process_stat stat_of(pid_t pid) {
    process_stat found = {0, 0, 'X', 0};
    char text[1024], *end;
    FILE *file = open_file(pid, "stat");
    if (file == NULL)
        return found;
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    /* The name, in parentheses, may have blanks and parentheses of its own. */
    end = strrchr(text, ')');
    if (end == NULL || sscanf(end, ") %c %d %d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %ld",
                              &found.state, &found.parent, &found.group, &found.threads) != 4)
        found.group = 0;
    return found;
}

pid_t *proc_all(size_t *count) {
    return numbers_in("/proc", count);
}

/* A process of which only the first thread has ended looks like a zombie, but for its other threads. */
static bool runs(const process_stat *found) {
    return found->state != 'X' && (found->state != 'Z' || found->threads > 1);
}

pid_t proc_running_in(pid_t pid) {
    process_stat found = stat_of(pid);
    return runs(&found) ? found.group : 0;
}

pid_t proc_parent(pid_t pid) {
    return stat_of(pid).parent;
}

bool proc_is_stopped(pid_t pid) {
    char state = stat_of(pid).state;
    return state == 'T' || state == 't';
}

pid_t *proc_group(pid_t group, size_t *count) {
    size_t all_count;
    pid_t *all = proc_all(&all_count);
    *count = 0;
    for (size_t i = 0; i < all_count; i++) {
        if (proc_running_in(all[i]) == group)
            all[(*count)++] = all[i];
    }
    return all;
}

/* One process of the many that are looked through for descendants. */
typedef struct relative {
    pid_t pid, parent;
    bool runs, descends;
} relative;

/* Whether PID is ROOT or known to descend from it. */
static bool is_of(const relative *all, size_t count, pid_t pid, pid_t root) {
    size_t i = 0;
    while (i < count && all[i].pid != pid)
        i++;
    return pid == root || (i < count && all[i].descends);
}

pid_t *proc_descendants(pid_t root, size_t *count) {
    size_t all_count;
    pid_t *all = proc_all(&all_count);
    relative *relatives = heap_array(all_count + 1, sizeof *relatives);
    bool more = true;
    for (size_t i = 0; i < all_count; i++) {
        process_stat found = stat_of(all[i]);
        relatives[i] = (relative){all[i], found.parent, runs(&found), false};
    }
    while (more) {
        more = false;
        for (size_t i = 0; i < all_count; i++) {
            if (!relatives[i].descends && is_of(relatives, all_count, relatives[i].parent, root))
                more = relatives[i].descends = true;
        }
    }
    *count = 0;
    for (size_t i = 0; i < all_count; i++) {
        if (relatives[i].descends && relatives[i].runs)
            all[(*count)++] = relatives[i].pid;
    }
    free(relatives);
    return all;
}

bool proc_has_mapped(pid_t pid, const char *name) {
    char *line = NULL;
    size_t capacity = 0;
    bool found = false;
    FILE *file = open_file(pid, "maps");
    while (file != NULL && !found && getline(&line, &capacity, file) >= 0)
        found = strstr(line, name) != NULL;
    if (file != NULL)
        fclose(file);
    free(line);
    return found;
}

/* The value of a line such as "VmRSS:  5284 kB", in bytes; 0 when LINE is of another field. */
static uint64_t field_of(const char *line, const char *field) {
    size_t len = strlen(field);
    return strncmp(line, field, len) == 0 ? strtoull(line + len, NULL, 10) * 1024 : 0;
}

proc_memory proc_memory_of(pid_t pid) {
    proc_memory found = {0, 0};
    char line[256];
    FILE *file = open_file(pid, "status");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        found.resident += field_of(line, "VmRSS:");
        found.peak += field_of(line, "VmHWM:");
    }
    if (file != NULL)
        fclose(file);
    return found;
}

bool proc_has_signal_changed(pid_t pid, int signal) {
    uint64_t blocked = 0, caught = 0, ignored = 0;
    char line[256];
    FILE *file = open_file(pid, "status");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        (void)sscanf(line, "SigBlk: %" SCNx64, &blocked);
        (void)sscanf(line, "SigIgn: %" SCNx64, &ignored);
        (void)sscanf(line, "SigCgt: %" SCNx64, &caught);
    }
    if (file != NULL)
        fclose(file);
    return ((blocked | caught | ignored) >> (signal - 1) & 1) != 0;
}

char *proc_name(pid_t pid, char name[PROC_NAME]) {
    FILE *file = open_file(pid, "comm");
    if (file == NULL || fgets(name, PROC_NAME, file) == NULL)
        name[0] = '\0';
    name[strcspn(name, "\n")] = '\0';
    if (file != NULL)
        fclose(file);
    return name;
}

proc_time proc_time_of_thread(pid_t pid, pid_t thread) {
    char name[40];
    long long ran, waited;
    proc_time result = {0, 0};
    FILE *file;
    snprintf(name, sizeof name, "task/%d/schedstat", (int)thread);
    file = open_file(pid, name);
    if (file != NULL && fscanf(file, "%lld %lld", &ran, &waited) == 2)
        result = (proc_time){ran, waited};
    if (file != NULL)
        fclose(file);
    return result;
}

static pid_t *threads_of(pid_t pid, size_t *count) {
    char folder[40];
    snprintf(folder, sizeof folder, "/proc/%d/task", (int)pid);
    return numbers_in(folder, count);
}

pid_t *proc_threads_named(pid_t pid, const char *prefix, size_t *count) {
    size_t all_count;
    pid_t *all = threads_of(pid, &all_count);
    *count = 0;
    for (size_t i = 0; i < all_count; i++) {
        char name[PROC_NAME];
        if (strncmp(proc_name(all[i], name), prefix, strlen(prefix)) == 0)
            all[(*count)++] = all[i];
    }
    return all;
}

proc_time proc_time_of(pid_t pid) {
    size_t count;
    pid_t *threads = threads_of(pid, &count);
    proc_time sum = {0, 0};
    for (size_t i = 0; i < count; i++) {
        proc_time one = proc_time_of_thread(pid, threads[i]);
        sum.ran += one.ran;
        sum.waited += one.waited;
    }
    free(threads);
    return sum;
}
