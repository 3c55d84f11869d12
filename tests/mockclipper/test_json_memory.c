/* Lines while memory runs out: at the first allocation, at the second, and so on until there is enough. */
#include "base/heap.h"
#include "lines/json_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include <jansson.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

#ifdef SANITIZED

static void memory_may_run_out_anywhere(void **state) {
    (void)state;
    skip(); /* a sanitizer has an allocator of its own */
}

#else

/* The allocator of the C library, behind one that fails when told to. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void __libc_free(void *place);

static bool armed;     /* whether allocations are counted, and may fail */
static size_t allowed; /* how many may succeed before one fails */
static long held;      /* blocks allocated and not freed, while armed */

static bool fails(void) {
    return armed && allowed-- == 0;
}

/* PLACE was allocated. */
static void *count(void *place) {
    held += armed && place != NULL;
    return place;
}

void *malloc(size_t size) {
    return fails() ? NULL : count(__libc_malloc(size));
}

void *calloc(size_t number, size_t size) {
    return fails() ? NULL : count(__libc_calloc(number, size));
}

void *realloc(void *old, size_t size) {
    if (fails())
        return NULL;
    held -= armed && old != NULL;
    return count(__libc_realloc(old, size));
}

void *reallocarray(void *old, size_t number, size_t size) {
    return realloc(old, number * size);
}

void free(void *place) {
    held -= armed && place != NULL;
    __libc_free(place);
}

typedef struct line_case {
    json_line_function *function;
    bool flat;
    const char *line;
    bool result;
    size_t fewest; /* allocations that there must be */
} line_case;

/* In a process of its own, as the kit ends without memory: the exit status, 0 when all went well. Its messages go to
 * DESCRIPTOR. */
static int answer_with(const line_case *one, size_t allocations, int descriptor) {
    json_line_options options = {.codec = clipper_default_options(), .flat = one->flat};
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        json_out out = {0};
        bool result;
        dup2(descriptor, STDERR_FILENO);
        options.has_direction = true;
        options.direction = CLIPPER_TO_CONTAINER;
        allowed = allocations;
        armed = true;
        result = one->function(one->line, strlen(one->line), &options, &out);
        json_out_free(&out);
        armed = false;
        _exit(held != 0 || result != one->result);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void memory_may_run_out_anywhere(void **state) {
    static const line_case cases[] = {
        {json_decode_line, false,
         "{\"frames\":[\"\",\"03000000\",\"01000000\",\"00000000\",\"01000000\",\"aa\"]}", true, 3},
        {json_decode_line, true, "{\"flat\":\"0100010403000000010402000000000400000000\"}", true, 3},
        {json_decode_line, false, "{\"frames\":[\"\",\"03\"]}", false, 3},
        {json_decode_line, false, "{\"frames\":7}", false, 1},
        {json_encode_line, false,
         "{\"message\":{\"kind\":\"feedback_request\",\"id\":1,\"frames\":[\"aa\"]}}", true, 5},
        {json_encode_line, true, "{\"message\":{\"kind\":\"feedback_request\",\"id\":1,\"frames\":[\"aa\"]}}",
         true, 6},
    };
    (void)state;
    json_set_alloc_funcs(__libc_malloc, __libc_free); /* the program sets heap_new(), which does not fail */
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t needed = 0;
        int status;
        do {
            char said[64] = "";
            int ends[2];
            assert_int_equal(pipe(ends), 0);
            status = answer_with(&cases[i], needed++, ends[1]);
            close(ends[1]);
            assert_true(read(ends[0], said, sizeof said - 1) >= 0);
            assert_string_equal(said, status == 0 ? "" : "mockclipper: out of memory\n");
            close(ends[0]);
        } while (status == HEAP_EXHAUSTED);
        assert_int_equal(status, 0);
        assert_true(needed > cases[i].fewest);
    }
}

#endif

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(memory_may_run_out_anywhere)};
    return cmocka_run_group_tests_name("json_memory", tests, NULL, NULL);
}
