/* All fast tests of codec and session in one program that ends at the first failure, with the shim of cmocka in
 * tests/targets. TESTS lists the programs' mains, which are renamed when they are compiled. */
#include <setjmp.h>
#include <stddef.h>
#include "cmocka.h"

jmp_buf cross_failed;

int cross_run(const struct CMUnitTest *tests, size_t count) {
    size_t i;
    for (i = 0; i < count; i++) {
        if (setjmp(cross_failed) != 0) {
            printf("%s\n", tests[i].name);
            fflush(stdout);
            _Exit(1);
        }
        tests[i].test_func(NULL);
    }
    return 0;
}

#define X(name) int name(void);
TESTS
#undef X

int main(void) {
#define X(name) name();
    TESTS
#undef X
    return 0;
}
