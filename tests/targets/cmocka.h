/* The few calls of cmocka that the codec's tests use, for targets that Debian's cross compilers reach but its
 * libcmocka does not (big-endian and 32-bit runs under qemu). Native runs use the real one. Prints TAP. */
#ifndef CROSS_CMOCKA_H
#define CROSS_CMOCKA_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct CMUnitTest {
    const char *name;
    void (*test_func)(void **state);
};

extern jmp_buf cross_failed;

#define cmocka_unit_test(f)                                                                                  \
    { #f, f }

#define fail_msg(...)                                                                                        \
    (fprintf(stderr, "%s:%d: ", __FILE__, __LINE__), fprintf(stderr, __VA_ARGS__), fputc('\n', stderr),      \
     longjmp(cross_failed, 1))
#define assert_true(x)                                                                                       \
    do                                                                                                       \
        if (!(x))                                                                                            \
            fail_msg("not true: %s", #x);                                                                    \
    while (0)
#define assert_false(x)               assert_true(!(x))
#define assert_null(x)                assert_true((x) == NULL)
#define assert_non_null(x)            assert_true((x) != NULL)
#define assert_ptr_equal(a, b)        assert_true((const void *)(a) == (const void *)(b))
#define assert_int_equal(a, b)        assert_true((unsigned long long)(a) == (unsigned long long)(b))
#define assert_int_not_equal(a, b)    assert_true((unsigned long long)(a) != (unsigned long long)(b))
#define assert_in_range(a, low, high) assert_true((a) >= (low) && (a) <= (high))
#define assert_memory_equal(a, b, n)  assert_true(memcmp(a, b, n) == 0)
#define assert_string_equal(a, b)     assert_true(strcmp(a, b) == 0)

#define cmocka_run_group_tests(tests, setup, teardown) cross_run(tests, sizeof(tests) / sizeof((tests)[0]))

int cross_run(const struct CMUnitTest *tests, size_t count);

#endif
