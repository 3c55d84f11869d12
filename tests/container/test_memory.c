/* What the command keeps in memory, and what it does not. The command's own source is part of this test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <cmocka.h>

#include "../../container/command/memory.c"

#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#endif
#if defined SANITIZED || defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__ || !defined __GLIBC__
#define OTHER_ALLOCATOR 1
#else
#define OTHER_ALLOCATOR 0
#endif

/* ---- The allocator ------------------------------------------------------------------------------------- */

enum {
    ITEMS = 2000, /* 16 MB */
    ITEM_BYTES = 8192,
    PAGES = ITEMS * (ITEM_BYTES / 4096)
};

static long page_faults(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return used.ru_minflt;
}

/* As the items of a request come and go. Returns the page faults that this took. */
static long allocate_and_free(void) {
    static unsigned char *items[ITEMS];
    const long before = page_faults();
    for (size_t i = 0; i < ITEMS; i++) {
        items[i] = malloc(ITEM_BYTES);
        assert_non_null(items[i]);
        memset(items[i], 1, ITEM_BYTES);
    }
    for (size_t i = 0; i < ITEMS; i++)
        free(items[i]);
    return page_faults() - before;
}

static void freed_memory_is_kept_for_the_next_request(void **state) {
    (void)state;
    if (OTHER_ALLOCATOR)
        skip();
    (void)allocate_and_free();
    assert_in_range(allocate_and_free(), PAGES / 2, PAGES * 2); /* else there is nothing to mend */
    keep_freed_memory();
    (void)allocate_and_free();
    assert_in_range(allocate_and_free(), 0, PAGES / 100);
}

/* ---- The program's own pages --------------------------------------------------------------------------- */

/* Of files, resident. */
static long file_pages(void) {
    long total, resident, shared;
    FILE *file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%ld %ld %ld", &total, &resident, &shared), 3);
    fclose(file);
    return shared;
}

static int touch_code_of(struct dl_phdr_info *object, size_t size, void *sum) {
    (void)size;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        const volatile unsigned char *bytes = (const void *)(object->dlpi_addr + part->p_vaddr);
        if (part->p_type != PT_LOAD || (part->p_flags & PF_X) == 0)
            continue;
        for (size_t at = 0; at < part->p_memsz; at += 4096)
            *(volatile unsigned *)sum += bytes[at];
    }
    return 0;
}

/* Returns the pages of files that are resident when all code is. */
static long touch_code(void) {
    unsigned sum = 0;
    dl_iterate_phdr(touch_code_of, &sum);
    return file_pages();
}

static void what_only_loading_has_touched_is_forgotten(void **state) {
    const long before = touch_code();
    (void)state;
    if (is_traced())
        skip();
    forget_loading();
    assert_in_range(file_pages(), 1, before * 9 / 10);
}

/* In a process of its own, with this one as its debugger. Exits with 0 when nothing was forgotten. */
static void be_traced(void) {
    long before;
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
        _exit(2);
    before = touch_code();
    forget_loading();
    _exit(file_pages() >= before ? 0 : 1);
}

static void breakpoints_are_not_forgotten(void **state) {
    int status;
    pid_t child;
    (void)state;
    if (is_traced())
        skip();
    child = fork();
    assert_true(child >= 0);
    if (child == 0)
        be_traced();
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 2)
        skip(); /* nobody may be traced here */
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(freed_memory_is_kept_for_the_next_request),
        cmocka_unit_test(breakpoints_are_not_forgotten),
        cmocka_unit_test(what_only_loading_has_touched_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
