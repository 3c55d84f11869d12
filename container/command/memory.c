/* memory.c: what is kept in memory, and what is not. */
#include "memory.h"

#include <link.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- The allocator ------------------------------------------------------------------------------------- */

enum {
    MIB = 1 << 20,
    OWN_MAPPING_BYTES = 32 * MIB, /* blocks from here on are mapped one by one, */
    KEPT_BYTES = 64 * MIB         /* and of free memory so much is kept: the most that glibc would come to */
};

/* The items of a request are allocated when they come and freed when it is answered. glibc starts by giving
 * back whatever is more than 128 KiB: with each large request hundreds of pages go, come back, and are cleared
 * anew, which costs more than all that the container does. It adapts itself, but only to blocks that are large
 * one by one, never to many of a few KiB. So it gets from the start what it would adapt itself to. */
void keep_freed_memory(void) {
#ifdef M_TRIM_THRESHOLD
    mallopt(M_MMAP_THRESHOLD, OWN_MAPPING_BYTES);
    mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
#endif
}

/* ---- The program's own pages --------------------------------------------------------------------------- */

/* A debugger's breakpoints are changes to code, and would be lost. */
static int is_traced(void) {
    static const char key[] = "TracerPid:";
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    int traced = 1; /* unless it is known not to be */
    if (status == NULL)
        return traced;
    while (fgets(line, sizeof line, status) != NULL) {
        if (strncmp(line, key, sizeof key - 1) == 0)
            traced = strtol(line + sizeof key - 1, NULL, 10) != 0;
    }
    fclose(status);
    return traced;
}

/* Has loading OBJECT changed parts of it that are not to be written to? */
static int has_changed_code(const struct dl_phdr_info *object) {
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        const ElfW(Dyn) * entry;
        if (part->p_type != PT_DYNAMIC)
            continue;
        for (entry = (const void *)(object->dlpi_addr + part->p_vaddr); entry->d_tag != DT_NULL; entry++) {
            if (entry->d_tag == DT_TEXTREL || (entry->d_tag == DT_FLAGS && entry->d_un.d_val & DF_TEXTREL))
                return 1;
        }
    }
    return 0;
}

/* Parts that are never written to are as they are in the file: what is needed of them is mapped again when it
 * is touched, mostly from the page cache. */
static int forget_pages(struct dl_phdr_info *object, size_t size, void *context) {
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    (void)size;
    (void)context;
    if (object->dlpi_addr == 0 || has_changed_code(object))
        return 0;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        const uintptr_t start = (object->dlpi_addr + part->p_vaddr) & ~(page - 1);
        const uintptr_t end = (object->dlpi_addr + part->p_vaddr + part->p_memsz + page - 1) & ~(page - 1);
        if (part->p_type == PT_LOAD && (part->p_flags & PF_W) == 0)
            (void)madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

void forget_loading(void) {
    if (!is_traced())
        dl_iterate_phdr(forget_pages, NULL);
}
