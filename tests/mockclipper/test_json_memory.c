/* Lines while memory runs out: at the first allocation, at the second, and so on until there is enough. */
#include "lines/json_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
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
static void *(*real_malloc)(size_t);
static void *(*real_realloc)(void *, size_t);
static void (*real_free)(void *);

static bool armed;     /* whether allocations are counted, and may fail */
static size_t allowed; /* how many may succeed before one fails */
static size_t failed;
static long held; /* blocks allocated and not given back, while armed */

static void find_real(void) {
    *(void **)&real_malloc = dlsym(RTLD_NEXT, "malloc");
    *(void **)&real_realloc = dlsym(RTLD_NEXT, "realloc");
    *(void **)&real_free = dlsym(RTLD_NEXT, "free");
}

static bool fails(void) {
    if (!armed)
        return false;
    if (allowed == 0) {
        failed++;
        return true;
    }
    allowed--;
    return false;
}

void *malloc(size_t size) {
    void *place;
    if (real_malloc == NULL)
        find_real();
    if (fails())
        return NULL;
    place = real_malloc(size);
    held += armed && place != NULL;
    return place;
}

void *realloc(void *old, size_t size) {
    if (real_realloc == NULL)
        find_real();
    if (fails())
        return NULL;
    held += armed && old == NULL;
    return real_realloc(old, size);
}

void free(void *place) {
    if (real_free == NULL)
        find_real();
    held -= armed && place != NULL;
    real_free(place);
}

/* jansson's memory does not fail here: the program ends when it does. */
static void *jansson_malloc(size_t size) {
    return real_malloc(size);
}

static void jansson_free(void *place) {
    real_free(place);
}

static void memory_may_run_out_anywhere(void **state) {
    static const struct {
        json_line_function *function;
        bool flat;
        const char *line;
        json_line_result result;
        size_t fewest; /* allocations that there must be */
    } cases[] = {
        {json_decode_line, false,
         "{\"frames\":[\"\",\"03000000\",\"01000000\",\"00000000\",\"01000000\",\"aa\"]}", JSON_LINE_OK, 3},
        {json_decode_line, true, "{\"flat\":\"0100010403000000010402000000000400000000\"}", JSON_LINE_OK, 3},
        {json_decode_line, false, "{\"frames\":[\"\",\"03\"]}", JSON_LINE_FAILED, 3},
        {json_decode_line, false, "{\"frames\":7}", JSON_LINE_FAILED, 1},
        {json_encode_line, false,
         "{\"message\":{\"kind\":\"feedback_request\",\"id\":1,\"frames\":[\"aa\"]}}", JSON_LINE_OK, 5},
        {json_encode_line, true, "{\"message\":{\"kind\":\"feedback_request\",\"id\":1,\"frames\":[\"aa\"]}}",
         JSON_LINE_OK, 6},
    };
    (void)state;
    find_real();
    json_set_alloc_funcs(jansson_malloc, jansson_free);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_line_options options = {.codec = clipper_default_options(), .flat = cases[i].flat};
        json_line_result result = JSON_LINE_NO_MEMORY;
        size_t needed;
        options.has_direction = true;
        options.direction = CLIPPER_TO_CONTAINER;
        for (needed = 0; result == JSON_LINE_NO_MEMORY; needed++) {
            json_out out = {0};
            allowed = needed;
            failed = 0;
            held = 0;
            armed = true;
            result = cases[i].function(cases[i].line, strlen(cases[i].line), &options, &out);
            json_out_free(&out);
            armed = false;
            assert_int_equal(held, 0);
            assert_int_equal(failed != 0, result == JSON_LINE_NO_MEMORY);
        }
        assert_int_equal(result, cases[i].result);
        assert_true(needed > cases[i].fewest);
    }
}

#endif

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(memory_may_run_out_anywhere)};
    return cmocka_run_group_tests_name("json_memory", tests, NULL, NULL);
}
