#include <setjmp.h>
#include <stddef.h>
#include "cmocka.h"

jmp_buf cross_failed;

int cross_run(const struct CMUnitTest *tests, size_t count) {
    size_t i;
    static int failures;
    printf("1..%lu\n", (unsigned long)count);
    for (i = 0; i < count; i++) {
        int failed = setjmp(cross_failed);
        if (!failed)
            tests[i].test_func(NULL);
        failures += failed;
        printf("%sok %lu - %s\n", failed ? "not " : "", (unsigned long)i + 1, tests[i].name);
        fflush(stdout);
    }
    return failures;
}
